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
                        token_bucket, latency_budget_ms, latency_ms, cost_usd, success, error_class, reward)
                    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                    """,
                    .time(row.timestamp), .text(row.requestID), .text(row.modelID), .text(row.providerID),
                    .text(row.mode), .integer(row.estimatedTokens), .text(row.tokenBucket),
                    .integer(row.latencyBudgetMS), .real(row.latencyMS), .real(NanoUSD.dollars(row.costNanoUSD)),
                    .flag(row.isSuccess), .text(row.errorClass), .real(row.reward))
            }
        }
    }

    /// The newest first.
    package func newest(limit: Int, offset: Int = 0) throws(StoreFault) -> [RewardRow] {
        try connection.rows(
            """
            SELECT id, timestamp, request_id, model_id, provider_id, mode, estimated_tokens, token_bucket,
                latency_budget_ms, latency_ms, cost_usd, success, error_class, reward
            FROM reward_logs ORDER BY id DESC LIMIT ? OFFSET ?
            """,
            .integer(min(max(limit, 0), Limits.listRowsMax)), .integer(max(offset, 0))
        ) {
            RewardRow(
                id: $0.integer(0), timestamp: $0.time(1) ?? Timestamp(milliseconds: 0), requestID: $0.text(2),
                modelID: $0.text(3), providerID: $0.text(4), mode: $0.text(5), estimatedTokens: $0.int(6),
                tokenBucket: $0.text(7), latencyBudgetMS: $0.int(8), latencyMS: $0.real(9),
                costNanoUSD: NanoUSD.fromDollars($0.real(10)), isSuccess: $0.flag(11), errorClass: $0.text(12),
                reward: $0.real(13))
        }
    }

    /// As `RequestLogs.prune`.
    package func prune(olderThan cutoff: Timestamp) throws(StoreFault) -> Int {
        try LogPruning.prune("reward_logs", olderThan: cutoff, on: connection)
    }
}
