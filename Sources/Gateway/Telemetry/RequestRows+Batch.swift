// From a core's records to rows of the store. A name is written once in a batch, however many rows bear it.

internal import Adapters
package import Store
internal import Wire

extension RequestRows {
    package init(_ batch: RecordBatch) {
        self.init(expecting: batch.records.count)
        let snapshot = batch.snapshot
        var names = Names(
            models: Array(repeating: nil, count: snapshot.models.count),
            providers: Array(repeating: nil, count: snapshot.providers.count),
            keys: Array(repeating: -1, count: snapshot.keys.count))
        for mode in RequestRecord.modes { names.modes.append(text(mode)) }
        for record in batch.records { add(record, snapshot, &names) }
    }

    /// What has been written already, by index in the snapshot.
    private struct Names {
        var models: [Model?]
        var providers: [Text?]
        var keys: [Int32]
        var modes: [Text] = []

        struct Model {
            let id: Text
            let reason: Text
            let why: Decision.Reason
        }
    }

    private mutating func add(_ record: borrowing RequestRecord, _ snapshot: Snapshot, _ names: inout Names) {
        var row = Row(timestamp: Timestamp(milliseconds: Int64(record.startedAt / 1_000_000)))
        if record.model >= 0 {
            let model = model(record, snapshot, &names)
            (row.modelID, row.reason) = (model.id, model.reason)
        }
        if record.isReplay { row.reason = text(Span.of("idempotency-replay")) }
        if record.provider >= 0 {
            let index = Int(record.provider)
            row.providerID = names.providers[index] ?? text(snapshot.providers[index].id)
            names.providers[index] = row.providerID
        }
        if record.key >= 0 {
            let index = Int(record.key)
            if names.keys[index] < 0 { names.keys[index] = key(snapshot.keys[index].id) }
            row.key = names.keys[index]
        }
        if record.alias >= 0 {
            let name = snapshot.aliases[Int(record.alias)].nameBytes
            row.aliasFrom = text(name.span)
        }
        row.mode = names.modes[record.modeIndex]
        row.costNanoUSD = record.costNanoUSD
        row.assumedNanoUSD = record.assumedNanoUSD
        row.latencyMS = Int64(record.durationNS / 1_000_000)
        if record.isStream, record.firstTokenNS > 0 { row.firstTokenMS = Int64(record.firstTokenNS / 1_000_000) }
        row.statusCode = Int64(record.status)
        row.errorClass = text(Span.of(record.errorLabel))
        row.requestID = text(record.requestID.bytes)
        row.inputTokens = record.usage.inputTokens
        row.outputTokens = record.usage.outputTokens
        row.attempts = Int64(record.attemptCount)
        row.isStream = record.isStream
        add(row)
    }

    private mutating func model(
        _ record: borrowing RequestRecord, _ snapshot: Snapshot, _ names: inout Names
    ) -> Names.Model {
        let index = Int(record.model)
        if let known = names.models[index], known.why == record.reason { return known }
        var reason = ByteBuffer()
        record.reason.write(into: &reason)
        let made = Names.Model(
            id: text(snapshot.models[index].id), reason: text(reason.bytes), why: record.reason)
        names.models[index] = made
        return made
    }
}
