// One or two cores with a test's service, its clients and its endpoints, on any kernel, in one thread.

import Glibc
@testable import Reactor
import Testing
import Wire

final class World {
    struct Nudge: Sendable {}
    struct Stuck: Error { let what: String }

    let kernel: Kernel
    let seed: UInt64
    let network: SimulatedNetwork?
    let peers: Peers
    private(set) var loops: [Loop] = []
    private(set) var services: [RelayService] = []
    /// Where the cores listen.
    private(set) var address = SocketAddress()
    /// The receiving of clients and servers over a real kernel; nothing is registered here.
    let door: EpollDriver
    let scratch = Scratch()
    private var clients: [TestPeer] = []
    private var servers: [(descriptor: Int32, accept: (TestPeer) -> Void)] = []
    private var nextHost = 1
    private var turnCount = 0
    private var plans: [(turn: Int, act: () -> Void)] = []

    var loop: Loop { loops[0] }
    var service: RelayService { services[0] }

    init(
        _ kernel: Kernel, cores: Int = 1, seed: UInt64 = UInt64.random(in: 0..<1 << 32), tls: TLSContext? = nil,
        bodyBytesMax: Int = 1 << 20, weather: SimulatedWeather? = nil
    ) throws {
        self.kernel = kernel
        self.seed = seed
        door = try EpollDriver()
        peers = try Peers(count: cores)
        switch kernel {
        case .epoll, .uring: network = nil
        case .calm: network = SimulatedNetwork(seed: seed, weather: weather ?? .calm)
        case .rough: network = SimulatedNetwork(seed: seed, weather: weather ?? .rough)
        }
        var wanted = try World.literal(network == nil ? "127.0.0.1" : "10.1.0.1", 0)
        for core in 0..<cores {
            let driver: Driver
            if let network {
                driver = .simulated(SimulatedDriver(network))
            } else {
                driver = try Driver.make(kernel == .uring ? .uring : .epoll)
            }
            let service = RelayService()
            let settings = Loop.Settings(driver: .auto, bodyBytesMax: bodyBytesMax)
            loops.append(
                try Loop(
                    core: core, driver: driver, settings: settings, peers: peers, resolver: nil, service: service))
            services.append(service)
            wanted = try loops[core].listen(wanted, tls: tls)
        }
        address = wanted
    }

    deinit {
        for peer in clients { peer.close() }
        for server in servers { Socket.close(server.descriptor) }
        for service in services { service.letGo() }
    }

    static func literal(_ host: String, _ port: UInt16) throws -> SocketAddress {
        try #require(SocketAddress(literal: host, port: port))
    }

    // MARK: Peers

    /// A client of the cores.
    func connect(to other: SocketAddress? = nil) throws -> TestPeer {
        let address = other ?? address
        let peer: TestPeer
        if let network {
            peer = TestPeer(simulated: network.connect(to: address))
        } else {
            peer = TestPeer(kernel: self, try Socket.connect(address))
        }
        clients.append(peer)
        return peer
    }

    /// A scripted endpoint: `accept` is called for every connection to it. Core 0's service knows it as `name`.
    @discardableResult
    func serve(
        _ name: String, tls: TLSContext? = nil, connectionsMax: Int = 64, host: String? = nil,
        accept: @escaping (TestPeer) -> Void
    ) throws -> SocketAddress {
        let address: SocketAddress
        if let network {
            address = try World.literal("10.2.0.\(nextHost)", 443)
            nextHost += 1
            network.serve(address) { [weak self] simulated in
                let peer = TestPeer(simulated: simulated)
                self?.clients.append(peer)
                accept(peer)
            }
        } else {
            let descriptor = try Socket.listen(World.literal("127.0.0.1", 0), reusePort: false)
            address = try Socket.localAddress(descriptor)
            servers.append((descriptor, accept))
        }
        for service in services {
            let endpoint = Endpoint(
                host: host ?? address.host, port: address.port, tls: tls, connectionsMax: connectionsMax)
            service.endpoints[name] = endpoint
            if let host, let network { network.names[host] = [address] } else { endpoint.addresses = [address] }
            endpoint.addressesUntil = network != nil && host != nil ? 0 : .max
        }
        return address
    }

    // MARK: Turning

    /// Calls `act` after so many turns.
    func after(turns: Int, _ act: @escaping () -> Void) { plans.append((turnCount + turns, act)) }

    func turn() throws {
        turnCount += 1
        for plan in plans where plan.turn <= turnCount { plan.act() }
        plans.removeAll { $0.turn <= turnCount }
        pump()
        for loop in loops {
            // Several real cores share this thread: none may sleep while another has work.
            if network == nil, loops.count > 1 { loop.mailbox.post(.delivery(Nudge())) }
            try loop.tick()
        }
        pump()
    }

    private func pump() {
        guard network == nil else { return }
        for (descriptor, accept) in servers {
            while let accepted = try? Socket.accept(descriptor) {
                let peer = TestPeer(kernel: self, accepted)
                clients.append(peer)
                accept(peer)
            }
        }
        for peer in clients { peer.pump() }
    }

    /// Turns until `condition` holds; throws after ten seconds, or ten simulated minutes.
    func until(_ what: String, _ condition: () throws -> Bool) throws {
        let start = loop.driver.now
        let patience: UInt64 = network == nil ? 10_000_000_000 : 600_000_000_000
        while try !condition() {
            guard loop.driver.now - start < patience else {
                Issue.record("\(kernel), seed \(seed): never \(what)")
                throw Stuck(what: what)
            }
            try turn()
        }
    }

    /// Lets simulated time pass; nothing on a real kernel.
    func pass(milliseconds: Int) throws {
        guard let network else { return }
        let due = network.now + UInt64(milliseconds) * 1_000_000
        while network.now < due { try turn() }
    }

    /// The bytes a client gets until so many answers are whole.
    func answers(_ count: Int, to client: TestPeer) throws -> [Answer] {
        try until("\(count) answers") { try client.answers().count >= count || client.hasEnd || client.fault != 0 }
        let answers = try client.answers()
        #expect(answers.count == count, "\(kernel), seed \(seed): \(answers.count) answers")
        return answers
    }

    /// Drains, and holds everything to account.
    func finish(withinMS: Int = 0) throws {
        for loop in loops { loop.mailbox.post(.drain(withinMS: withinMS)) }
        try until("drained") { services.allSatisfy(\.isDrained) }
        for (index, loop) in loops.enumerated() {
            let place: Comment = "\(kernel), seed \(seed), core \(index)"
            #expect(loop.clientCount == 0, place)
            #expect(loop.upstreamCount == 0, place)
            #expect(loop.blocks.takenCount == 0, place)
            #expect(loop.bodyBytesReserved == 0, place)
            #expect(services[index].exchanges.isEmpty, place)
            #expect(services[index].endpoints.values.allSatisfy { $0.connectionCount == 0 && $0.idle.isEmpty }, place)
        }
        if let network {
            #expect(network.openCount == 0, "\(kernel), seed \(seed)")
        } else {
            try expectAllClosed()
        }
    }

    /// Every descriptor of the cores is closed: the drivers hold none, and every peer has seen its end.
    private func expectAllClosed() throws {
        try until("every socket closed") { loops.allSatisfy { $0.driver.openSocketCount == 0 } }
        for peer in clients { peer.isReading = true }
        try until("every peer left") { clients.allSatisfy { $0.isClosed || $0.hasEnd || $0.fault != 0 } }
    }
}
