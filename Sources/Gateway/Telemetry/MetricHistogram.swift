// Counts of times between fixed bounds, as Prometheus wants them.

struct MetricHistogram {
    /// Nanoseconds that a place reaches to, that bound included; one more place is for what is longer.
    struct Scale {
        let boundsNS: InlineArray<18, UInt64>

        /// A millisecond to ten minutes.
        static let durations = Scale(boundsNS: [
            1_000_000, 2_500_000, 5_000_000, 10_000_000, 25_000_000, 50_000_000, 100_000_000, 250_000_000,
            500_000_000, 1_000_000_000, 2_500_000_000, 5_000_000_000, 10_000_000_000, 30_000_000_000,
            60_000_000_000, 120_000_000_000, 300_000_000_000, 600_000_000_000,
        ])
        /// Ten microseconds to five seconds: what the gateway itself takes.
        static let overheads = Scale(boundsNS: [
            10_000, 25_000, 50_000, 75_000, 100_000, 150_000, 250_000, 500_000, 750_000, 1_000_000, 2_500_000,
            5_000_000, 10_000_000, 50_000_000, 100_000_000, 500_000_000, 1_000_000_000, 5_000_000_000,
        ])
        /// 10, 20, 40 … ms: the original's ten bounds, and doubled on beyond ten minutes, where it ended at five seconds.
        static let legacy = Scale(boundsNS: [
            10_000_000, 20_000_000, 40_000_000, 80_000_000, 160_000_000, 320_000_000, 640_000_000, 1_280_000_000,
            2_560_000_000, 5_120_000_000, 10_240_000_000, 20_480_000_000, 40_960_000_000, 81_920_000_000,
            163_840_000_000, 327_680_000_000, 655_360_000_000, 1_310_720_000_000,
        ])

        func place(of nanoseconds: UInt64) -> Int {
            // Eighteen bounds: five comparisons.
            var (low, high) = (0, 18)
            while low < high {
                let middle = (low &+ high) &>> 1
                if boundsNS[middle] < nanoseconds { low = middle &+ 1 } else { high = middle }
            }
            return low
        }

        static func legacyPlace(of nanoseconds: UInt64) -> Int {
            if nanoseconds <= 10_000_000 { return 0 }
            return min(18, 64 &- ((nanoseconds &- 1) / 10_000_000).leadingZeroBitCount)
        }
    }

    private(set) var counts = InlineArray<19, Int64>(repeating: 0)
    private(set) var sumNS: UInt64 = 0

    mutating func add(_ nanoseconds: UInt64, at place: Int) {
        counts[place] &+= 1
        sumNS &+= nanoseconds
    }

    var count: Int64 {
        var sum: Int64 = 0
        for place in 0..<19 { sum += counts[place] }
        return sum
    }
}
