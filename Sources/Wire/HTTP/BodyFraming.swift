// How a receiver finds the end of a message body.

/// - Source: RFC 9112 section 6.3.
public enum BodyFraming: Equatable, Sendable {
    /// The message ends with its head.
    case none
    /// Exactly so many bytes follow, 0 included.
    case length(Int)
    case chunked
    /// Responses only: everything until the peer closes.
    case untilClose
}
