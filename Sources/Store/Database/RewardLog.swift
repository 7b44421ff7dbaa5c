// The reward log of a database that may be in use: read only, by another process than the gateway.

/// Takes no lock for longer than one page of rows is read, and none that a writer waits for.
package final class RewardLog {
    package let rewards: Rewards
    private let connection: Connection

    /// - Throws: `badSource` for a database in which no gateway of ours has logged decisions.
    package init(_ source: DataSource) throws(StoreFault) {
        guard source.path != nil else { throw .badSource("a database in memory has no log that could be read") }
        connection = try Connection(source, isReader: true)
        rewards = Rewards(connection: connection)
        let columns = try connection.row(
            "SELECT count(*) FROM pragma_table_info('reward_logs') WHERE name IN ('probability', 'candidates', 'score')"
        ) { $0.integer(0) }
        guard columns == 3 else {
            throw .badSource("no decisions are logged in it; has this gateway ever run on it?")
        }
    }

    /// Of the newest row; 0 when there is none.
    package func lastID() throws(StoreFault) -> Int64 {
        try connection.row("SELECT coalesce(max(id), 0) FROM reward_logs") { $0.integer(0) } ?? 0
    }
}
