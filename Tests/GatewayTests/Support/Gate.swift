// The whole data plane between scripted clients and simulated providers, on any kernel, in one thread.

import Glibc
import Sim
import Store
import Testing
import Wire

@testable import Gateway
@testable import Reactor

final class Gate {
    struct Stuck: Error { let what: String }

    /// A record as the control thread gets it, with the names its indices stand for.
    struct Row {
        let record: RequestRecord
        /// The error label.
        let error: String
        let model: String
        let provider: String
        let key: String
    }

    let kernel: Kernel
    let seed: UInt64
    let network: SimulatedNetwork?
    private(set) var plan: Plan
    private(set) var loops: [Loop] = []
    private(set) var planes: [DataPlane] = []
    private(set) var sims: [String: SimServer] = [:]
    private var simLoops: [Loop] = []
    private let control: Mailbox
    let link: ControlLink
    private(set) var addresses: [String: SocketAddress] = [:]
    /// Where the cores listen.
    private(set) var address = SocketAddress()
    private var snapshotVersion = 1
    private let door: Client.Door
    private var clients: [Client] = []
    private var listeners: [(descriptor: Int32, accept: (Client) -> Void)] = []

    // What the control thread has heard.
    private(set) var rows: [Row] = []
    private(set) var rewards: [RewardRow] = []
    lazy var arms = ArmLedger(
        coreCount: loops.count, snapshot: plane.snapshot, forgetting: plan.settings.forgetting)
    private(set) var log: [UInt8] = []
    private(set) var calls: [AdminCall] = []
    private(set) var legacyQuestions: [(core: Int, digest: [UInt8])] = []
    private(set) var health: [[ProviderHealth]] = []
    private(set) var figures: [LoopFigures?] = []
    /// Clients that listened to events and do not any more.
    private(set) var listenersLeft = 0
    private(set) var drainedCores: Set<Int> = []
    private(set) var modelsWithoutBudget: [String] = []

    var loop: Loop { loops[0] }
    var plane: DataPlane { planes[0] }
    /// Nanoseconds on the cores' clock.
    var now: UInt64 { loop.driver.now }
    var logText: String { String(decoding: log, as: UTF8.self) }
    var place: Comment { "\(kernel), seed \(seed)" }

    init(
        _ kernel: Kernel = .calm, _ plan: Plan = Plan(), cores: Int = 1, seed: UInt64 = .random(in: 0..<1 << 32),
        weather: SimulatedWeather? = nil, bodyBytesMax: Int = 1 << 20
    ) throws {
        (self.kernel, self.seed, self.plan) = (kernel, seed, plan)
        door = try Client.Door()
        control = try Mailbox()
        link = ControlLink(mailbox: control)
        switch kernel {
        case .epoll, .uring: network = nil
        case .calm: network = SimulatedNetwork(seed: seed, weather: weather ?? .calm)
        case .rough: network = SimulatedNetwork(seed: seed, weather: weather ?? .rough)
        }
        for stand in plan.stands { try put(stand) }
        let peers = try Peers(count: cores)
        let rates = AddressRates()
        address = try literal("10.1.0.1", 443)
        let shared = DataPlane.Settings(origins: AllowedOrigins(plan.origins), probesProviders: plan.probes)
        for core in 0..<cores {
            let plane = DataPlane(
                core: core, snapshot: try plan.snapshot(version: 1, addresses: addresses), control: link,
                addresses: rates, settings: shared, seed: seed &+ UInt64(core))
            let settings = Loop.Settings(driver: kernel.choice, bodyBytesMax: bodyBytesMax)
            let loop = try Loop(
                core: core, driver: try driver(), settings: settings, peers: peers, resolver: nil, service: plane)
            loops.append(loop)
            planes.append(plane)
            address = try loop.listen(address)
        }
        health = Array(repeating: [], count: cores)
        figures = Array(repeating: nil, count: cores)
    }

    deinit {
        for client in clients { client.close() }
        for listener in listeners { Socket.close(listener.descriptor) }
    }

    private func driver() throws -> Driver {
        if let network { return .simulated(SimulatedDriver(network)) }
        return try Driver.make(kernel.choice)
    }

