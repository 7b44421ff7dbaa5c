// What is known of one arm, that is one model at one length of prompt: sums of its rewards, each weighted by its age.
//
// The sums are linear in the rewards, and forgetting multiplies them all by the same power of their age. So the order
// does not matter: deltas of several cores may be merged and then aged, or aged and then merged, and late rewards
// take the weight they have by now.

package struct ArmSums: Sendable, Equatable {
    /// Rewards (count).
    package private(set) var count = 0.0
    package private(set) var sum = 0.0
    /// Of the rewards' squares: their spread tells how far the mean can be trusted.
    package private(set) var squares = 0.0
    /// Nanoseconds at which a reward would have the weight 1, on a clock that all who merge share.
    package private(set) var at: UInt64 = 0

    package init() {}

    /// What was written down; nil when it cannot have been sums of rewards.
    package init?(count: Double, sum: Double, squares: Double, at: UInt64) {
        // Revised sums may be off by a rounding.
        guard count >= 0, count.isFinite, sum >= -1e-6, sum <= count + 1e-6, squares.isFinite else { return nil }
        (self.count, self.sum, self.squares, self.at) = (count, sum, squares, at)
    }

    /// One attempt's reward, 0...1. May be older than what is here already.
    package mutating func add(_ reward: Double, at then: UInt64, _ forgetting: Forgetting) {
        precondition(reward >= 0 && reward <= 1, "a reward of \(reward)")
        fold(1, reward, reward * reward, at: then, forgetting)
    }

    /// An attempt's reward turns out to be another one.
    /// - Parameter then: when the first was added, so that the second takes over its weight.
    package mutating func revise(from first: Double, to second: Double, at then: UInt64, _ forgetting: Forgetting) {
        precondition(second >= 0 && second <= 1, "a reward of \(second)")
        fold(0, second - first, second * second - first * first, at: then, forgetting)
    }

    /// Adds what another core has seen.
    package mutating func merge(_ other: ArmSums, _ forgetting: Forgetting) {
        fold(other.count, other.sum, other.squares, at: other.at, forgetting)
    }

    /// The same sums as they count at `now`; unchanged for an earlier instant.
    package func aged(to now: UInt64, _ forgetting: Forgetting) -> ArmSums {
        var aged = self
        if now > at { aged.fold(0, 0, 0, at: now, forgetting) }
        return aged
    }

    private mutating func fold(
        _ count: Double, _ sum: Double, _ squares: Double, at then: UInt64, _ forgetting: Forgetting
    ) {
        let (kept, weight) =
            then >= at ? (forgetting.left(afterNS: then - at), 1) : (1, forgetting.left(afterNS: at - then))
        self.count = self.count * kept + count * weight
        self.sum = self.sum * kept + sum * weight
        self.squares = self.squares * kept + squares * weight
        at = max(at, then)
    }
}
