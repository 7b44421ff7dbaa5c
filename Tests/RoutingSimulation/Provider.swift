/// A simulated provider's model as it is at one instant.
struct Provider {
    /// Of a lognormal latency, in milliseconds.
    var latencyMSMedian: Double
    /// Deviation of its logarithm.
    var latencySpread: Double
    /// Of an average request.
    var costNanoUSD: Double
    /// Share of attempts that fail, 0...1.
    var failureShare: Double
}
