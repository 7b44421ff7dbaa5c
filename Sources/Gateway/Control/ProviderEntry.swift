// A provider as the data plane sees it.

package import Adapters

package final class ProviderEntry: Sendable {
    package let id: String
    /// The line of an answer's head that names it, and the member of a log line.
    package let headerLine: [UInt8]
    package let logMember: [UInt8]
    package let idBytes: [UInt8]
    package let dialect: Provider
    package let target: Target
    /// Host name or literal to connect to, without brackets.
    package let host: String
    package let port: UInt16
    package let isSecure: Bool
    package let isEnabled: Bool
    /// It understands `stream_options`: ask for usage where the client did not, and take it out again.
    package let asksForUsage: Bool

    package init(
        id: String, dialect: Provider, target: Target, host: String, port: UInt16, isSecure: Bool, isEnabled: Bool,
        asksForUsage: Bool = true
    ) {
        self.id = id
        headerLine = Array("x-tokenhub-provider: ".utf8) + HeaderValue.of(id) + [13, 10]
        logMember = Array(",\"provider\":".utf8) + JSONLiteral.of(id)
        idBytes = Array(id.utf8)
        self.dialect = dialect
        self.target = target
        self.host = host
        self.port = port
        self.isSecure = isSecure
        self.isEnabled = isEnabled
        self.asksForUsage = asksForUsage
    }

    /// Connections to the one serve the other.
    package func hasSameAddress(as other: ProviderEntry) -> Bool {
        host == other.host && port == other.port && isSecure == other.isSecure
    }
}
