// The protocols that clients speak to us.

/// The protocol of one client request; it decides the shape of errors and the end of streams.
package enum Surface: Equatable, Sendable {
    /// `/v1/chat/completions`, `/v1/completions`, `/v1/embeddings`, `/v1/models`.
    case openAI
    /// `/v1/messages` and what belongs to it.
    case anthropic
    /// `/v1/responses` and what belongs to it.
    case responses
    /// TokenHub's own `/v1/chat`, `/v1/plan` and the admin API.
    case native
}
