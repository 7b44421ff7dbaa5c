// Bytes of a span, to be kept.

extension Array where Element == UInt8 {
    init(copying span: Span<UInt8>) {
        // SAFETY: the pointer is used during the call only. Byte by byte this dominates an unoptimised test run.
        self = unsafe span.withUnsafeBufferPointer { unsafe Array($0) }
    }
}
