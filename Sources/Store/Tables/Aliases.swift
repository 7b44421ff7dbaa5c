// The table `model_aliases`.

package struct Aliases {
    let connection: Connection

    private static let columns = "name, variants, enabled, sticky_by, created_at, updated_at"

    private static func read(_ row: Statement) -> AliasRow {
        AliasRow(
            name: row.text(0), variants: row.text(1), isEnabled: row.flag(2), stickyBy: row.text(3),
            createdAt: row.time(4) ?? Timestamp(milliseconds: 0), updatedAt: row.time(5) ?? Timestamp(milliseconds: 0))
    }

    /// All of them, by name.
    package func all() throws(StoreFault) -> [AliasRow] {
        try connection.rows("SELECT \(Aliases.columns) FROM model_aliases ORDER BY name", each: Aliases.read)
    }

    package func find(_ name: String) throws(StoreFault) -> AliasRow? {
        try connection.row(
            "SELECT \(Aliases.columns) FROM model_aliases WHERE name = ?", .text(name), each: Aliases.read)
    }

    /// An existing alias keeps its time of creation.
    package func upsert(_ row: AliasRow) throws(StoreFault) {
        try connection.run(
            """
            INSERT INTO model_aliases (\(Aliases.columns)) VALUES (?, ?, ?, ?, ?, ?)
            ON CONFLICT(name) DO UPDATE SET variants = excluded.variants, enabled = excluded.enabled,
                sticky_by = excluded.sticky_by, updated_at = excluded.updated_at
            """,
            .text(row.name), .text(row.variants), .flag(row.isEnabled), .text(row.stickyBy), .time(row.createdAt),
            .time(row.updatedAt))
    }

    /// Returns whether there was one.
    package func delete(_ name: String) throws(StoreFault) -> Bool {
        try connection.run("DELETE FROM model_aliases WHERE name = ?", .text(name)) > 0
    }
}
