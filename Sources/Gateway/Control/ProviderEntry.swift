// A provider as the data plane sees it.

package import Adapters

package struct ProviderEntry: Sendable {
    package let id: String
    /// `id` as a JSON string, quotes included.
    package let nameLiteral: [UInt8]
    /// `id` as it may stand in a header: visible ASCII, anything else percent-encoded.
    package let headerValue: [UInt8]
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
    /// Milliseconds to connect, to the first byte, and between two receives of a stream.
    package let connectTimeoutMS: Int
    package let firstByteTimeoutMS: Int
    package let betweenBytesTimeoutMS: Int

    package init(
        id: String, dialect: Provider, target: Target, host: String, port: UInt16, isSecure: Bool, isEnabled: Bool,
        asksForUsage: Bool = true, connectTimeoutMS: Int = 5_000, firstByteTimeoutMS: Int = 30_000,
        betweenBytesTimeoutMS: Int = 120_000
    ) {
        self.id = id
        nameLiteral = JSONLiteral.of(id)
        headerValue = HeaderValue.of(id)
        idBytes = Array(id.utf8)
        self.dialect = dialect
        self.target = target
        self.host = host
        self.port = port
        self.isSecure = isSecure
        self.isEnabled = isEnabled
        self.asksForUsage = asksForUsage
        self.connectTimeoutMS = connectTimeoutMS
        self.firstByteTimeoutMS = firstByteTimeoutMS
        self.betweenBytesTimeoutMS = betweenBytesTimeoutMS
    }

    /// Connections to the one serve the other.
    package func hasSameAddress(as other: ProviderEntry) -> Bool {
        host == other.host && port == other.port && isSecure == other.isSecure
    }
}
