// Scores and ranks of candidates: the same for traffic, for a simulation and for decisions read back from the log.

extension Candidates {
    /// Makes each term a share of the largest among those eligible, and scores by the shares; an unknown price counts as the
    /// largest. What are shares already, of the same or of more candidates, may be shared out again.
    func score(by weights: RoutingMode.Weights) {
        var (cost, latency, failure, weight) = (0.0, 0.0, 0.0, 0.0)
        // Taken out and seen by way of a span, so that a write is a store and no question of who else holds the list.
        var taken = takeAll()
        defer { self.all = taken }
        var all = taken.mutableSpan
        for index in all.indices where all[index].rejection == nil {
            cost = max(cost, Double(all[index].costNanoUSD ?? -1))
            latency = max(latency, all[index].latency)
            failure = max(failure, all[index].failure)
            weight = max(weight, all[index].weight)
        }
        for index in all.indices where all[index].rejection == nil {
            all[index].cost = all[index].costNanoUSD.map { Candidates.share(Double($0), of: cost) } ?? 1
            all[index].latency = Candidates.share(all[index].latency, of: latency)
            all[index].failure = Candidates.share(all[index].failure, of: failure)
            all[index].weight = Candidates.share(all[index].weight, of: weight)
            all[index].score =
                weights.cost * all[index].cost + weights.latency * all[index].latency
                + weights.failure * all[index].failure - weights.weight * all[index].weight
        }
    }

    /// Counts who may be asked, and who of them comes first.
    func count() {
        (eligibleCount, preferredCount) = (0, 0)
        let all = all
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
        let competing = Candidates.competing(all[...])
        var thompson = Thompson()
        for candidate in competing {
            guard let belief = candidate.belief else { return nil }
            thompson.add(belief)
        }
        // A candidate's model is its place in the list, of traffic as of a decision read back.
        for (place, candidate) in competing.enumerated() {
            probabilities[candidate.model] = thompson.probability(of: place)
        }
        // Each is off by some thousandths; together they are 1.
        let sum = probabilities.reduce(0, +)
        return probabilities.map { $0 / sum }
    }

    /// Those among whom draws decide: who may be asked and is not spare. When all are spare, they compete as if none were.
    static func competing(_ considered: ArraySlice<Candidate>) -> [Candidate] {
        let open = considered.filter { $0.rejection == nil }
        let preferred = open.filter { !$0.isSpare }
        return preferred.isEmpty ? open : preferred
    }

    private static func share(_ value: Double, of largest: Double) -> Double {
        largest > 0 ? min(max(value / largest, 0), 1) : 0
    }
}
