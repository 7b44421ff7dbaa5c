// One address of a provider as one core knows it: where it is, and the connections kept to it.

package final class Endpoint {
    package let host: String
    package let port: UInt16
    /// Encrypts connections when set; shared by all endpoints with the same trust.
    let tls: TLSContext?
    /// Connections this core may have to it at once (count).
    let connectionsMax: Int

    /// Connections that wait to be leased, newest last.
    var idle: [UpstreamConnection] = []
    /// All connections of this core to it, idle or not.
    package internal(set) var connectionCount = 0
    /// Those that work for a request.
    package var leasedCount: Int { connectionCount - idle.count }
    /// What the name last resolved to; literals are their own answer.
    var addresses: [SocketAddress] = []
    var nextAddress = 0
    /// Nanoseconds on the loop's clock until which `addresses` may be used.
    var addressesUntil: UInt64 = 0
    /// Connections that wait for the name to be resolved.
    var waiting: [Token] = []

    package init(host: String, port: UInt16, tls: TLSContext?, connectionsMax: Int = Limits.upstreamsPerEndpointMax) {
        self.host = host
        self.port = port
        self.tls = tls
        self.connectionsMax = connectionsMax
        if let literal = SocketAddress(literal: host, port: port) {
            addresses = [literal]
            addressesUntil = .max
        }
    }
}
