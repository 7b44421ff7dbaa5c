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
                var texts = LentTexts()
                while start < rows.count {
                    let left = rows.count - start
                    let count = left >= 32 ? 32 : left >= 8 ? 8 : 1
                    let statement = try connection.statement(
                        count == 32 ? RequestLogs.insert32 : count == 8 ? RequestLogs.insert8 : RequestLogs.insert1)
                    texts.removeAll()
                    for offset in 0..<count {
                        RequestLogs.bind(
                            rows, start + offset, to: statement, &texts, behind: offset * RequestLogs.columnCount)
                    }
                    try statement.run(lending: texts)
                    start += count
                }
                keySpend.add(rows)
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

    /// Value by value and out of the array, without the array that a variadic call makes or a copy of the row: this runs once
    /// for every request served.
    private static func bind(
        _ rows: [RequestRow], _ index: Int, to statement: Statement, _ texts: inout LentTexts, behind base: Int
    ) {
        texts.add(base + 1, rows[index].timestamp)
        texts.add(base + 2, rows[index].modelID)
        texts.add(base + 3, rows[index].providerID)
        texts.add(base + 4, rows[index].mode)
        statement.bind(base + 5, NanoUSD.dollars(rows[index].costNanoUSD ?? 0))
        if let cost = rows[index].costNanoUSD { statement.bind(base + 6, cost) } else { statement.bindNull(base + 6) }
        statement.bind(base + 7, rows[index].costNanoUSD == nil ? 0 : 1 as Int64)
        statement.bind(base + 8, Int64(rows[index].latencyMS))
        if let first = rows[index].firstTokenMS {
            statement.bind(base + 9, Int64(first))
        } else {
            statement.bindNull(base + 9)
        }
        statement.bind(base + 10, Int64(rows[index].statusCode))
        statement.bind(base + 11, Int64(rows[index].providerStatus))
        texts.add(base + 12, rows[index].errorClass)
        texts.add(base + 13, rows[index].requestID)
        texts.add(base + 14, rows[index].apiKeyID)
        statement.bind(base + 15, Int64(rows[index].inputTokens))
        statement.bind(base + 16, Int64(rows[index].outputTokens))
        statement.bind(base + 17, Int64(rows[index].inputTokens + rows[index].outputTokens))
        texts.add(base + 18, rows[index].aliasFrom)
        statement.bind(base + 19, Int64(rows[index].attempts))
        statement.bind(base + 20, rows[index].isStream ? 1 : 0 as Int64)
        texts.add(base + 21, rows[index].reason)
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
