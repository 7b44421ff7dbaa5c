// How many tokens a prompt has: asked of a provider that counts, else estimated here.

internal import Adapters
internal import Reactor
internal import Wire

extension DataPlane {
    /// A provider has counted.
    func answerCount(_ exchange: Exchange, _ bytes: Span<UInt8>) {
        guard (try? JSONScan.validate(bytes)) != nil,
            let count = JSONScan.find("input_tokens", in: bytes, from: ByteRange(0, bytes.count)), count.kind == .number
        else { return faulted(exchange, .transient(.hollowAnswer)) }
        trialAnswered(exchange)
        exchange.record.errorLabel = ""
        exchange.record.answerBytes = Int64(bytes.count)
        guard let client = exchange.client, let head = exchange.head else { return }
        AnswerHead.end(contentLength: bytes.count, into: &head.bytes)
        client.relay(bytes, behind: head.bytes.bytes, chunked: false, last: true)
        finish(exchange, status: 200)
    }

    /// Nobody counts for this model, or nobody does just now.
    func answerEstimate(_ exchange: Exchange) {
        guard let client = exchange.client else { return }
        exchange.record.errorLabel = ""
        let (block, body) = (loop.blocks.take(), loop.blocks.take())
        body.bytes.append("{\"input_tokens\":")
        body.bytes.append(decimal: exchange.query.estimatedInputTokens)
        body.bytes.append("}")
        AnswerHead.begin(status: 200, undecided: exchange, persists: client.willPersist, into: &block.bytes)
        block.bytes.append("content-type: application/json\r\nx-tokenhub-estimated: true\r\n")
        AnswerHead.end(contentLength: body.bytes.count, into: &block.bytes)
        client.relay(body.bytes.bytes, behind: block.bytes.bytes, chunked: false, last: true)
        loop.blocks.give(block)
        loop.blocks.give(body)
        finish(exchange, status: 200)
    }
}
