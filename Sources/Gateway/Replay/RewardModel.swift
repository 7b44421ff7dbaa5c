// What a model is expected to earn at a length of prompt: the mean of what it has, with a prior.

struct RewardModel {
    private struct Arm: Hashable {
        let model: String
        let bucket: String
    }

    private var sums: [Arm: (count: Double, sum: Double)] = [:]

    mutating func add(_ reward: Double, model: String, bucket: String) {
        let arm = Arm(model: model, bucket: bucket)
        let (count, sum) = sums[arm] ?? (0, 0)
        sums[arm] = (count + 1, sum + reward)
    }

    /// - Parameter own: the reward of the decision at hand, which must not vouch for itself: without it, what is expected
    ///   does not depend on what came, and the estimate stays unbiased.
    func expected(of model: String, bucket: String, without own: Double? = nil) -> Double {
        var (count, sum) = sums[Arm(model: model, bucket: bucket)] ?? (0, 0)
        if let own { (count, sum) = (max(0, count - 1), max(0, sum - own)) }
        return (sum + RewardModel.priorSum) / (count + RewardModel.priorCount)
    }

    /// Two imagined rewards, of 1 and of 0: an arm that nobody has tried is expected to earn a half.
    private static let priorSum = 1.0
    private static let priorCount = 2.0
}
