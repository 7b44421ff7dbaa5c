// Which model answers a request. Pure: the same query, snapshot, health and random numbers give the same decision.

internal import Adapters

package enum Router {
    /// The named model if it may be asked; else, of those that may, the one that a draw over the ranks of their scores gives.
    ///
    /// Vectors come from the named model or from none: those of one model mean nothing beside those of another. A provider that
    /// has failed this request comes after all others. Only first attempts explore; what follows a failure takes the best.
    /// - Parameter health: one entry per provider of the snapshot.
    /// - Parameter bandit: what the mode `thompson` draws from; without it that mode is as `normal`.
    /// - Parameter candidates: filled with every model, its terms or why it was rejected; empty when the named one is chosen.
    /// - Returns: nil when no model may be asked.
    package static func decide(
        _ query: Query, _ snapshot: Snapshot, _ health: [ProviderHealth],
        _ bandit: Bandit? = nil, using random: inout SplitMix, into candidates: Candidates
    ) -> Decision? {
        candidates.removeAll()
        if let named = query.named, rejection(of: named, query, snapshot, health) == nil {
            return Decision(model: named, reason: .hintExact, probability: 1)
        }
        judge(query, snapshot, health, candidates)
        if !query.operation.isGenerative { return nil }
        if candidates.eligibleCount == 0 { return nil }
        candidates.score(by: query.policy.mode.weights)
        var (rank, probability): (Int, Double?) = (0, 1)
        if query.policy.mode == .thompson, let bandit {
            believe(query, snapshot, bandit, &random, candidates)
            if query.attemptCount == 0, candidates.preferredCount > 1 { probability = nil }
        } else if query.attemptCount == 0 {
            (rank, probability) = Exploration.rank(
                of: candidates.preferredCount, temperature: snapshot.settings.explorationTemperature, using: &random)
        }
        let model = candidates.all[candidates.ranked(rank)].model
        return Decision(model: model, reason: .weight(snapshot.models[model].weight), probability: probability)
    }

    // MARK: Eligibility

    /// Why `model` may not be asked; nil: it may. The order is the original's.
    package static func rejection(
        of model: Int, _ query: Query, _ snapshot: Snapshot, _ health: [ProviderHealth]
    ) -> Decision.Rejection? {
        let offer = snapshot.offers[model]
        let ofProvider = rejection(ofProvider: offer.provider, query, snapshot, health.span[offer.provider])
        return rejection(of: model, offer, ofProvider, query, snapshot)
    }

    /// - Parameter ofProvider: what `rejection(ofProvider:)` says.
    private static func rejection(
        of model: Int, _ offer: Offer, _ ofProvider: Decision.Rejection?, _ query: Query, _ snapshot: Snapshot
    ) -> Decision.Rejection? {
        if !offer.isEnabled || ofProvider == .disabled { return .disabled }
        if query.isFromPool {
            if !snapshot.wildcardPool.contains(model) { return .outsidePool }
        } else if query.policy.isStrict, let named = query.named, named != model {
            return .notNamed
        }
        if offer.weight < query.policy.weightMin { return .weightBelowMinimum }
        if offer.contextTokensMax > 0, query.estimatedInputTokens * 115 / 100 > offer.contextTokensMax {
            return .contextOverflow
        }
        if ofProvider == .noAdapter { return .noAdapter }
        // Nobody asks for an answer in words and wants vectors; who names such a model hears from its provider.
        if offer.makesVectors, query.operation.isGenerative, query.named != model { return .noAdapter }
        if query.tried.contains(model) { return .tried }
        if ofProvider == .healthDown { return .healthDown }
        if query.policy.isBudgetOfCaller, isBeyondBudget(offer.prices.cost(of: usage(of: query)), query.policy) {
            return .budgetExceeded
        }
        return nil
    }

    /// Why none of a provider's models may be asked; nil: it stands in nobody's way.
    @inline(__always)
    private static func rejection(
        ofProvider index: Int, _ query: Query, _ snapshot: Snapshot, _ health: borrowing ProviderHealth
    ) -> Decision.Rejection? {
        let (isEnabled, answers) = (snapshot.providers[index].isEnabled, snapshot.providers[index].answers)
        if !isEnabled { return .disabled }
        if !answers.contains(query.operation) || !query.reaches(snapshot.providers[index].dialect) { return .noAdapter }
        return health.isAvailable(at: query.now) ? nil : .healthDown
    }

    /// Whether any model may be asked.
    package static func mayBeAnswered(_ query: Query, _ snapshot: Snapshot, _ health: [ProviderHealth]) -> Bool {
        snapshot.models.indices.contains { rejection(of: $0, query, snapshot, health) == nil }
    }

    private static func judge(
        _ query: Query, _ snapshot: Snapshot, _ health: [ProviderHealth], _ candidates: Candidates
    ) {
        judgeProviders(query, snapshot, health, candidates)
        let (standings, usage) = (candidates.standings, usage(of: query))
        candidates.all.append(addingCapacity: snapshot.offers.count) { all in
            for (model, offer) in snapshot.offers.enumerated() {
                let provider = standings[offer.provider]
                var candidate = Candidate(model: model)
                candidate.rejection = rejection(of: model, offer, provider.rejection, query, snapshot)
                if candidate.rejection == nil {
                    candidate.latency = provider.latencyNS
                    candidate.failure = provider.failureRate
                    candidate.weight = Double(offer.weight)
                    candidate.costNanoUSD = offer.prices.cost(of: usage)
                    candidate.isSpare = provider.hasFailed || isBeyondBudget(candidate.costNanoUSD, query.policy)
                }
                all.append(candidate)
            }
        }
        candidates.count()
    }

    /// Looks at each provider once, however many models it has.
    private static func judgeProviders(
        _ query: Query, _ snapshot: Snapshot, _ health: [ProviderHealth], _ candidates: Candidates
    ) {
        candidates.standings.removeAll(keepingCapacity: true)
        candidates.standings.append(addingCapacity: snapshot.providers.count) { standings in
            for index in snapshot.providers.indices {
                standings.append(
                    Standing(
                        rejection: rejection(ofProvider: index, query, snapshot, health.span[index]),
                        hasFailed: query.failedProviders.contains(index), latencyNS: health[index].latencyNS,
                        failureRate: health[index].failureRate(at: query.now)))
            }
        }
    }

    /// What the answer may cost, before anybody was asked: nano-dollars; nil when a price is unknown.
    static func cost(of query: Query, _ entry: ModelEntry) -> Int64? { entry.prices.cost(of: usage(of: query)) }

    /// What the answer is taken to consume.
    private static func usage(of query: Query) -> Usage {
        Usage(inputTokens: Int64(query.estimatedInputTokens), outputTokens: Int64(query.assumedOutputTokens))
    }

    /// An unknown price is above every bound: it is not free.
    static func isBeyondBudget(_ cost: Int64?, _ policy: RoutingPolicy) -> Bool {
        guard policy.budgetNanoUSDMax > 0 else { return false }
        guard let cost else { return true }
        return cost > policy.budgetNanoUSDMax
    }

    // MARK: Beliefs

    /// Scores by draws from what is believed of each model's rewards; after a failure by the beliefs' means.
    private static func believe(
        _ query: Query, _ snapshot: Snapshot, _ bandit: Bandit, _ random: inout SplitMix, _ candidates: Candidates
    ) {
        let bucket = TokenBucket(tokens: query.estimatedInputTokens)
        for index in candidates.all.indices where candidates.all[index].rejection == nil {
            let model = candidates.all[index].model
            let belief = bandit.belief(of: model, bucket: bucket, weight: snapshot.models[model].weight)
            candidates.all[index].belief = belief
            candidates.all[index].score =
                1 - (query.attemptCount == 0 ? random.beta(belief.alpha, belief.beta) : belief.mean)
        }
    }
}
