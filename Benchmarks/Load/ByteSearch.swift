import Glibc

// Fence: memchr(3) and memcmp(3) over the bytes of a span, for the length of the call.
/// What the generator looks for in runs of bytes.
@safe enum ByteSearch {
    /// The first index in `from..<to` that holds a line feed, else `to`.
    static func lineFeed(in bytes: Span<UInt8>, from: Int, to: Int) -> Int {
        if from >= to { return to }
        // SAFETY: `extracting` checks the range, and the pointer is used only inside the closure.
        let found = unsafe bytes.extracting(from..<to).withUnsafeBufferPointer { run -> Int? in
            guard let base = run.baseAddress, let hit = unsafe memchr(base, 10, run.count) else { return nil }
            return unsafe UnsafeRawPointer(hit) - UnsafeRawPointer(base)
        }
        return found.map { from &+ $0 } ?? to
    }

    /// Whether `bytes` begins with `text`.
    static func begins(_ bytes: Span<UInt8>, with text: StaticString) -> Bool {
        let count = text.utf8CodeUnitCount
        if bytes.count < count { return false }
        // SAFETY: both sides hold at least `count` bytes, and a static string lives for ever.
        return unsafe bytes.withUnsafeBufferPointer { unsafe memcmp($0.baseAddress!, text.utf8Start, count) == 0 }
    }
}
