// A network made of a seed: addresses, connections, a clock that moves when everybody waits. One thread, any number of
// cores, each with a `SimulatedDriver`, and any number of scripted peers. The same seed and the same script replay exactly.

internal import Glibc
internal import Wire

package final class SimulatedNetwork {
    /// What stands at a listening address: cores, or a script.
    private enum Stand {
        case sockets([Int32])
        case script((SimulatedPeer) -> Void)
        /// First packets vanish, as behind a firewall.
        case nowhere
    }

    /// What a descriptor number names.
    final class Socket {
        enum Role {
            case connection(SimulatedEnd)
            case listener(SocketAddress, waiting: [SimulatedEnd])
        }
        var role: Role
        /// Where its events are reported; nil before it is registered.
        var driver: SimulatedDriver?
        var token = Token.wake
        init(_ role: Role) { self.role = role }
    }

    package let seed: UInt64
    package var weather: SimulatedWeather
    /// Descriptors that can be open at once (count); beyond it accept and connect fail with EMFILE.
    package var descriptorsMax = Int.max
    /// Nanoseconds on the network's clock.
    package private(set) var now: UInt64 = 1_000_000_000
    /// What host names resolve to; other names do not exist.
    package var names: [String: [SocketAddress]] = [:]
    var random: SimulatedRandom

    private var agenda = SimulatedAgenda()
    private var stands: [String: Stand] = [:]
    private var sockets: [Socket?] = [nil, nil, nil]
    private var drivers: [SimulatedDriver] = []
    private var nextPort: UInt16 = 40_000
    private var stillCount = 0

    package init(seed: UInt64, weather: SimulatedWeather = .calm) {
        self.seed = seed
        self.weather = weather
        random = SimulatedRandom(seed: seed)
    }

    // MARK: For scripts

    /// Connects to `address` as a client; the peer is connected, or has a fault, some time later.
    package func connect(to address: SocketAddress) -> SimulatedPeer {
        let end = SimulatedEnd(local: clientAddress(), remote: address)
        let peer = SimulatedPeer(self, end)
        agenda.add(.call(from: end), at: now + latency())
        return peer
    }

    /// Answers at `address` as a server: `accept` is called for every connection made to it.
    package func serve(_ address: SocketAddress, accept: @escaping (SimulatedPeer) -> Void) {
        stands[SimulatedNetwork.key(address)] = .script(accept)
    }

    /// Nobody answers at `address` any more: connections to it are refused, or get no answer at all.
    package func vacate(_ address: SocketAddress, silently: Bool = false) {
        stands[SimulatedNetwork.key(address)] = silently ? .nowhere : nil
    }

    /// Calls `act` when so many nanoseconds have passed.
    package func after(_ nanoseconds: UInt64, _ act: @escaping () -> Void) {
        agenda.add(.act(act), at: now + nanoseconds)
    }

    /// Descriptors open now (count), for the leak assertions.
    package var openCount: Int { sockets.reduce(0) { $0 + ($1 == nil ? 0 : 1) } }

    // MARK: The clock

    func add(_ driver: SimulatedDriver) { drivers.append(driver) }

    /// Lets time pass until `driver` has something to report or its time is up, as long as no other core has something to do.
    func wait(for driver: SimulatedDriver) {
        let before = now
        while true {
            while let time = agenda.nextTime, time <= now { perform(agenda.take()) }
            if driver.isReady { break }
            var next = agenda.nextTime ?? .max
            for driver in drivers { next = driver.isReady ? now : min(next, driver.until) }
            if next <= now { break }
            precondition(next != .max, "everybody waits for ever (seed \(seed))")
            now = next
        }
        // A core that never lets the clock move would hang a real one at full load.
        stillCount = now == before ? stillCount + 1 : 0
        precondition(stillCount < 1_000_000, "a core turns without end at \(now) ns (seed \(seed))")
    }

    private func perform(_ happening: SimulatedAgenda.Happening) {
        switch happening {
        case .bytes(let segment, let end): arrive(segment, at: end)
        case .end(let end):
            if end.isClosed || end.fault != 0 { return }
            end.hasEnd = true
            notify(end, [.receivable, .hangUp])
        case .fault(let code, let end): fail(end, code)
        case .room(let end):
            guard end.wantsRoom, !end.isClosed else { return }
            end.wantsRoom = false
            notify(end, .sendable)
        case .call(let end): call(from: end)
        case .connected(let end):
            if end.isClosed { return }
            end.isConnected = true
            notify(end, .sendable)
        case .act(let act): act()
        }
    }

    private func notify(_ end: SimulatedEnd, _ kinds: DriverEvent.Kinds) {
        switch end.holder {
        case .nobody: break
        case .peer(let peer): peer.happened()
        case .socket(let descriptor):
            if let socket = sockets[Int(descriptor)] { socket.driver?.report(socket.token, kinds) }
        }
    }

    private func latency() -> UInt64 { UInt64.random(in: weather.latencyNS, using: &random) }

    // MARK: Connections

    private func call(from end: SimulatedEnd) {
        if end.isClosed { return }
        let back = now + latency()
        switch stands[SimulatedNetwork.key(end.remote)] {
        case nil: agenda.add(.fault(ECONNREFUSED, at: end), at: back)
        case .nowhere: break
        case .script(let accept):
            let answering = pair(with: end)
            agenda.add(.connected(end), at: back)
            accept(SimulatedPeer(self, answering))
        case .sockets(let descriptors):
            guard let descriptor = descriptors.randomElement(using: &random), let socket = sockets[Int(descriptor)],
                case .listener(let address, var waiting) = socket.role
            else { return agenda.add(.fault(ECONNREFUSED, at: end), at: back) }
            waiting.append(pair(with: end))
            socket.role = .listener(address, waiting: waiting)
            agenda.add(.connected(end), at: back)
            socket.driver?.report(socket.token, .receivable)
        }
    }

    private func pair(with end: SimulatedEnd) -> SimulatedEnd {
        let answering = SimulatedEnd(local: end.remote, remote: end.local)
        answering.isConnected = true
        (answering.other, end.other) = (end, answering)
        // Nothing the answering side says is there before the connection is.
        end.lastArrival = now + weather.latencyNS.upperBound
        return answering
    }

    private func arrive(_ segment: Block, at end: SimulatedEnd) {
        end.bytesUnderWay -= segment.bytes.count
        if end.isClosed || end.fault != 0 { return }
        if random.happens(weather.resets) {
            if let other = end.other { fail(other, ECONNRESET) }
            return fail(end, ECONNRESET)
        }
        end.add(segment)
        notify(end, .receivable)
    }

    private func fail(_ end: SimulatedEnd, _ code: Int32) {
        if end.isClosed || end.fault != 0 || end.hasEnd && end.hasFinishedSending { return }
        end.fault = code
        notify(end, [.receivable, .sendable, .hangUp])
    }

    /// Takes as many of `bytes` as the connection has room for; with 0 it tells when there is more.
    func transmit(_ bytes: Span<UInt8>, from end: SimulatedEnd) -> Int {
        guard let other = end.other, !other.isClosed else {
            // Nobody reads there any more: the first answer to these bytes is a reset.
            if end.bytesLost == 0 { agenda.add(.fault(ECONNRESET, at: end), at: now + latency()) }
            let count = min(bytes.count, weather.pipeBytesMax - end.bytesLost)
            end.bytesLost += count
            return count
        }
        let room = weather.pipeBytesMax - other.arrived.count - other.bytesUnderWay
        var count = min(bytes.count, max(0, room))
        if count > 1, random.happens(weather.shortWrites) { count = Int.random(in: 1..<count, using: &random) }
        if count < bytes.count {
            end.wantsRoom = true
            if count < room { agenda.add(.room(at: end), at: now + latency()) }
        }
        other.bytesUnderWay += count
        var offset = 0
        while offset < count {
            let longest = min(weather.segmentBytesMax, count - offset)
            let length = weather.segmentBytesMax < 65_536 ? Int.random(in: 1...longest, using: &random) : longest
            let segment = Block(capacity: length)
            segment.bytes.append(bytes.extracting(offset..<offset + length))
            agenda.add(.bytes(segment, to: other), at: arrivalTime(at: other))
            offset += length
        }
        return count
    }

    /// Bytes were taken at `end`: its other side may send again.
    func roomMade(by end: SimulatedEnd) {
        if let other = end.other, other.wantsRoom { agenda.add(.room(at: other), at: now + latency()) }
    }

    func finish(_ end: SimulatedEnd) {
        guard !end.hasFinishedSending, !end.isClosed else { return }
        end.hasFinishedSending = true
        if let other = end.other { agenda.add(.end(to: other), at: arrivalTime(at: other)) }
    }

    func close(_ end: SimulatedEnd, abort: Bool) {
        guard !end.isClosed else { return }
        // Unread bytes turn the end into a reset, as in the kernel.
        let resets = abort || !end.arrived.isEmpty || end.bytesUnderWay > 0
        if let other = end.other, end.fault == 0 {
            if resets {
                agenda.add(.fault(ECONNRESET, at: other), at: abort ? now + latency() : arrivalTime(at: other))
            } else {
                finish(end)
            }
        }
        end.isClosed = true
        end.holder = .nobody
        end.other = nil
        end.arrived = ByteBuffer()
    }

    private func arrivalTime(at end: SimulatedEnd) -> UInt64 {
        end.lastArrival = max(end.lastArrival, now + latency())
        return end.lastArrival
    }

    // MARK: Descriptors

    subscript(descriptor: Int32) -> Socket {
        guard let socket = sockets[Int(descriptor)] else {
            preconditionFailure("descriptor \(descriptor) is not open (seed \(seed))")
        }
        return socket
    }

    func end(_ descriptor: Int32) -> SimulatedEnd {
        guard case .connection(let end) = self[descriptor].role else {
            preconditionFailure("descriptor \(descriptor) is a listener (seed \(seed))")
        }
        return end
    }

    /// Gives the lowest free number, as the kernel does: what was closed last comes back first.
    private func open(_ role: Socket.Role, call: StaticString) throws(SystemError) -> Int32 {
        guard openCount < descriptorsMax else { throw SystemError(call: call, code: EMFILE) }
        if let free = sockets.indices.dropFirst(3).first(where: { sockets[$0] == nil }) {
            sockets[free] = Socket(role)
            return Int32(free)
        }
        sockets.append(Socket(role))
        return Int32(sockets.count - 1)
    }

    func listen(_ address: SocketAddress, reusePort: Bool) throws(SystemError) -> Int32 {
        var address = address
        if address.port == 0 {
            guard let picked = SocketAddress(literal: address.host, port: freePort()) else {
                preconditionFailure("\(address.host) is no address")
            }
            address = picked
        }
        var descriptors: [Int32] = []
        switch stands[SimulatedNetwork.key(address)] {
        case nil: break
        case .sockets(let others) where reusePort: descriptors = others
        case .sockets, .script, .nowhere: throw SystemError(call: "bind", code: EADDRINUSE)
        }
        let descriptor = try open(.listener(address, waiting: []), call: "socket")
        stands[SimulatedNetwork.key(address)] = .sockets(descriptors + [descriptor])
        return descriptor
    }

    func accept(_ listener: Int32) throws(SystemError) -> Int32? {
        let socket = self[listener]
        guard case .listener(let address, var waiting) = socket.role else {
            preconditionFailure("accept on a connection (seed \(seed))")
        }
        if waiting.isEmpty { return nil }
        let descriptor = try open(.connection(waiting[0]), call: "accept4")
        waiting.removeFirst().holder = .socket(descriptor)
        socket.role = .listener(address, waiting: waiting)
        return descriptor
    }

    func connect(_ address: SocketAddress) throws(SystemError) -> Int32 {
        let end = SimulatedEnd(local: clientAddress(), remote: address)
        let descriptor = try open(.connection(end), call: "socket")
        end.holder = .socket(descriptor)
        agenda.add(.call(from: end), at: now + latency())
        return descriptor
    }

    func localAddress(_ descriptor: Int32) -> SocketAddress {
        switch self[descriptor].role {
        case .connection(let end): end.local
        case .listener(let address, _): address
        }
    }

    func peerAddress(_ descriptor: Int32) -> SocketAddress? {
        let end = end(descriptor)
        return end.fault == 0 ? end.remote : nil
    }

    func close(_ descriptor: Int32, abort: Bool) {
        let socket = self[descriptor]
        switch socket.role {
        case .connection(let end): close(end, abort: abort)
        case .listener(let address, let waiting):
            for end in waiting { close(end, abort: true) }
            let key = SimulatedNetwork.key(address)
            if case .sockets(let descriptors) = stands[key] {
                let others = descriptors.filter { $0 != descriptor }
                stands[key] = others.isEmpty ? nil : .sockets(others)
            }
        }
        sockets[Int(descriptor)] = nil
    }

    private func freePort() -> UInt16 {
        nextPort = nextPort == 65_000 ? 40_000 : nextPort + 1
        return nextPort
    }

    private func clientAddress() -> SocketAddress {
        guard let address = SocketAddress(literal: "10.0.0.1", port: freePort()) else {
            preconditionFailure("10.0.0.1 is an address")
        }
        return address
    }

    private static func key(_ address: SocketAddress) -> String { "\(address.host):\(address.port)" }

    /// Answers a look-up after a while.
    func resolve(host: String, port: UInt16, answerTo mailbox: Mailbox) {
        let found = (names[host] ?? []).compactMap { SocketAddress(literal: $0.host, port: port) }
        let result: Result<[SocketAddress], SystemError> =
            found.isEmpty ? .failure(SystemError(call: "getaddrinfo", code: EHOSTUNREACH)) : .success(found)
        after(latency()) { mailbox.post(.addresses(host: host, port: port, result)) }
    }
}
