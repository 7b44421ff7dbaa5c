// A directory of one test, removed with it; and data that others wrote.

import Glibc

@testable import Store

// Fence: directory calls of libc on names of our own.
final class Scratch {
    let path: String

    init() {
        var template = Array(("/tmp/tokenhub-store-" + String(repeating: "X", count: 6)).utf8CString)
        // SAFETY: the template is a mutable C string for the call.
        unsafe template.withUnsafeMutableBufferPointer { _ = unsafe mkdtemp($0.baseAddress!) }
        path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    deinit { Scratch.remove(path) }

    func file(_ name: String) -> String { "\(path)/\(name)" }

    func open(_ name: String = "t.sqlite", now: Timestamp = noon) throws -> Database {
        try Database(DataSource(file(name)), now: now)
    }

    static func remove(_ path: String) {
        // SAFETY: the directory stream and its entries are used here only.
        if let directory = unsafe opendir(path) {
            while let entry = unsafe readdir(directory) {
                let name = unsafe withUnsafeBytes(of: entry.pointee.d_name) {
                    unsafe String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
                }
                if name != "." && name != ".." { remove("\(path)/\(name)") }
            }
            unsafe closedir(directory)
            unsafe rmdir(path)
        } else {
            unsafe unlink(path)
        }
    }

    /// The permission bits of a file; `nil` when there is none.
    static func mode(_ path: String) -> mode_t? {
        var status = stat()
        // SAFETY: the structure is ours for the call.
        return unsafe stat(path, &status) == 0 ? status.st_mode & 0o777 : nil
    }

    static func copy(_ from: String, to: String) throws {
        try PrivateFile.write(PrivateFile.read(from, bytesMax: 1 << 30, mustBePrivate: false), to: to)
    }

    /// The lines of a file of ../shared/data; `nil` when it is not here.
    static func sharedLines(_ name: String, from source: String = #filePath) -> [String]? {
        var directory = source
        while let slash = directory.lastIndex(of: "/") {
            directory = String(directory[..<slash])
            let bytes = try? PrivateFile.read(
                "\(directory)/shared/data/\(name)", bytesMax: 1 << 24, mustBePrivate: false)
            if let bytes { return String(decoding: bytes, as: UTF8.self).split(separator: "\n").map(String.init) }
        }
        return nil
    }
}

/// 2026-02-16T12:00:00Z.
let noon = Timestamp(milliseconds: 1_771_243_200_000)

extension KeyMaterial {
    func row(id: String = "k1", name: String = "test", createdAt: Timestamp = noon) -> APIKeyRow {
        APIKeyRow(id: id, prefix: prefix, digest: digest, name: name, createdAt: createdAt)
    }
}
