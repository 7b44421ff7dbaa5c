// The table `providers`.

package struct Providers {
    let connection: Connection

    private static let columns = "id, type, enabled, base_url, cred_store, origin, timeout_ms"

    private static func read(_ row: Statement) -> ProviderRow {
        ProviderRow(
            id: row.text(0), type: row.text(1), isEnabled: row.flag(2), baseURL: row.text(3),
            credentialStore: row.text(4), origin: row.text(5), timeoutMS: row.int(6))
    }

    /// All of them, by id.
    package func all() throws(StoreFault) -> [ProviderRow] {
        try connection.rows("SELECT \(Providers.columns) FROM providers ORDER BY id", each: Providers.read)
    }

    package func find(_ id: String) throws(StoreFault) -> ProviderRow? {
        try connection.row("SELECT \(Providers.columns) FROM providers WHERE id = ?", .text(id), each: Providers.read)
    }

    package func upsert(_ row: ProviderRow) throws(StoreFault) {
        // Not INSERT OR REPLACE: that deletes the row first, and its models with it.
        try connection.run(
            """
            INSERT INTO providers (\(Providers.columns)) VALUES (?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT(id) DO UPDATE SET type = excluded.type, enabled = excluded.enabled, base_url = excluded.base_url,
                cred_store = excluded.cred_store, origin = excluded.origin, timeout_ms = excluded.timeout_ms
            """,
            .text(row.id), .text(row.type), .flag(row.isEnabled), .text(row.baseURL), .text(row.credentialStore),
            .text(row.origin), .integer(row.timeoutMS))
    }

    /// Removes the provider and its models. Returns whether there was one.
    package func delete(_ id: String) throws(StoreFault) -> Bool {
        try connection.transaction { () throws(StoreFault) in
            // Early databases of the original have the reference without its cascade.
            try connection.run("DELETE FROM models WHERE provider_id = ?", .text(id))
            return try connection.run("DELETE FROM providers WHERE id = ?", .text(id)) > 0
        }
    }
}