    /// The loopback stands for every address on a real kernel.
    private func literal(_ host: String, _ port: UInt16) throws -> SocketAddress {
        try #require(SocketAddress(literal: network == nil ? "127.0.0.1" : host, port: network == nil ? 0 : port))
    }

    // MARK: Providers

    /// Lets a provider listen that no snapshot knows yet.
    func put(_ stand: Plan.Stand) throws {
        let wanted = try literal("10.2.0.\(addresses.count + 1)", 443)
        guard let script = stand.script else {
            let server = SimServer(profile: stand.profile, seed: seed)
            let loop = try Loop(
                core: 0, driver: try driver(), settings: Loop.Settings(driver: kernel.choice), peers: Peers(count: 1),
                resolver: nil, service: server)
            simLoops.append(loop)
            sims[stand.id] = server
            addresses[stand.id] = try loop.listen(wanted)
            return
        }
        if let network {
            addresses[stand.id] = wanted
            network.serve(wanted) { [weak self] peer in self?.adopt(Client(simulated: peer, isServer: true), script) }
        } else {
            let descriptor = try Socket.listen(wanted, reusePort: false)
            addresses[stand.id] = try Socket.localAddress(descriptor)
            listeners.append((descriptor, script))
        }
    }

    private func adopt(_ server: Client, _ script: (Client) -> Void) {
        clients.append(server)
        script(server)
    }

    /// Publishes what `change` makes of the plan, as the control thread does.
    func republish(_ change: (inout Plan) -> Void) throws {
        change(&plan)
        snapshotVersion += 1
        for loop in loops {
            let next = try plan.snapshot(version: snapshotVersion, addresses: addresses)
            loop.mailbox.post(.delivery(CoreMessage.snapshot(next)))
        }
        try until("the new snapshot adopted") { planes.allSatisfy { $0.snapshot.version == snapshotVersion } }
    }

    /// The health of a provider on a core.
    func health(of provider: String, core: Int = 0) throws -> ProviderHealth {
        let index = try #require(planes[core].snapshot.providers.firstIndex { $0.id == provider })
        return planes[core].health[index]
    }

    // MARK: Clients

    func connect() throws -> Client {
        let client: Client
        if let network {
            client = Client(simulated: network.connect(to: address))
        } else {
            client = Client(kernel: door, try Socket.connect(address))
        }
        clients.append(client)
        return client
    }

    /// The answer to one request on a connection of its own, which is closed then.
    func ask(_ ask: Ask) throws -> Reply {
        let client = try connect()
        if ask.method == "HEAD" { client.expectHead() }
        client.send(ask)
        defer { client.close() }
        return try reply(to: client)
    }

