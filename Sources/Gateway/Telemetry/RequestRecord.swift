// What remains of an exchange: one row, one log line, one count. Plain values; names are looked up in the snapshot later.

package import Adapters

package struct RequestRecord: Sendable {
    package var requestID = RequestID()
    package var operation = Operation.chat
    package var mode = RoutingMode.normal
    package var isStream = false
    package var clientLeft = false
    /// Answered with what the same request was answered before.
    package var isReplay = false
    /// Indices into the batch's snapshot; -1: none.
    package var model: Int32 = -1
    package var provider: Int32 = -1
    package var key: Int32 = -1
    /// That of the alias the client named.
    package var alias: Int32 = -1
    package var status: Int32 = 0
    package var attemptCount: Int32 = 0
    /// Those of them that were made beside a slow one.
    package var hedgeCount: Int32 = 0
    /// Nanoseconds since 1970 at which the request stood whole.
    package var startedAt: UInt64 = 0
    package var usage = Usage()
    /// Nano-dollars held against the key's budget, and kept, when the price is unknown.
    package var assumedNanoUSD: Int64 = 0
    /// Nano-dollars of answers thrown away for a faster one, by estimate. They are no part of the request's cost.
    package var lostNanoUSD: Int64 = 0
    package var durationNS: UInt64 = 0
    /// Time to the first content event or the whole answer; 0: none came.
    package var firstTokenNS: UInt64 = 0
    /// Time spent in the gateway itself, as far as it is known when the answer begins.
    package var overheadNS: UInt64 = 0
    package var eventCount: Int64 = 0
    package var answerBytes: Int64 = 0
    /// Nano-dollars; nil when a price is unknown.
    package var costNanoUSD: Int64?
    package var reason = Decision.Reason.hintExact
    /// Why it failed, as a label; empty: it did not.
    package var errorLabel: StaticString = ""

    package init() {}
}
