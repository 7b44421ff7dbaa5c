// Where the gateway listens, in Go's spelling: `:8090`, `127.0.0.1:8090`, `[::1]:8090`.

package struct ListenAddress: Sendable, Equatable, CustomStringConvertible {
    /// Empty for every address of the machine.
    package let host: String
    package let port: UInt16

    package init(host: String, port: UInt16) {
        self.host = host
        self.port = port
    }

    /// `nil` unless there is a port, and square brackets around an IPv6 address.
    package init?(_ text: String) {
        guard let colon = text.lastIndex(of: ":"), let port = UInt16(text[text.index(after: colon)...]) else {
            return nil
        }
        var name = text[..<colon]
        if name.hasPrefix("[") && name.hasSuffix("]") {
            name = name.dropFirst().dropLast()
        } else if name.contains(":") {
            return nil
        }
        guard name.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else { return nil }
        host = String(name)
        self.port = port
    }

    package var description: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }
}
