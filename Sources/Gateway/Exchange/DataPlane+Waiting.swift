// What an exchange waits for: its client, and the time that each part of an answer may take.

internal import Adapters
package import Reactor

extension DataPlane {
    package func clientLeft(_ client: ClientConnection) {
        if client.tag == DataPlane.listenerTag { return listenerLeft(client) }
        if client.tag == DataPlane.waitingTag { return waitingClientLeft(client) }
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
        if client.tag == DataPlane.waitingTag { return waitedEnough(client) }
        guard let exchange = exchange(client.tag) else { return }
        if !pipes.isEmpty, let pipe = pipes[exchange.number] { return pipeRanOut(exchange, pipe) }
        if loop.now >= end(of: exchange) { return ranOut(exchange) }
        if exchange.phase == .pausing, loop.now >= exchange.pauseEnd { resume(exchange) }
        // Nobody listens to the provider while the client is slow.
        if exchange.upstream?.isPaused ?? false { exchange.contentAt = loop.now }
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
    func end(of exchange: Exchange) -> UInt64 {
        let totalMS = exchange.decision.model < 0 ? 0 : exchange.model.limits.totalMS
        // A body that passes through may take its time as well.
        if exchange.phase == .relaying || exchange.request.operation == .media {
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
        case .idle, .pausing, .gathering, .piping, .refused, .answered: return .max
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
}
