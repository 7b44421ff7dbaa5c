// Snapshots and records for the tests of the telemetry.

import Adapters
import Wire

@testable import Gateway

enum TelemetrySamples {
    static func snapshot(
        version: Int = 1, models: [String] = ["m0", "m1"], providers: [String] = ["p0", "p1"],
        keys: [String] = ["k0", "k1"]
    ) throws -> Snapshot {
        let entries = try providers.map { id in
            ProviderEntry(
                id: id, dialect: .openAI,
                target: try Target(
                    provider: .openAI, host: Array("h".utf8).span, basePath: Array("".utf8).span,
                    key: Array("".utf8).span, userAgent: "t"),
                host: "127.0.0.1", port: 1, isSecure: false, isEnabled: true)
        }
        return Snapshot(
            version: version, settings: Snapshot.Settings(), providers: entries,
            models: models.enumerated().map { index, id in
                ModelEntry(
                    id: id, literal: JSONLiteral.of(id), provider: index % providers.count, weight: 1,
                    contextTokensMax: 0, prices: Prices(inputPer1K: 1, outputPer1K: 1), isEnabled: true)
            },
            keys: keys.enumerated().map { index, name in
                KeyEntry(
                    id: "id\(index)", name: name, digest: Array(repeating: UInt8(truncatingIfNeeded: index), count: 32),
                    scopes: .all, isEnabled: true, expiresAt: nil, rateLimitRPS: 0, monthlyBudgetNanoUSD: nil,
                    state: KeyState())
            })
    }

    static func record(
        model: Int32 = 0, provider: Int32 = 0, key: Int32 = 0, status: Int32 = 200, milliseconds: UInt64 = 10,
        cost: Int64? = 1000, operation: Operation = .chat, firstTokenMS: UInt64 = 0
    ) -> RequestRecord {
        var record = RequestRecord()
        record.model = model
        record.provider = provider
        record.key = key
        record.status = status
        record.operation = operation
        record.durationNS = milliseconds * 1_000_000
        record.costNanoUSD = cost
        record.usage = Usage(inputTokens: 3, outputTokens: 5)
        record.isStream = firstTokenMS > 0
        record.firstTokenNS = firstTokenMS * 1_000_000
        record.overheadNS = 30_000
        return record
    }

    static func batch(_ records: [RequestRecord], _ snapshot: Snapshot) -> RecordBatch {
        RecordBatch(core: 0, snapshot: snapshot, records: records, postedAt: 0)
    }
}
