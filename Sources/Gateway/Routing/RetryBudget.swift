// How many attempts beyond the first a core may make: a share of its traffic, so that a provider in trouble is not buried under
// retries.

struct RetryBudget {
    private var left = Limits.retriesHeldMax

    /// A request came: it brings its share.
    mutating func earn() { left = min(left + Limits.retryShare, Limits.retriesHeldMax) }

    /// Whether one more attempt may be made; it is taken from what is left.
    mutating func spend() -> Bool {
        if left < 1 { return false }
        left -= 1
        return true
    }
}
