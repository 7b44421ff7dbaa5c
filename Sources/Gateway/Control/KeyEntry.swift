// A client key as the data plane sees it. The key itself is not here, only its digest.

package final class KeyEntry: Sendable {
    package let id: String
    /// The member of a log line that names it.
    package let logMember: [UInt8]
    package let name: String
    /// SHA-256 of the whole key text, 32 bytes.
    package let digest: [UInt8]
    package let scopes: Scopes
    package let isEnabled: Bool
    /// Seconds since 1970 from which the key is refused; nil: never.
    package let expiresAt: Int64?
    /// Requests per second; 0: the gateway's default, -1: no limit.
    package let rateLimitRPS: Int
    /// Nano-dollars per calendar month (UTC); nil: no budget.
    package let monthlyBudgetNanoUSD: Int64?
    /// Shared by all cores and kept over snapshots.
    package let state: KeyState

    /// Lets a request through, or says after how many nanoseconds one would pass.
    /// - Parameter rate: requests per second.
    func admit(now: UInt64, rate: Int) -> UInt64 { state.admit(now: now, ratePerSecond: rate, burst: rate * 2) }

    package init(
        id: String, name: String, digest: [UInt8], scopes: Scopes, isEnabled: Bool, expiresAt: Int64?,
        rateLimitRPS: Int,
        monthlyBudgetNanoUSD: Int64?, state: KeyState
    ) {
        self.id = id
        logMember = Array(",\"api_key_id\":".utf8) + JSONLiteral.of(id)
        self.name = name
        self.digest = digest
        self.scopes = scopes
        self.isEnabled = isEnabled
        self.expiresAt = expiresAt
        self.rateLimitRPS = rateLimitRPS
        self.monthlyBudgetNanoUSD = monthlyBudgetNanoUSD
        self.state = state
    }
}
