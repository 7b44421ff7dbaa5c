// What a stream has cost stands behind its last chunk, where the client takes lines there.

internal import Adapters
internal import Reactor
internal import Wire

extension DataPlane {
    /// Whether the client says so (RFC 9110 section 6.5.1).
    func takesTrailers(_ head: borrowing RequestParser, _ bytes: Span<UInt8>) -> Bool {
        guard let value = head.fields.first(.te), head.minorVersion > 0 else { return false }
        var start = Int(value.start)
        while start < Int(value.end) {
            let end = min(Int(value.end), ByteScan.first(ASCII.comma, in: bytes, from: start))
            // A weight means nothing here.
            let nameEnd = min(end, ByteScan.first(UInt8(ascii: ";"), in: bytes, from: start))
            if ASCII.equalsIgnoringCase(bytes, ASCII.trimmed(bytes, start..<nameEnd), "trailers") { return true }
            start = end + 1
        }
        return false
    }

    /// Sends the last events of a stream, its end, and what it has cost: copied, so that all leave in one send.
    func endWithCost(
        _ exchange: Exchange, _ bytes: Span<UInt8>, _ front: ByteRange, _ events: ByteRange, _ client: ClientConnection
    ) {
        takeUsage(exchange)
        exchange.price()
        let block = loop.blocks.take(for: front.count + events.count + Limits.answerHeadBytesMax)
        if let head = takeHead(exchange) {
            block.bytes.append(head.bytes.bytes)
            loop.blocks.give(head)
        }
        ChunkWriter.chunk(bytes.extracting(front), into: &block.bytes)
        ChunkWriter.chunk(bytes.extracting(events), into: &block.bytes)
        block.bytes.append("0\r\n")
        AnswerHead.cost(exchange, into: &block.bytes)
        block.bytes.append("\r\n")
        client.send(block.bytes.bytes)
        client.answerEnded()
        loop.blocks.give(block)
    }

    /// The head of a stream, whole, unless it has been sent.
    func takeHead(_ exchange: Exchange) -> Block? {
        guard !exchange.isHeadSent, let head = exchange.head.take() else { return nil }
        exchange.isHeadSent = true
        AnswerHead.overhead(exchange, loop.clock &- loop.now, into: &head.bytes)
        AnswerHead.endStream(chunked: exchange.isChunked, into: &head.bytes)
        return head
    }
}
