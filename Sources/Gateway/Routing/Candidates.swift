// The room in which a core's router works, kept from one decision to the next so that none allocates.

package final class Candidates {
    /// In the snapshot's order.
    package internal(set) var all: [Candidate] = []
    /// Those without a rejection (count).
    package internal(set) var eligibleCount = 0
    /// Those of them that are not spare (count).
    package internal(set) var preferredCount = 0

    /// Of the snapshot's providers, in its order.
    var standings: [Standing] = []

    package init() {}

    func removeAll() {
        if !all.isEmpty { all.removeAll(keepingCapacity: true) }
        (eligibleCount, preferredCount) = (0, 0)
    }

    /// The list, which is to be put back.
    func takeAll() -> [Candidate] {
        let taken = all
        all = []
        return taken
    }

    /// The eligible candidate that `rank` others come before.
    func ranked(_ rank: Int) -> Int {
        precondition(rank >= 0 && rank < eligibleCount, "rank \(rank) of \(eligibleCount)")
        var last = -1
        let all = all
        // A rank beyond the first few is rare: one pass for each costs less than sorting.
        for _ in 0...rank {
            var best = -1
            for index in all.indices where all[index].rejection == nil {
                if last >= 0, !all[last].comes(before: all[index]) { continue }
                if best < 0 || all[index].comes(before: all[best]) { best = index }
            }
            last = best
        }
        return last
    }
}
