// The protocols the simulated provider speaks.

/// A wire is told by the path of a request; it decides the shape of answers, events and errors.
enum SimWire: Equatable, Sendable {
    /// Chat and text completions, embeddings and everything that is no conversation.
    case openAI
    /// Anthropic's Messages.
    case messages
    /// OpenAI's Responses.
    case responses
}
