// Files that only their owner may read: the database, token files, the credentials file.

import Glibc

// Fence: file calls of libc. Paths are passed as C strings for one call; a descriptor lives inside one function.
package enum PrivateFile {
    package enum Fault: Error, Equatable, Sendable {
        case absent
        /// A bit for the group or for others is set.
        case readableByOthers
        case tooLarge
        /// The call that failed, and its errno.
        case failed(call: String, code: Int32)
    }

    /// Makes a directory and the missing ones above it, each with mode 0700.
    package static func makeDirectory(_ path: String) throws(Fault) {
        var end = path.startIndex
        while end != path.endIndex {
            end = path[path.index(after: end)...].firstIndex(of: "/") ?? path.endIndex
            let part = String(path[..<end])
            // SAFETY: the path is a C string for the call.
            if unsafe mkdir(part, 0o700) == 0 || errno == EEXIST { continue }
            let code = errno
            // SAFETY: as above. A parent that is there may answer EROFS or EACCES instead of EEXIST.
            if unsafe access(part, X_OK) != 0 { throw .failed(call: "mkdir", code: code) }
        }
    }

    /// Makes an empty file with mode 0600 unless there is one.
    package static func create(_ path: String) throws(Fault) {
        // SAFETY: the path is a C string for the call.
        let descriptor = unsafe open(path, O_CREAT | O_RDWR | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw .failed(call: "open", code: errno) }
        close(descriptor)
    }

    /// Replaces a file by one with mode 0600: readers see the old bytes or the new ones, also after a power cut.
    package static func write(_ bytes: [UInt8], to path: String) throws(Fault) {
        let temporary = "\(path).\(Hex.encode(Entropy.bytes(6))).new"
        // SAFETY: the path is a C string for the call.
        let descriptor = unsafe open(temporary, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw .failed(call: "open", code: errno) }
        var written = 0
        while written < bytes.count {
            // SAFETY: the range lies inside the array for the call.
            let count = unsafe bytes.withUnsafeBytes {
                unsafe Glibc.write(descriptor, $0.baseAddress! + written, $0.count - written)
            }
            if count < 0 && errno == EINTR { continue }
            if count < 0 {
                let code = errno
                close(descriptor)
                // SAFETY: as above.
                unsafe unlink(temporary)
                throw .failed(call: "write", code: code)
            }
            written += count
        }
        let isSynced = fsync(descriptor) == 0
        let code = errno
        close(descriptor)
        // SAFETY: as above.
        guard isSynced, unsafe rename(temporary, path) == 0 else {
            let failure: Fault = .failed(call: isSynced ? "rename" : "fsync", code: isSynced ? errno : code)
            unsafe unlink(temporary)
            throw failure
        }
    }

    /// Reads a whole file.
    /// - Parameter mustBePrivate: refuse a file that its group or others may read, write or execute.
    package static func read(_ path: String, bytesMax: Int, mustBePrivate: Bool) throws(Fault) -> [UInt8] {
        // SAFETY: the path is a C string for the call.
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw errno == ENOENT ? .absent : .failed(call: "open", code: errno) }
        defer { close(descriptor) }
        var status = stat()
        // SAFETY: the structure is ours for the call.
        guard unsafe fstat(descriptor, &status) == 0 else { throw .failed(call: "fstat", code: errno) }
        // Asked of the open file and not of its name, so that nobody can exchange it in between.
        if mustBePrivate && status.st_mode & 0o077 != 0 { throw .readableByOthers }
        if status.st_mode & S_IFMT == S_IFDIR { throw .failed(call: "read", code: EISDIR) }
        var bytes: [UInt8] = []
        var block = [UInt8](repeating: 0, count: 16 * 1024)
        while true {
            // SAFETY: the block has its count for the call.
            let count = unsafe block.withUnsafeMutableBytes { unsafe Glibc.read(descriptor, $0.baseAddress, $0.count) }
            if count < 0 && errno == EINTR { continue }
            guard count >= 0 else { throw .failed(call: "read", code: errno) }
            if count == 0 { return bytes }
            bytes += block[..<count]
            if bytes.count > bytesMax { throw .tooLarge }
        }
    }
}

extension PrivateFile.Fault: CustomStringConvertible {
    package var description: String {
        switch self {
        case .absent: "no such file"
        case .readableByOthers: "readable by others; chmod 600 it"
        case .tooLarge: "too large"
        case .failed(let call, let code): "\(call): errno \(code)"
        }
    }
}
