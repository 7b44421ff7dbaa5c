// One core's share in what the bandit knows: the merged view, and what the core has seen itself since.
//
// Ten times a second a core takes its delta and posts it; the control thread folds it into the total and posts the
// total back. One delta is on its way at a time, and the view says which it holds, so that nothing is counted twice
// or lost between the two.

package struct ArmShard: Sendable {
    package let forgetting: Forgetting
    /// All this core knows: view, delta on its way and delta not yet taken. What decisions are made from.
    package private(set) var arms: ArmTable
    private var fresh: ArmTable
    private var sent: ArmTable?
    private var sentNumber: UInt64 = 0
    private var isFresh = false

    package init(modelCount: Int, forgetting: Forgetting) {
        self.forgetting = forgetting
        arms = ArmTable(modelCount: modelCount)
        fresh = arms
    }

    package mutating func add(_ reward: Double, model: Int, bucket: TokenBucket, at now: UInt64) {
        arms.add(reward, model: model, bucket: bucket, at: now, forgetting)
        fresh.add(reward, model: model, bucket: bucket, at: now, forgetting)
        isFresh = true
    }

    /// - Parameter then: when the reward `first` was added.
    package mutating func revise(
        from first: Double, to second: Double, model: Int, bucket: TokenBucket, at then: UInt64
    ) {
        arms[model, bucket].revise(from: first, to: second, at: then, forgetting)
        fresh[model, bucket].revise(from: first, to: second, at: then, forgetting)
        isFresh = true
    }

    /// What is believed of a model of this weight at `now`.
    package func posterior(model: Int, bucket: TokenBucket, weight: Int, at now: UInt64) -> ArmPosterior {
        ArmPosterior(weight: weight, arms[model, bucket].aged(to: now, forgetting))
    }

    /// What came since the last delta; nil when nothing did or the last one is not in a view yet.
    /// - Returns: its number, which the control thread gives back with the view that holds it.
    package mutating func takeDelta() -> (number: UInt64, delta: ArmTable)? {
        if !isFresh || sent != nil { return nil }
        let delta = fresh
        sent = delta
        sentNumber += 1
        fresh = ArmTable(modelCount: delta.modelCount)
        isFresh = false
        return (sentNumber, delta)
    }

    /// Takes over the total of all cores.
    /// - Parameter folded: number of this core's last delta in it; 0 before the first.
    package mutating func adopt(_ view: ArmTable, folded: UInt64) {
        if folded >= sentNumber { sent = nil }
        arms = view
        if let sent { arms.merge(sent, forgetting) }
        arms.merge(fresh, forgetting)
    }

    /// Moves to another snapshot; see `ArmTable.reindexed`. A view of the old one must be reindexed before it is
    /// adopted.
    package mutating func reindex(_ origins: [Int?]) {
        arms = arms.reindexed(origins)
        fresh = fresh.reindexed(origins)
        sent = sent?.reindexed(origins)
    }
}
