// Traffic of the last minute, five minutes, hour and day: the whole, and by model, provider, client key and mode.

internal import Adapters
package import Store

/// Lives on the control thread. A record costs five additions into sums that lie side by side; every ten seconds these are
/// folded into rings, and a reader sums the rings. Bounded: 31 KB a group.
package final class Stats {
    private enum Kind: Int { case model, provider, key, mode }

    /// The sums since the last fold, one per group.
    private var present: [StatsBucket] = [StatsBucket()]
    private var rings: [StatsRings?] = [nil]
    /// When `present` began to count, in steps of `StatsRings.fineStep`.
    private var step: Int64 = 0
    private var groups = [
        StatsGroups(groupsMax: Limits.statsModelsMax), StatsGroups(groupsMax: Limits.statsProvidersMax),
        StatsGroups(groupsMax: Limits.statsKeysMax), StatsGroups(groupsMax: RequestRecord.modes.count),
    ]
    private let modeNumbers: [Int]

    package init() {
        modeNumbers = RequestRecord.modes.indices.map { $0 + 1 }
        for (index, mode) in RequestRecord.modes.enumerated() {
            present.append(StatsBucket())
            rings.append(nil)
            groups[Kind.mode.rawValue].add(mode, modeNumbers[index])
        }
    }

    /// Counts a batch.
    /// - Parameter now: seconds since 1970.
    package func take(_ batch: RecordBatch, now: Int64) {
        turn(now)
        let snapshot = batch.snapshot
        for record in batch.records {
            let sample = StatsBucket.Sample(
                latencyPlace: LatencyScale.place(ofNS: record.durationNS), latencyNS: record.durationNS,
                isError: record.outcome == .error, costNanoUSD: record.costNanoUSD ?? record.assumedNanoUSD,
                inputTokens: record.usage.inputTokens, outputTokens: record.usage.outputTokens)
            present[0].add(sample)
            present[modeNumbers[record.modeIndex]].add(sample)
            if record.model >= 0 {
                present[number(.model, Int(record.model), snapshot)].add(sample)
                present[number(.provider, Int(record.provider), snapshot)].add(sample)
            }
            if record.key >= 0 { present[number(.key, Int(record.key), snapshot)].add(sample) }
        }
    }

    /// Counts rows of an earlier run, so that a restart does not begin with empty charts.
    package func seed(_ rows: [RequestRow], keyNames: [String: String]) {
        for row in rows {
            let latencyNS = UInt64(max(0, row.latencyMS)) * 1_000_000
            var bucket = StatsBucket()
            bucket.add(
                StatsBucket.Sample(
                    latencyPlace: LatencyScale.place(ofNS: latencyNS), latencyNS: latencyNS,
                    isError: RequestRecord.Outcome(status: row.statusCode) == .error, costNanoUSD: row.chargedNanoUSD,
                    inputTokens: Int64(row.inputTokens), outputTokens: Int64(row.outputTokens)))
            let seconds = row.timestamp.milliseconds / 1000
            var places = [0]
            if let mode = RequestRecord.modes.firstIndex(of: row.mode) { places.append(modeNumbers[mode]) }
            if !row.modelID.isEmpty { places.append(number(.model, named: row.modelID)) }
            if !row.providerID.isEmpty { places.append(number(.provider, named: row.providerID)) }
            if let name = keyNames[row.apiKeyID] { places.append(number(.key, named: name)) }
            for place in places { ring(place).take(bucket, at: seconds) }
        }
    }

    // MARK: Reading

    /// Fills the parts of `view` that tell of traffic.
    /// - Parameter now: seconds since 1970.
    package func show(in view: inout LiveView, now: Int64) {
        fold()
        turn(now)
        for window in StatsRings.Window.allCases {
            if let row = row(window, "", 0, now) { view.global.append(row) }
            view.byModel += rows(window, .model, now)
            view.byProvider += rows(window, .provider, now)
            view.byAPIKey += rows(window, .key, now)
            view.byMode += rows(window, .mode, now)
        }
    }

    private func rows(_ window: StatsRings.Window, _ kind: Kind, _ now: Int64) -> [StatsAggregate] {
        groups[kind.rawValue].numbers.sorted { $0.key < $1.key }.compactMap { row(window, $0.key, $0.value, now) }
    }

    /// `nil` when there was nothing.
    private func row(_ window: StatsRings.Window, _ group: String, _ number: Int, _ now: Int64) -> StatsAggregate? {
        guard let sum = rings[number]?.sum(of: window, now: now), sum.requestCount > 0 else { return nil }
        return StatsAggregate(
            window: window.rawValue, group: group, requestCount: sum.requestCount, errorCount: sum.errorCount,
            averageLatencyMS: Double(sum.latencyNS) / Double(sum.requestCount) / 1_000_000,
            p95LatencyMS: sum.latencyNS(at: 0.95) / 1_000_000, costNanoUSD: sum.costNanoUSD,
            inputTokens: sum.inputTokens, outputTokens: sum.outputTokens)
    }

    // MARK: Time

    private func turn(_ now: Int64) {
        let next = now / StatsRings.fineStep
        if next == step { return }
        fold()
        step = next
    }

    private func fold() {
        for number in present.indices where present[number].requestCount > 0 {
            ring(number).take(present[number], at: step * StatsRings.fineStep)
            present[number] = StatsBucket()
        }
    }

    private func ring(_ number: Int) -> StatsRings {
        if let ring = rings[number] { return ring }
        let ring = StatsRings()
        rings[number] = ring
        return ring
    }

    // MARK: Groups

    private func number(_ kind: Kind, _ index: Int, _ snapshot: Snapshot) -> Int {
        let known = groups[kind.rawValue].known.number(version: snapshot.version, index: index)
        if known >= 0 { return known }
        let (name, size) =
            switch kind {
            case .model: (snapshot.models[index].id, snapshot.models.count)
            case .provider: (snapshot.providers[index].id, snapshot.providers.count)
            case .key: (snapshot.keys[index].name, snapshot.keys.count)
            case .mode: preconditionFailure("modes are numbered from the start")
            }
        let found = number(kind, named: name)
        groups[kind.rawValue].known.set(found, version: snapshot.version, index: index, size: size)
        return found
    }

    private func number(_ kind: Kind, named name: String) -> Int {
        if let number = groups[kind.rawValue].numbers[name] { return number }
        if !groups[kind.rawValue].isFull { return make(kind, name) }
        if let silent = silentGroup(kind) {
            let number = groups[kind.rawValue].numbers[silent]!
            groups[kind.rawValue].remove(silent)
            groups[kind.rawValue].add(name, number)
            rings[number] = nil
            return number
        }
        return groups[kind.rawValue].numbers[StatsGroups.otherName] ?? make(kind, StatsGroups.otherName)
    }

    private func make(_ kind: Kind, _ name: String) -> Int {
        groups[kind.rawValue].add(name, present.count)
        present.append(StatsBucket())
        rings.append(nil)
        return present.count - 1
    }

    /// A group that no window shows any more.
    private func silentGroup(_ kind: Kind) -> String? {
        let before = step * StatsRings.fineStep - 25 * 3600
        return groups[kind.rawValue].numbers.first { _, number in
            present[number].requestCount == 0 && (rings[number]?.lastAt ?? 0) < before
        }?.key
    }
}
