// What is known of a request before its body has been looked at, and what the body says beside the request itself.

internal import Adapters

struct Intake {
    let surface: Surface
    let operation: Adapters.Operation
    /// Index into `Snapshot.keys`.
    let key: Int
    let id: RequestID
    var caller = CallerPolicy()
    /// Who sends the same waits for this one.
    var claim: AnswerClaim?
    /// What the caller says his prompt counts; 0: nothing.
    var estimatedInputTokens = 0
    /// What an alias goes by that is sticky to a request, where that is not the request's id.
    var stickyKey: [UInt8] = []
    /// Lines of the answer's head about what cannot be heeded.
    var noticeLines: [UInt8] = []
}
