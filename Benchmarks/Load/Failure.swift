/// Why an exchange did not end well. The raw value names it in the report.
enum Failure: String, CaseIterable {
    /// No connection, or no TLS session on it.
    case connect
    /// The connection broke or ended before the first byte of the answer.
    case unanswered
    /// The connection broke or ended in the middle of the answer.
    case broken
    /// No complete answer within the time-out.
    case timeout
    /// The answer is not HTTP.
    case malformed
    case status3xx, status4xx, status5xx
    /// An answer to a stream request that is no event stream, or an event stream without `[DONE]`.
    case incomplete
    /// An event stream that carried an error event.
    case errorEvent
    /// A body with another hash than `--expect-hash`.
    case hash

    var index: Int { Failure.allCases.firstIndex(of: self) ?? 0 }
}
