// Traffic of one window, whole or of one group.

package struct StatsAggregate: Sendable, Equatable {
    /// `1m`, `5m`, `1h` or `24h`.
    package var window: String
    /// What the group is of: a model's, provider's or key's name, a mode; empty for the whole.
    package var group: String
    package var requestCount: Int64
    package var errorCount: Int64
    package var averageLatencyMS: Double
    package var p95LatencyMS: Double
    package var costNanoUSD: Int64
    package var inputTokens: Int64
    package var outputTokens: Int64

    package init(
        window: String, group: String = "", requestCount: Int64 = 0, errorCount: Int64 = 0,
        averageLatencyMS: Double = 0,
        p95LatencyMS: Double = 0, costNanoUSD: Int64 = 0, inputTokens: Int64 = 0, outputTokens: Int64 = 0
    ) {
        self.window = window
        self.group = group
        self.requestCount = requestCount
        self.errorCount = errorCount
        self.averageLatencyMS = averageLatencyMS
        self.p95LatencyMS = p95LatencyMS
        self.costNanoUSD = costNanoUSD
        self.inputTokens = inputTokens
        self.outputTokens = outputTokens
    }
}
