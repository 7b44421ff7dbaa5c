import CAllocations

/// One micro benchmark: a piece of work, done many times.
struct Bench: Sendable {
    let name: String
    /// Allocations that one piece of work may make.
    let allocationsMax: Double
    /// Does the work so often and returns a sum that depends on every result.
    let work: @Sendable (Int) -> UInt64

    init(_ name: String, allocationsMax: Double = 0, work: @escaping @Sendable (Int) -> UInt64) {
        self.name = name
        self.allocationsMax = allocationsMax
        self.work = work
    }

    /// Runs it `runs` times for about `runNS` nanoseconds each.
    func measure(runs: Int, runNS: UInt64) -> Measured {
        var times = 8
        // What is made once, such as a snapshot of 10,000 keys, would pass for work.
        _ = work(1)
        // Also warms up caches and whatever is made once.
        while elapsed(times).nanoseconds < runNS / 4 && times < 1 << 30 { times *= 2 }
        times = times * 4
        var nanoseconds: [Double] = []
        nanoseconds.reserveCapacity(runs)
        var checksum: UInt64 = 0
        let before = tokenhub_allocation_count()
        for _ in 0..<runs {
            let (spent, sum) = elapsed(times)
            nanoseconds.append(Double(spent) / Double(times))
            checksum = sum
        }
        // What a run makes once, such as the room in which a router works, would pass for work in a short one.
        let allocations = Double(tokenhub_allocation_count() - before) - Double(runs * 4)
        let each = max(0, allocations) / Double(runs * times)
        return Measured(
            bench: self, nanoseconds: nanoseconds.sorted(), allocations: each, checksum: checksum / UInt64(times))
    }

    private func elapsed(_ times: Int) -> (nanoseconds: UInt64, checksum: UInt64) {
        let begun = ContinuousClock.now
        let sum = work(times)
        let spent = (ContinuousClock.now - begun).components
        return (UInt64(spent.seconds) * 1_000_000_000 + UInt64(spent.attoseconds / 1_000_000_000), sum)
    }
}
