import Adapters
import Store
import Testing

@testable import Gateway

@Suite struct TelemetryRowsTests {
    /// Each member by itself, beside the rows that a batch shares its names with.
    private let records: [RequestRecord] = {
        var records = (0..<12).map { number in
            var record = TelemetrySamples.record(
                model: Int32(number % 2), provider: Int32(number / 2 % 2), key: Int32(number / 3 % 2))
            record.startedAt = 1_771_243_199_998_000_000 + UInt64(number) * 400_000
            record.requestID = RequestID(random: UInt64(number), 7)
            record.reason = number % 5 == 0 ? .hintExact : .weight(number % 5 - 1)
            record.attemptCount = Int32(number % 3)
            return record
        }
        (records[1].model, records[1].provider) = (-1, -1)
        records[2].key = -1
        records[3].operation = .embeddings
        (records[4].costNanoUSD, records[4].assumedNanoUSD) = (nil, 70)
        (records[5].status, records[5].errorLabel) = (502, "transient")
        (records[6].isStream, records[6].firstTokenNS) = (true, 3_999_999)
        (records[7].isStream, records[7].firstTokenNS) = (true, 0)
        (records[8].isStream, records[8].firstTokenNS) = (false, 5_000_000)
        records[9].requestID = RequestID()
        records[10].usage = Usage()
        (records[11].model, records[11].provider, records[11].isReplay) = (-1, -1, true)
        return records
    }()

    private func text(of reason: Decision.Reason) -> String {
        switch reason {
        case .hintExact: "routed-hint-exact"
        case .weight(let weight): "routed-weight-\(weight)"
        case .retriedTransient: "retried-transient"
        case .hedged: "hedged-dispatch"
        case .reducedMaxTokens: "reduced-max-tokens"
        case .escalatedContextOverflow: "escalated-context-overflow"
        }
    }

    private func expected(_ record: RequestRecord, _ snapshot: Snapshot) -> RequestRow {
        RequestRow(
            timestamp: Timestamp(milliseconds: Int64(record.startedAt / 1_000_000)),
            modelID: record.model >= 0 ? snapshot.models[Int(record.model)].id : "",
            providerID: record.provider >= 0 ? snapshot.providers[Int(record.provider)].id : "",
            mode: record.operation == .embeddings ? "embeddings" : "normal", costNanoUSD: record.costNanoUSD,
            latencyMS: Int(record.durationNS / 1_000_000),
            firstTokenMS: record.isStream && record.firstTokenNS > 0 ? Int(record.firstTokenNS / 1_000_000) : nil,
            statusCode: Int(record.status), errorClass: record.errorLabel.description,
            requestID: record.requestID.string, apiKeyID: record.key >= 0 ? snapshot.keys[Int(record.key)].id : "",
            inputTokens: Int(record.usage.inputTokens), outputTokens: Int(record.usage.outputTokens),
            attempts: Int(record.attemptCount), isStream: record.isStream,
            reason: record.isReplay ? "idempotency-replay" : record.model >= 0 ? text(of: record.reason) : "")
    }

    @Test func everyMemberOfARecordComesIntoItsRow() throws {
        let snapshot = try TelemetrySamples.snapshot()
        let database = try Database(DataSource(":memory:"), now: noon)
        try database.requestLogs.append(RequestRows(TelemetrySamples.batch(records, snapshot)))
        var rows = Array(try database.requestLogs.newest(limit: 100).reversed())
        #expect(rows.map(\.id) == (1...12).map { Int64($0) })
        for index in rows.indices { rows[index].id = 0 }
        #expect(rows == records.map { expected($0, snapshot) })
        for index in 0..<2 {
            let charged = records.filter { $0.key == index }.map { $0.costNanoUSD ?? $0.assumedNanoUSD }
            #expect(database.keySpend.spend(of: "id\(index)", now: rows[0].timestamp) == charged.reduce(0, +))
        }
    }

    @Test func emptyBatchWritesNothing() throws {
        let database = try Database(DataSource(":memory:"), now: noon)
        try database.requestLogs.append(RequestRows(TelemetrySamples.batch([], try TelemetrySamples.snapshot())))
        #expect(try database.requestLogs.newest(limit: 100).isEmpty)
    }
}
