// Why the vault does not do as it is told.

package enum VaultFault: Error, Equatable, Sendable {
    /// Switched off by configuration.
    case disabled
    case locked
    case passwordTooShort
    case passwordTooLong
    case wrongPassword
    case secretTooLong
    /// The entry of this name cannot be opened with the vault's key.
    case corrupt(String)
    case store(StoreFault)
}

extension VaultFault: CustomStringConvertible {
    package var description: String {
        switch self {
        case .disabled: "vault not enabled"
        case .locked: "vault is locked"
        case .passwordTooShort: "the password needs at least \(Limits.vaultPasswordBytesMin) bytes"
        case .passwordTooLong: "the password has more than \(Limits.vaultPasswordBytesMax) bytes"
        case .wrongPassword: "wrong password"
        case .secretTooLong: "the secret has more than \(Limits.secretBytesMax) bytes"
        case .corrupt(let name): "the entry \(name) cannot be opened"
        case .store(let fault): fault.description
        }
    }
}
