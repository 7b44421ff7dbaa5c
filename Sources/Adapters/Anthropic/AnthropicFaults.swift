// What an error answer of the Anthropic API means.

import Wire

enum AnthropicFaults {
    /// Classifies an answer whose status is not 200.
    /// - Parameter retryAfter: nanoseconds the answer asks to wait.
    /// - Parameter body: its first bytes; `Limits.errorBytesSearchedMax` are looked at.
    /// - Source: conventions A 2.2; the sentences are those of the API.
    static func fault(status: Int, retryAfter: Int64?, body: Span<UInt8>) -> AttemptFault {
        // No status of their own: an empty account is a 400, a limit on spending a 429 that waiting does not lift.
        if FaultText.holds(body, "credit balance is too low", "billing_error", "enforced_spend_limit_reached") {
            return .budgetExceeded
        }
        // The second is about prompt and answer together.
        let isOverflow = FaultText.holds(body, "prompt is too long", "exceed context limit", "input is too long")
        return OpenAIFaults.fault(status: status, retryAfter: retryAfter, body: body, isOverflow: isOverflow)
    }
}
