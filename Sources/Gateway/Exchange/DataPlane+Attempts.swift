// The attempts of an exchange: which endpoint is asked, what its answer means, and what is done about a fault.

internal import Adapters
package import Reactor
package import Wire

extension DataPlane {
    // MARK: Asking

    /// Asks the best endpoint that has not been asked for this request.
    func attempt(_ exchange: Exchange) {
        exchange.query.now = loop.now
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
        let provider = exchange.provider
        let limits = exchange.model.limits
        let patience = UpstreamConnection.Patience(
            connectMS: limits.connectMS, firstByteMS: limits.firstByteMS,
            // Until the first content a silent provider is as good as none: another may still answer in its place.
            betweenBytesMS: limits.firstByteMS)
        guard let endpoint = endpoint(exchange.providerIndex, of: exchange.snapshot),
            let upstream = loop.lease(endpoint, patience: patience, tag: exchange.number)
        else {
            // It was taken away while the exchange ran, or has as many connections as it may: no fault of its own.
            return tryElsewhere(exchange, .transient(.unreachable))
        }
        exchange.upstream = upstream
        beginTrial(exchange)
        exchange.phase = .awaitingHead
        exchange.attemptStartedAt = loop.now
        exchange.hedgeAt = hedgeTime(exchange)
        exchange.client?.wake(at: nextLook(at: exchange))
        exchange.tappedBytes = 0
        exchange.retryAfterNS = nil
        if exchange.shrunkTokens > 0 {
            sendShrunk(exchange, kept.bytes, provider, upstream)
        } else {
            send(exchange, exchange.request, kept.bytes, provider, upstream)
        }
        if exchange.record.attemptCount == 1, exchange.staleRetries == 0 {
            exchange.record.overheadNS = loop.clock &- exchange.startedAt
        }
    }

    /// - Parameter kept: the lines that may go on, then the client's body.
    private func send(
        _ exchange: Exchange, _ request: ChatRequest, _ kept: borrowing ByteBuffer, _ provider: ProviderEntry,
        _ upstream: UpstreamConnection
    ) {
        let (draft, id, literal) = (loop.draft, exchange.record.requestID, exchange.model.literal)
        let lines = kept.bytes.extracting(0..<exchange.keptLineBytes)
        let body = kept.bytes.extracting(exchange.keptLineBytes..<kept.count)
        let plan = RequestPlan(
            request, bodyBytes: body.count, modelLiteralBytes: literal.count, wantsUsage: provider.asksForUsage)
        exchange.stripsUsage = plan.stripsUsage
        draft.bytes.removeAll()
        provider.target.writeHead(
            request.operation, isStream: request.isStream, contentLength: plan.contentLength,
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

    /// Sends the request with a lower bound on the answer's tokens.
    private func sendShrunk(
        _ exchange: Exchange, _ kept: borrowing ByteBuffer, _ provider: ProviderEntry, _ upstream: UpstreamConnection
    ) {
        let shrunk = loop.blocks.take()
        defer { loop.blocks.give(shrunk) }
        shrunk.bytes.append(kept.bytes.extracting(0..<exchange.keptLineBytes))
        ShrunkBody.write(
            kept.bytes.extracting(exchange.keptLineBytes..<kept.count), outputTokensMax: exchange.shrunkTokens,
            into: &shrunk.bytes)
        if let request = scan(shrunk.bytes, exchange) {
            send(exchange, request, shrunk.bytes, provider, upstream)
        } else {
            // At one of the bounds of a request: it is refused as before, in the provider's words.
            send(exchange, exchange.request, kept, provider, upstream)
        }
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
        exchange.firstByteNS = loop.now &- exchange.attemptStartedAt
        exchange.retryAfterNS = RetryAfter.nanoseconds(
            in: head.fields, head: bytes, now: Int64(loop.wallClock / 1_000_000_000))
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
            exchange.tap.restart(stripsUsage: exchange.stripsUsage)
        } else {
            exchange.phase = .gathering
        }
        if exchange.isHeadSent { return }
        let block = exchange.head ?? loop.blocks.take()
        block.bytes.removeAll()
        AnswerHead.begin(status: 200, exchange, persists: exchange.client?.willPersist ?? false, into: &block.bytes)
        AnswerHead.passOn(head.fields, bytes, into: &block.bytes)
        if exchange.request.isStream { AnswerHead.stream(into: &block.bytes) }
        exchange.head = block
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
        case .idle, .awaitingHead, .pausing, .answered: preconditionFailure("a body while \(exchange.phase)")
        }
    }

