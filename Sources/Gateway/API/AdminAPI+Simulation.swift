// routing/simulate: what the router would do with a request, without one.

import Adapters
import Store
import Wire

extension AdminAPI {
    /// Decides as traffic does, by what all cores know, and changes nothing: no turn of an alias is taken, nothing is learnt,
    /// and the draws are the request's own, from its `seed`.
    func simulate(_ request: AdminRequest, _ live: LiveView) throws(AdminFault) -> AdminResponse {
        guard request.method == "POST" else { throw .method(allow: "POST") }
        let body = try AdminBody(request.body)
        let (snapshot, view) = (state.snapshot, live.routing)
        let naming = try AdminAPI.naming(body, snapshot)
        let query = try AdminAPI.query(body, naming, snapshot, now: view.now)
        var random = SplitMix(seed: UInt64(try body.int("seed", in: 0...Int.max) ?? AdminAPI.seedStandard))
        let health =
            view.health.count == snapshot.providers.count
            ? view.health : Array(repeating: ProviderHealth(), count: snapshot.providers.count)
        let bandit = Bandit(modelCount: snapshot.models.count, forgetting: snapshot.settings.forgetting)
        bandit.now = view.wallClock
        if let arms = view.arms, arms.modelCount == snapshot.models.count { bandit.adopt(arms, folded: 0) }
        let candidates = Candidates()
        let isThere = naming.model.map { snapshot.models[$0].isEnabled } ?? naming.isFromPool
        let decision =
            naming.isSaid && query.policy.isStrict && !isThere
            ? nil : Router.decide(query, snapshot, health, bandit, using: &random, into: candidates)
        if decision?.reason == .hintExact {
            // The named model leaves no choice; what the choice would have been is shown all the same.
            var unnamed = query
            unnamed.named = nil
            _ = Router.decide(unnamed, snapshot, health, bandit, using: &random, into: candidates)
        }
        return AdminAPI.ok(AdminAPI.simulation(decision, query, candidates, snapshot))
    }

    /// The first draw from it is 0.004: unless another seed is asked for, an exploring router is shown taking the best.
    private static let seedStandard = 196

    /// What the hint stands for. Where models take turns it is the first one's: whose it would be only the cores know.
    private static func naming(_ body: borrowing AdminBody, _ snapshot: Snapshot) throws(AdminFault) -> Naming {
        let (name, key) = (Array((try body.string("model_hint") ?? "").utf8), try body.string("api_key_id") ?? "")
        let requestKey = Array((try body.string("request_id") ?? "").utf8)
        return Naming(
            name.span, for: .chat, in: snapshot, requestKey: requestKey.span, keyID: key,
            turns: NameTurns(of: snapshot))
    }

    private static func query(
        _ body: borrowing AdminBody, _ naming: Naming, _ snapshot: Snapshot, now: UInt64
    ) throws(AdminFault) -> Query {
        // The original's name for it, and the chat envelope's.
        var tokens = try body.int("token_count", in: 0...ControlLimits.tokensMax)
        if tokens == nil { tokens = try body.int("estimated_input_tokens", in: 0...ControlLimits.tokensMax) }
        var caller = CallerPolicy()
        if let name = try body.string("mode"), !name.isEmpty {
            guard let mode = RoutingMode(Array(name.utf8).span) else {
                throw .badRequest("unknown mode '\(name)'; known are \(Configuration.modes.joined(separator: ", "))")
            }
            caller.mode = mode
        }
        caller.limit(toUSD: try body.double("max_budget_usd", in: CallerPolicy.budgetUSD) ?? 0)
        caller.latencyMSMax = try body.int("max_latency_ms", in: CallerPolicy.latencyMS) ?? 0
        caller.weightMin = try body.int("min_weight", in: CallerPolicy.weight) ?? 0
        caller.isStrict = try body.bool("strict")
        var query = Query(named: naming.model, operation: .chat, estimatedInputTokens: tokens ?? 500, now: now)
        query.isFromPool = naming.isFromPool
        query.policy = snapshot.settings.policy
        query.policy.heed(caller)
        return query
    }

    private static func simulation(
        _ decision: Decision?, _ query: Query, _ candidates: Candidates, _ snapshot: Snapshot
    ) -> JSONWriter {
        let probabilities = probabilities(decision, query, candidates, snapshot)
        var writer = JSONWriter()
        writer.beginObject()
        if let decision {
            writer.key("decision")
            writer.decision(decision, probability: probabilities[decision.model], query, snapshot)
        } else {
            writer.member("error", "no eligible models registered")
        }
        writer.key("eligible")
        writer.beginArray()
        let eligible = candidates.all.filter { $0.rejection == nil }
        for candidate in eligible {
            writer.eligible(snapshot, candidate.model, isSelected: candidate.model == decision?.model)
        }
        writer.endArray()
        writer.member("total", eligible.count)
        writer.key("candidates")
        writer.beginArray()
        for candidate in candidates.all {
            writer.beginObject()
            writer.members(of: candidate, snapshot)
            writer.member("provider_id", snapshot.providers[snapshot.models[candidate.model].provider].id)
            writer.member("probability", probabilities[candidate.model])
            writer.endObject()
        }
        writer.endArray()
        writer.endObject()
        return writer
    }

    /// Of each model of the snapshot, that a request like this goes to it.
    private static func probabilities(
        _ decision: Decision?, _ query: Query, _ candidates: Candidates, _ snapshot: Snapshot
    ) -> [Double] {
        if let decision, decision.reason == .hintExact {
            return snapshot.models.indices.map { $0 == decision.model ? 1 : 0 }
        }
        if query.policy.mode == .thompson, let wins = candidates.winningProbabilities() { return wins }
        return candidates.probabilities(temperature: snapshot.settings.explorationTemperature)
    }
}

extension JSONWriter {
    fileprivate mutating func decision(
        _ decision: Decision, probability: Double, _ query: Query, _ snapshot: Snapshot
    ) {
        let model = snapshot.models[decision.model]
        var reason = ByteBuffer()
        decision.reason.write(into: &reason)
        beginObject()
        member("model_id", model.id)
        member("provider_id", snapshot.providers[model.provider].id)
        price("estimated_cost_usd", Router.cost(of: query, model))
        member("reason", String(copying: reason.bytes))
        member("probability", probability)
        member("mode", query.policy.mode.label)
        endObject()
    }

    fileprivate mutating func eligible(_ snapshot: Snapshot, _ index: Int, isSelected: Bool) {
        let model = snapshot.models[index]
        beginObject()
        member("id", model.id)
        member("provider_id", snapshot.providers[model.provider].id)
        member("weight", model.weight)
        member("max_context_tokens", model.contextTokensMax)
        price("input_per_1k", model.prices.inputPer1K)
        price("output_per_1k", model.prices.outputPer1K)
        member("enabled", model.isEnabled)
        member("selected", isSelected)
        endObject()
    }
}
