// A simulated provider on a thread of its own, at a loopback address.

internal import Glibc
package import Reactor

package final class SimHost: Sendable {
    /// Where it listens.
    package let address: SocketAddress
    private let mailbox: Mailbox
    private let thread: Thread

    /// Starts listening and serving.
    /// - Parameter port: 0 picks a free one.
    /// - Parameter certificate: speak TLS with it.
    package init(
        profile: SimProfile, seed: UInt64, port: UInt16 = 0, driver: Driver.Choice = .auto, processor: Int? = nil,
        certificate: CertificateSource? = nil
    ) throws(SystemError) {
        let peers = try Peers(count: 1)
        mailbox = peers.mailboxes[0]
        guard let wanted = SocketAddress(literal: "127.0.0.1", port: port) else {
            preconditionFailure("the loopback address is a literal")
        }
        let found = try OneShot<Result<SocketAddress, SystemError>>()
        thread = try Thread(name: "sim", processor: processor) {
            do throws(SystemError) {
                let loop = try Loop(
                    core: 0, driver: Driver.make(driver), settings: Loop.Settings(driver: driver), peers: peers,
                    resolver: nil,
                    service: SimServer(profile: profile, seed: seed))
                found.put(.success(try loop.listen(wanted, tls: SimHost.context(certificate))))
                try loop.run()
            } catch {
                found.put(.failure(error))
            }
        }
        address = try found.wait().get()
    }

    private static func context(_ certificate: CertificateSource?) throws(SystemError) -> TLSContext? {
        guard let certificate else { return nil }
        var random = RandomBytes()
        do throws(TLSFault) {
            return try TLSContext(server: [certificate], ticketKeys: TLSTicketKeys(random: &random))
        } catch {
            // Certificate or key is none, or they do not belong together.
            throw SystemError(call: "SSL_CTX_use_certificate", code: EINVAL)
        }
    }

    /// Ends the server; requests under way are cut.
    package func stop() {
        mailbox.post(.drain(withinMS: 0))
        thread.join()
    }
}
