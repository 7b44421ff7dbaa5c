// The table `request_logs`.

package struct RequestLogs {
    private let connection: Connection
    private let keySpend: KeySpend
    private let feed: RequestFeed

    init(connection: Connection, keySpend: KeySpend) throws(StoreFault) {
        self.connection = connection
        self.keySpend = keySpend
        feed = try RequestFeed(connection)
    }

    /// All but the id, in the table's own order: then SQLite makes records out of what it is given where it stands.
    static let columns = """
        timestamp, model_id, provider_id, mode, estimated_cost_usd, latency_ms, status_code, error_class, request_id, \
        api_key_id, input_tokens, output_tokens, total_tokens, alias_from, cost_nanousd, price_known, attempts, \
        provider_status, ttft_ms, stream, reason
        """

    /// Writes a batch, all or nothing, and counts the spend it means, without waiting for the disk. Callers collect rows for at most
    /// 50 ms: that is what the end of the process can lose. A loss of power can lose what came since `harden` as well.
    /// - Parameter between: called between two runs of `Limits.rowsPerRun`.
    package func append(_ batch: borrowing RequestRows, between: () -> Void = {}) throws(StoreFault) {
        guard !batch.rows.isEmpty else { return }
        do throws(StoreFault) {
            try connection.quickTransaction { () throws(StoreFault) in
                try feed.read(batch, between: between) { () throws(StoreFault) in
                    try connection.run(RequestLogs.insert)
                }
                keySpend.add(batch, lastLogID: connection.lastRowID)
                if batch.hasUnrecordedCharges { try keySpend.flush() }
            }
        } catch {
            try? keySpend.reload()
            throw error
        }
        if batch.hasUnrecordedCharges { keySpend.settled() }
    }

    /// FAIL: the transaction is undone as a whole, so the statement need not be able to undo itself.
    private static let insert =
        "INSERT OR FAIL INTO request_logs (id, \(columns)) SELECT NULL, * FROM request_rows"

    /// Puts what `append` has written onto the disk, if there is anything, and the spend of the keys with it. Called once a
    /// second: one wait for the disk, and one write of each sum, instead of one for each batch.
    package func harden() throws(StoreFault) {
        guard connection.hasUnsyncedCommits || keySpend.isBehind else { return }
        // A commit of nothing would not wait; this one writes a page at least.
        try connection.transaction { () throws(StoreFault) in try keySpend.flush() }
        keySpend.settled()
    }

    /// The newest first. A row whose time cannot be read is shown at 1970.
    package func newest(limit: Int, offset: Int = 0) throws(StoreFault) -> [RequestRow] {
        try connection.rows(
            "SELECT \(RequestLogs.columns), id FROM request_logs ORDER BY id DESC LIMIT ? OFFSET ?",
            .integer(min(max(limit, 0), Limits.listRowsMax)), .integer(max(offset, 0))
        ) { (row) throws(StoreFault) in
            let isPriced = row.flag(15)
            return RequestRow(
                id: row.integer(21), timestamp: row.time(0) ?? Timestamp(milliseconds: 0), modelID: row.text(1),
                providerID: row.text(2), mode: row.text(3),
                costNanoUSD: isPriced ? row.optionalInteger(14) ?? NanoUSD.fromDollars(row.real(4)) : nil,
                latencyMS: row.int(5), firstTokenMS: row.optionalInt(18), statusCode: row.int(6),
                providerStatus: row.int(17), errorClass: row.text(7), requestID: row.text(8), apiKeyID: row.text(9),
                inputTokens: row.int(10), outputTokens: row.int(11), aliasFrom: row.text(13), attempts: row.int(16),
                isStream: row.flag(19), reason: row.text(20))
        }
    }

    /// Deletes up to `Limits.pruneRowsMax` rows older than `cutoff`. Returns how many; call again while it is the maximum.
    package func prune(olderThan cutoff: Timestamp) throws(StoreFault) -> Int {
        try LogPruning.prune("request_logs", olderThan: cutoff, on: connection)
    }
}
