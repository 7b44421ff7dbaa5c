// The attempts of an exchange: which endpoint is asked, what its answer means, and what is done about a fault.

internal import Adapters
package import Reactor
package import Wire

extension DataPlane {
    // MARK: Asking

    /// Asks the best endpoint that has not been asked for this request.
    func attempt(_ exchange: Exchange) {
        exchange.query.now = exchange.loop.now
        guard
            let decision = Router.decide(
                exchange.query, exchange.snapshot, health(for: exchange), beliefs(for: exchange), using: &random,
                into: candidates)
        else {
            return tryAgain(exchange)
        }
        exchange.decision = decision
        exchange.consider(candidates)
        exchange.shrunkTokens = 0
        if exchange.triesAgain > 0 { exchange.decision.reason = .retriedTransient }
        exchange.query.tried.insert(decision.model)
        exchange.record.attemptCount += 1
        ask(exchange)
    }

    /// Sends the request to the endpoint decided on.
    func ask(_ exchange: Exchange) {
        guard let kept = exchange.kept else { preconditionFailure("an attempt after content has been passed on") }
        if exchange.translated != nil { drop(&exchange.translated) }
        if case .translated(let translation) = exchange.provider.dialect.passage(of: exchange.request.operation) {
            askTranslated(exchange, translation, kept)
        } else {
            ask(exchange, kept)
        }
    }

    /// Asks a provider of the client's own wire.
    /// - Parameter kept: the lines that may go on, then the client's body.
    private func ask(_ exchange: Exchange, _ kept: Block) {
        if exchange.request.hasUnsigned, exchange.query.policy.isStrict {
            let lost = lost(exchange, kept.bytes)
            if !lost.isEmpty {
                exchange.uncarried = lost
                return faulted(exchange, .cannotCarry)
            }
        }
        guard let (address, upstream) = connect(exchange)
        else { return tryElsewhere(exchange, .transient(.unreachable)) }
        if exchange.shrunkTokens == 0, !exchange.request.hasUnsigned {
            send(exchange, exchange.request, kept.bytes, address, upstream)
        } else {
            sendEdited(exchange, kept.bytes, address, upstream)
        }
        noteOverhead(exchange)
    }

    /// Gives the attempt a connection to the endpoint decided on, at the address whose turn it is.
    /// - Returns: nil when the endpoint was taken away while the exchange ran, or has as many connections as it may: no fault of its own.
    func connect(_ exchange: Exchange) -> (ProviderAddress, UpstreamConnection)? {
        let loop = exchange.loop
        let limits = exchange.model.limits
        let patience = UpstreamConnection.Patience(
            connectMS: limits.connectMS, firstByteMS: limits.firstByteMS,
            // Until the first content a silent provider is as good as none: another may still answer in its place.
            betweenBytesMS: limits.firstByteMS)
        guard let endpoints = endpoints(exchange.providerIndex, of: exchange.snapshot),
            case let place = endpoints.next(now: loop.now),
            let upstream = loop.lease(endpoints[place], patience: patience, tag: exchange.number)
        else { return nil }
        exchange.upstream = upstream
        beginTrial(exchange)
        exchange.phase = .awaitingHead
        exchange.attemptStartedAt = loop.now
        exchange.hedgeAt = hedgeTime(exchange)
        exchange.client?.wake(at: nextLook(at: exchange))
        exchange.tappedBytes = 0
        exchange.retryAfterNS = nil
        return (exchange.provider.addresses[place], upstream)
    }

    /// The request has been sent: what that took us the client hears.
    func noteOverhead(_ exchange: Exchange) {
        if exchange.record.attemptCount == 1, exchange.staleRetries == 0 {
            exchange.record.overheadNS = exchange.loop.clock &- exchange.startedAt
        }
    }

    /// - Parameter kept: the lines that may go on, then the client's body.
    private func send(
        _ exchange: Exchange, _ request: ChatRequest, _ kept: borrowing ByteBuffer, _ address: ProviderAddress,
        _ upstream: UpstreamConnection
    ) {
        let (draft, id, literal) = (exchange.loop.draft, exchange.record.requestID, exchange.model.literal)
        let lines = kept.bytes.extracting(0..<exchange.keptLineBytes)
        let body = kept.bytes.extracting(exchange.keptLineBytes..<kept.count)
        let plan = RequestPlan(
            request, bodyBytes: body.count, modelLiteralBytes: literal.count, wantsUsage: exchange.provider.asksForUsage
        )
        exchange.stripsUsage = plan.stripsUsage
        draft.bytes.removeAll()
        address.target.writeHead(
            request.operation, model: literal.span, isStream: request.isStream, contentLength: plan.contentLength,
            requestID: id.bytes, forwarded: lines, into: &draft.bytes)
        if plan.contentLength <= Limits.copiedBodyBytesMax {
            plan.write(body: body, modelLiteral: literal.span, into: &draft.bytes)
            return upstream.send(draft.bytes.bytes)
        }
        // A large body is sent from where it stands, piece by piece.
        upstream.send(draft.bytes.bytes)
        for index in 0..<plan.pieceCount {
            switch plan[index] {
            case .body(let range): upstream.send(body.extracting(range))
            case .model: upstream.send(literal.span)
            case .text(let text): upstream.send(Span.of(text.bytes))
            }
        }
    }

