// What the router saw of one provider for one request: the same for all of its models.

struct Standing {
    /// Why none of its models may be asked; nil: it stands in nobody's way.
    let rejection: Decision.Rejection?
    /// It has failed this request already.
    let hasFailed: Bool
    /// Mean nanoseconds to the first content; 0 before the first answer.
    let latencyNS: Double
    /// The share of recent requests that failed, 0...1.
    let failureRate: Double
}
