// One core's bandit: what its router draws from when it chooses by what models have earned.

package final class Bandit {
    /// Indexed by the models of the core's snapshot.
    package private(set) var shard: ArmShard
    /// Nanoseconds since 1970 at which beliefs are looked at. Cores and restarts share this clock.
    package var now: UInt64 = 0

    package init(modelCount: Int, forgetting: Forgetting) {
        shard = ArmShard(modelCount: modelCount, forgetting: forgetting)
    }

    package func belief(of model: Int, bucket: TokenBucket, weight: Int) -> ArmPosterior {
        shard.posterior(model: model, bucket: bucket, weight: weight, at: now)
    }

    /// One attempt's reward.
    /// - Parameter then: nanoseconds since 1970.
    package func add(_ reward: Double, model: Int, bucket: TokenBucket, at then: UInt64) {
        // In steps of some 70 ms, so that busy traffic does not compute a power for each request.
        shard.add(reward, model: model, bucket: bucket, at: then & ~Bandit.stepMask)
    }

    package func takeDelta() -> (number: UInt64, delta: ArmTable)? { shard.takeDelta() }

    package func adopt(_ view: ArmTable, folded: UInt64) { shard.adopt(view, folded: folded) }

    /// Moves to another snapshot; see `ArmTable.reindexed`.
    package func reindex(_ origins: [Int?]) { shard.reindex(origins) }

    private static let stepMask: UInt64 = (1 << 26) - 1
}