    /// The `count`-th whole answer to a client, interim ones counted.
    func reply(_ count: Int = 1, to client: Client) throws -> Reply {
        try until("answer \(count)") { client.replies.count >= count || client.isOver || client.readFault != nil }
        #expect(client.readFault == nil, place)
        return try #require(
            client.replies.count >= count ? client.replies[count - 1] : nil,
            "\(kernel), seed \(seed): the connection ended without answer \(count): \(client.partial?.text ?? "")")
    }

    // MARK: Turning

    func turn() throws {
        pump()
        let running = loops.indices.filter { !drainedCores.contains($0) }.map { loops[$0] }
        for loop in simLoops + running {
            // Several real loops share this thread: none may sleep while another has work.
            if network == nil { loop.mailbox.post(.addresses(host: "", port: 0, .success([]))) }
            try loop.tick()
        }
        pump()
        for message in control.takeAll() { try hear(message) }
    }

    private func pump() {
        guard network == nil else { return }
        for (descriptor, script) in listeners {
            while let accepted = try? Socket.accept(descriptor) {
                adopt(Client(kernel: door, accepted, isServer: true), script)
            }
        }
        for client in clients { client.pump() }
    }

    private func hear(_ message: Mailbox.Message) throws {
        guard case .delivery(let content) = message, let message = content as? ControlMessage else {
            preconditionFailure("mail of an unknown kind")
        }
        switch message {
        case .records(let batch):
            link.taken(batch)
            for record in batch.records { rows.append(Gate.row(record, batch.snapshot)) }
        case .rewards(let batch):
            link.taken(batch)
            rewards += RewardRow.rows(batch)
        case .arms(let core, let snapshot, let number, let delta):
            arms.follow(plane.snapshot)
            arms.fold(delta, of: core, number: number, from: snapshot)
            if let table = arms.takeNews() {
                for (core, loop) in loops.enumerated() {
                    let news = CoreMessage.arms(
                        version: snapshotVersion, table, folded: arms.foldedNumber(of: core))
                    loop.mailbox.post(.delivery(news))
                }
            }
        case .log(let lines): log += lines
        case .admin(let call): calls.append(call)
        case .eventsLeft: listenersLeft += 1
        case .legacyKey(let core, let digest, _): legacyQuestions.append((core, digest))
        case .health(let core, _, let providers, let counts): (health[core], figures[core]) = (providers, counts)
        case .drained(let core):
            drainedCores.insert(core)
            // Its thread would end here: the simulated clock no longer asks when it wants to wake.
            let isLast = simLoops.isEmpty && drainedCores.count == loops.count
            if network != nil, !isLast { _ = try loops[core].driver.wait(until: nil) }
        case .budgetExceeded(let model): modelsWithoutBudget.append(model)
        case .reload: break
        }
    }

    private static func row(_ record: RequestRecord, _ snapshot: Snapshot) -> Row {
        Row(
            record: record, error: "\(record.errorLabel)",
            model: record.model < 0 ? "" : snapshot.models[Int(record.model)].id,
            provider: record.provider < 0 ? "" : snapshot.providers[Int(record.provider)].id,
            key: record.key < 0 ? "" : snapshot.keys[Int(record.key)].id)
    }

    /// Turns until `condition` holds; throws after twenty seconds, or an hour and more of simulated time.
    func until(_ what: String, _ condition: () throws -> Bool) throws {
        let start = now
        let patience: UInt64 = network == nil ? 20_000_000_000 : 4_000_000_000_000
        while try !condition() {
            guard now - start < patience else {
                Issue.record("\(kernel), seed \(seed): never \(what)")
                throw Stuck(what: what)
            }
            try turn()
        }
    }

    /// Lets simulated time pass.
    func pass(milliseconds: Int) throws {
        let due = now + UInt64(milliseconds) * 1_000_000
        network?.after(UInt64(milliseconds) * 1_000_000) {}
        while now < due { try turn() }
    }

    // MARK: The end

    /// The rows of everything that has ended so far.
    func settledRows(_ count: Int) throws -> [Row] {
        try until("\(count) rows, not \(rows.count)") { rows.count >= count }
        #expect(rows.count == count, place)
        return rows
    }

    /// Closes the clients, waits until everything is quiet, drains, and holds everything to account.
    func finish() throws {
        for client in clients where !client.isServer { client.close() }
        try until("every exchange over") {
            planes.allSatisfy { $0.openExchangeCount == 0 } && loops.allSatisfy { $0.clientCount == 0 }
        }
        for (core, loop) in loops.enumerated() {
            #expect(loop.blocks.takenCount == 0, "blocks out on core \(core), \(kernel), seed \(seed)")
            #expect(loop.bodyBytesReserved == 0, place)
        }
        for key in plan.keys where key.budget != nil {
            let spent = try settledRows(rows.count).filter { $0.key == key.id }
                .reduce(0) { $0 + ($1.record.costNanoUSD ?? 0) }
            #expect(key.state.committedNanoUSD >= spent, place)
        }
        for loop in loops + simLoops { loop.mailbox.post(.drain(withinMS: 0)) }
        try until("drained") {
            drainedCores.count == loops.count && simLoops.allSatisfy { $0.isDraining && $0.clientCount == 0 }
        }
        for (core, loop) in loops.enumerated() {
            #expect(loop.upstreamCount == 0, "upstreams of core \(core), \(kernel), seed \(seed)")
            #expect(loop.blocks.takenCount == 0, place)
        }
        for client in clients where client.isServer { client.close() }
        if let network { #expect(network.openCount == 0, place) }
    }
}
