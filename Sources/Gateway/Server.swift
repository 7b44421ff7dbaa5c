// The whole gateway: opens the store, starts the cores, and runs the control thread until all have drained.

package import Reactor
internal import Sim
internal import Store

package final class Server: Sendable {
    /// What the operator is told when it serves.
    package struct Started: Sendable {
        package let address: SocketAddress
        package let isSecure: Bool
        package let coreCount: Int
        package let driver: String
        package let notices: [String]
        /// The files that hold the admin token and the key `host-local`; `nil` when there is none.
        package let adminTokenPath: String?
        package let hostKeyPath: String?
        /// The key `host-local`, where it is known; only the demo shows it.
        package let hostKey: String?
        package let modelCount: Int
        package let providerCount: Int
    }

    package enum Fault: Error, CustomStringConvertible {
        case start(StartFault)
        case system(SystemError, StaticString)
        case tls(TLSFault, String)

        package var description: String {
            switch self {
            case .start(let fault): "\(fault)"
            case .system(let error, let doing): "\(doing): \(error)"
            case .tls(let fault, let file): "\(file): \(fault)"
            }
        }
    }

    package let started: Started
    private let peers: Peers
    private let control: Mailbox
    private let thread: Thread
    private let drainMS: Int

    /// Starts everything and returns when requests are served.
    /// - Parameter portTries: how many ports from the configured one on are tried when it is taken.
    package init(
        _ configuration: Configuration, simulated: [Simulated] = [], portTries: Int = 1, version: String
    ) throws(Fault) {
        drainMS = configuration.drainMS
        let answer: OneShot<Result<Started, Fault>>
        do throws(SystemError) {
            let count = configuration.coreCount == 0 ? Processors.allowed.count : configuration.coreCount
            let peers = try Peers(count: count)
            let mailbox = try Mailbox()
            let found = try OneShot<Result<Started, Fault>>()
            self.peers = peers
            control = mailbox
            answer = found
            thread = try Thread(name: "control") {
                let assembly = Assembly(
                    configuration: configuration, peers: peers, mailbox: mailbox, simulated: simulated, version: version
                )
                assembly.run(portTries: portTries) { found.put($0) }
            }
        } catch {
            throw .system(error, "start")
        }
        started = try answer.wait().get()
    }

    /// Stops taking requests, lets those under way finish within the drain time, and ends.
    package func drain() {
        for mailbox in peers.mailboxes { mailbox.post(.drain(withinMS: drainMS)) }
    }

    /// Reads the credentials file anew; on a fault everything stays as it was.
    package func reload() { control.post(.delivery(ControlMessage.reload)) }

    /// Waits until everything has ended and the store is closed.
    package func join() { thread.join() }
}
