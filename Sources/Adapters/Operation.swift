// What a client asks a provider to do.

/// One operation of a wire; it decides the path upstream and what a request and an answer must hold.
package enum Operation: UInt8, Equatable, Sendable, CaseIterable {
    case chat, completions, embeddings, messages, countTokens, responses, media
    /// A conversation of the Responses wire is made shorter, into items that only its own provider understands.
    case compact

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
        case .compact: "/v1/responses/compact"
        }
    }

    /// The member a request cannot do without.
    package var subject: RequestField {
        switch self {
        case .chat, .messages, .countTokens: .messages
        case .completions: .prompt
        case .embeddings, .responses, .compact, .media: .input
        }
    }

    /// A model is to answer in words, so that another model may answer in its place.
    package var isConversation: Bool { self == .chat || self == .messages || self == .responses }

    /// The answer is words whose length the request may bound, and any model may find them.
    package var isGenerative: Bool { isConversation || self == .completions }

    /// The answer stands for the model that made it: no other can take its place.
    package var isBound: Bool { self == .embeddings || self == .compact }

    /// Requests and answers are of the Responses wire.
    var isOfResponses: Bool { self == .responses || self == .compact }
}