    /// Sends the request with a lower bound on the answer's tokens, without what only we have signed, or both.
    private func sendEdited(
        _ exchange: Exchange, _ kept: borrowing ByteBuffer, _ address: ProviderAddress, _ upstream: UpstreamConnection
    ) {
        let (edited, signed) = (loop.blocks.take(), loop.blocks.take())
        defer {
            loop.blocks.give(edited)
            loop.blocks.give(signed)
        }
        edited.bytes.append(kept.bytes.extracting(0..<exchange.keptLineBytes))
        let body = kept.bytes.extracting(exchange.keptLineBytes..<kept.count)
        if !exchange.request.hasUnsigned {
            shrink(body, exchange, into: &edited.bytes)
        } else if exchange.shrunkTokens == 0 {
            Unsigned.remove(from: body, into: &edited.bytes)
        } else {
            Unsigned.remove(from: body, into: &signed.bytes)
            shrink(signed.bytes.bytes, exchange, into: &edited.bytes)
        }
        if let request = scan(edited.bytes, exchange) {
            send(exchange, request, edited.bytes, address, upstream)
        } else {
            // At one of the bounds of a request: it is refused as before, in the provider's words.
            send(exchange, exchange.request, kept, address, upstream)
        }
    }

    /// The names of what goes from the request with what only we have signed. See `Unsigned`.
    private func lost(_ exchange: Exchange, _ kept: borrowing ByteBuffer) -> [UInt8] {
        var lost = Dropped()
        var names = ByteBuffer()
        Unsigned.noteLost(from: kept.bytes.extracting(exchange.keptLineBytes..<kept.count), in: &lost)
        lost.write(into: &names)
        return Array(copying: names.bytes)
    }

    /// Names what the request has lost on its way to a provider of its own wire. See `Unsigned` and `ShrunkBody`.
    private func noteLost(_ exchange: Exchange, _ kept: borrowing ByteBuffer, in dropped: inout Dropped) {
        let body = kept.bytes.extracting(exchange.keptLineBytes..<kept.count)
        if exchange.request.hasUnsigned { Unsigned.noteLost(from: body, in: &dropped) }
        if exchange.shrunkTokens > 0 {
            ShrunkBody.noteLost(
                from: body, exchange.request.operation, outputTokensMax: exchange.shrunkTokens, in: &dropped)
        }
    }

    /// Appends the line of an answer's head that names it.
    private func writeLost(_ exchange: Exchange, into out: inout ByteBuffer) {
        guard exchange.request.hasUnsigned || exchange.shrunkTokens > 0, let kept = exchange.kept else { return }
        var lost = Dropped()
        noteLost(exchange, kept.bytes, in: &lost)
        if lost.isEmpty { return }
        out.append("x-tokenhub-dropped: ")
        lost.write(into: &out)
        out.append("\r\n")
    }

    private func shrink(_ body: Span<UInt8>, _ exchange: Exchange, into out: inout ByteBuffer) {
        ShrunkBody.write(
            body, exchange.request.operation, outputTokensMax: exchange.shrunkTokens, into: &out)
    }

    private func scan(_ kept: borrowing ByteBuffer, _ exchange: Exchange) -> ChatRequest? {
        let body = kept.bytes.extracting(exchange.keptLineBytes..<kept.count)
        return try? ChatRequest(scanning: body, operation: exchange.request.operation)
    }

    // MARK: Answers

