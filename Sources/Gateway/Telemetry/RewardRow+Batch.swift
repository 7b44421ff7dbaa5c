// From a core's rewards to rows of the store.

internal import Store
internal import Wire

extension RewardRow {
    static func rows(_ batch: RewardBatch) -> [RewardRow] {
        batch.records.map { record in
            let model = batch.snapshot.models[Int(record.model)]
            let considered = batch.candidates[Int(record.candidates.lowerBound)..<Int(record.candidates.upperBound)]
            return RewardRow(
                timestamp: Timestamp(milliseconds: Int64(record.at / 1_000_000)), requestID: record.requestID.string,
                modelID: model.id, providerID: batch.snapshot.providers[model.provider].id,
                mode: "\(record.mode.label)", estimatedTokens: Int(record.estimatedTokens),
                tokenBucket: "\(TokenBucket(tokens: Int(record.estimatedTokens)).label)",
                latencyBudgetMS: Int(record.latencyBudgetMS), latencyMS: Double(record.latencyNS / 1000) / 1000,
                costNanoUSD: record.costNanoUSD ?? 0, isSuccess: record.fault.utf8CodeUnitCount == 0,
                errorClass: "\(record.fault)", reward: record.reward,
                probability: record.probability ?? drawProbability(of: Int(record.model), in: considered),
                candidates: text(of: considered, batch.snapshot),
                apiKeyID: record.key >= 0 ? batch.snapshot.keys[Int(record.key)].id : "")
        }
    }

    /// The probability with which the draws had this model win.
    private static func drawProbability(of model: Int, in considered: ArraySlice<Candidate>) -> Double {
        let competing = Candidates.competing(considered)
        guard let winner = competing.firstIndex(where: { $0.model == model }) else { return 1 }
        var thompson = Thompson()
        for candidate in competing { if let belief = candidate.belief { thompson.add(belief) } }
        return thompson.probability(of: winner)
    }

    /// A JSON list of what was considered, in order of the snapshot: `id`; `rejected` for those that were, else the terms `cost`,
    /// `latency`, `failure`, `weight`, the estimated `cost_nanousd`, the configured `model_weight`, `spare` where it is, and
    /// `alpha`, `beta` of a belief.
    private static func text(of considered: ArraySlice<Candidate>, _ snapshot: Snapshot) -> String {
        if considered.isEmpty { return "" }
        var writer = JSONWriter()
        writer.beginArray()
        for candidate in considered { writer.candidate(candidate, snapshot) }
        writer.endArray()
        return String(decoding: writer.takeBytes(), as: UTF8.self)
    }
}

extension JSONWriter {
    mutating func candidate(_ candidate: Candidate, _ snapshot: Snapshot) {
        beginObject()
        members(of: candidate, snapshot)
        endObject()
    }

    mutating func members(of candidate: Candidate, _ snapshot: Snapshot) {
        member("id", snapshot.models[candidate.model].id)
        if let rejection = candidate.rejection {
            member("rejected", "\(rejection.label)")
        } else {
            if let cost = candidate.costNanoUSD { member("cost_nanousd", Int(cost)) }
            member("cost", candidate.cost)
            member("latency", candidate.latency)
            member("failure", candidate.failure)
            member("weight", candidate.weight)
            member("model_weight", snapshot.models[candidate.model].weight)
            member("score", candidate.score)
            if candidate.isSpare { member("spare", true) }
            if let belief = candidate.belief {
                member("alpha", belief.alpha)
                member("beta", belief.beta)
            }
        }
    }
}
