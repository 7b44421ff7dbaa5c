// What becomes of an exchange after a fault: another endpoint, the same one again, or an error that the client can read.

internal import Adapters
package import Reactor
internal import Wire

extension DataPlane {
    package func upstreamFailed(_ fault: UpstreamFault, _ upstream: UpstreamConnection) {
        if upstream.tag == Prober.tag { return probeFailed(fault, upstream) }
        guard let exchange = exchange(of: upstream) else { return }
        exchange.upstream = nil
        if !pipes.isEmpty, let pipe = pipes[exchange.number] {
            return pipeBroke(fault, upstream.endpoint, exchange, pipe)
        }
        if case .stale = fault, exchange.staleRetries < Limits.staleRetriesMax,
            loop.now &- exchange.attemptStartedAt < Limits.staleNSMax
        {
            // The provider closed a connection that was kept: nobody's fault, and nothing was asked yet.
            exchange.staleRetries += 1
            return ask(exchange)
        }
        if fault.isOfConnecting, exchange.staleRetries < Limits.staleRetriesMax,
            let endpoints = endpoints(exchange.providerIndex, of: exchange.snapshot),
            endpoints.rest(upstream.endpoint, now: loop.now)
        {
            // Another address of the same provider may be reached: it has not failed before all of them have.
            exchange.staleRetries += 1
            return ask(exchange)
        }
        if exchange.phase == .relaying { takeUsage(exchange) }
        faulted(exchange, AttemptFault(fault))
    }

    /// The one place that decides what becomes of an exchange after a fault.
    /// - Parameter status: with `body`, what the provider said, where it said something.
    func faulted(_ exchange: Exchange, _ fault: AttemptFault, status: Int = 502, body: Span<UInt8> = Span()) {
        blame(fault, exchange)
        reward(exchange, .failed(fault))
        if exchange.phase == .relaying { return breakStream(exchange) }
        // What a second provider has against the request does not end the first one's attempt.
        let isBeside = exchange.rival != nil && exchange.decision.reason == .hedged
        switch fault.action {
        case .passOn where !isBeside: passOn(exchange, fault, status, body)
        case .makeRoom where exchange.rival == nil:
            if !makeRoom(exchange, fault) { passOn(exchange, fault, status, body) }
        case .passOn, .makeRoom: tryElsewhere(exchange, fault)
        case .disable:
            control.post(.budgetExceeded(model: exchange.model.id))
            tryElsewhere(exchange, fault)
        case .elsewhere, .again: tryElsewhere(exchange, fault)
        }
    }

    /// Notes a fault, in the row and against the provider where it is that one's.
    func blame(_ fault: AttemptFault, _ exchange: Exchange) {
        exchange.record.errorLabel = fault.label
        guard fault.blame == .provider, let index = healthIndex(exchange.providerIndex, of: exchange.snapshot)
        else { return }
        health[index].failed(
            fault.label, retryAfterNS: exchange.retryAfterNS, isOfConnecting: fault.isOfConnecting, now: loop.now,
            wallClock: loop.wallClock)
        exchange.query.failedProviders.insert(exchange.providerIndex)
    }

    /// Forgets the attempt that is over, of which nothing was passed on.
    private func clear(_ exchange: Exchange, _ fault: AttemptFault) {
        endTrial(exchange)
        // That a provider of another wire could not be asked explains nothing where one that was asked has failed.
        if fault != .cannotCarry || exchange.lastFault == nil { exchange.lastFault = fault }
        exchange.record.errorLabel = fault.label
        exchange.phase = .awaitingHead
        drop(&exchange.translated)
        guard !exchange.isHeadSent, let head = exchange.head else { return }
        loop.blocks.give(head)
        exchange.head = nil
    }

