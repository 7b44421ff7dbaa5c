// The table `audit_logs`.

package struct AuditLogs {
    let connection: Connection

    package func append(_ row: AuditRow) throws(StoreFault) {
        try connection.run(
            "INSERT INTO audit_logs (timestamp, action, resource, detail, request_id, actor) VALUES (?, ?, ?, ?, ?, ?)",
            .time(row.timestamp), .text(row.action), .text(row.resource), .text(row.detail), .text(row.requestID),
            .text(row.doneBy))
    }

    /// The newest first.
    package func newest(limit: Int, offset: Int = 0) throws(StoreFault) -> [AuditRow] {
        try connection.rows(
            """
            SELECT id, timestamp, action, resource, detail, request_id, actor FROM audit_logs
            ORDER BY id DESC LIMIT ? OFFSET ?
            """,
            .integer(min(max(limit, 0), Limits.listRowsMax)), .integer(max(offset, 0))
        ) {
            AuditRow(
                id: $0.integer(0), timestamp: $0.time(1) ?? Timestamp(milliseconds: 0), action: $0.text(2),
                resource: $0.text(3), detail: $0.text(4), requestID: $0.text(5), doneBy: $0.text(6))
        }
    }

    /// As `RequestLogs.prune`.
    package func prune(olderThan cutoff: Timestamp) throws(StoreFault) -> Int {
        try LogPruning.prune("audit_logs", olderThan: cutoff, on: connection)
    }
}
