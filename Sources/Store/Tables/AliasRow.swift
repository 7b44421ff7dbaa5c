// A row of `model_aliases`.

package struct AliasRow: Sendable, Equatable {
    package var name: String
    /// A JSON array of `{"model_id","weight"}`, as text that the caller has validated.
    package var variants: String
    package var isEnabled: Bool
    /// "", `request`, `api_key` or `round_robin`.
    package var stickyBy: String
    package var createdAt: Timestamp
    package var updatedAt: Timestamp

    package init(
        name: String, variants: String, isEnabled: Bool = true, stickyBy: String = "", createdAt: Timestamp,
        updatedAt: Timestamp
    ) {
        self.name = name
        self.variants = variants
        self.isEnabled = isEnabled
        self.stickyBy = stickyBy
        self.createdAt = createdAt
        self.updatedAt = updatedAt
    }
}
