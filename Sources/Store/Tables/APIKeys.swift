// The table `api_keys`.

package struct APIKeys {
    let connection: Connection
    let keySpend: KeySpend

    private static let columns = """
        id, key_hash, key_prefix, key_digest, name, scopes, created_at, last_used_at, expires_at, rotated_at, \
        rotation_days, enabled, monthly_budget_usd, rate_limit_rps, budget_reset_at
        """

    private static func read(_ row: Statement) -> APIKeyRow {
        APIKeyRow(
            id: row.text(0), bcryptHash: row.text(1), prefix: row.text(2), digest: row.isNull(3) ? nil : row.blob(3),
            name: row.text(4), scopes: row.text(5), createdAt: row.time(6) ?? Timestamp(milliseconds: 0),
            lastUsedAt: row.time(7), expiresAt: expiry(row), rotatedAt: row.time(9), rotationDays: row.int(10),
            isEnabled: row.flag(11), monthlyBudgetNanoUSD: NanoUSD.fromDollars(row.real(12)), rateLimitRPS: row.int(13),
            budgetResetAt: row.time(14))
    }

    /// An expiry that cannot be read has passed: a key must not outlive its term because of a spelling.
    private static func expiry(_ row: Statement) -> Timestamp? {
        let text = row.text(8)
        return text.isEmpty ? nil : Timestamp(text) ?? Timestamp(milliseconds: 0)
    }

    /// All of them, the newest first.
    package func all() throws(StoreFault) -> [APIKeyRow] {
        let rows = try connection.rows("SELECT \(APIKeys.columns) FROM api_keys", each: APIKeys.read)
        // Sorted here, because three spellings of time do not sort as text.
        return rows.sorted { ($0.createdAt, $0.id) > ($1.createdAt, $1.id) }
    }

    package func find(_ id: String) throws(StoreFault) -> APIKeyRow? {
        try connection.row("SELECT \(APIKeys.columns) FROM api_keys WHERE id = ?", .text(id), each: APIKeys.read)
    }

    package func insert(_ row: APIKeyRow) throws(StoreFault) {
        try connection.run(
            "INSERT INTO api_keys (\(APIKeys.columns)) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            .text(row.id), .text(row.bcryptHash), .text(row.prefix), row.digest.map { .blob($0) } ?? .null,
            .text(row.name), .text(row.scopes), .time(row.createdAt), .time(row.lastUsedAt), .time(row.expiresAt),
            .time(row.rotatedAt), .integer(row.rotationDays), .flag(row.isEnabled),
            .real(NanoUSD.dollars(row.monthlyBudgetNanoUSD)), .integer(row.rateLimitRPS), .time(row.budgetResetAt))
    }

    /// Writes what an operator may change, which is everything but the secret, the id and the creation.
    package func update(_ row: APIKeyRow) throws(StoreFault) -> Bool {
        try connection.run(
            """
            UPDATE api_keys SET name = ?, scopes = ?, expires_at = ?, rotation_days = ?, enabled = ?,
                monthly_budget_usd = ?, rate_limit_rps = ? WHERE id = ?
            """,
            .text(row.name), .text(row.scopes), .time(row.expiresAt), .integer(row.rotationDays), .flag(row.isEnabled),
            .real(NanoUSD.dollars(row.monthlyBudgetNanoUSD)), .integer(row.rateLimitRPS), .text(row.id)) > 0
    }

    /// Replaces the secret. The old one is worth nothing from the commit on.
    package func rotate(_ id: String, to material: KeyMaterial, now: Timestamp) throws(StoreFault) -> Bool {
        try connection.run(
            "UPDATE api_keys SET key_hash = '', key_prefix = ?, key_digest = ?, rotated_at = ? WHERE id = ?",
            .text(material.prefix), .blob(material.digest), .time(now), .text(id)) > 0
    }

    /// Starts the month's spend again from nothing, from `now` on.
    package func resetBudget(_ id: String, now: Timestamp) throws(StoreFault) -> Bool {
        let found = try connection.transaction { () throws(StoreFault) in
            guard try connection.run("UPDATE api_keys SET budget_reset_at = ? WHERE id = ?", .time(now), .text(id)) > 0
            else { return false }
            try keySpend.write(id, since: now, cost: 0)
            return true
        }
        if found { keySpend.remember(id, since: now, cost: 0) }
        return found
    }

    /// Disables the keys whose term of rotation has passed. Returns them.
    package func disableOverdue(now: Timestamp) throws(StoreFault) -> [APIKeyRow] {
        let overdue = try all().filter { $0.isEnabled && ($0.rotationDueAt ?? now.advanced(byMS: 1)) <= now }
        try connection.transaction { () throws(StoreFault) in
            for row in overdue { try connection.run("UPDATE api_keys SET enabled = 0 WHERE id = ?", .text(row.id)) }
        }
        return overdue
    }

    /// Notes that keys were used. One transaction for all of them, since losing it costs nothing.
    package func touch(_ uses: [(id: String, at: Timestamp)]) throws(StoreFault) {
        try connection.transaction { () throws(StoreFault) in
            for use in uses {
                try connection.run("UPDATE api_keys SET last_used_at = ? WHERE id = ?", .time(use.at), .text(use.id))
            }
        }
    }

    /// Returns whether there was one.
    package func delete(_ id: String) throws(StoreFault) -> Bool {
        let found = try connection.transaction { () throws(StoreFault) in
            try connection.run("DELETE FROM key_spend WHERE api_key_id = ?", .text(id))
            return try connection.run("DELETE FROM api_keys WHERE id = ?", .text(id)) > 0
        }
        keySpend.forget(id)
        return found
    }

    /// Writes the bcrypt hash of one key that has none yet. Nobody waits for it: we look keys up by their digest, and only the
    /// original, should the database go back to it, reads the hash. About 100 ms when there is one.
    /// - Returns: whether there was one.
    package func stretchOne() throws(StoreFault) -> Bool {
        let next = try connection.row(
            "SELECT id, key_digest FROM api_keys WHERE key_hash = '' AND key_digest IS NOT NULL LIMIT 1"
        ) { ($0.text(0), $0.blob(1)) }
        guard let (id, digest) = next else { return false }
        // The digest is asked for again: the key may have been rotated by another process meanwhile.
        try connection.run(
            "UPDATE api_keys SET key_hash = ? WHERE id = ? AND key_digest = ?",
            .text(PasswordHash.make(Hex.encode(digest))), .text(id), .blob(digest))
        return true
    }

    /// Finds the key of the original that this plaintext opens and writes down its digest, so that the next request needs
    /// no bcrypt. Takes about 60 ms, whether the prefix is known or not.
    /// - Returns: the key's id; `nil` when the plaintext is nobody's.
    package func adoptLegacy(plaintext: [UInt8]) throws(StoreFault) -> String? {
        guard let material = KeyMaterial.shape(of: plaintext) else { return nil }
        let candidates = try connection.rows(
            "SELECT id, key_hash FROM api_keys WHERE key_prefix = ? AND key_digest IS NULL LIMIT ?",
            .text(material.prefix), .integer(Limits.legacyCandidatesMax)
        ) { ($0.text(0), $0.text(1)) }
        if candidates.isEmpty { _ = PasswordHash.matches(material.phrase, hash: PasswordHash.decoy) }
        for (id, hash) in candidates where PasswordHash.matches(material.phrase, hash: hash) {
            try connection.run("UPDATE api_keys SET key_digest = ? WHERE id = ?", .blob(material.digest), .text(id))
            return id
        }
        return nil
    }
}
