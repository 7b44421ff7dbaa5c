// A routing policy to be scored on the log: what the operator might have configured instead.

internal import Store
internal import Wire

package struct ReplayPolicy: Sendable, Equatable {
    package let mode: RoutingMode
    /// Of the score's terms: the mode's, or the file's own.
    package let weights: RoutingMode.Weights
    /// See `Exploration`.
    package let explorationTemperature: Double
    /// The least weight of a model; 0: any.
    package let weightMin: Int
    /// Estimated nano-dollars above which a model comes after the others; 0: no bound.
    package let budgetNanoUSDMax: Int64

    /// Reads `{"mode": …, "exploration_temp": 0.3, "min_weight": 0, "max_budget_usd": 0, "weights": {"cost": …, "latency": …,
    /// "failure": …, "weight": …}}`. Only the mode must be there; nothing else may be.
    package init(parsing text: [UInt8]) throws(ReplayFault) {
        do throws(AdminFault) {
            let body = try AdminBody(text)
            try ReplayPolicy.refuseStrangers(
                text, ["mode", "exploration_temp", "min_weight", "max_budget_usd", "weights"])
            guard let name = try body.string("mode") else { throw .badRequest("mode required") }
            guard let mode = RoutingMode(Array(name.utf8).span) else {
                throw .badRequest("unknown mode '\(name)'; known are \(Configuration.modes.joined(separator: ", "))")
            }
            let temperature = try body.double("exploration_temp", in: 0...1000)
            let own = try body.json("weights", .object)
            if mode == .thompson, temperature != nil || own != nil {
                throw .badRequest("thompson draws from beliefs: exploration_temp and weights mean nothing to it")
            }
            self.mode = mode
            explorationTemperature = temperature ?? ReplayPolicy.temperatureStandard
            weightMin = try body.int("min_weight", in: 0...10) ?? 0
            let budget = try body.double("max_budget_usd", in: 0...ControlLimits.dollarsMax) ?? 0
            // The smallest budget is a budget.
            budgetNanoUSDMax = budget > 0 ? max(1, NanoUSD.fromDollars(budget)) : 0
            weights = try own.map { (text) throws(AdminFault) in try ReplayPolicy.weights(text) } ?? mode.weights
        } catch {
            throw .badRequest(error.message)
        }
    }

    private static func weights(_ text: [UInt8]) throws(AdminFault) -> RoutingMode.Weights {
        let body = try AdminBody(text)
        try refuseStrangers(text, ["cost", "latency", "failure", "weight"])
        func weight(_ name: StaticString) throws(AdminFault) -> Double {
            guard let weight = try body.double(name, in: 0...1000) else { throw .badRequest("weights need \(name)") }
            return weight
        }
        return RoutingMode.Weights(
            cost: try weight("cost"), latency: try weight("latency"), failure: try weight("failure"),
            weight: try weight("weight"))
    }

    /// A misspelt setting that is skipped would have another policy scored than the one that was meant.
    private static func refuseStrangers(_ text: [UInt8], _ known: [String]) throws(AdminFault) {
        guard let start = text.firstIndex(of: ASCII.openBrace) else { return }
        var cursor = JSONCursor(of: ByteRange(start, text.count), in: text.span)
        var seen: Set<String> = []
        while let member = cursor.next(in: text.span) {
            let name = String(decoding: text[member.name.range], as: UTF8.self)
            guard known.contains(name) else {
                throw .badRequest("unknown member '\(name)'; known are \(known.joined(separator: ", "))")
            }
            guard seen.insert(name).inserted else { throw .badRequest("'\(name)' stands there twice") }
        }
    }

    /// As the gateway's.
    private static let temperatureStandard = 0.3
}

extension ReplayPolicy {
    /// Puts the candidates in the order that this policy gives them.
    /// - Parameter candidates: as the log has them, each with the weight of its model; what it rejected stays rejected.
    /// - Returns: the probability with which it takes each; nil when it takes none.
    func probabilities(_ candidates: Candidates, modelWeights: [Int?]) throws(ReplayFault) -> [Double]? {
        var policy = RoutingPolicy()
        policy.budgetNanoUSDMax = budgetNanoUSDMax
        for index in candidates.all.indices where candidates.all[index].rejection == nil {
            if weightMin > 0 {
                guard let weight = modelWeights[index] else {
                    throw .noAnswer("min_weight needs the models' weights, which the log does not hold everywhere")
                }
                if weight < weightMin { candidates.all[index].rejection = .weightBelowMinimum }
            }
            candidates.all[index].isSpare = Router.isBeyondBudget(candidates.all[index].costNanoUSD, policy)
        }
        candidates.count()
        if candidates.eligibleCount == 0 { return nil }
        guard mode == .thompson else {
            candidates.score(by: weights)
            return candidates.probabilities(temperature: explorationTemperature)
        }
        guard let probabilities = candidates.winningProbabilities() else {
            throw .noAnswer(
                "thompson needs what was believed of the models, which the log holds of its own decisions in that mode only"
            )
        }
        return probabilities
    }
}
