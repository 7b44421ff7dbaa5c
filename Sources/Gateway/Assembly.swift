// Puts the gateway together on its control thread, in the order in which the parts need each other.

internal import Glibc
internal import Reactor
internal import Sim
internal import Store
internal import Wire

/// Not Sendable: made, used and freed on the control thread.
final class Assembly {
    private let configuration: Configuration
    private let peers: Peers
    private let mailbox: Mailbox
    private let simulated: [Simulated]
    private let version: String

    init(configuration: Configuration, peers: Peers, mailbox: Mailbox, simulated: [Simulated], version: String) {
        self.configuration = configuration
        self.peers = peers
        self.mailbox = mailbox
        self.simulated = simulated
        self.version = version
    }

    /// Starts everything, tells `announce` how it went, and serves until the end.
    func run(portTries: Int, announce: (Result<Server.Started, Server.Fault>) -> Void) {
        var hosts: [SimHost] = []
        var cores: [Thread] = []
        defer { for host in hosts { host.stop() } }
        do throws(Server.Fault) {
            let log = LogSink()
            let state: ControlState
            do throws(StartFault) {
                state = try ControlState(configuration, now: Assembly.timestamp)
                hosts = try offer(to: state)
            } catch {
                throw .start(error)
            }
            let link = ControlLink(mailbox: mailbox)
            let control = ControlThread(
                state: state, link: link, peers: peers, log: log, version: version, clock: Assembly.clock)
            let resolver = try system("start the resolver") { () throws(SystemError) in
                try Resolver(admits: AddressPolicy.admits)
            }
            let resolving = try system("start the resolver") { () throws(SystemError) in try resolver.start() }
            let (address, running) = try startCores(state, link, resolver, portTries: portTries)
            cores = running
            announce(.success(started(state, address)))
            // Rows may wait, requests not: where there are fewer processors than threads the cores go first.
            Thread.stepBack(niceness: Limits.controlNiceness)
            control.run()
            for core in cores { core.join() }
            resolver.stop()
            resolving.join()
        } catch {
            announce(.failure(error))
        }
    }

    /// Starts the simulated providers and makes them known.
    private func offer(to state: ControlState) throws(StartFault) -> [SimHost] {
        var hosts: [SimHost] = []
        for (index, one) in simulated.enumerated() {
            do {
                let host = try SimHost(profile: one.profile, seed: UInt64(index) << 32)
                hosts.append(host)
                let row = ProviderRow(
                    id: one.provider, type: "sim", baseURL: "http://127.0.0.1:\(host.address.port)", origin: "sim")
                _ = try state.offer(row, key: nil, models: one.models, now: Assembly.timestamp)
            } catch let fault as StoreFault {
                for host in hosts { host.stop() }
                throw .store(fault)
            } catch {
                fatalError("no loopback socket for a simulated provider: \(error)")
            }
        }
        return hosts
    }

    // MARK: Cores

    private func startCores(
        _ state: ControlState, _ link: ControlLink, _ resolver: Resolver, portTries: Int
    ) throws(Server.Fault) -> (SocketAddress, [Thread]) {
        let wanted = try freeAddress(tries: portTries)
        let trust = try trust()
        let certificates = try certificates()
        var random = RandomBytes()
        let tickets = TLSTicketKeys(random: &random)
        let addresses = AddressRates()
        let choice = Driver.Choice(rawValue: configuration.reactor.rawValue) ?? .auto
        let settings = DataPlane.Settings(
            trust: trust, logsAccess: configuration.logLevel <= .info,
            origins: AllowedOrigins(configuration.corsOrigins), probesProviders: configuration.probesProviders)
        let processors = Processors.allowed
        let (peers, version) = (peers, version)
        _ = version
        var threads: [Thread] = []
        var bound = wanted
        for core in peers.mailboxes.indices {
            let snapshot = state.makeSnapshot()
            let seed = random.next()
            let answer = try system("start a core") { () throws(SystemError) in
                try OneShot<Result<SocketAddress, Server.Fault>>()
            }
            // Fewer cores than processors are left where the kernel puts them.
            let processor = peers.mailboxes.count == processors.count ? processors[core] : nil
            let address = bound
            let thread = try system("start a core") { () throws(SystemError) in
                try Thread(name: "core-\(core)", processor: processor) {
                    Assembly.serve(
                        core: core, choice: choice, address: address, peers: peers, resolver: resolver,
                        certificates: certificates, tickets: tickets,
                        plane: DataPlane(
                            core: core, snapshot: snapshot, control: link, addresses: addresses, settings: settings,
                            seed: seed), answer: answer)
                }
            }
            switch answer.wait() {
            case .success(let address): bound = address
            case .failure(let fault):
                thread.join()
                for mailbox in peers.mailboxes { mailbox.post(.drain(withinMS: 0)) }
                for thread in threads { thread.join() }
                throw fault
            }
            threads.append(thread)
        }
        return (bound, threads)
    }

