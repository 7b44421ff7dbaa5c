// Where a request leads whose head is refused.

extension RequestParser {
    /// Finds the path in a request line, whatever follows it: an error is answered in the words of those who ask there.
    /// - Parameter bytes: what has arrived of a request, from its first byte on; any bytes.
    /// - Returns: empty unless the path has come whole.
    public static func path(ofRefused bytes: Span<UInt8>) -> ByteRange {
        let space = ByteScan.first(ASCII.space, in: bytes, from: 0)
        var end = space &+ 1
        while end < bytes.count {
            switch bytes[end] {
            case ASCII.space, ASCII.question: return ByteRange(space &+ 1, end)
            case 0...0x1F, 0x7F: return .none
            default: end &+= 1
            }
        }
        return .none
    }
}
