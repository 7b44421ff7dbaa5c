// What a row of the reward log counts.

package import Store

extension RewardRow {
    /// The reward with the user's verdict, where there is one.
    package var earned: Double { score.map { Reward.judged(reward, score: $0) } ?? reward }
}
