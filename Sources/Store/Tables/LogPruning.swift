// Retention of the three logs.

enum LogPruning {
    /// Rows stand in order of time but for a queue's length, so the oldest are read by id until one is young enough.
    static func prune(_ table: String, olderThan cutoff: Timestamp, on connection: Connection) throws(StoreFault) -> Int
    {
        try connection.transaction { () throws(StoreFault) in
            let oldest = try connection.rows(
                "SELECT id, timestamp FROM \(table) ORDER BY id LIMIT ?", .integer(Limits.pruneRowsMax)
            ) { ($0.integer(0), $0.time(1)) }
            // A time that cannot be read belongs to whatever its neighbours belong to.
            let expired = oldest.prefix { ($0.1 ?? cutoff.advanced(byMS: -1)) < cutoff }
            guard let last = expired.last else { return 0 }
            return try connection.run("DELETE FROM \(table) WHERE id <= ?", .integer(last.0))
        }
    }
}
