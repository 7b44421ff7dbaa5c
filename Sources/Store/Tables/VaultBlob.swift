// The table `vault_blob`, which has one row or none.

package struct VaultBlob {
    let connection: Connection

    /// - Throws: `StoreFault.corrupt` when the row is there and cannot be read: it must not be taken for an empty vault.
    package func load() throws(StoreFault) -> VaultBlobRow? {
        try connection.row("SELECT salt, data, verifier FROM vault_blob WHERE id = 1") { (row) throws(StoreFault) in
            let data = row.text(1)
            // Go writes an empty map as `null` before the first secret.
            guard let entries = data == "null" || data.isEmpty ? [:] : StringJSON.decodeObject(data) else {
                throw .corrupt("vault_blob.data is no JSON object of strings")
            }
            return VaultBlobRow(salt: row.blob(0), entries: entries, verifier: row.text(2))
        }
    }

    package func save(_ row: VaultBlobRow) throws(StoreFault) {
        try connection.run(
            """
            INSERT INTO vault_blob (id, salt, data, verifier) VALUES (1, ?, ?, ?)
            ON CONFLICT(id) DO UPDATE SET salt = excluded.salt, data = excluded.data, verifier = excluded.verifier
            """,
            .blob(row.salt), .text(StringJSON.encode(row.entries)), .text(row.verifier))
    }
}
