// When a second model is asked beside one that is slow.

package struct Hedging: Sendable, Equatable {
    /// How long a model may be without content before the next one is asked beside it.
    package enum Delay: Sendable, Equatable {
        case off
        case milliseconds(Int)
        /// As long as nine of ten recent answers of its provider took to their first content.
        case learned
    }

    package var delay = Delay.off
    /// Attempts (count) of one request in this way, the first one included: the original's 3.
    package var attemptsMax = 3
    /// The share of what is spent on answers that may be spent on answers nobody waits for any more.
    package var spendShare = 0.05

    package init() {}
}
