// What an error answer of the OpenAI wire means.

import Wire

enum OpenAIFaults {
    /// Classifies an answer whose status is not 200.
    /// - Parameter retryAfter: nanoseconds the answer asks to wait.
    /// - Parameter body: its first bytes; `Limits.errorBytesSearchedMax` are looked at.
    /// - Source: spec section 16; statuses as the OpenAI SDKs map them.
    static func fault(status: Int, retryAfter: Int64?, body: Span<UInt8>) -> AttemptFault {
        let isOverflow =
            FaultText.holds(body, "context_length_exceeded", "context length")
            || status == 400 && FaultText.holds(body, "max_tokens") && FaultText.holds(body, "too large")
        return fault(status: status, retryAfter: retryAfter, body: body, isOverflow: isOverflow)
    }

    /// What is left once the dialect has said whether the prompt was too long.
    static func fault(
        status: Int, retryAfter: Int64?, body: Span<UInt8>, isOverflow: Bool
    ) -> AttemptFault {
        switch status {
        case 400, 413, 422:
            if isOverflow { return .contextOverflow(status: status) }
            if FaultText.holds(body, "budget_exceeded") { return .budgetExceeded }
            return .clientFault(status: status)
        case 402:
            return .budgetExceeded
        case 401, 403, 407:
            return .credentialRefused(status: status)
        case 429, 529:
            // An account without money answers 429 as well, and no waiting will fill it.
            if FaultText.holds(body, "insufficient_quota", "budget_exceeded") { return .budgetExceeded }
            return .rateLimited(retryAfter: retryAfter)
        case 408, 425, 500...:
            return .transient(.status(status))
        case 300...399:
            return .fatal(.redirect(status))
        case 405, 406, 410, 411, 415, 421, 426:
            // We chose method, path and media type: the address is not the API it is configured as.
            return .fatal(.status(status))
        case 400...499:
            return .clientFault(status: status)
        default:
            // Only 200 is an answer; 1xx and the other 2xx hold none.
            return .fatal(.status(status))
        }
    }
}
