// What a request says beside its conversation.

/// A member of a request that is no part of the conversation and whose value is the same JSON on every wire that has
/// it.
enum PromptSetting: UInt8, Sendable, CaseIterable {
    case outputTokensMax, temperature, topP, topK, stream, includeUsage, choiceCount, seed, frequencyPenalty
    case presencePenalty, logprobs, topLogprobs, logitBias, user, metadata, serviceTier, store, parallelCalls, verbosity
    case cacheKey
}
