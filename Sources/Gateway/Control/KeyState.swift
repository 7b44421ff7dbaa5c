// What all cores share of one client key: its rate and its money. Exact on any number of cores, without a lock.

internal import Synchronization

package final class KeyState: Sendable {
    /// Nanoseconds on the shared clock until which the requests let through so far have used up their share (GCRA).
    private let usedUntil = Atomic<UInt64>(0)
    /// Nano-dollars spent this month plus those held for requests under way.
    private let committed = Atomic<Int64>(0)

    package init(spentNanoUSD: Int64 = 0) { committed.store(spentNanoUSD, ordering: .relaxed) }

    package var committedNanoUSD: Int64 { committed.load(ordering: .relaxed) }

    /// Lets a request through if fewer than `burst` came closer together than `1/rate` seconds.
    /// - Parameter now: nanoseconds on a clock that all cores share.
    /// - Returns: 0, or the nanoseconds after which a request would pass.
    package func admit(now: UInt64, ratePerSecond: Int, burst: Int) -> UInt64 {
        let interval = 1_000_000_000 / UInt64(max(1, ratePerSecond))
        let tolerance = interval &* UInt64(max(1, burst) - 1)
        var seen = usedUntil.load(ordering: .relaxed)
        while true {
            let start = max(seen, now)
            if start &- now > tolerance { return start &- now &- tolerance }
            // Relaxed: the value guards nothing but itself.
            let (exchanged, current) = usedUntil.compareExchange(
                expected: seen, desired: start &+ interval, ordering: .relaxed)
            if exchanged { return 0 }
            seen = current
        }
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
