// How long a prompt is, as far as the bandit tells prompts apart: what a model is good for depends on it.

package enum TokenBucket: Int, Sendable, CaseIterable {
    case small, medium, large

    /// The original's bounds: below 1,000 tokens, up to 10,000, above.
    package init(tokens: Int) {
        self = tokens < 1_000 ? .small : tokens <= 10_000 ? .medium : .large
    }

    package init?(label: String) {
        guard let bucket = TokenBucket.allCases.first(where: { "\($0.label)" == label }) else { return nil }
        self = bucket
    }

    /// The original's words, as the reward rows hold them.
    package var label: StaticString {
        switch self {
        case .small: "small"
        case .medium: "medium"
        case .large: "large"
        }
    }
}
