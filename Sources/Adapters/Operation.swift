// What a client asks a provider to do.

/// One operation of a wire; it decides the path upstream and what a request and an answer must hold.
package enum Operation: UInt8, Equatable, Sendable, CaseIterable {
    case chat, completions, embeddings, messages, countTokens, responses, media

    /// Path below the provider's base URL. Of media it is a name for logs: audio, images, moderations and rankings have paths of
    /// their own, and go on as they come.
    package var path: StaticString {
        switch self {
        case .chat: "/v1/chat/completions"
        case .completions: "/v1/completions"
        case .embeddings: "/v1/embeddings"
        case .messages: "/v1/messages"
        case .countTokens: "/v1/messages/count_tokens"
        case .responses: "/v1/responses"
        case .media: "/v1/media"
        }
    }

    /// The member a request cannot do without.
    package var subject: RequestField {
        switch self {
        case .chat, .messages, .countTokens: .messages
        case .completions: .prompt
        case .embeddings, .responses, .media: .input
        }
    }

    /// A model is to answer in words, so that another model may answer in its place.
    package var isConversation: Bool { self == .chat || self == .messages || self == .responses }

    /// The answer is made of tokens that cost something.
    package var isGenerative: Bool { isConversation || self == .completions }
}
