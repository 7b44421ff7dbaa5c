// What a client asks a provider to do.

/// One operation of the OpenAI wire; it decides the path upstream and what a request and an answer must hold.
package enum Operation: UInt8, Equatable, Sendable, CaseIterable {
    case chat, completions, embeddings

    /// Path below the provider's base URL.
    package var path: StaticString {
        switch self {
        case .chat: "/v1/chat/completions"
        case .completions: "/v1/completions"
        case .embeddings: "/v1/embeddings"
        }
    }

    /// The member a request cannot do without.
    package var subject: RequestField {
        switch self {
        case .chat: .messages
        case .completions: .prompt
        case .embeddings: .input
        }
    }
}
