// What is believed of one arm's mean reward: a beta distribution.

package struct ArmPosterior: Sendable, Equatable {
    package let alpha: Double
    package let beta: Double

    package init(alpha: Double, beta: Double) {
        precondition(alpha > 0 && beta > 0, "Beta(\(alpha), \(beta))")
        self.alpha = alpha
        self.beta = beta
    }

    /// Three imagined rewards come before the real ones: one of 1 and one of 0, which are the original's Beta(1,1),
    /// and one that was 1 with the probability weight / 10. So the operator's weight orders models that have not been
    /// tried, from Beta(1,2) for 0 to Beta(2,1) for 10, any model may still win any draw, and a handful of real
    /// rewards outvotes the weight. Both shapes stay at 1 or above.
    ///
    /// Of rewards that are all 0 or 1 the belief is the conjugate one, Beta(sum, count - sum). Between them, they
    /// spread less around their mean than coins do: an arm that always earns 0.7 is known after a few attempts. Then
    /// the belief keeps its mean and takes the variance that the rewards have. The imagined ones keep it from being
    /// too sure too early.
    package init(weight: Int, _ sums: ArmSums) {
        let worth = Double(max(0, min(10, weight))) / 10
        let count = 3 + max(0, sums.count)
        let mean = (1 + worth + max(0, min(sums.sum, sums.count))) / count
        let coin = mean * (1 - mean)
        let variance = (1 + worth + max(0, sums.squares)) / count - mean * mean
        // Sums that were revised may be off by a rounding.
        let certainty = variance > 0 && variance < coin ? coin / variance : 1
        let strength = min(count * certainty, ArmPosterior.strengthMax)
        alpha = max(1, mean * strength)
        beta = max(1, (1 - mean) * strength)
    }

    package var mean: Double { alpha / (alpha + beta) }
    package var variance: Double {
        let strength = alpha + beta
        return alpha * beta / (strength * strength * (strength + 1))
    }

    /// Between these a draw lies all but surely: five deviations, for the longer side of a lopsided belief is long.
    package var reach: (low: Double, high: Double) {
        let (mean, width) = (mean, 5 * variance.squareRoot())
        return (max(0, mean - width), min(1, mean + width))
    }

    /// A belief this strong is sure of its mean to a thousandth of a percent.
    private static let strengthMax = 1e9
}
