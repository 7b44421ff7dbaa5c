// What is wrong with a native request; the sentences are the original's.

enum EnvelopeFault: Error, Equatable, Sendable {
    case notJSON, noMessages, budget, latency, weight

    var message: StaticString {
        switch self {
        case .notJSON: "bad json"
        case .noMessages: "messages required"
        case .budget: "max_budget_usd must be between 0 and 100"
        case .latency: "max_latency_ms must be between 0 and 300000"
        case .weight: "min_weight must be between 0 and 10"
        }
    }

    var code: StaticString {
        switch self {
        case .notJSON: "invalid_json"
        case .noMessages: "missing_required_parameter"
        case .budget, .latency, .weight: "out_of_range"
        }
    }
}
