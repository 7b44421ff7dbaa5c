// Scores and ranks of candidates: the same for traffic, for a simulation and for decisions read back from the log.

extension Candidates {
    /// Makes each term a share of the largest among those eligible, and scores by the shares; an unknown price counts as the
    /// largest. What are shares already, of the same or of more candidates, may be shared out again.
    func score(by weights: RoutingMode.Weights) {
        var (cost, latency, failure, weight) = (0.0, 0.0, 0.0, 0.0)
        for index in all.indices where all[index].rejection == nil {
            cost = max(cost, Double(all[index].costNanoUSD ?? -1))
            latency = max(latency, all[index].latency)
            failure = max(failure, all[index].failure)
            weight = max(weight, all[index].weight)
        }
        for index in all.indices where all[index].rejection == nil {
            var candidate = all[index]
            candidate.cost = candidate.costNanoUSD.map { Candidates.share(Double($0), of: cost) } ?? 1
            candidate.latency = Candidates.share(candidate.latency, of: latency)
            candidate.failure = Candidates.share(candidate.failure, of: failure)
            candidate.weight = Candidates.share(candidate.weight, of: weight)
            candidate.score =
                weights.cost * candidate.cost + weights.latency * candidate.latency
                + weights.failure * candidate.failure - weights.weight * candidate.weight
            all[index] = candidate
        }
    }

    /// Counts who may be asked, and who of them comes first.
    func count() {
        (eligibleCount, preferredCount) = (0, 0)
        for index in all.indices where all[index].rejection == nil {
            eligibleCount += 1
            if !all[index].isSpare { preferredCount += 1 }
        }
        if preferredCount == 0 { preferredCount = eligibleCount }
    }

    /// The probability with which a first attempt takes each, in the order of `all`, after the scores stand.
    /// - Parameter temperature: see `Exploration`.
    func probabilities(temperature: Double) -> [Double] {
        var probabilities = [Double](repeating: 0, count: all.count)
        let preferred = all.indices.filter { all[$0].rejection == nil }.sorted { all[$0].comes(before: all[$1]) }
            .prefix(preferredCount)
        for (rank, index) in preferred.enumerated() {
            probabilities[index] = Exploration.probability(of: rank, among: preferred.count, temperature: temperature)
        }
        return probabilities
    }

    /// The same for a choice by draws from beliefs.
    /// - Returns: nil when something that may be asked has no belief.
    func winningProbabilities() -> [Double]? {
        var probabilities = [Double](repeating: 0, count: all.count)
        if eligibleCount == 0 { return probabilities }
        // When all are spare, they compete as if none were.
        let areAllSpare = all.allSatisfy { $0.rejection != nil || $0.isSpare }
        let competing = all.indices.filter { all[$0].rejection == nil && (areAllSpare || !all[$0].isSpare) }
        var thompson = Thompson()
        for index in competing {
            guard let belief = all[index].belief else { return nil }
            thompson.add(belief)
        }
        for (place, index) in competing.enumerated() { probabilities[index] = thompson.probability(of: place) }
        // Each is off by some thousandths; together they are 1.
        let sum = probabilities.reduce(0, +)
        return probabilities.map { $0 / sum }
    }

    private static func share(_ value: Double, of largest: Double) -> Double {
        largest > 0 ? min(max(value / largest, 0), 1) : 0
    }
}
