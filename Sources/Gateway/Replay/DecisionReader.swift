// Picks from the rows of the reward log the first decisions of requests, and counts what it leaves out.

internal import Store

struct DecisionReader {
    /// Attempts that followed a failure.
    private(set) var laterCount = 0
    /// Rows that do not say what was chosen from: the original's.
    private(set) var unexplainedCount = 0
    private(set) var unreadableCount = 0
    /// Requests seen lately, by hash. A later attempt that draws from all models again, as after a pause, follows the first
    /// within seconds.
    private var seen = [Int](repeating: 0, count: 1 << 16)

    mutating func decision(_ row: RewardRow) -> LoggedDecision? {
        guard !row.candidates.isEmpty else {
            unexplainedCount += 1
            return nil
        }
        guard let decision = LoggedDecision(row) else {
            unreadableCount += 1
            return nil
        }
        let hash = row.requestID.hashValue
        let slot = hash & (seen.count - 1)
        if decision.isLater || !row.requestID.isEmpty && seen[slot] == hash {
            laterCount += 1
            return nil
        }
        seen[slot] = hash
        return decision
    }

    var leftOut: String {
        "left out: \(laterCount) later attempts, \(unexplainedCount) rows without candidates, \(unreadableCount) unreadable"
    }
}