    /// The life of one core's thread.
    private static func serve(
        core: Int, choice: Driver.Choice, address: SocketAddress, peers: Peers, resolver: Resolver,
        certificates: CertificateSource?, tickets: TLSTicketKeys, plane: DataPlane,
        answer: OneShot<Result<SocketAddress, Server.Fault>>
    ) {
        let loop: Loop
        do throws(SystemError) {
            loop = try Loop(
                core: core, driver: Driver.make(choice), settings: Loop.Settings(driver: choice), peers: peers,
                resolver: resolver, service: plane)
        } catch {
            return answer.put(.failure(.system(error, "start a core")))
        }
        var tls: TLSContext?
        if let certificates {
            do throws(TLSFault) {
                tls = try TLSContext(server: [certificates], ticketKeys: tickets)
            } catch {
                return answer.put(.failure(.tls(error, "TOKENHUB_TLS_CERT")))
            }
        }
        do throws(SystemError) {
            answer.put(.success(try loop.listen(address, tls: tls)))
        } catch {
            return answer.put(.failure(.system(error, "listen")))
        }
        do throws(SystemError) {
            try loop.run()
        } catch {
            // The kernel refuses to tell of events: nothing on this core can go on.
            fatalError("core \(core): \(error)")
        }
    }

    /// The first address from the configured one on that nobody listens at. With SO_REUSEPORT alone two gateways of one user
    /// would share a port in silence.
    private func freeAddress(tries: Int) throws(Server.Fault) -> SocketAddress {
        let host = configuration.listenAddress.host
        var failure = SystemError(call: "bind", code: EADDRINUSE)
        for offset in 0..<max(1, tries) {
            let port = configuration.listenAddress.port &+ UInt16(offset)
            for literal in Assembly.literals(of: host) {
                guard let address = SocketAddress(literal: literal, port: port) else {
                    throw .system(SystemError(call: "inet_pton", code: EINVAL), "TOKENHUB_LISTEN_ADDR")
                }
                do throws(SystemError) {
                    try Listener.probe(address)
                    return address
                } catch {
                    failure = error
                    if error.code == EADDRINUSE { break }
                }
            }
            if failure.code != EADDRINUSE { break }
        }
        throw .system(failure, "listen")
    }

    /// No host means every address, over IPv6 where the machine has it.
    private static func literals(of host: String) -> [String] {
        switch host {
        case "": ["::", "0.0.0.0"]
        case "localhost": ["127.0.0.1"]
        default: [host]
        }
    }

    // MARK: Files

    private func trust() throws(Server.Fault) -> TLSVerification {
        guard let path = configuration.authorityPath else { return .system() }
        do throws(PrivateFile.Fault) {
            return .system(additional: try Configuration.readSecretFile(path))
        } catch {
            throw .start(.file(path: path, fault: error))
        }
    }

    private func certificates() throws(Server.Fault) -> CertificateSource? {
        guard let files = configuration.tlsFiles else { return nil }
        do throws(TLSFault) {
            return try CertificateSource(chainFile: files.certificate, keyFile: files.key)
        } catch {
            throw .tls(error, files.certificate)
        }
    }

    private func started(_ state: ControlState, _ address: SocketAddress) -> Server.Started {
        Server.Started(
            address: address, isSecure: configuration.tlsFiles != nil, coreCount: peers.mailboxes.count,
            driver: configuration.reactor == .uring ? "io_uring" : "epoll", notices: state.notices,
            adminTokenPath: state.adminTokenPath,
            hostKeyPath: state.hostKey == nil ? nil : state.tokenFiles?.hostKeyPath,
            hostKey: state.hostKey.map { String(copying: $0.bytes) },
            modelCount: state.snapshot.models.count, providerCount: state.snapshot.providers.count)
    }

    private func system<Value>(
        _ doing: StaticString, _ body: () throws(SystemError) -> Value
    ) throws(Server.Fault) -> Value {
        do throws(SystemError) { return try body() } catch { throw .system(error, doing) }
    }

    private static var timestamp: Timestamp { Timestamp(milliseconds: Int64(clock().wall / 1_000_000)) }

    /// The clocks of the control thread; the cores read theirs through their drivers.
    private static func clock() -> (now: UInt64, wall: UInt64) {
        (SystemClock.now, SystemClock.wallClock)
    }
}
