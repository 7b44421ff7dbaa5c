// A socket at which one core takes connections.

internal import Wire

package final class Listener {
    let descriptor: Int32
    let token: Token
    /// Certificates of this core for new connections; nil: plain HTTP.
    var tls: TLSContext?

    init(descriptor: Int32, index: Int, tls: TLSContext?) {
        self.descriptor = descriptor
        token = Token(kind: .listener, slot: index, generation: 0)
        self.tls = tls
    }

    /// Checks that nobody listens at `address`; port 0 always passes.
    package static func probe(_ address: SocketAddress) throws(SystemError) {
        Socket.close(try Socket.listen(address, reusePort: false))
    }
}
