import Glibc

// Fence: opendir(3), readdir(3), open(2) and read(2); no pointer outlives its call.
/// The files of this package, as the tidy tests read them.
@safe enum SourceTree {
    /// The package's root: the nearest folder above this file with a Package.swift.
    static let root: String = {
        var folder = #filePath
        while let slash = folder.lastIndex(of: "/") {
            folder = String(folder[..<slash])
            if read(folder + "/Package.swift") != nil { return folder }
        }
        fatalError("no Package.swift above \(#filePath)")
    }()

    /// Every Swift file below the folders `tops`, by path from the root, sorted.
    static func swiftFiles(in tops: [String]) -> [SourceFile] {
        tops.flatMap { paths(below: $0) }.filter { $0.hasSuffix(".swift") }.sorted().map { path in
            SourceFile(path: path, text: read(root + "/" + path) ?? "")
        }
    }

    /// Every file below the folder `top`, by path from the root.
    static func paths(below top: String) -> [String] {
        // SAFETY: the stream is ours until closedir; an entry is read before the next call.
        guard let stream = unsafe opendir(root + "/" + top) else { return [] }
        defer { unsafe closedir(stream) }
        var found: [String] = []
        while let entry = unsafe readdir(stream) {
            let name = unsafe withUnsafeBytes(of: entry.pointee.d_name) { bytes in
                unsafe String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name.hasPrefix(".") || name == "__pycache__" { continue }
            let path = top + "/" + name
            let below = paths(below: path)
            found += below.isEmpty ? [path] : below
        }
        return found
    }

    static func read(_ path: String) -> String? {
        // SAFETY: path and block outlive the calls.
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
        if descriptor < 0 { return nil }
        defer { _ = close(descriptor) }
        var content: [UInt8] = []
        var block = [UInt8](repeating: 0, count: 64 * 1024)
        while true {
            let count = unsafe block.withUnsafeMutableBytes { unsafe Glibc.read(descriptor, $0.baseAddress, $0.count) }
            if count <= 0 { return count < 0 ? nil : String(decoding: content, as: UTF8.self) }
            content += block[..<count]
        }
    }
}
