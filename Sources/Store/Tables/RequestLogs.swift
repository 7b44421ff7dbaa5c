// The table `request_logs`.

package struct RequestLogs {
    let connection: Connection
    let keySpend: KeySpend

    private static let columns = """
        timestamp, model_id, provider_id, mode, estimated_cost_usd, cost_nanousd, price_known, latency_ms, ttft_ms, \
        status_code, provider_status, error_class, request_id, api_key_id, input_tokens, output_tokens, total_tokens, \
        alias_from, attempts, stream, reason
        """

    /// Writes a batch and the spend it means, all or nothing, without waiting for the disk. Callers collect rows for at most
    /// 50 ms: that is what the end of the process can lose. A loss of power can lose what came since `harden` as well.
    package func append(_ rows: [RequestRow]) throws(StoreFault) {
        guard !rows.isEmpty else { return }
        do throws(StoreFault) {
            try connection.quickTransaction { () throws(StoreFault) in
                var start = 0
                while start < rows.count {
                    let left = rows.count - start
                    let count = left >= 32 ? 32 : left >= 8 ? 8 : 1
                    let statement = try connection.statement(
                        count == 32 ? RequestLogs.insert32 : count == 8 ? RequestLogs.insert8 : RequestLogs.insert1)
                    defer { statement.reset() }
                    for offset in 0..<count {
                        RequestLogs.bind(rows[start + offset], to: statement, behind: offset * RequestLogs.columnCount)
                    }
                    _ = try statement.step()
                    start += count
                }
                for row in rows where !row.apiKeyID.isEmpty && row.chargedNanoUSD > 0 {
                    keySpend.add(row.apiKeyID, at: row.timestamp, cost: row.chargedNanoUSD)
                }
                try keySpend.flush(foldedLogID: connection.lastRowID)
            }
        } catch {
            try? keySpend.reload()
            throw error
        }
        keySpend.settled()
    }

    private static let columnCount = 21

    /// Starting and ending a statement costs as much as a row or two, and AUTOINCREMENT writes its counter once in each.
    private static func insert(rows: Int) -> String {
        let places = "(" + repeatElement("?", count: columnCount).joined(separator: ", ") + ")"
        return "INSERT INTO request_logs (\(columns)) VALUES "
            + repeatElement(places, count: rows).joined(separator: ", ")
    }

    private static let insert1 = insert(rows: 1)
    private static let insert8 = insert(rows: 8)
    private static let insert32 = insert(rows: 32)

    /// Puts what `append` has written onto the disk, if there is anything. Called once a second: one wait for the disk instead
    /// of one for each batch.
    package func harden() throws(StoreFault) {
        guard connection.hasUnsyncedCommits else { return }
        // A commit of nothing would not wait; this one writes a page.
        try connection.transaction { () throws(StoreFault) in
            _ = try connection.run("UPDATE key_spend_state SET folded_log_id = folded_log_id")
        }
    }

    /// Value by value, without the array that a variadic call makes: this runs once for every request served.
    private static func bind(_ row: RequestRow, to statement: Statement, behind base: Int) {
        statement.bind(base + 1, row.timestamp.description)
        statement.bind(base + 2, row.modelID)
        statement.bind(base + 3, row.providerID)
        statement.bind(base + 4, row.mode)
        statement.bind(base + 5, NanoUSD.dollars(row.costNanoUSD ?? 0))
        if let cost = row.costNanoUSD { statement.bind(base + 6, cost) } else { statement.bindNull(base + 6) }
        statement.bind(base + 7, row.costNanoUSD == nil ? 0 : 1 as Int64)
        statement.bind(base + 8, Int64(row.latencyMS))
        if let first = row.firstTokenMS { statement.bind(base + 9, Int64(first)) } else { statement.bindNull(base + 9) }
        statement.bind(base + 10, Int64(row.statusCode))
        statement.bind(base + 11, Int64(row.providerStatus))
        statement.bind(base + 12, row.errorClass)
        statement.bind(base + 13, row.requestID)
        statement.bind(base + 14, row.apiKeyID)
        statement.bind(base + 15, Int64(row.inputTokens))
        statement.bind(base + 16, Int64(row.outputTokens))
        statement.bind(base + 17, Int64(row.totalTokens))
        statement.bind(base + 18, row.aliasFrom)
        statement.bind(base + 19, Int64(row.attempts))
        statement.bind(base + 20, row.isStream ? 1 : 0 as Int64)
        statement.bind(base + 21, row.reason)
    }

    /// The newest first. A row whose time cannot be read is shown at 1970.
    package func newest(limit: Int, offset: Int = 0) throws(StoreFault) -> [RequestRow] {
        try connection.rows(
            "SELECT \(RequestLogs.columns), id FROM request_logs ORDER BY id DESC LIMIT ? OFFSET ?",
            .integer(min(max(limit, 0), Limits.listRowsMax)), .integer(max(offset, 0))
        ) { (row) throws(StoreFault) in
            let isPriced = row.flag(6)
            return RequestRow(
                id: row.integer(21), timestamp: row.time(0) ?? Timestamp(milliseconds: 0), modelID: row.text(1),
                providerID: row.text(2), mode: row.text(3),
                costNanoUSD: isPriced ? row.optionalInteger(5) ?? NanoUSD.fromDollars(row.real(4)) : nil,
                latencyMS: row.int(7), firstTokenMS: row.optionalInt(8), statusCode: row.int(9),
                providerStatus: row.int(10), errorClass: row.text(11), requestID: row.text(12), apiKeyID: row.text(13),
                inputTokens: row.int(14), outputTokens: row.int(15), aliasFrom: row.text(17), attempts: row.int(18),
                isStream: row.flag(19), reason: row.text(20))
        }
    }

    /// Deletes up to `Limits.pruneRowsMax` rows older than `cutoff`. Returns how many; call again while it is the maximum.
    package func prune(olderThan cutoff: Timestamp) throws(StoreFault) -> Int {
        try LogPruning.prune("request_logs", olderThan: cutoff, on: connection)
    }
}
