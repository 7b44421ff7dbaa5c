// The table `request_logs`.

package struct RequestLogs {
    let connection: Connection
    let keySpend: KeySpend

    private static let columns = """
        timestamp, model_id, provider_id, mode, estimated_cost_usd, cost_nanousd, price_known, latency_ms, ttft_ms, \
        status_code, provider_status, error_class, request_id, api_key_id, input_tokens, output_tokens, total_tokens, \
        alias_from, attempts, stream, reason
        """

    /// Writes a batch and the spend it means, all or nothing. One fsync, whatever its size: callers collect rows for at most
    /// 50 ms, which is what a crash can lose.
    package func append(_ rows: [RequestRow]) throws(StoreFault) {
        guard !rows.isEmpty else { return }
        do throws(StoreFault) {
            try connection.transaction { () throws(StoreFault) in
                let statement = try connection.statement(
                    """
                    INSERT INTO request_logs (\(RequestLogs.columns))
                    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                    """)
                for row in rows {
                    RequestLogs.bind(row, to: statement)
                    defer { statement.reset() }
                    _ = try statement.step()
                    if !row.apiKeyID.isEmpty && row.chargedNanoUSD > 0 {
                        keySpend.add(row.apiKeyID, at: row.timestamp, cost: row.chargedNanoUSD)
                    }
                }
                try keySpend.flush(foldedLogID: connection.lastRowID)
            }
        } catch {
            try? keySpend.reload()
            throw error
        }
        keySpend.settled()
    }

    /// Value by value, without the array that a variadic call makes: this runs once for every request served.
    private static func bind(_ row: RequestRow, to statement: Statement) {
        statement.bind(1, row.timestamp.description)
        statement.bind(2, row.modelID)
        statement.bind(3, row.providerID)
        statement.bind(4, row.mode)
        statement.bind(5, NanoUSD.dollars(row.costNanoUSD ?? 0))
        if let cost = row.costNanoUSD { statement.bind(6, cost) } else { statement.bindNull(6) }
        statement.bind(7, row.costNanoUSD == nil ? 0 : 1 as Int64)
        statement.bind(8, Int64(row.latencyMS))
        if let first = row.firstTokenMS { statement.bind(9, Int64(first)) } else { statement.bindNull(9) }
        statement.bind(10, Int64(row.statusCode))
        statement.bind(11, Int64(row.providerStatus))
        statement.bind(12, row.errorClass)
        statement.bind(13, row.requestID)
        statement.bind(14, row.apiKeyID)
        statement.bind(15, Int64(row.inputTokens))
        statement.bind(16, Int64(row.outputTokens))
        statement.bind(17, Int64(row.totalTokens))
        statement.bind(18, row.aliasFrom)
        statement.bind(19, Int64(row.attempts))
        statement.bind(20, row.isStream ? 1 : 0 as Int64)
        statement.bind(21, row.reason)
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
