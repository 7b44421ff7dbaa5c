// What an error answer of the Messages wire means.

import Wire

enum AnthropicFaults {
    /// Classifies an answer whose status is not 200.
    /// - Parameter retryAfter: nanoseconds the answer asks to wait.
    /// - Parameter body: its first bytes; `Limits.errorBytesSearchedMax` are looked at.
    /// - Source: spec section 16; `error.type` as the Anthropic SDK lists them.
    static func fault(status: Int, retryAfter: Int64?, body: Span<UInt8>) -> AttemptFault {
        // A spend limit is a 429 that no waiting ends, an empty account a 400.
        if status == 429, FaultText.holds(body, "enforced_spend_limit_reached") { return .budgetExceeded }
        if status == 400, FaultText.holds(body, "credit balance is too low") { return .budgetExceeded }
        let isOverflow = FaultText.holds(
            body, "prompt is too long", "prompt_too_long", "exceed context limit", "context window")
        return OpenAIFaults.fault(status: status, retryAfter: retryAfter, body: body, isOverflow: isOverflow)
    }
}
