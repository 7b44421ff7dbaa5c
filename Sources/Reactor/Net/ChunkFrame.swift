// The bytes around one chunk of an answer: the size line in front, the line end and perhaps the last chunk behind.

struct ChunkFrame {
    private var head = InlineArray<20, UInt8>(repeating: 0)
    private var headStart = 20
    private var tail: InlineArray<7, UInt8> = [0x0D, 0x0A, 0x30, 0x0D, 0x0A, 0x0D, 0x0A]
    private var tailRange = 0..<0

    /// Around chunks: only the last chunk is to come.
    init(chunksEnd last: Bool) { tailRange = 2..<(last ? 7 : 2) }

    init(payloadBytes: Int, chunked: Bool, last: Bool) {
        guard chunked else { return }
        if payloadBytes > 0 {
            (head[18], head[19]) = (0x0D, 0x0A)
            headStart = 18
            var rest = payloadBytes
            repeat {
                let digit = UInt8(truncatingIfNeeded: rest & 15)
                headStart &-= 1
                head[headStart] = digit < 10 ? 0x30 &+ digit : 0x57 &+ digit
                rest >>= 4
            } while rest > 0
        }
        tailRange = (payloadBytes > 0 ? 0 : 2)..<(last ? 7 : 2)
    }

    var headBytes: Int { 20 - headStart }
    var tailBytes: Int { tailRange.count }

    var headSpan: Span<UInt8> {
        @_lifetime(borrow self) get { head.span.extracting(headStart..<20) }
    }

    var tailSpan: Span<UInt8> {
        @_lifetime(borrow self) get { tail.span.extracting(tailRange) }
    }
}
