import Adapters
import Gateway
import Store
import Wire

/// What the control thread does with the record of one request.
enum TelemetryBenches {
    static let all = [
        Bench("statistics of 512 records", allocationsMax: 8) { times in
            let (stats, batch) = (Stats(), batch)
            for time in 0..<times { stats.take(batch, now: 1_771_243_200 + Int64(time) / 64) }
            return UInt64(times)
        },
        Bench("metrics of 512 records", allocationsMax: 8) { times in
            let (metrics, batch) = (Metrics(version: "micro"), batch)
            for _ in 0..<times { metrics.take(batch) }
            return UInt64(times)
        },
        Bench("512 request rows into a database in memory", allocationsMax: 2_000) { times in
            let batch = batch
            guard let database = try? Database(DataSource(":memory:"), now: Timestamp(milliseconds: 0)) else {
                return 0
            }
            for _ in 0..<times {
                guard (try? database.requestLogs.append(RequestRows(batch))) != nil else { return 0 }
            }
            return UInt64(times)
        },
    ]

    /// 512 requests of a hundred keys to forty models, as one core hands them over.
    private static let batch: RecordBatch = {
        let snapshot = GatewayBenches.snapshot
        let records = (0..<512).map { number in
            var record = RequestRecord()
            record.requestID = RequestID(random: UInt64(number), 0x0123_4567_89AB_CDEF)
            record.startedAt = 1_771_243_200_000_000_000 + UInt64(number) * 100_000
            record.model = Int32(number * 7 % 40)
            record.provider = Int32(number * 7 % 40 % 8)
            record.key = Int32(number % 100)
            record.status = 200
            record.usage = Usage(inputTokens: 31, outputTokens: 112)
            record.costNanoUSD = 71_850
            record.durationNS = 3_000_000 + UInt64(number) * 100_000
            record.firstTokenNS = 2_000_000
            record.overheadNS = 31_000
            record.attemptCount = 1
            record.reason = .weight(9)
            return record
        }
        return RecordBatch(core: 0, snapshot: snapshot, records: records, postedAt: 0)
    }()
}
