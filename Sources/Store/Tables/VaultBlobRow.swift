// The row of `vault_blob`.

package struct VaultBlobRow: Sendable, Equatable {
    package var salt: [UInt8]
    /// Name to sealed text, see `SealedText`.
    package var entries: [String: String]
    /// A known constant, sealed; empty in a database of the original.
    package var verifier: String
}
