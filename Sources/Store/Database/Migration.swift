// One step of the schema's history.

struct Migration: Sendable {
    let version: Int
    let name: String
    let apply: @Sendable (Connection) throws(StoreFault) -> Void

    /// Applies what the database has not seen, with the record of it: all steps or none, and one wait for the disk.
    static func run(_ migrations: [Migration], on connection: Connection, now: Timestamp) throws(StoreFault) {
        let isRecorded =
            try connection.row("SELECT 1 FROM sqlite_schema WHERE name = 'schema_migrations'", each: { $0.int(0) })
            != nil
        var known: Set<Int> = []
        if isRecorded { known = Set(try connection.rows("SELECT version FROM schema_migrations") { $0.int(0) }) }
        // A start that finds nothing to do writes nothing.
        if migrations.allSatisfy({ known.contains($0.version) }) { return }
        try connection.transaction { () throws(StoreFault) in
            try connection.run(
                """
                CREATE TABLE IF NOT EXISTS schema_migrations (
                    version INTEGER PRIMARY KEY, name TEXT NOT NULL, applied_at TEXT NOT NULL)
                """)
            for migration in migrations where !known.contains(migration.version) {
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
