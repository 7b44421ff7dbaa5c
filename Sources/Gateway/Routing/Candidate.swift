// One model as the router saw it for one request.

package import Wire

package struct Candidate: Sendable, Equatable {
    // In order of width, so that none pads another: a decision writes one for each model, and exchanges and rewards keep them.

    /// The lower the better.
    package internal(set) var score = 0.0
    /// The terms of the score, each as a share of the largest among those eligible, 0...1.
    package internal(set) var cost = 0.0
    package internal(set) var latency = 0.0
    package internal(set) var failure = 0.0
    package internal(set) var weight = 0.0
    /// Estimated nano-dollars; nil when a price is unknown.
    package internal(set) var costNanoUSD: Int64?
    /// What is believed of its mean reward; nil unless the choice is by rewards.
    package internal(set) var belief: ArmPosterior?
    /// Why it was out of the question; nil: it was not.
    package internal(set) var rejection: Decision.Rejection?
    /// Comes after all whose `isSpare` is false: its provider has failed this request already, or the operator would rather not
    /// pay as much.
    package internal(set) var isSpare = false
    /// Index into `Snapshot.models`.
    @Small package private(set) var model: Int

    init(model: Int) { self.model = model }

    /// Whether it is asked before `other`. Equals stand in the snapshot's order.
    func comes(before other: Candidate) -> Bool {
        if isSpare != other.isSpare { return other.isSpare }
        if score != other.score { return score < other.score }
        return model < other.model
    }
}
