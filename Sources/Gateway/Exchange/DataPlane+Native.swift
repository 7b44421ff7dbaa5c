// Answers in the form of the native chat.

internal import Adapters
internal import Reactor
internal import Wire

extension DataPlane {
    /// Sends a provider's whole answer, untouched, inside the native envelope.
    /// - Source: spec section 8.
    func sendEnveloped(
        _ exchange: Exchange, _ response: Span<UInt8>, behind head: inout ByteBuffer, _ client: ClientConnection
    ) {
        let front = loop.blocks.take()
        front.bytes.append("{\"negotiated_model\":\"")
        let model = exchange.model.idBytes
        JSONWriter.escape(model.span, into: &front.bytes)
        front.bytes.append("\",\"estimated_cost_usd\":")
        // A provider that does not count leaves us our estimate.
        let usage = exchange.record.usage
        let cost = usage == Usage() ? Router.cost(of: exchange.query, exchange.model) : exchange.record.costNanoUSD
        if let cost { NanoDollars.write(cost, into: &front.bytes) } else { front.bytes.append("null") }
        front.bytes.append(",\"routing_reason\":\"")
        exchange.decision.reason.write(into: &front.bytes)
        front.bytes.append("\",\"response\":")
        AnswerHead.end(contentLength: front.bytes.count + response.count + 1, into: &head)
        head.append(front.bytes.bytes)
        loop.blocks.give(front)
        sendWhole(response, behind: head.bytes, tail: "}", client)
    }
}
