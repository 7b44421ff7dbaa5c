// What is known of a request before its body has been looked at, and what the body says beside the request itself.

internal import Adapters
internal import Wire

struct Intake {
    let surface: Surface
    let operation: Adapters.Operation
    /// Index into `Snapshot.keys`.
    let key: Int
    let id: RequestID
    /// What else is said of the request; mostly nothing.
    private(set) var asides: Asides?

    /// Behind one reference, so that who has nothing of it carries nothing of it from step to step.
    final class Asides {
        var caller = CallerPolicy()
        /// Who sends the same waits for this one.
        var claim: AnswerClaim?
        /// What the caller says his prompt counts; 0: nothing.
        var estimatedInputTokens = 0
        /// What an alias goes by that is sticky to a request, where that is not the request's id.
        var stickyKey: [UInt8] = []
        /// What the caller wants the answer's text to look like; nil: nothing.
        var form: OutputForm?
        /// Lines of the answer's head about what cannot be heeded.
        var noticeLines: [UInt8] = []

        /// What is wanted of the answer's text; nil: nothing. Where it is not heeded that is noted instead.
        func outputRules(areHeeded: Bool) throws(JSONSchemaFault) -> OutputRules? {
            if form == nil, caller.outputSchema.isEmpty { return nil }
            if areHeeded { return try OutputRules(form, schema: caller.outputSchema) }
            if form != nil { noticeLines += Array("x-tokenhub-ignored: output_format\r\n".utf8) }
            if !caller.outputSchema.isEmpty { noticeLines += Array("x-tokenhub-ignored: output_schema\r\n".utf8) }
            return nil
        }
    }

    init(surface: Surface, operation: Adapters.Operation, key: Int, id: RequestID) {
        self.surface = surface
        self.operation = operation
        self.key = key
        self.id = id
    }

    /// The place to note something else.
    mutating func aside() -> Asides {
        if let asides { return asides }
        let first = Asides()
        asides = first
        return first
    }
}
