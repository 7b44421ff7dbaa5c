// What all cores share of one client key: its rate and its money. Exact on any number of cores, without a lock.

internal import Synchronization

package final class KeyState: Sendable {
    private let rate = Rate()
    /// Nano-dollars spent this month plus those held for requests under way.
    private let committed = Atomic<Int64>(0)

    package init(spentNanoUSD: Int64 = 0) { committed.store(spentNanoUSD, ordering: .relaxed) }

    package var committedNanoUSD: Int64 { committed.load(ordering: .relaxed) }

    /// Lets a request through, or says after how many nanoseconds one would pass: see `Rate.admit`.
    package func admit(now: UInt64, ratePerSecond: Int, burst: Int) -> UInt64 {
        rate.admit(now: now, perSecond: ratePerSecond, burst: burst)
    }

    /// Holds `nanoUSD` for a request about to be dispatched, unless spent and held money would pass `limit`.
    package func hold(_ nanoUSD: Int64, limit: Int64) -> Bool {
        let before = committed.wrappingAdd(nanoUSD, ordering: .relaxed).oldValue
        if before + nanoUSD <= limit { return true }
        committed.wrappingSubtract(nanoUSD, ordering: .relaxed)
        return false
    }

    /// Replaces what was held by what the request has cost.
    package func settle(held: Int64, cost: Int64) { committed.wrappingAdd(cost - held, ordering: .relaxed) }

    /// Sets what the database says was spent, at start and at the turn of the month; holds stay on top.
    package func restart(spentNanoUSD: Int64, previouslySpent: Int64) {
        committed.wrappingAdd(spentNanoUSD - previouslySpent, ordering: .relaxed)
    }
}
