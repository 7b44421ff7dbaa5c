// The arms of all models of a snapshot, at every length of prompt.

package struct ArmTable: Sendable, Equatable {
    private var sums: [ArmSums]

    package init(modelCount: Int) {
        sums = Array(repeating: ArmSums(), count: modelCount * TokenBucket.allCases.count)
    }

    package var modelCount: Int { sums.count / TokenBucket.allCases.count }

    /// - Parameter model: index into `Snapshot.models`.
    package subscript(model: Int, bucket: TokenBucket) -> ArmSums {
        get { sums[model * TokenBucket.allCases.count + bucket.rawValue] }
        set { sums[model * TokenBucket.allCases.count + bucket.rawValue] = newValue }
    }

    /// One attempt's reward: see `ArmSums.add`.
    package mutating func add(
        _ reward: Double, model: Int, bucket: TokenBucket, at then: UInt64, _ forgetting: Forgetting
    ) {
        sums[model * TokenBucket.allCases.count + bucket.rawValue].add(reward, at: then, forgetting)
    }

    /// Adds, arm by arm, what another table of the same snapshot holds.
    package mutating func merge(_ other: ArmTable, _ forgetting: Forgetting) {
        precondition(other.sums.count == sums.count, "\(other.sums.count) arms merged into \(sums.count)")
        for arm in sums.indices where other.sums[arm].count != 0 || other.sums[arm].sum != 0 {
            sums[arm].merge(other.sums[arm], forgetting)
        }
    }

    /// The same knowledge for another snapshot.
    /// - Parameter origins: for each model of the new snapshot its index in this table; nil for a new one. Models
    ///   that are gone are forgotten.
    package func reindexed(_ origins: [Int?]) -> ArmTable {
        var table = ArmTable(modelCount: origins.count)
        for (model, origin) in origins.enumerated() {
            guard let origin else { continue }
            for bucket in TokenBucket.allCases { table[model, bucket] = self[origin, bucket] }
        }
        return table
    }
}
