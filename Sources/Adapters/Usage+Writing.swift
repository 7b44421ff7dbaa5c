// Token counts, written as each wire spells them.

import Wire

extension Usage {
    /// Input and output where the provider gave no sum of its own.
    private var sum: Int { Int(totalTokens > 0 ? totalTokens : inputTokens + outputTokens) }

    /// Appends the `usage` object of a chat completion.
    func writeChat(into out: inout ByteBuffer) {
        out.append("{\"prompt_tokens\":")
        out.append(decimal: Int(inputTokens))
        out.append(",\"completion_tokens\":")
        out.append(decimal: Int(outputTokens))
        out.append(",\"total_tokens\":")
        out.append(decimal: sum)
        out.append(",\"prompt_tokens_details\":{\"cached_tokens\":")
        out.append(decimal: Int(cachedTokens))
        out.append(",\"cache_write_tokens\":")
        out.append(decimal: Int(cacheWriteTokens))
        out.append("},\"completion_tokens_details\":{\"reasoning_tokens\":")
        out.append(decimal: Int(reasoningTokens))
        out.append("}}")
    }

    /// Appends the `usage` object of a message, which counts cached tokens apart.
    func writeMessages(into out: inout ByteBuffer) {
        out.append("{\"input_tokens\":")
        out.append(decimal: Int(max(0, inputTokens - cachedTokens - cacheWriteTokens)))
        out.append(",\"cache_creation_input_tokens\":")
        out.append(decimal: Int(cacheWriteTokens))
        out.append(",\"cache_read_input_tokens\":")
        out.append(decimal: Int(cachedTokens))
        out.append(",\"output_tokens\":")
        out.append(decimal: Int(outputTokens))
        if reasoningTokens > 0 {
            out.append(",\"output_tokens_details\":{\"thinking_tokens\":")
            out.append(decimal: Int(reasoningTokens))
            out.append("}")
        }
        out.append("}")
    }

    /// Appends the `usage` object of a response.
    func writeResponses(into out: inout ByteBuffer) {
        out.append("{\"input_tokens\":")
        out.append(decimal: Int(inputTokens))
        out.append(",\"input_tokens_details\":{\"cached_tokens\":")
        out.append(decimal: Int(cachedTokens))
        out.append(",\"cache_write_tokens\":")
        out.append(decimal: Int(cacheWriteTokens))
        out.append("},\"output_tokens\":")
        out.append(decimal: Int(outputTokens))
        out.append(",\"output_tokens_details\":{\"reasoning_tokens\":")
        out.append(decimal: Int(reasoningTokens))
        out.append("},\"total_tokens\":")
        out.append(decimal: sum)
        out.append("}")
    }
}
