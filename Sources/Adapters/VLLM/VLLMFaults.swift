// What an error answer of vLLM and servers like it means.

import Wire

enum VLLMFaults {
    /// Classifies an answer whose status is not 200. Statuses are those of the OpenAI wire; a prompt that is too long has
    /// no code of its own, only one of these sentences, whatever the status.
    /// - Source: spec section 16.
    static func fault(status: Int, retryAfter: Int64?, body: Span<UInt8>) -> AttemptFault {
        // The last two are llama.cpp's.
        let isOverflow =
            FaultText.holds(
                body, "context length", "context_length", "prompt is too long", "input is too long", "maximum context",
                "token limit", "too many tokens", "exceed_context_size", "exceeds the available context size")
            || FaultText.holds(body, "max_tokens") && FaultText.holds(body, "too large")
        return OpenAIFaults.fault(status: status, retryAfter: retryAfter, body: body, isOverflow: isOverflow)
    }
}
