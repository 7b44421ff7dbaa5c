// One decision by Thompson sampling: draw each candidate's mean reward from what is believed of it, the highest draw
// wins.
//
// Kept and refilled, so that a decision allocates nothing once it has seen as many candidates.

package struct Thompson: Sendable {
    package private(set) var candidates: [ArmPosterior] = []
    /// Where each candidate's draws lie.
    private(set) var reaches: [(low: Double, high: Double)] = []
    /// What each candidate drew last, in the order in which they were added.
    package private(set) var draws: [Double] = []

    package init() {}

    package mutating func removeAll() {
        candidates.removeAll(keepingCapacity: true)
        reaches.removeAll(keepingCapacity: true)
        draws.removeAll(keepingCapacity: true)
    }

    package mutating func add(_ candidate: ArmPosterior) {
        candidates.append(candidate)
        reaches.append(candidate.reach)
        draws.append(0)
    }

    /// - Returns: the winner's place among the candidates; nil when there are none.
    package mutating func draw(_ random: inout SplitMix) -> Int? {
        var best: Int?
        for index in candidates.indices {
            let draw = random.beta(candidates[index].alpha, candidates[index].beta)
            draws[index] = draw
            if best.map({ draw > draws[$0] }) ?? true { best = index }
        }
        return best
    }
}
