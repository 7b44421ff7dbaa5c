// A second attempt beside one that is slow. The first content decides; then there is one attempt again.

internal import Adapters
internal import Reactor

extension DataPlane {
    /// The exchange that `upstream` works for, with the attempt that it carries at hand.
    func exchange(of upstream: UpstreamConnection) -> Exchange? {
        guard let exchange = exchange(upstream.tag) else { return nil }
        if exchange.rival != nil, exchange.upstream !== upstream { exchange.trade() }
        return exchange
    }

    // MARK: The start

    /// When to ask the next candidate beside the attempt that begins now; `.max`: not at all.
    func hedgeTime(_ exchange: Exchange) -> UInt64 {
        switch exchange.snapshot.settings.hedging.delay {
        case .off: return .max
        case .milliseconds(let delay): return mayHedge(exchange) ? loop.now &+ UInt64(delay) &* 1_000_000 : .max
        case .learned:
            guard mayHedge(exchange), let index = healthIndex(exchange.providerIndex, of: exchange.snapshot),
                let delay = health[index].slowNS(isStream: exchange.request.isStream)
            else { return .max }
            return loop.now &+ delay
        }
    }

    /// Who names a model means that one; an alias is served by each of its variants. Vectors of two models are not alike.
    private func mayHedge(_ exchange: Exchange) -> Bool {
        let hedging = exchange.snapshot.settings.hedging
        return hedging.delay != .off && exchange.rival == nil && exchange.request.operation.isGenerative
            && (exchange.query.named == nil || exchange.alias >= 0)
            && Int(exchange.record.hedgeCount) + 1 < hedging.attemptsMax
            && Int(exchange.record.attemptCount) < Limits.attemptsMax
    }

    /// Asks the next candidate beside the attempt under way, where there is one and the money for it.
    func hedge(_ exchange: Exchange) {
        exchange.hedgeAt = .max
        switch exchange.phase {
        case .idle, .pausing, .relaying, .piping, .answered: return
        case .awaitingHead, .gated, .gathering, .refused: break
        }
        // The cost of either may be thrown away, so both must be known.
        guard mayHedge(exchange), let decision = nextBeside(exchange),
            let cost = lostCost(of: decision.model, exchange), lostCost(of: exchange.decision.model, exchange) != nil,
            hedges.hold(cost)
        else { return }
        guard retries.spend() else { return hedges.settle(held: cost, cost: 0) }
        exchange.rival = rivals.popLast() ?? Rival()
        exchange.trade()
        exchange.decision = decision
        exchange.consider(candidates)
        exchange.hedgeHeldNanoUSD = cost
        exchange.query.tried.insert(decision.model)
        exchange.record.attemptCount += 1
        exchange.record.hedgeCount += 1
        ask(exchange)
    }

    private func nextBeside(_ exchange: Exchange) -> Decision? {
        let (snapshot, health) = (exchange.snapshot, health(for: exchange))
        exchange.query.now = loop.now
        if exchange.alias >= 0 {
            let variants = snapshot.aliases[exchange.alias].variants.filter { variant in
                variant.model.map { Router.rejection(of: $0, exchange.query, snapshot, health) == nil } ?? false
            }
            candidates.removeAll()
            let best = variants.max { $0.weight < $1.weight }
            return best?.model.map { Decision(model: $0, reason: .hedged, probability: 1) }
        }
        // A slow provider is slow with its other models too.
        var query = exchange.query
        query.failedProviders.insert(exchange.providerIndex)
        let decision = Router.decide(
            query, snapshot, health, beliefs(for: exchange), using: &random, into: candidates)
        return decision.map { Decision(model: $0.model, reason: .hedged, probability: $0.probability) }
    }

    /// Nano-dollars that an answer costs which is thrown away, by estimate; nil: its price is not known. A stream without content
    /// has cost its prompt. Of a whole answer nobody sees how far it had come, so all of it counts.
    private func lostCost(of model: Int, _ exchange: Exchange) -> Int64? {
        exchange.snapshot.models[model].prices.cost(
            of: Usage(
                inputTokens: Int64(exchange.query.estimatedInputTokens),
                outputTokens: exchange.request.isStream ? 0 : Int64(exchange.query.assumedOutputTokens)))
    }

    // MARK: The end

    /// The attempt at hand has brought content, or the exchange is over: nobody waits for the other one any more.
    func dismissRival(of exchange: Exchange, isOutrun: Bool) {
        guard let rival = exchange.rival else { return }
        exchange.rival = nil
        rival.upstream?.discard()
        endTrial(&rival.trial, exchange.snapshot)
        let cost = lostCost(of: rival.decision.model, exchange) ?? 0
        exchange.record.lostNanoUSD += cost
        hedges.settle(held: exchange.hedgeHeldNanoUSD, cost: cost)
        exchange.hedgeHeldNanoUSD = 0
        let provider = exchange.snapshot.models[rival.decision.model].provider
        if isOutrun, let index = healthIndex(provider, of: exchange.snapshot) {
            health[index].outrun(
                afterNS: loop.now &- rival.attemptStartedAt, isStream: exchange.request.isStream, now: loop.now)
        }
        giveBack(rival)
    }

    /// The attempt at hand has failed; the other goes on, and the next candidate takes the place that is free.
    func leaveToRival(_ exchange: Exchange) {
        exchange.trade()
        guard let failed = exchange.rival else { return }
        exchange.rival = nil
        hedges.settle(held: exchange.hedgeHeldNanoUSD, cost: 0)
        exchange.hedgeHeldNanoUSD = 0
        giveBack(failed)
        hedge(exchange)
    }

    /// Before an exchange ends with two attempts under way: the first one is what its row tells of.
    func takeUpFirst(_ exchange: Exchange) {
        if exchange.rival != nil, exchange.decision.reason == .hedged { exchange.trade() }
    }

    private func giveBack(_ rival: Rival) {
        drop(&rival.translated)
        if let head = rival.head { loop.blocks.give(head) }
        rival.head = nil
        rival.reset()
        rivals.append(rival)
    }
}