    /// Another endpoint may answer in the place of the one that failed.
    func tryElsewhere(_ exchange: Exchange, _ fault: AttemptFault) {
        clear(exchange, fault)
        if exchange.rival != nil { return leaveToRival(exchange) }
        if exchange.request.operation == .countTokens { return answerEstimate(exchange) }
        guard Int(exchange.record.attemptCount) < Limits.attemptsMax else { return nobodyLeft(exchange) }
        exchange.query.now = loop.now
        guard Router.mayBeAnswered(exchange.query, exchange.snapshot, health(for: exchange)) else {
            return tryAgain(exchange)
        }
        // What was not sent need not be paid for.
        if fault != .cannotCarry, !retries.spend() { return nobodyLeft(exchange) }
        attempt(exchange)
    }

    /// The prompt was too long for the model: the same one with room for a shorter answer, once, else a larger one.
    /// - Returns: false when neither can be asked.
    private func makeRoom(_ exchange: Exchange, _ fault: AttemptFault) -> Bool {
        guard exchange.request.operation.isGenerative, Int(exchange.record.attemptCount) < Limits.attemptsMax
        else { return false }
        let tokens = exchange.query.estimatedInputTokens
        let room = min(
            exchange.model.contextTokensMax - tokens - Limits.contextReserveTokens, Adapters.Limits.outputTokensMax)
        if exchange.shrunkTokens == 0, room >= Limits.shrunkTokensMin, exchange.request.outputTokensMax ?? .max > room {
            guard retries.spend() else { return false }
            clear(exchange, fault)
            exchange.shrunkTokens = room
            exchange.decision.reason = .reducedMaxTokens
        } else {
            exchange.query.now = loop.now
            let isBound = exchange.query.named != nil && exchange.query.policy.isStrict
            guard !isBound,
                let larger = Router.larger(
                    than: exchange.decision.model, exchange.query, exchange.snapshot, health(for: exchange)),
                retries.spend()
            else { return false }
            clear(exchange, fault)
            exchange.shrunkTokens = 0
            exchange.decision = Decision(model: larger, reason: .escalatedContextOverflow, probability: 1)
            // Nobody weighed it against others.
            candidates.removeAll()
            exchange.consider(candidates)
            exchange.query.tried.insert(larger)
        }
        exchange.record.attemptCount += 1
        ask(exchange)
        return true
    }

    /// Nobody else may be asked: after a moment the same ones again, where that may help and the core has retries left.
    func tryAgain(_ exchange: Exchange) {
        guard let client = exchange.client, exchange.lastFault?.action == .again,
            exchange.triesAgain < Limits.triesAgainMax, Int(exchange.record.attemptCount) < Limits.attemptsMax,
            retries.spend()
        else { return nobodyLeft(exchange) }
        // Twice as long each time, and never for all requests at once.
        let share = 512 + random.next() % 1024
        exchange.pauseEnd = loop.now &+ (Limits.tryAgainNS << UInt64(exchange.triesAgain)) &* share / 1024
        exchange.triesAgain += 1
        exchange.phase = .pausing
        exchange.hedgeAt = .max
        client.wake(at: nextLook(at: exchange))
    }

    /// A pause is over.
    func resume(_ exchange: Exchange) {
        exchange.phase = .awaitingHead
        exchange.query.tried = Query.Tried()
        attempt(exchange)
    }

    /// The caller hears what the provider said.
    private func passOn(_ exchange: Exchange, _ fault: AttemptFault, _ status: Int, _ body: Span<UInt8>) {
        guard let client = exchange.client else { return }
        if exchange.isHeadSent { return breakStream(exchange, fault, refusedWith: status, body) }
        if body.count > Limits.errorBytesMax {
            // Half of it would be taken for the whole.
            let error = ErrorBody(status: status, type: "invalid_request_error", code: "client_fault")
            originLines = exchange.originLines
            answer(
                error, "the provider refused the request", exchange.surface, exchange.record.requestID,
                retryAfterMS: nil, client)
            return finish(exchange, status: status)
        }
        if exchange.surface == .native || exchange.translated != nil {
            return passOnReworded(exchange, status, body, isOverflow: fault == .contextOverflow(status: status), client)
        }
        let block = loop.blocks.take()
        AnswerHead.begin(status: status, exchange, persists: client.willPersist, into: &block.bytes)
        exchange.writeContentType(into: &block.bytes)
        AnswerHead.end(contentLength: body.count, into: &block.bytes)
        sendWhole(body, behind: block.bytes.bytes, client)
        loop.blocks.give(block)
        exchange.record.answerBytes = Int64(body.count)
        finish(exchange, status: status)
    }

