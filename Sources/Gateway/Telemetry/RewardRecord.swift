// What one attempt that the router chose has earned, and what it was chosen from: the bandit's and the replay's log.

package struct RewardRecord: Sendable {
    package var requestID: RequestID
    /// Nanoseconds since 1970 at which the attempt was over.
    package var at: UInt64
    /// Index into the batch's snapshot.
    package var model: Int32
    /// Index into the batch's snapshot of whose request it was.
    package var key: Int32
    package var mode: RoutingMode
    package var estimatedTokens: Int64
    /// Milliseconds by which the latency was judged.
    package var latencyBudgetMS: Int64
    package var latencyNS: UInt64
    /// nil: not known.
    package var costNanoUSD: Int64?
    /// A label; empty for an answer.
    package var fault: StaticString
    /// 0...1.
    package var reward: Double
    package var probability: Double?
    /// Where in the batch the candidates of the decision stand.
    package var candidates: Range<Int32>
}
