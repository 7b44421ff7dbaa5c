// How providers of one wire differ.

/// What a provider of the OpenAI wire, or a model of it, takes in another way than OpenAI.
package struct Quirks: Equatable, Sendable {
    /// What ids of tool calls may look like.
    package enum IDs: Sendable {
        case any
        /// At most forty characters.
        case forty
        /// Exactly nine letters and digits.
        case nine
    }

    /// What becomes of the thoughts in turns of the assistant.
    package enum Thoughts: Sendable {
        /// They are left out.
        case stay
        /// They go along as `reasoning`.
        case comeBack
        /// They go along as `reasoning_content`, and a tool's result is refused without them.
        case mustComeBack
    }

    package var ids = IDs.forty
    package var thoughts = Thoughts.stay
    package var asksForUsage = true
    package var namesCompletionTokens = false
    package var takesReasoningEffort = false
    /// It thinks unless it is told not to, by a member of its own.
    package var thinksUntold = false
    package var takesVerbosity = false
    package var takesUser = true
    package var takesServiceTier = true
    package var takesSeed = true
    package var takesTopK = false
    package var stopCountMax = 4
    /// A Messages model that decides by itself how long to think, instead of being given a budget.
    package var thinksAdaptively = false
    /// A model that refuses to be told a temperature, `top_p` and `top_k`; one of OpenAI's only while it thinks.
    package var refusesSampling = false
    /// Tokens of answer where the client sets no bound and the wire demands one.
    package var outputTokensAssumed = 4096

    package init() {}
}
