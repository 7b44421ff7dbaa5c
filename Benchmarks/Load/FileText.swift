import Glibc

// Fence: open(2), read(2), write(2), close(2) on whole small files; no pointer outlives its call.
/// Small files as bytes.
@safe enum FileText {
    /// The content of `path`, at most `bytesMax` of it; nil when it cannot be opened.
    static func read(_ path: String, bytesMax: Int) -> [UInt8]? {
        // SAFETY: the path outlives the call.
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
        if descriptor < 0 { return nil }
        defer { _ = close(descriptor) }
        var content: [UInt8] = []
        var block = [UInt8](repeating: 0, count: 64 * 1024)
        while content.count < bytesMax {
            // SAFETY: the block is ours for the call and its size is passed.
            let count = unsafe block.withUnsafeMutableBytes { unsafe Glibc.read(descriptor, $0.baseAddress, $0.count) }
            if count <= 0 { break }
            content += block[..<Swift.min(count, bytesMax - content.count)]
        }
        return content
    }

    /// The same as text, for files the kernel writes.
    static func text(_ path: String) -> String? {
        read(path, bytesMax: 1 << 20).map { String(decoding: $0, as: UTF8.self) }
    }

    /// Overwrites an existing file; failure is of no consequence where this is used.
    static func write(_ text: String, to path: String) {
        // SAFETY: path and text outlive the calls.
        let descriptor = unsafe open(path, O_WRONLY | O_CLOEXEC)
        if descriptor < 0 { return }
        let bytes = Array(text.utf8)
        _ = unsafe bytes.withUnsafeBytes { unsafe Glibc.write(descriptor, $0.baseAddress, $0.count) }
        _ = close(descriptor)
    }
}
