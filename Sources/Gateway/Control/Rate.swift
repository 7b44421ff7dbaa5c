// How fast somebody may send, shared by all cores without a lock.

internal import Synchronization

/// One word of memory: there are thousands of them.
struct Rate: ~Copyable, Sendable {
    /// Nanoseconds on the shared clock until which the requests let through so far have used up their share (GCRA).
    private let usedUntil = Atomic<UInt64>(0)

    /// Lets a request through if fewer than `burst` came closer together than `1/perSecond` seconds.
    /// - Parameter now: nanoseconds on a clock that all cores share.
    /// - Returns: 0, or the nanoseconds after which a request would pass.
    func admit(now: UInt64, perSecond: Int, burst: Int) -> UInt64 {
        let interval = 1_000_000_000 / UInt64(max(1, perSecond))
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
}
