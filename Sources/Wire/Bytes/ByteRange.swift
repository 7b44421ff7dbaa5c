// Where something stands in a run of bytes. Kept instead of a span, because spans are never stored.

/// A half-open range of byte offsets, 8 bytes small.
public struct ByteRange: Equatable, Sendable {
    public var start: Int32
    public var end: Int32

    /// - Parameter start: offset of the first byte, 0...`Int32.max`.
    /// - Parameter end: offset behind the last byte, not below `start`.
    public init(_ start: Int, _ end: Int) {
        self.start = Int32(truncatingIfNeeded: start)
        self.end = Int32(truncatingIfNeeded: end)
    }

    /// Stands for "not there": empty, at offset 0.
    public static var none: ByteRange { ByteRange(0, 0) }

    public var count: Int { Int(end) &- Int(start) }
    public var isEmpty: Bool { end == start }
    public var range: Range<Int> { Int(start)..<Int(end) }

    /// The same bytes seen from a run that begins `offset` bytes earlier.
    public func moved(by offset: Int) -> ByteRange { ByteRange(Int(start) &+ offset, Int(end) &+ offset) }
}

extension Span where Element == UInt8 {
    /// The bytes of `range`.
    @_lifetime(copy self)
    public func extracting(_ range: ByteRange) -> Span<UInt8> { extracting(range.range) }
}