    /// A stream breaks after its first content: the client must see it, and must not take it for the end.
    private func breakStream(_ exchange: Exchange) {
        let error = ErrorBody(status: 502, type: "server_error", code: "upstream_failed")
        endStream(exchange, error, "the provider's answer broke off")
    }

    /// The provider refuses the request after the client was sent a head to keep it waiting: the provider's words come as the
    /// stream's only event.
    private func breakStream(
        _ exchange: Exchange, _ fault: AttemptFault, refusedWith status: Int, _ body: Span<UInt8>
    ) {
        let isOverflow = fault == .contextOverflow(status: status)
        let error = ErrorBody(
            status: status, type: "invalid_request_error",
            code: isOverflow ? "context_length_exceeded" : "client_fault")
        let message = loop.blocks.take()
        ProviderError(body).writeMessage(
            from: body, isOverflow: isOverflow && exchange.surface == .anthropic, into: &message.bytes)
        endStream(exchange, error, message.bytes.bytes)
        loop.blocks.give(message)
    }

    private func endStream(_ exchange: Exchange, _ error: ErrorBody, _ message: StaticString) {
        endStream(exchange, error, Span.of(message))
    }

    /// An error is the last event of a stream whose head has been sent; then the connection closes.
    func endStream(_ exchange: Exchange, _ error: ErrorBody, _ message: Span<UInt8>) {
        guard let client = exchange.client else { return }
        let block = loop.blocks.take()
        if let translated = exchange.translated, exchange.phase == .relaying {
            translated.stream.fail(error, message: message, into: &block.bytes)
        } else {
            error.writeEvent(
                exchange.surface, message: message, requestID: exchange.record.requestID.bytes,
                sequenceNumber: exchange.phase == .relaying ? exchange.tap.eventCount : 0, into: &block.bytes)
        }
        client.closeAfterAnswer()
        client.relay(block.bytes.bytes, behind: Span(), chunked: exchange.isChunked, last: true)
        loop.blocks.give(block)
        finish(exchange, status: error.status)
    }

    func succeeded(_ exchange: Exchange) {
        exchange.record.errorLabel = ""
        exchange.price()
        if let index = healthIndex(exchange.providerIndex, of: exchange.snapshot) {
            health[index].succeeded(
                firstByteNS: exchange.firstByteNS,
                firstTokenNS: exchange.startedAt &+ exchange.record.firstTokenNS &- exchange.attemptStartedAt,
                isStream: exchange.request.isStream, now: loop.now, wallClock: loop.wallClock)
            health[index].completed(totalNS: loop.now &- exchange.attemptStartedAt, now: loop.now)
        }
        rewardAnswer(exchange)
    }

    /// The beliefs that count for the exchange's snapshot, where it is routed by them; none for one that has been replaced.
    func beliefs(for exchange: Exchange) -> Bandit? {
        guard exchange.query.policy.mode == .thompson, exchange.snapshot === snapshot else { return nil }
        bandit.now = loop.wallClock
        return bandit
    }

    /// The health that counts for the exchange's snapshot.
    func health(for exchange: Exchange) -> [ProviderHealth] {
        if exchange.snapshot === snapshot { return health }
        return exchange.snapshot.providers.indices.map { provider in
            healthIndex(provider, of: exchange.snapshot).map { health[$0] } ?? ProviderHealth()
        }
    }
}
