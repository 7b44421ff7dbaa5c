// What one attempt was worth, 0...1: the original's formula, with the latency bound that applied.

package import Adapters

package enum Reward {
    /// How an attempt ended.
    package enum Ending: Sendable {
        /// - latencyMS: until the whole answer stood.
        /// - costNanoUSD: nil while the model's price is unknown.
        case answered(latencyMS: Double, costNanoUSD: Int64?)
        case failed(AttemptFault)
        /// The client left, or another attempt was faster: the model had no chance to show what it can do.
        case abandoned
    }

    /// 0.4 for any answer, up to 0.3 for a cheap one, up to 0.3 for a fast one; 0 for a failure of the provider.
    /// - Parameter latencyBudgetMS: the effective one, see `effectiveBudgetMS`; the original's floor of a second holds.
    /// - Returns: nil when the ending says nothing of the model: the caller's fault, or abandoned.
    package static func of(_ ending: Ending, latencyBudgetMS: Int) -> Double? {
        switch ending {
        case .answered(let latencyMS, let costNanoUSD):
            // An unknown price is neither low nor high.
            let costShare = costNanoUSD.map { Double($0) / costNanoUSDMax } ?? 0.5
            let latencyShare = latencyMS / Double(max(latencyBudgetMS, 1_000))
            return 0.4 + 0.3 * (1 - clamped(costShare)) + 0.3 * (1 - clamped(latencyShare))
        case .failed(let fault):
            switch fault.blame {
            case .caller: return nil
            case .provider: return 0
            }
        case .abandoned:
            return nil
        }
    }

    /// The reward after a verdict of the user. Price and speed are worth what the answer is worth: a useless one
    /// earns as little as a failure, so that fast and cheap nonsense never beats a slow good answer, and praise
    /// confirms what silence assumes.
    /// - Parameter score: 0...1.
    package static func judged(_ reward: Double, score: Double) -> Double { reward * clamped(score) }

    /// The latency bound a request is measured by. The original took the client's alone, so that without one every
    /// answer over a second counted as slow.
    /// - Parameters: 0 where none was given.
    package static func effectiveBudgetMS(client: Int, policy: Int) -> Int {
        client > 0 ? client : policy > 0 ? policy : Limits.latencyBudgetMSAssumed
    }

    /// NaN counts as the worst.
    private static func clamped(_ share: Double) -> Double { share >= 0 ? min(share, 1) : share < 0 ? 0 : 1 }

    /// The original's 10 cents: what costs more is not told apart.
    private static let costNanoUSDMax = 100_000_000.0
}
