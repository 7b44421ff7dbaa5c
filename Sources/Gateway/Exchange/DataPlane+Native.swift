// Answers in the form of the native chat.

internal import Adapters
internal import Reactor
internal import Wire

extension DataPlane {
    /// Sends a provider's whole answer, of which only the text may change, and that only for who asks for it.
    /// - Returns: the status it is sent with.
    func sendNative(
        _ exchange: Exchange, _ response: Span<UInt8>, behind head: inout ByteBuffer, _ client: ClientConnection
    ) -> Int {
        guard let rules = exchange.outputRules else {
            sendEnveloped(exchange, response, behind: &head, client)
            return 200
        }
        let shaped = loop.blocks.take(for: response.count)
        defer { loop.blocks.give(shaped) }
        do throws(JSONSchemaFault) {
            try rules.write(response, into: &shaped.bytes)
            sendEnveloped(exchange, shaped.bytes.bytes, behind: &head, client)
            return 200
        } catch {
            sendMisfit(exchange, error, behind: &head, client)
            return 502
        }
    }

    /// The answer does not fit the client's schema. It was given, and is paid for; another would hardly fit better.
    private func sendMisfit(
        _ exchange: Exchange, _ fault: JSONSchemaFault, behind head: inout ByteBuffer, _ client: ClientConnection
    ) {
        let error = ErrorBody(status: 502, type: "server_error", code: "output_schema_validation_failed")
        exchange.record.errorLabel = error.code ?? ""
        let body = loop.blocks.take()
        error.write(
            .native, message: Array(fault.message.utf8).span, requestID: exchange.record.requestID.bytes,
            into: &body.bytes)
        head.removeAll()
        AnswerHead.begin(status: error.status, exchange, persists: client.willPersist, into: &head)
        AnswerHead.cost(exchange, into: &head)
        head.append("content-type: application/json\r\n")
        AnswerHead.end(contentLength: body.bytes.count, into: &head)
        client.relay(body.bytes.bytes, behind: head.bytes, chunked: false, last: true)
        loop.blocks.give(body)
    }

    /// Sends an answer as it is inside the native envelope.
    /// - Source: spec section 8.
    private func sendEnveloped(
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
