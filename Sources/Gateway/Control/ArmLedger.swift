// What all cores together know of the models: the deltas they send, folded into one table.

package import Store
internal import Wire

/// Belongs to the control thread.
package struct ArmLedger {
    private let forgetting: Forgetting
    /// The models that the table's rows stand for, in its order.
    private var models: [String]
    package private(set) var table: ArmTable
    /// Number of each core's last delta in the table.
    private var folded: [UInt64]
    /// The cores have not been told yet.
    private var isNew = true
    private var isUnsaved = false

    package init(coreCount: Int, snapshot: Snapshot, forgetting: Forgetting) {
        self.forgetting = forgetting
        models = snapshot.models.map(\.id)
        table = ArmTable(modelCount: models.count)
        folded = Array(repeating: 0, count: coreCount)
    }

    package mutating func fold(_ delta: ArmTable, of core: Int, number: UInt64, from snapshot: Snapshot) {
        let known = snapshot.models.map(\.id) == models
        table.merge(
            known ? delta : delta.reindexed(ArmLedger.origins(of: models, in: snapshot.models.map(\.id))), forgetting)
        folded[core] = number
        (isNew, isUnsaved) = (true, true)
    }

    /// The models have changed.
    package mutating func follow(_ snapshot: Snapshot) {
        let next = snapshot.models.map(\.id)
        isNew = true
        if next == models { return }
        table = table.reindexed(ArmLedger.origins(of: next, in: models))
        models = next
    }

    /// A verdict of the user: an attempt's reward turns out to be another one.
    /// - Parameter then: nanoseconds since 1970 at which the attempt was over.
    package mutating func revise(
        _ model: String, _ bucket: TokenBucket, from first: Double, to second: Double, at then: UInt64
    ) {
        guard let index = models.firstIndex(of: model) else { return }
        table[index, bucket].revise(from: first, to: second, at: then, forgetting)
        (isNew, isUnsaved) = (true, true)
    }

    /// What to tell the cores; nil when they know it.
    package mutating func takeNews() -> ArmTable? {
        if !isNew { return nil }
        isNew = false
        return table
    }

    package func foldedNumber(of core: Int) -> UInt64 { folded[core] }

    // MARK: On the disk

    /// What to write; nil when it stands there.
    package mutating func takeUnsaved() -> [ArmRow]? {
        if !isUnsaved { return nil }
        isUnsaved = false
        return models.indices.flatMap { model in
            TokenBucket.allCases.compactMap { bucket in
                let sums = table[model, bucket]
                return sums.count > 0
                    ? ArmRow(
                        modelID: models[model], tokenBucket: "\(bucket.label)", count: sums.count, sum: sums.sum,
                        squares: sums.squares, atNS: Int64(clamping: sums.at)) : nil
            }
        }
    }

    /// Takes up what the last run has learnt.
    package mutating func restore(_ rows: [ArmRow]) {
        for row in rows {
            guard let model = models.firstIndex(of: row.modelID), let bucket = TokenBucket(label: row.tokenBucket),
                let sums = ArmSums(count: row.count, sum: row.sum, squares: row.squares, at: UInt64(clamping: row.atNS))
            else { continue }
            table[model, bucket].merge(sums, forgetting)
        }
        isNew = true
    }

    /// Takes up what the original has logged.
    package mutating func restore(_ rows: [RewardRow]) {
        for row in rows where row.earned >= 0 && row.earned <= 1 {
            guard let model = models.firstIndex(of: row.modelID), let bucket = TokenBucket(label: row.tokenBucket)
            else {
                continue
            }
            let at = UInt64(clamping: row.timestamp.milliseconds) &* 1_000_000
            table[model, bucket].add(row.earned, at: at, forgetting)
        }
        (isNew, isUnsaved) = (true, !rows.isEmpty)
    }

    private static func origins(of models: [String], in others: [String]) -> [Int?] {
        let places = Dictionary(others.enumerated().map { ($1, $0) }) { first, _ in first }
        return models.map { places[$0] }
    }
}