    /// A whole answer stands in one piece: it is an answer indeed, or the attempt has failed.
    private func answerWhole(_ exchange: Exchange, _ bytes: Span<UInt8>) {
        let whole: WholeAnswer
        exchange.upstream?.tag = -1
        exchange.upstream = nil
        do throws(AttemptFault) {
            whole = try WholeAnswer(bytes, operation: exchange.request.operation)
        } catch {
            return faulted(exchange, error)
        }
        if exchange.rival != nil { dismissRival(of: exchange, isOutrun: true) }
        exchange.record.usage = whole.usage
        exchange.record.answerBytes = Int64(bytes.count)
        exchange.record.firstTokenNS = max(1, loop.now &- exchange.startedAt)
        succeeded(exchange)
        guard let client = exchange.client, let head = exchange.head else { return }
        AnswerHead.cost(exchange, into: &head.bytes)
        AnswerHead.overhead(exchange, loop.clock &- loop.now, into: &head.bytes)
        if exchange.isEnveloped {
            sendEnveloped(exchange, bytes, client)
        } else {
            AnswerHead.end(contentLength: bytes.count, into: &head.bytes)
            client.relay(bytes, behind: head.bytes.bytes, chunked: false, last: true)
        }
        finish(exchange, status: 200)
    }

    /// Events of a stream: those that are well go to the client from where they stand, the others decide what happens.
    private func relay(
        _ exchange: Exchange, _ bytes: Span<UInt8>, isLast: Bool, _ upstream: UpstreamConnection
    ) -> Int {
        // Until the first content arrives nothing is used, so that another endpoint can still answer in its place.
        var sentEnd = 0
        // What stands before an event that is left out waits for what stands behind it: both leave in one send.
        var front = ByteRange.none
        var from = exchange.tappedBytes
        while true {
            let run = exchange.tap.next(in: bytes, from: from)
            from = run.next
            if run.hasContent { exchange.contentAt = loop.now }
            // Usage means that the answer is over, even one without content: waiting on would hand on the event left out.
            if exchange.phase == .gated,
                run.hasContent || run.stop == .stripped || run.stop == .done && !exchange.isHollow
            {
                openGate(exchange)
            }
            let isOpen = exchange.phase == .relaying
            switch run.stop {
            case .needsMore:
                let events = ByteRange(sentEnd, run.next)
                if isLast { return streamEnded(exchange, bytes, front, events, upstream) }
                if isOpen {
                    pass(exchange, bytes, front, events, last: false)
                    exchange.tappedBytes = 0
                    if exchange.client?.isBackedUp ?? false { upstream.pause() }
                    return run.next
                }
                exchange.tappedBytes = run.next
                return 0
            case .stripped:
                if isOpen {
                    pass(exchange, bytes, .none, front, last: false)
                    front = ByteRange(sentEnd, Int(run.pass.end))
                    sentEnd = run.next
                }
            case .done where !isOpen:
                // A terminator alone is no answer, and must not be taken for one that happens to be empty.
                streamBroke(exchange, .transient(.hollowAnswer), isLast, upstream)
                return bytes.count
            case .done:
                pass(exchange, bytes, front, ByteRange(sentEnd, run.next), last: true)
                streamCompleted(exchange, upstream)
                return bytes.count
            case .failure(let event):
                if isOpen { pass(exchange, bytes, front, ByteRange(sentEnd, Int(event.start)), last: false) }
                streamBroke(exchange, .transient(.errorObject), isLast, upstream)
                return bytes.count
            case .malformed(let event, _):
                if isOpen { pass(exchange, bytes, front, ByteRange(sentEnd, Int(event.start)), last: false) }
                streamBroke(exchange, .transient(.malformedAnswer), isLast, upstream)
                return bytes.count
            }
        }
    }

    private func openGate(_ exchange: Exchange) {
        exchange.phase = .relaying
        if exchange.rival != nil { dismissRival(of: exchange, isOutrun: true) }
        trialAnswered(exchange)
        exchange.hedgeAt = .max
        exchange.contentAt = loop.now
        exchange.record.firstTokenNS = max(1, loop.now &- exchange.startedAt)
        exchange.upstream?.allow(betweenBytesMS: exchange.model.limits.betweenTokensMS)
        // No other attempt can follow: what it would have needed is free.
        if let kept = exchange.kept { loop.blocks.give(kept) }
        exchange.kept = nil
    }

