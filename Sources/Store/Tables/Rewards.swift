// The table `reward_logs`.

package struct Rewards {
    let connection: Connection

    /// Writes a batch, all or nothing.
    package func append(_ rows: [RewardRow]) throws(StoreFault) {
        guard !rows.isEmpty else { return }
        try connection.transaction { () throws(StoreFault) in
            for row in rows {
                try connection.run(
                    """
                    INSERT INTO reward_logs (timestamp, request_id, model_id, provider_id, mode, estimated_tokens,
                        token_bucket, latency_budget_ms, latency_ms, cost_usd, success, error_class, reward, probability,
                        candidates, api_key_id)
                    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                    """,
                    .time(row.timestamp), .text(row.requestID), .text(row.modelID), .text(row.providerID),
                    .text(row.mode), .integer(row.estimatedTokens), .text(row.tokenBucket),
                    .integer(row.latencyBudgetMS), .real(row.latencyMS), .real(NanoUSD.dollars(row.costNanoUSD)),
                    .flag(row.isSuccess), .text(row.errorClass), .real(row.reward), .real(row.probability),
                    .text(row.candidates), .text(row.apiKeyID))
            }
        }
    }

    /// The newest first.
    package func newest(limit: Int, offset: Int = 0) throws(StoreFault) -> [RewardRow] {
        try connection.rows(
            """
            SELECT \(Rewards.columns) FROM reward_logs ORDER BY id DESC LIMIT ? OFFSET ?
            """,
            .integer(min(max(limit, 0), Limits.listRowsMax)), .integer(max(offset, 0)), each: Rewards.row)
    }

    /// Each row of the log in its order, for who cannot hold them all.
    /// - Parameter from: the first that counts.
    /// - Parameter through: id of the last.
    package func each(
        from: Timestamp, through: Int64 = .max, _ body: (RewardRow) -> Void
    ) throws(StoreFault) {
        var last: Int64 = 0
        while true {
            let rows = try connection.rows(
                """
                SELECT \(Rewards.columns) FROM reward_logs NOT INDEXED WHERE id > ? AND id <= ? AND timestamp >= ?
                ORDER BY id LIMIT 1000
                """, .integer(last), .integer(through), .time(from), each: Rewards.row)
            for row in rows { body(row) }
            guard let end = rows.last, rows.count == 1000 else { return }
            last = end.id
        }
    }

    /// The attempts of one request, in their order.
    package func attempts(of requestID: String) throws(StoreFault) -> [RewardRow] {
        try connection.rows(
            "SELECT \(Rewards.columns) FROM reward_logs WHERE request_id = ? ORDER BY id LIMIT 100", .text(requestID),
            each: Rewards.row)
    }

    /// Writes the user's verdict; the reward stays what the attempt has earned without it.
    package func judge(_ id: Int64, score: Double) throws(StoreFault) {
        try connection.run("UPDATE reward_logs SET score = ? WHERE id = ?", .real(score), .integer(id))
    }

    private static let columns = """
        id, timestamp, request_id, model_id, provider_id, mode, estimated_tokens, token_bucket, latency_budget_ms, \
        latency_ms, cost_usd, success, error_class, reward, probability, candidates, score, api_key_id
        """

    private static func row(_ row: Statement) -> RewardRow {
        RewardRow(
            id: row.integer(0), timestamp: row.time(1) ?? Timestamp(milliseconds: 0), requestID: row.text(2),
            modelID: row.text(3), providerID: row.text(4), mode: row.text(5), estimatedTokens: row.int(6),
            tokenBucket: row.text(7), latencyBudgetMS: row.int(8), latencyMS: row.real(9),
            costNanoUSD: NanoUSD.fromDollars(row.real(10)), isSuccess: row.flag(11), errorClass: row.text(12),
            reward: row.real(13), probability: row.real(14), candidates: row.text(15),
            score: row.isNull(16) ? nil : row.real(16), apiKeyID: row.text(17))
    }

    /// As `RequestLogs.prune`.
    package func prune(olderThan cutoff: Timestamp) throws(StoreFault) -> Int {
        try LogPruning.prune("reward_logs", olderThan: cutoff, on: connection)
    }
}
