// What makes a prompt long.

import Wire

/// Gathers, while a request is scanned, what its provider will count as input.
struct PromptFacts: Equatable, Sendable {
    var text = TokenCount()
    /// Token numbers in place of text.
    var numberCount = 0
    var messageCount = 0
    var toolCount = 0
    /// Images, and documents, which are read as images.
    var imageCount = 0
    /// Some part has a signature of ours. See `Unsigned`.
    var hasUnsigned = false

    /// The estimate, within 31 bits.
    func tokens(for operation: Operation) -> Int {
        let image =
            switch operation {
            case .messages, .countTokens: Limits.messagesImageTokens
            case .chat, .responses, .compact, .completions, .embeddings, .media: Limits.chatImageTokens
            }
        let frames = messageCount * Limits.messageTokens + toolCount * Limits.toolTokens
        return min(text.tokens + numberCount + frames + imageCount * image, Int(Int32.max))
    }
}
