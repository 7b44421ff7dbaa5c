// Addresses as they stand in URLs.

internal import Reactor

enum Addresses {
    static func text(_ address: SocketAddress) -> String {
        let host = address.host
        return host.contains(":") ? "[\(host)]:\(address.port)" : "\(host):\(address.port)"
    }

    /// An address that this machine can connect to: for a listener on all addresses the loopback one.
    static func reachable(_ address: SocketAddress) -> SocketAddress {
        switch address.host {
        case "::", "0.0.0.0": SocketAddress(literal: "127.0.0.1", port: address.port) ?? address
        default: address
        }
    }
}
