// A provider as the data plane sees it.

package import Adapters

package final class ProviderEntry: Sendable {
    package let id: String
    package let idBytes: [UInt8]
    package let dialect: Provider
    /// What it can be asked for, as such or translated.
    package let answers: OperationSet
    /// At least one. All serve the same models.
    package let addresses: [ProviderAddress]
    package let isEnabled: Bool
    /// It understands `stream_options`: ask for usage where the client did not, and take it out again.
    package let asksForUsage: Bool

    package init(
        id: String, dialect: Provider, target: Target, host: String, port: UInt16, isSecure: Bool,
        others: [ProviderAddress] = [], isEnabled: Bool, asksForUsage: Bool = true
    ) {
        self.id = id
        idBytes = Array(id.utf8)
        self.dialect = dialect
        answers = Operation.allCases.reduce(into: OperationSet()) { answers, operation in
            if dialect.passage(of: operation) != nil { answers.insert(OperationSet(operation)) }
        }
        addresses = [ProviderAddress(target: target, host: host, port: port, isSecure: isSecure)] + others
        self.isEnabled = isEnabled
        self.asksForUsage = asksForUsage
    }

    /// Connections to the one serve the other.
    package func hasSameAddress(as other: ProviderEntry) -> Bool {
        addresses.count == other.addresses.count
            && zip(addresses, other.addresses).allSatisfy { $0.isSamePlace(as: $1) }
    }
}