    /// Sends events to the client, those at `front` first, behind the head when it has not been sent.
    private func pass(
        _ exchange: Exchange, _ bytes: Span<UInt8>, _ front: ByteRange, _ events: ByteRange, last: Bool
    ) {
        if front.isEmpty && events.isEmpty && !last { return }
        guard let client = exchange.client else { return }
        exchange.lastSentAt = loop.now
        exchange.record.answerBytes &+= Int64(front.count &+ events.count)
        if exchange.isHeadSent || exchange.head == nil {
            client.relay(front, events, of: bytes, behind: Span(), chunked: exchange.isChunked, last: last)
        } else if let head = exchange.head {
            exchange.isHeadSent = true
            exchange.head = nil
            AnswerHead.overhead(exchange, loop.clock &- loop.now, into: &head.bytes)
            AnswerHead.endStream(chunked: exchange.isChunked, into: &head.bytes)
            client.relay(front, events, of: bytes, behind: head.bytes.bytes, chunked: exchange.isChunked, last: last)
            loop.blocks.give(head)
        }
    }

    /// Upstream has sent everything without the terminator.
    private func streamEnded(
        _ exchange: Exchange, _ bytes: Span<UInt8>, _ front: ByteRange, _ events: ByteRange,
        _ upstream: UpstreamConnection
    ) -> Int {
        switch exchange.tap.end() {
        case .complete, .unterminated:
            if exchange.phase == .gated { openGate(exchange) }
            pass(exchange, bytes, front, events, last: true)
            streamCompleted(exchange, upstream)
        case .truncated:
            if exchange.phase == .relaying { pass(exchange, bytes, front, events, last: false) }
            streamBroke(exchange, .transient(.truncated), true, upstream)
        }
        return bytes.count
    }

    private func streamCompleted(_ exchange: Exchange, _ upstream: UpstreamConnection) {
        takeUsage(exchange)
        // What is left of the framing is read without us, and the connection is kept.
        upstream.tag = -1
        exchange.upstream = nil
        succeeded(exchange)
        finish(exchange, status: 200)
    }

    private func streamBroke(
        _ exchange: Exchange, _ fault: AttemptFault, _ isLast: Bool, _ upstream: UpstreamConnection
    ) {
        takeUsage(exchange)
        upstream.tag = -1
        exchange.upstream = nil
        if !isLast { upstream.discard() }
        faulted(exchange, fault)
    }

    /// What the stream said it cost, or what of it arrived.
    func takeUsage(_ exchange: Exchange) {
        exchange.record.eventCount = Int64(exchange.tap.eventCount)
        if exchange.tap.hasUsage {
            exchange.record.usage = exchange.tap.usage
        } else if exchange.tap.contentEventCount > 0 {
            exchange.record.usage = Usage(
                inputTokens: Int64(exchange.request.estimatedInputTokens),
                outputTokens: Int64(exchange.tap.contentEventCount))
        }
    }

    // MARK: The client

    package func clientLeft(_ client: ClientConnection) {
        if client.tag == DataPlane.listenerTag { return listenerLeft(client) }
        guard let exchange = exchange(client.tag) else { return }
        takeUpFirst(exchange)
        exchange.upstream?.discard()
        exchange.upstream = nil
        if exchange.phase == .relaying { takeUsage(exchange) }
        exchange.record.clientLeft = true
        // 499, as nginx logs it: the client closed the request.
        finish(exchange, status: 499)
    }

    package func clientDrained(_ client: ClientConnection) {
        guard let exchange = exchange(client.tag) else { return }
        // While the client was slow nobody listened to the provider.
        exchange.contentAt = loop.now
        exchange.upstream?.resumeReceiving()
    }

    package func clientWoke(_ client: ClientConnection) {
        if client.tag == DataPlane.listenerTag { return keepListener(client) }
        guard let exchange = exchange(client.tag) else { return }
        if loop.now >= end(of: exchange) { return ranOut(exchange) }
        if exchange.phase == .pausing, loop.now >= exchange.pauseEnd { resume(exchange) }
        if client.isBackedUp { exchange.contentAt = loop.now }
        if exchange.client === client, loop.now >= contentDue(exchange) { fellSilent(exchange) }
        if let rival = exchange.rival, loop.now >= firstContentDue(rival, exchange) {
            exchange.trade()
            fellSilent(exchange)
        }
        if exchange.client === client, loop.now >= exchange.hedgeAt { hedge(exchange) }
        guard exchange.client === client else { return }
        if exchange.request.isStream, loop.now &- exchange.lastSentAt >= Limits.keepAliveNS {
            keepAlive(exchange, client)
        }
        client.wake(at: nextLook(at: exchange))
    }

