// The sums of one group's traffic in one stretch of time.

struct StatsBucket {
    /// Which stretch, counted in its own length since 1970; -1: none yet.
    private(set) var period: Int64
    private(set) var requestCount: Int64 = 0
    private(set) var errorCount: Int64 = 0
    private(set) var latencyNS: UInt64 = 0
    private(set) var costNanoUSD: Int64 = 0
    private(set) var inputTokens: Int64 = 0
    private(set) var outputTokens: Int64 = 0
    private var latencies = InlineArray<80, UInt32>(repeating: 0)

    init(period: Int64 = -1) { self.period = period }

    /// One request, as a latency's place in `LatencyScale` and its sums.
    struct Sample {
        let latencyPlace: Int
        let latencyNS: UInt64
        let isError: Bool
        let costNanoUSD: Int64
        let inputTokens: Int64
        let outputTokens: Int64
    }

    mutating func add(_ sample: borrowing Sample) {
        requestCount &+= 1
        if sample.isError { errorCount &+= 1 }
        latencyNS &+= sample.latencyNS
        costNanoUSD &+= sample.costNanoUSD
        inputTokens &+= sample.inputTokens
        outputTokens &+= sample.outputTokens
        latencies[sample.latencyPlace] &+= 1
    }

    mutating func fold(_ other: borrowing StatsBucket) {
        requestCount &+= other.requestCount
        errorCount &+= other.errorCount
        latencyNS &+= other.latencyNS
        costNanoUSD &+= other.costNanoUSD
        inputTokens &+= other.inputTokens
        outputTokens &+= other.outputTokens
        for place in 0..<LatencyScale.count { latencies[place] &+= other.latencies[place] }
    }

    /// The latency, in nanoseconds, that the `floor(share · n)`-th request has when they stand in order; inside a place the
    /// requests are taken to be spread evenly.
    func latencyNS(at share: Double) -> Double {
        guard requestCount > 0 else { return 0 }
        let rank = min(requestCount - 1, Int64(Double(requestCount) * share))
        var before: Int64 = 0
        for place in 0..<LatencyScale.count {
            let here = Int64(latencies[place])
            if rank < before + here {
                let (low, high) = (LatencyScale.lowerNS(of: place), LatencyScale.lowerNS(of: place + 1))
                return Double(low) + Double(high - low) * (Double(rank - before) + 0.5) / Double(here)
            }
            before += here
        }
        return Double(LatencyScale.lowerNS(of: LatencyScale.count))
    }
}
