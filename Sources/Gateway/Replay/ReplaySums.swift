// The estimates of a policy's mean reward, summed decision by decision: nothing grows with the log.
//
// With r a decision's reward, w the policy's probability of what was done over the log's, q what is expected of a model
// and pi the policy:
//     IPS     mean of w r
//     IPS-SN  sum of w r / sum of w
//     DR      mean of  sum over models of pi q  +  w (r - q of what was done)
// The standard errors are those of the means of the influence values: w r; n w (r - IPS-SN) / sum of w; DR's own terms. That
// of IPS-SN is raised as a sample's deviation is, by 1 / (1 - 1 / effective count), for its mean is taken from the same values.

struct ReplaySums {
    private(set) var count = 0.0
    private(set) var weights = 0.0
    private(set) var weightMax = 0.0
    private var squaredWeights = 0.0
    private var (rewards, squaredRewards) = (0.0, 0.0)
    private var (weighted, squaredWeighted, crossed) = (0.0, 0.0, 0.0)
    private var (robust, squaredRobust) = (0.0, 0.0)

    /// - Parameters:
    ///   - weight: w; 1 where the policy would have done what was done, for certain both times.
    ///   - reward: r.
    ///   - robust: DR's term.
    ///   - logged: the reward in the log, for the log's own mean.
    mutating func add(weight: Double, reward: Double, robust term: Double, logged: Double) {
        count += 1
        weights += weight
        weightMax = max(weightMax, weight)
        squaredWeights += weight * weight
        rewards += logged
        squaredRewards += logged * logged
        weighted += weight * reward
        squaredWeighted += weight * weight * reward * reward
        crossed += weight * weight * reward
        robust += term
        squaredRobust += term * term
    }

    /// As many decisions of the policy itself would tell as much, going by the weights.
    var effectiveCount: Double { squaredWeights > 0 ? weights * weights / squaredWeights : 0 }

    var logged: Estimate { mean(rewards, squaredRewards) }
    var inverse: Estimate { mean(weighted, squaredWeighted) }
    var doublyRobust: Estimate { mean(robust, squaredRobust) }

    var selfNormalised: Estimate {
        guard effectiveCount > 1 else {
            return Estimate(mean: weights > 0 ? weighted / weights : 0, standardError: .infinity)
        }
        let mean = weighted / weights
        let squares = squaredWeighted - 2 * mean * crossed + mean * mean * squaredWeights
        let raised = max(0, squares) / (1 - 1 / effectiveCount)
        return Estimate(mean: mean, standardError: raised.squareRoot() / weights)
    }

    private func mean(_ sum: Double, _ squares: Double) -> Estimate {
        guard count > 1 else { return Estimate(mean: sum, standardError: .infinity) }
        let mean = sum / count
        let variance = max(0, squares - count * mean * mean) / (count - 1)
        return Estimate(mean: mean, standardError: (variance / count).squareRoot())
    }
}
