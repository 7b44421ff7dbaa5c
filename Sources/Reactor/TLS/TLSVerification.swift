// Whose certificates a client context accepts.

/// The host name is verified in every case but the last, and the last one has to be spelt out.
package enum TLSVerification: Sendable {
    /// The system's trust store (or what SSL_CERT_FILE and SSL_CERT_DIR name instead), plus the authorities in `additional` (PEM; empty: none).
    case system(additional: [UInt8] = [])
    /// These authorities (PEM) and no others: for private networks.
    case only([UInt8])
    /// Accepts any certificate of anybody. The reason is what the caller shows to the operator on every start.
    case insecureForTests(reason: StaticString)
}
