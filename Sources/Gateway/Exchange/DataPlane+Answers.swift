// Answers the gateway makes itself: errors, lists, health, and what the control thread has to say.

internal import Adapters
internal import Reactor
internal import Wire

extension DataPlane {
    // MARK: Refusals

    /// Refuses a request that no exchange was opened for.
    func refuse(
        _ refused: Refused, _ head: borrowing RequestParser, _ bytes: Span<UInt8>, _ client: ClientConnection
    ) {
        client.abandonBody()
        let id = requestID(of: head, bytes)
        logRefusal(refused.body, id)
        refuse(refused, surface(of: head, bytes), id, client)
    }

    /// Refuses a request whose exchange is open, and ends it.
    func refuse(_ refused: Refused, _ exchange: Exchange) {
        guard let client = exchange.client else { return }
        let (id, status) = (exchange.record.requestID, refused.body.status)
        exchange.record.errorLabel = refused.body.code ?? "refused"
        originLines = exchange.originLines
        if exchange.isHeadSent { return endStream(exchange, refused.body, Span.of(refused.message)) }
        refuse(refused, exchange.surface, id, client)
        finish(exchange, status: status)
    }

    func refuse(_ refused: Refused, _ surface: Surface, _ id: RequestID, _ client: ClientConnection) {
        var allow: StaticString?
        switch refused {
        case .wrongMethod(let methods): allow = methods
        case .addressRate, .keyRate: countRateLimited()
        default: break
        }
        answer(
            refused.body, refused.message, surface, id, retryAfterMS: refused.retryAfterMS,
            requestsMax: refused.requestsMax, allow: allow, client)
    }

    /// Every candidate was asked or may not be: say so, with the reason of each.
    func nobodyLeft(_ exchange: Exchange) {
        if exchange.request.operation == .countTokens { return answerEstimate(exchange) }
        guard let client = exchange.client else { return }
        if exchange.decision.model < 0 { exchange.record.errorLabel = "no_provider" }
        originLines = exchange.originLines
        let message = loop.blocks.take()
        let health = health(for: exchange)
        Unanswered.write(exchange, health, into: &message.bytes)
        let (body, retryAfterMS) = Unanswered.verdict(exchange, health)
        let status = body.status
        if exchange.isHeadSent {
            endStream(exchange, body, message.bytes.bytes)
            return loop.blocks.give(message)
        }
        let draft = loop.blocks.take()
        let uncarried = exchange.uncarried
        let field = uncarried.span.extracting(0..<ByteScan.first(ASCII.comma, in: uncarried.span, from: 0))
        body.write(
            exchange.surface, message: message.bytes.bytes,
            param: exchange.lastFault == .cannotCarry ? field : Span(), requestID: exchange.record.requestID.bytes,
            into: &draft.bytes)
        loop.blocks.give(message)
        answerError(status, draft, exchange.surface, exchange.record.requestID, retryAfterMS: retryAfterMS, client)
        finish(exchange, status: status)
    }

    func answer(
        _ body: ErrorBody, _ message: StaticString, _ surface: Surface, _ id: RequestID, retryAfterMS: Int?,
        requestsMax: Int? = nil, allow: StaticString? = nil, _ client: ClientConnection
    ) {
        let draft = loop.blocks.take()
        body.write(surface, message: message, requestID: id.bytes, into: &draft.bytes)
        answerError(
            body.status, draft, surface, id, retryAfterMS: retryAfterMS, requestsMax: requestsMax, allow: allow, client)
    }

    /// Sends an error whose body stands in `body`, and gives the block back.
    /// - Parameter retryAfterMS: `nil` where waiting does not help.
    /// - Parameter requestsMax: those (count) that could have come at once; `nil` where that is not known.
    func answerError(
        _ status: Int, _ body: Block, _ surface: Surface, _ id: RequestID, retryAfterMS: Int?, requestsMax: Int? = nil,
        allow: StaticString? = nil, _ client: ClientConnection
    ) {
        let block = loop.blocks.take()
        HeadWriter.statusLine(status, into: &block.bytes)
        AnswerHead.id(id, surface, into: &block.bytes)
        block.bytes.append("content-type: application/json\r\n")
        if !originLines.isEmpty { block.bytes.append(originLines) }
        if let allow { HeadWriter.field("allow", allow, into: &block.bytes) }
        if let retryAfterMS {
            HeadWriter.field("retry-after", (retryAfterMS + 999) / 1000, into: &block.bytes)
            HeadWriter.field("retry-after-ms", retryAfterMS, into: &block.bytes)
            if status == 429 {
                AnswerHead.rateLimit(
                    surface, requestsMax: requestsMax, waitMS: retryAfterMS, now: loop.wallClock, into: &block.bytes)
            }
        } else if status == 429 || status == 401 || status == 402 {
            // Client libraries try a 429 again on their own; a spent budget does not fill in seconds.
            block.bytes.append("x-should-retry: false\r\n")
        }
        if !client.willPersist { block.bytes.append("connection: close\r\n") }
        AnswerHead.end(contentLength: body.bytes.count, into: &block.bytes)
        client.relay(body.bytes.bytes, behind: block.bytes.bytes, chunked: false, last: true)
        loop.blocks.give(block)
        loop.blocks.give(body)
    }

