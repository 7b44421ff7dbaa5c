// What an answer consumed, as its provider counted it.

/// Token counts of one answer; zero where the provider said nothing.
package struct Usage: Equatable, Sendable {
    /// Tokens of the prompt, cached ones included.
    package var inputTokens: Int64
    /// Tokens of the answer, reasoning included.
    package var outputTokens: Int64
    /// As the provider summed it; not every provider's sum is input plus output.
    package var totalTokens: Int64
    /// Part of `inputTokens` read from the provider's prompt cache.
    package var cachedTokens: Int64
    /// Part of `inputTokens` written to the provider's prompt cache, where it is billed apart.
    package var cacheWriteTokens: Int64
    /// Part of `outputTokens` the client does not see as content.
    package var reasoningTokens: Int64

    package init(
        inputTokens: Int64 = 0, outputTokens: Int64 = 0, totalTokens: Int64 = 0, cachedTokens: Int64 = 0,
        cacheWriteTokens: Int64 = 0, reasoningTokens: Int64 = 0
    ) {
        self.inputTokens = inputTokens
        self.outputTokens = outputTokens
        self.totalTokens = totalTokens
        self.cachedTokens = cachedTokens
        self.cacheWriteTokens = cacheWriteTokens
        self.reasoningTokens = reasoningTokens
    }
}
