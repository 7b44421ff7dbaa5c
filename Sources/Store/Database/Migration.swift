// One step of the schema's history.

struct Migration: Sendable {
    let version: Int
    let name: String
    let apply: @Sendable (Connection) throws(StoreFault) -> Void

    /// Applies what the database has not seen, each step in its own transaction together with its record.
    static func run(_ migrations: [Migration], on connection: Connection, now: Timestamp) throws(StoreFault) {
        try connection.run(
            """
            CREATE TABLE IF NOT EXISTS schema_migrations (
                version INTEGER PRIMARY KEY, name TEXT NOT NULL, applied_at TEXT NOT NULL)
            """)
        let known = Set(try connection.rows("SELECT version FROM schema_migrations") { $0.int(0) })
        for migration in migrations where !known.contains(migration.version) {
            try connection.transaction { () throws(StoreFault) in
                try migration.apply(connection)
                try connection.run(
                    "INSERT INTO schema_migrations (version, name, applied_at) VALUES (?, ?, ?)",
                    .integer(migration.version), .text(migration.name), .time(now))
            }
        }
    }

    /// Adds a column unless a database of another age has it.
    static func addColumn(_ definition: String, to table: String, on connection: Connection) throws(StoreFault) {
        let name = String(definition.prefix { $0 != " " })
        let columns = try connection.rows("SELECT name FROM pragma_table_info(?)", .text(table)) { $0.text(0) }
        if !columns.contains(name) { try connection.run("ALTER TABLE \(table) ADD COLUMN \(definition)") }
    }
}
