// One core: its driver, its connections, its clock. Born, run and freed on one thread; nothing here is shared.

internal import Glibc

package final class Loop {
    package struct Settings: Sendable {
        package var driver: Driver.Choice
        /// Bytes of request body a client may send.
        package var bodyBytesMax: Int
        package init(driver: Driver.Choice, bodyBytesMax: Int = Limits.bodyBytesMax) {
            self.driver = driver
            self.bodyBytesMax = bodyBytesMax
        }
    }

    package let core: Int
    package let driver: Driver
    package let service: any Service
    package let bodyBytesMax: Int
    /// A block for whoever composes bytes to be sent within one call.
    package let draft = Block(capacity: 16 * 1024)
    package var blocks = BlockPool()
    package internal(set) var counters = LoopCounters()
    /// Nanoseconds on a clock that only moves forward, read once a tick.
    package private(set) var now: UInt64
    /// Nanoseconds since 1970-01-01 UTC, as of this tick.
    package private(set) var wallClock: UInt64
    package private(set) var isDraining = false

    let scratch = Scratch()
    /// Where TLS bytes are decrypted to.
    let plain = Scratch()
    let cipher = Block(capacity: 20 * 1024)
    let heads = Heads()
    var deadlines: Deadlines

    private let peers: Peers
    private let resolver: Resolver?
    private var clients = Slab<ClientConnection>(kind: .client)
    private var upstreams = Slab<UpstreamConnection>(kind: .upstream)
    private var listeners: [Listener] = []
    private var resolving: [String: [Endpoint]] = [:]
    /// Connections and listeners to be looked at again before the next wait, and those that are being looked at.
    private var revisits: [Token] = []
    private var revisiting: [Token] = []
    /// Bytes of request bodies that connections hold or have announced.
    private(set) var bodyBytesReserved = 0
    private var mergeDue: UInt64
    /// By how many nanoseconds the wall clock is ahead of `now`, looked at with each merge.
    private var wallLead: UInt64
    private var acceptResumeDue: UInt64?
    private var stopDue: UInt64?
    private var isStopped = false

    package init(
        core: Int, driver: Driver, settings: Settings, peers: Peers, resolver: Resolver?, service: any Service
    ) throws(SystemError) {
        self.core = core
        self.driver = driver
        self.peers = peers
        self.resolver = resolver
        self.service = service
        bodyBytesMax = settings.bodyBytesMax
        now = driver.now
        wallClock = driver.wallClock
        wallLead = wallClock &- now
        deadlines = Deadlines(now: now)
        mergeDue = now
        try driver.watch(peers.mailboxes[core])
        service.started(on: self)
    }

    // MARK: The tick

    /// Turns until a drain has ended.
    package func run() throws(SystemError) {
        while !isStopped { try tick() }
    }

    /// One turn: wait, serve what happened, look at what was put off, then at the clock.
    package func tick() throws(SystemError) {
        let count = try driver.wait(until: revisits.isEmpty ? nextWake : now)
        now = driver.now
        if now >= mergeDue { wallLead = driver.wallClock &- now }
        wallClock = now &+ wallLead
        counters.tickCount &+= 1
        for index in 0..<count { serve(driver.event(index)) }
        if !revisits.isEmpty { servePutOff() }
        for index in 0..<deadlines.turn(to: now) { lookAt(deadlines.passed(index)) }
        if now >= mergeDue {
            mergeDue = now + Loop.mergeIntervalNS
            service.merge()
        }
        if let due = acceptResumeDue, now >= due { resumeAccepting() }
        if isDraining { lookAtDrain() }
    }

    private func serve(_ event: DriverEvent) {
        // A stale token names a connection that ended earlier in this tick: dropped here and nowhere else.
        switch event.token.kind {
        case .client: clients[event.token]?.happened(event.kinds)
        case .upstream: upstreams[event.token]?.happened(event.kinds)
        // A drain earlier in this tick has closed them all.
        case .listener: if event.token.slot < listeners.count { accept(listeners[event.token.slot]) }
        case .wake: takeMail()
        }
    }

    private func servePutOff() {
        swap(&revisits, &revisiting)
        for index in revisiting.indices {
            let token = revisiting[index]
            switch token.kind {
            case .client: clients[token]?.resume()
            case .upstream: upstreams[token]?.resume()
            case .listener: if token.slot < listeners.count { accept(listeners[token.slot]) }
            case .wake: preconditionFailure("mail put off")
            }
        }
        revisiting.removeAll(keepingCapacity: true)
    }

    private func lookAt(_ filed: Deadlines.Filed) {
        switch filed.token.kind {
        case .client:
            guard let client = clients[filed.token] else { return }
            if filed.which == ClientConnection.Timer.own {
                if deadlines.isDue(filed, &client.timeout, now: now) { client.timedOut() }
            } else if deadlines.isDue(filed, &client.alarm, now: now) {
                service.clientWoke(client)
            }
        case .upstream:
            guard let upstream = upstreams[filed.token] else { return }
            if deadlines.isDue(filed, &upstream.timeout, now: now) { upstream.timedOut() }
        case .listener, .wake: preconditionFailure("\(filed.token.kind) has no deadline")
        }
    }

    private var nextWake: UInt64 {
        var due = mergeDue
        if let wheel = deadlines.nextWake { due = min(due, wheel) }
        if let resume = acceptResumeDue { due = min(due, resume) }
        return due
    }

    private func takeMail() {
        let mailbox = peers.mailboxes[core]
        mailbox.hush()
        for message in mailbox.takeAll() {
            switch message {
            case .connection(let descriptor, let listener): adopt(descriptor, listener: listener)
            case .addresses(let host, let port, let result): resolved(host, port, result)
            case .delivery(let content): service.delivered(content)
            case .drain(let milliseconds): drain(withinMS: milliseconds)
            }
        }
    }

    /// The connection is looked at again before the next wait, after all others have had their turn.
    func revisit(_ token: Token) { revisits.append(token) }

    /// A number nobody can foretell, to seed generators with; under simulation the seed tells it.
    package var entropy: UInt64 { driver.entropy }
    /// Nanoseconds on the clock of `now`, read this moment.
    package var clock: UInt64 { driver.now }
    /// The connection a token names; nil when it is gone.
    package func client(_ token: Token) -> ClientConnection? { clients[token] }
    package var mailbox: Mailbox { peers.mailboxes[core] }
    package var clientCount: Int { clients.count }
    package var upstreamCount: Int { upstreams.count }

    /// In which scratch received bytes lie, and where; nil when they were kept in other memory.
    func place(of bytes: Span<UInt8>) -> (Scratch, offset: Int)? {
        if let offset = scratch.offset(of: bytes) { return (scratch, offset) }
        if let offset = plain.offset(of: bytes) { return (plain, offset) }
        return nil
    }

    // MARK: Listening

    /// Takes connections at `address`; port 0 picks a free one.
    /// - Returns: the address as bound.
    package func listen(_ address: SocketAddress, tls: TLSContext? = nil) throws(SystemError) -> SocketAddress {
        let descriptor = try driver.listen(address, reusePort: peers.mailboxes.count > 1)
        let bound = try driver.localAddress(descriptor)
        let listener = Listener(descriptor: descriptor, index: listeners.count, tls: tls)
        listeners.append(listener)
        try driver.register(descriptor, listener.token)
        accept(listener)
        return bound
    }

    /// New connections of TLS listeners use `tls` from now on; those that stand keep theirs.
    package func replaceServerTLS(_ tls: TLSContext) {
        for listener in listeners where listener.tls != nil { listener.tls = tls }
    }

    private func accept(_ listener: Listener) {
        var rounds = 0
        while !isDraining, acceptResumeDue == nil {
            if rounds == Limits.acceptsPerTick { return revisits.append(listener.token) }
            rounds += 1
            guard clients.count < Limits.clientsPerCoreMax else { return pauseAccepting() }
            do throws(SystemError) {
                guard let descriptor = try driver.accept(listener.descriptor) else { return }
                counters.acceptedCount &+= 1
                if let other = peers.lighter(than: core),
                    peers.mailboxes[other].post(.connection(descriptor, listener: listener.token.slot))
                {
                    counters.handedOverCount &+= 1
                } else {
                    admit(descriptor, listener)
                }
            } catch {
                // Out of descriptors or memory: those who wait in the kernel's queue wait on, running streams go on.
                return pauseAccepting()
            }
        }
    }

    private func pauseAccepting() {
        counters.acceptPauseCount &+= 1
        acceptResumeDue = now + UInt64(Limits.acceptPauseMS) * 1_000_000
    }

    private func resumeAccepting() {
        acceptResumeDue = nil
        for listener in listeners { accept(listener) }
    }

    /// Takes over a connection that a busier core accepted at its listener of the same number.
    private func adopt(_ descriptor: Int32, listener: Int) {
        if isDraining || listener >= listeners.count { return driver.close(descriptor, abort: true) }
        admit(descriptor, listeners[listener])
    }

    private func admit(_ descriptor: Int32, _ listener: Listener) {
        let client = clients.insert { ClientConnection(token: $0, descriptor: descriptor, loop: self) }
        do throws(SystemError) {
            if let context = listener.tls { try client.secure(context) }
            try driver.register(descriptor, client.token)
        } catch {
            clients.retire(client.token)
            driver.close(descriptor, abort: true)
            return pauseAccepting()
        }
        peers.gauges[core].set(clients.count)
        client.start()
    }

    func retire(_ client: ClientConnection) {
        clients.retire(client.token)
        peers.gauges[core].set(clients.count)
    }

    /// Takes `bytes` from this core's allowance for request bodies; false when it is used up.
    package func reserveBody(_ bytes: Int) -> Bool {
        guard bodyBytesReserved + bytes <= Limits.bodyBytesTotalMax else { return false }
        bodyBytesReserved += bytes
        return true
    }

    package func releaseBody(_ bytes: Int) {
        bodyBytesReserved -= bytes
        precondition(bodyBytesReserved >= 0, "a body's bytes were released twice")
    }

    // MARK: Upstreams

    /// Gives a connection to `endpoint`: one that was kept, or a new one. Nil when it has as many as it may.
    /// What goes wrong later is told by `Service.upstreamFailed`, never before this call has returned.
    package func lease(
        _ endpoint: Endpoint, patience: UpstreamConnection.Patience, tag: Int
    ) -> UpstreamConnection? {
        if let kept = endpoint.idle.popLast() {
            counters.upstreamReuseCount &+= 1
            kept.lease(patience, tag: tag)
            return kept
        }
        guard endpoint.connectionCount < endpoint.connectionsMax else { return nil }
        let made = upstreams.insert { UpstreamConnection(token: $0, endpoint: endpoint, loop: self) }
        endpoint.connectionCount += 1
        made.lease(patience, tag: tag)
        if !endpoint.addresses.isEmpty, now < endpoint.addressesUntil {
            revisits.append(made.token)
        } else {
            resolve(endpoint, for: made)
        }
        return made
    }

    func retire(_ upstream: UpstreamConnection) {
        let endpoint = upstream.endpoint
        endpoint.connectionCount -= 1
        if let index = endpoint.idle.lastIndex(where: { $0 === upstream }) { endpoint.idle.remove(at: index) }
        upstreams.retire(upstream.token)
    }

    private func resolve(_ endpoint: Endpoint, for upstream: UpstreamConnection) {
        endpoint.waiting.append(upstream.token)
        if endpoint.waiting.count > 1 { return }
        let key = "\(endpoint.host):\(endpoint.port)"
        resolving[key, default: []].append(endpoint)
        guard resolving[key]?.count == 1 else { return }
        if driver.resolve(host: endpoint.host, port: endpoint.port, answerTo: mailbox) { return }
        guard let resolver else {
            let error = SystemError(call: "getaddrinfo", code: EHOSTUNREACH)
            mailbox.post(.addresses(host: endpoint.host, port: endpoint.port, .failure(error)))
            return
        }
        resolver.resolve(host: endpoint.host, port: endpoint.port, answerTo: mailbox)
    }

    private func resolved(_ host: String, _ port: UInt16, _ result: Result<[SocketAddress], SystemError>) {
        for endpoint in resolving.removeValue(forKey: "\(host):\(port)") ?? [] {
            let waiting = endpoint.waiting
            endpoint.waiting = []
            switch result {
            case .success(let addresses):
                endpoint.addresses = addresses
                endpoint.addressesUntil = now + UInt64(Limits.addressTTLSeconds) * 1_000_000_000
                for token in waiting { upstreams[token]?.resume() }
            case .failure(let error):
                for token in waiting { upstreams[token]?.unresolved(error) }
            }
        }
    }

    // MARK: Draining

    private func drain(withinMS milliseconds: Int) {
        guard !isDraining else { return }
        isDraining = true
        stopDue = now + UInt64(milliseconds) * 1_000_000
        for listener in listeners { driver.close(listener.descriptor) }
        listeners = []
        clients.forEach { $0.drainBegan() }
    }

    private func lookAtDrain() {
        guard isDraining, !isStopped else { return }
        if clients.count > 0 || !driver.isSettled, let due = stopDue, now < due { return }
        isStopped = true
        clients.forEach { $0.peerLeft() }
        upstreams.forEach { $0.discard() }
        // A connection that was handed over in the last moment would stay open for ever.
        takeMail()
        service.drained()
    }

    private static let mergeIntervalNS: UInt64 = 50_000_000
}
