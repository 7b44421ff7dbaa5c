// What an event of a translated stream was.

enum StreamVerdict: Equatable, Sendable {
    /// It brought something for the reader of the answer: the stream has begun.
    case content
    /// It brought none: a role, a finish reason, usage, a ping.
    case pass
    /// The terminator.
    case done
    /// An error object; nothing was told.
    case failure
}
