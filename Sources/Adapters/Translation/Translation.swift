// Which wires lie on the two sides of a request.

/// A request whose provider speaks another wire than its client; the answer takes the way back.
package enum Translation: UInt8, Equatable, Sendable, CaseIterable {
    case chatToMessages, messagesToChat, responsesToChat, responsesToMessages

    /// What the provider is asked for.
    package var upstream: Operation {
        switch self {
        case .messagesToChat, .responsesToChat: .chat
        case .chatToMessages, .responsesToMessages: .messages
        }
    }

    /// The way for an operation that the provider does not have as such; `nil`: there is none.
    init?(of operation: Operation, where serves: (Operation) -> Bool) {
        switch operation {
        case .chat where serves(.messages): self = .chatToMessages
        case .messages where serves(.chat): self = .messagesToChat
        case .responses where serves(.chat): self = .responsesToChat
        case .responses where serves(.messages): self = .responsesToMessages
        case .chat, .messages, .responses, .completions, .embeddings, .countTokens, .media, .compact: return nil
        }
    }
}
