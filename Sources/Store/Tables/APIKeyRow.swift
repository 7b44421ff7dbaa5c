// A row of `api_keys`.

package struct APIKeyRow: Sendable, Equatable {
    package var id: String
    /// bcrypt over the lower-case hexadecimal SHA-256 of the plaintext, as the original keeps it; empty until `stretchOne`
    /// comes to it.
    package var bcryptHash: String
    /// `tokenhub_` and eight hexadecimal digits.
    package var prefix: String
    /// SHA-256 of the plaintext; `nil` for a key of the original that has not been used with us.
    package var digest: [UInt8]?
    package var name: String
    /// A JSON array of strings as text; empty or `[]` for everything.
    package var scopes: String
    package var createdAt: Timestamp
    package var lastUsedAt: Timestamp?
    package var expiresAt: Timestamp?
    package var rotatedAt: Timestamp?
    package var rotationDays: Int
    package var isEnabled: Bool
    /// 0 for no budget.
    package var monthlyBudgetNanoUSD: Int64
    /// 0 for the gateway's default, -1 for no limit.
    package var rateLimitRPS: Int
    package var budgetResetAt: Timestamp?

    package init(
        id: String, bcryptHash: String = "", prefix: String, digest: [UInt8]?, name: String,
        scopes: String = #"["chat","plan"]"#, createdAt: Timestamp, lastUsedAt: Timestamp? = nil,
        expiresAt: Timestamp? = nil, rotatedAt: Timestamp? = nil, rotationDays: Int = 0, isEnabled: Bool = true,
        monthlyBudgetNanoUSD: Int64 = 0, rateLimitRPS: Int = 0, budgetResetAt: Timestamp? = nil
    ) {
        self.id = id
        self.bcryptHash = bcryptHash
        self.prefix = prefix
        self.digest = digest
        self.name = name
        self.scopes = scopes
        self.createdAt = createdAt
        self.lastUsedAt = lastUsedAt
        self.expiresAt = expiresAt
        self.rotatedAt = rotatedAt
        self.rotationDays = rotationDays
        self.isEnabled = isEnabled
        self.monthlyBudgetNanoUSD = monthlyBudgetNanoUSD
        self.rateLimitRPS = rateLimitRPS
        self.budgetResetAt = budgetResetAt
    }

    /// When enforcement of `rotationDays` disables the key, counted from its last rotation.
    package var rotationDueAt: Timestamp? {
        guard rotationDays > 0 else { return nil }
        return (rotatedAt ?? createdAt).advanced(byMS: Int64(rotationDays) * Timestamp.millisecondsPerDay)
    }
}
