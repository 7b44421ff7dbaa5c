// Why there is no control plane.

package import Store

package enum StartFault: Error, Equatable, Sendable, CustomStringConvertible {
    case store(StoreFault)
    /// The vault does not open with the password of the environment.
    case vault(VaultFault)
    case file(path: String, fault: PrivateFile.Fault)

    package var description: String {
        switch self {
        case .store(let fault): "TOKENHUB_DB_DSN: \(fault)"
        case .vault(let fault): "TOKENHUB_VAULT_PASSWORD: \(fault)"
        case .file(let path, let fault): "\(path): \(fault)"
        }
    }
}