    // MARK: Small answers

    func answer(
        _ status: Int, _ type: StaticString, _ body: Span<UInt8>, for surface: Surface = .openAI,
        _ client: ClientConnection
    ) {
        let block = loop.blocks.take()
        HeadWriter.statusLine(status, into: &block.bytes)
        AnswerHead.id(newRequestID(), surface, into: &block.bytes)
        HeadWriter.field("content-type", type, into: &block.bytes)
        if !originLines.isEmpty { block.bytes.append(originLines) }
        if !client.willPersist { block.bytes.append("connection: close\r\n") }
        AnswerHead.end(contentLength: body.count, into: &block.bytes)
        client.relay(body, behind: block.bytes.bytes, chunked: false, last: true)
        loop.blocks.give(block)
    }

    func redirectToAdmin(_ client: ClientConnection) {
        client.send(Span.of("HTTP/1.1 302 Found\r\nlocation: /admin/\r\ncontent-length: 0\r\n\r\n"))
        client.answerEnded()
    }

    /// The original's health check: 503 while nothing is registered.
    func answerHealth(_ client: ClientConnection) {
        let isHealthy = !snapshot.providers.isEmpty && !snapshot.models.isEmpty
        var writer = JSONWriter()
        writer.beginObject()
        writer.member("status", isHealthy ? "ok" : "unhealthy")
        writer.member("adapters", snapshot.providers.count)
        writer.member("models", snapshot.models.count)
        writer.endObject()
        answer(isHealthy ? 200 : 503, "application/json", writer.takeBytes().span, client)
    }

    /// Whether requests should be sent here: not draining, and some provider can be asked.
    func answerReady(_ head: borrowing RequestParser, _ bytes: Span<UInt8>, _ client: ClientConnection) {
        let usable = snapshot.models.contains { model in
            model.isEnabled && snapshot.providers[model.provider].isEnabled
                && health[model.provider].isAvailable(at: loop.now)
        }
        let isReady = usable && !loop.isDraining
        let block = loop.blocks.take()
        if ByteScan.equals(bytes, head.query.range, "verbose") {
            block.bytes.append(loop.isDraining ? "[-]draining\n" : "[+]serving ok\n")
            block.bytes.append("[+]store ok\n")
            block.bytes.append(usable ? "[+]provider ok\n" : "[-]provider: none can be asked\n")
        }
        block.bytes.append(isReady ? "ready\n" : "not ready\n")
        answer(isReady ? 200 : 503, "text/plain", block.bytes.bytes, client)
        loop.blocks.give(block)
    }

    // MARK: The control thread

    func callControl(
        _ head: borrowing RequestParser, _ bytes: Span<UInt8>, _ body: ByteRange, _ client: ClientConnection,
        key: String? = nil
    ) {
        func text(_ name: HeaderName) -> String? {
            head.fields.first(name).map { String(copying: bytes.extracting($0)) }
        }
        let id = requestID(of: head, bytes)
        let call = AdminCall(
            core: core, token: client.token, requestID: id, method: String(copying: bytes.extracting(head.methodRange)),
            path: String(copying: bytes.extracting(head.path)), query: String(copying: bytes.extracting(head.query)),
            authorization: text(.authorization), cookie: text(.cookie), accept: text(.accept),
            peer: client.peerAddress?.host,
            isSecure: client.isSecure, body: Array(copying: bytes.extracting(body)), apiKeyID: key)
        if !control.post(call) { refuse(.controlBusy, head, bytes, client) }
    }

    /// Hands an answer of the control thread to its client, if that is still there.
    func deliver(_ answer: AdminAnswer) {
        if answer.isEventStream { return beginEvents(answer, loop.client(answer.token)) }
        guard let client = loop.client(answer.token) else { return }
        let block = loop.blocks.take()
        beginHead(of: answer, client, into: &block.bytes)
        AnswerHead.end(contentLength: answer.body.count, into: &block.bytes)
        client.relay(answer.body.span, behind: block.bytes.bytes, chunked: false, last: true)
        loop.blocks.give(block)
    }

    /// All of the head but the framing.
    func beginHead(of answer: AdminAnswer, _ client: ClientConnection, into out: inout ByteBuffer) {
        HeadWriter.statusLine(answer.status, into: &out)
        AnswerHead.id(answer.requestID, .native, into: &out)
        for (name, value) in answer.headers {
            out.append(name)
            out.append(": ")
            out.append(value)
            out.append("\r\n")
        }
        if !client.willPersist { out.append("connection: close\r\n") }
    }
}
