// How clients spell their settings.

extension PromptSetting {
    /// The member as a client of this operation knows it.
    func name(on client: Operation) -> StaticString {
        switch self {
        case .outputTokensMax: client == .responses ? "max_output_tokens" : "max_tokens"
        case .temperature: "temperature"
        case .topP: "top_p"
        case .topK: "top_k"
        case .stream: "stream"
        case .includeUsage: "stream_options.include_usage"
        case .choiceCount: "n"
        case .seed: "seed"
        case .frequencyPenalty: "frequency_penalty"
        case .presencePenalty: "presence_penalty"
        case .logprobs: "logprobs"
        case .topLogprobs: "top_logprobs"
        case .logitBias: "logit_bias"
        case .user: client == .messages ? "metadata.user_id" : "user"
        case .metadata: "metadata"
        case .serviceTier: "service_tier"
        case .store: "store"
        case .parallelCalls: client == .messages ? "tool_choice.disable_parallel_tool_use" : "parallel_tool_calls"
        case .verbosity: client == .responses ? "text.verbosity" : "verbosity"
        case .cacheKey: "prompt_cache_key"
        }
    }
}