    package func answerHead(
        _ head: borrowing ResponseParser, bytes: Span<UInt8>, from upstream: UpstreamConnection
    ) {
        if upstream.tag == Prober.tag { return probeAnswered(head.status, upstream) }
        guard let exchange = exchange(of: upstream) else { return }
        // The connection's, for it is a constant of what is at hand.
        let loop = upstream.loop
        exchange.firstByteNS = loop.now &- exchange.attemptStartedAt
        exchange.retryAfterNS = RetryAfter.nanoseconds(
            in: head.fields, head: bytes, now: Int64(loop.wallClock / 1_000_000_000))
        if !pipes.isEmpty, let pipe = pipes[exchange.number] { return pipedHead(head, bytes, exchange, pipe) }
        guard head.status == 200 else {
            exchange.phase = .refused(head.status)
            if let type = head.fields.first(.contentType) { exchange.keepContentType(bytes.extracting(type)) }
            return
        }
        let isEventStream =
            head.fields.first(.contentType).map { AnswerHead.isEventStream(bytes.extracting($0)) } ?? false
        if exchange.request.isStream {
            guard isEventStream else {
                upstream.discard()
                exchange.upstream = nil
                return faulted(exchange, .transient(.malformedAnswer))
            }
            exchange.phase = .gated
            exchange.tap.restart(exchange.request.operation, stripsUsage: exchange.stripsUsage)
        } else {
            exchange.phase = .gathering
        }
        if exchange.isHeadSent { return }
        let block = exchange.head.take() ?? loop.blocks.take()
        block.bytes.removeAll()
        AnswerHead.begin(status: 200, exchange, persists: exchange.client?.willPersist ?? false, into: &block.bytes)
        if exchange.translated != nil {
            continueHead(exchange, into: &block.bytes)
        } else {
            writeLost(exchange, into: &block.bytes)
            AnswerHead.passOn(head.fields, bytes, into: &block.bytes)
        }
        if exchange.request.isStream { AnswerHead.stream(exchange, into: &block.bytes) }
        exchange.head = block
    }

    /// Chunks with an event each go to the client as they are.
    package func answerChunks(_ bytes: Span<UInt8>, from upstream: UpstreamConnection) -> Int {
        guard let exchange = exchange(of: upstream), exchange.isChunked, exchange.translated == nil,
            !exchange.takesTrailers
        else { return 0 }
        return switch exchange.phase {
        case .gated, .relaying: relay(exchange, bytes, asChunks: true, isLast: false, upstream)
        default: 0
        }
    }

    package func answerBody(
        _ bytes: Span<UInt8>, freshCount: Int, isLast: Bool, from upstream: UpstreamConnection
    ) -> Int {
        guard let exchange = exchange(of: upstream) else {
            // The exchange is over, and the end of the framing is read only to keep the connection: not worth more than that.
            if !bytes.isEmpty, !isLast { upstream.discard() }
            return bytes.count
        }
        switch exchange.phase {
        case .gathering:
            if !isLast { return 0 }
            upstream.tag = -1
            answerWhole(exchange, bytes)
            return bytes.count
        case .refused(let status):
            if !isLast {
                if bytes.count <= Limits.errorBytesMax { return 0 }
                upstream.discard()
            }
            exchange.upstream = nil
            upstream.tag = -1
            let fault = exchange.provider.dialect.fault(status: status, retryAfter: exchange.retryAfterNS, body: bytes)
            faulted(exchange, fault, status: status, body: bytes)
            return bytes.count
        case .gated, .relaying: return relay(exchange, bytes, isLast: isLast, upstream)
        case .piping:
            guard let pipe = pipes[exchange.number] else { preconditionFailure("nothing is piped") }
            return pipedBody(bytes, isLast: isLast, exchange, pipe, upstream)
        case .idle, .awaitingHead, .pausing, .answered: preconditionFailure("a body while \(exchange.phase)")
        }
    }

    /// A whole answer stands in one piece: it is an answer indeed, or the attempt has failed.
    private func answerWhole(_ exchange: Exchange, _ bytes: Span<UInt8>) {
        exchange.upstream = nil
        if exchange.request.operation == .countTokens { return answerCount(exchange, bytes) }
        do throws(AttemptFault) {
            if exchange.translated != nil { return try answerTranslated(exchange, bytes) }
            complete(exchange, try WholeAnswer(bytes, operation: exchange.request.operation).usage, bytes)
        } catch {
            faulted(exchange, error)
        }
    }

    /// Sends a whole answer in the client's words: the exchange is over.
    func complete(_ exchange: Exchange, _ usage: Usage, _ answer: Span<UInt8>) {
        if exchange.rival != nil { dismissRival(of: exchange, isOutrun: true) }
        let loop = exchange.loop
        exchange.record.usage = usage
        exchange.record.answerBytes = Int64(answer.count)
        exchange.record.firstTokenNS = max(1, loop.now &- exchange.startedAt)
        succeeded(exchange)
        guard let client = exchange.client, let head = exchange.head.take() else { return }
        AnswerHead.cost(exchange, into: &head.bytes)
        AnswerHead.overhead(exchange, loop.clock &- loop.now, into: &head.bytes)
        var status = 200
        if exchange.isEnveloped {
            status = sendNative(exchange, answer, behind: &head.bytes, client)
        } else {
            AnswerHead.end(contentLength: answer.count, into: &head.bytes)
            sendWhole(answer, behind: head.bytes.bytes, client)
        }
        loop.blocks.give(consume head)
        finish(exchange, status: status)
    }
}