    /// When to look at an exchange that nothing happens to: a stream is to be kept alive, any other only ends in time.
    func nextLook(at exchange: Exchange) -> UInt64 {
        var due = min(end(of: exchange), contentDue(exchange))
        due = min(due, exchange.hedgeAt)
        if exchange.phase == .pausing { due = min(due, exchange.pauseEnd) }
        if let rival = exchange.rival { due = min(due, firstContentDue(rival, exchange)) }
        return exchange.request.isStream ? min(exchange.lastSentAt &+ Limits.keepAliveNS, due) : due
    }

    /// When an exchange has had its time. A stream that runs is watched for silence, so it may run for long.
    private func end(of exchange: Exchange) -> UInt64 {
        let totalMS = exchange.decision.model < 0 ? 0 : exchange.model.limits.totalMS
        if exchange.phase == .relaying {
            return exchange.startedAt &+ (totalMS > 0 ? UInt64(totalMS) &* 1_000_000 : Limits.streamNSMax)
        }
        let wantedMS = exchange.query.policy.latencyMSMax
        let allowedMS = totalMS > 0 && wantedMS > 0 ? min(totalMS, wantedMS) : max(totalMS, wantedMS)
        let most = allowedMS > 0 ? min(UInt64(allowedMS) &* 1_000_000, Limits.totalNSMax) : Limits.totalNSMax
        return exchange.startedAt &+ most
    }

    /// When a stream must have brought content, its first or its next. A provider that sends comments is not silent to its
    /// connection, and yet says nothing.
    private func contentDue(_ exchange: Exchange) -> UInt64 {
        switch exchange.phase {
        case .awaitingHead, .gated:
            guard exchange.request.isStream else { return .max }
            return exchange.attemptStartedAt &+ UInt64(exchange.model.limits.firstTokenMS) &* 1_000_000
        case .relaying: return exchange.contentAt &+ UInt64(exchange.model.limits.betweenTokensMS) &* 1_000_000
        case .idle, .pausing, .gathering, .refused, .answered: return .max
        }
    }

    private func firstContentDue(_ rival: Rival, _ exchange: Exchange) -> UInt64 {
        guard exchange.request.isStream else { return .max }
        let limits = exchange.snapshot.models[rival.decision.model].limits
        return rival.attemptStartedAt &+ UInt64(limits.firstTokenMS) &* 1_000_000
    }

    /// The provider sends nothing that a reader could use.
    private func fellSilent(_ exchange: Exchange) {
        exchange.upstream?.discard()
        exchange.upstream = nil
        if exchange.phase == .relaying { takeUsage(exchange) }
        faulted(exchange, .transient(.timeout))
    }

    /// The time one request may take in all is over.
    private func ranOut(_ exchange: Exchange) {
        takeUpFirst(exchange)
        exchange.upstream?.discard()
        exchange.upstream = nil
        if exchange.phase == .relaying { takeUsage(exchange) }
        refuse(.totalTimeout, exchange)
    }

    /// A comment tells everybody between us and the client that the stream lives.
    private func keepAlive(_ exchange: Exchange, _ client: ClientConnection) {
        exchange.lastSentAt = loop.now
        let comment = Span.of(": keep-alive\n\n")
        if exchange.isHeadSent {
            return client.relay(comment, behind: Span(), chunked: exchange.isChunked, last: false)
        }
        // Who answers is not decided before content comes, so the head does not say.
        if let head = exchange.head { loop.blocks.give(head) }
        exchange.head = nil
        let block = loop.blocks.take()
        AnswerHead.begin(status: 200, undecided: exchange, persists: client.willPersist, into: &block.bytes)
        block.bytes.append("content-type: text/event-stream\r\n")
        AnswerHead.stream(into: &block.bytes)
        AnswerHead.endStream(chunked: exchange.isChunked, into: &block.bytes)
        exchange.isHeadSent = true
        client.relay(comment, behind: block.bytes.bytes, chunked: exchange.isChunked, last: false)
        loop.blocks.give(block)
    }
}
