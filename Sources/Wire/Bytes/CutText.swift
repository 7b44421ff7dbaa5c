// Texts that are shown only in part.

extension [UInt8] {
    /// Whole characters of at most so many bytes, and three dots where there were more.
    /// - Parameter bytesMax: of UTF-8, without the dots.
    package func cut(toBytes bytesMax: Int) -> [UInt8] {
        if count <= bytesMax { return self }
        var end = Swift.max(bytesMax, 0)
        while end > 0, self[end] & 0xC0 == 0x80 { end -= 1 }
        return Array(self[..<end]) + [ASCII.dot, ASCII.dot, ASCII.dot]
    }
}
