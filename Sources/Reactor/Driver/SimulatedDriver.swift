// One core's door to a `SimulatedNetwork`. Waiting moves the network's clock instead of sleeping.

internal import Glibc
internal import Wire

package final class SimulatedDriver {
    package let network: SimulatedNetwork
    /// Until when its core is content to wait; 0 while it works.
    private(set) var until: UInt64 = 0
    private var pending: [DriverEvent] = []
    private var batch: [DriverEvent] = []
    private var mailbox: Mailbox?
    /// Tokens that were registered once, to be reported when nothing happened to them.
    private var knownTokens: [Token] = []

    package init(_ network: SimulatedNetwork) {
        self.network = network
        network.add(self)
    }

    var now: UInt64 { network.now }
    /// The simulated clock begins on 2026-01-01.
    var wallClock: UInt64 { 1_767_225_600_000_000_000 + network.now }
    var entropy: UInt64 { network.random.next() }

    var isReady: Bool { !pending.isEmpty || mailbox?.hasMail == true }

    /// Another core's turn comes when this returns 0 before its time.
    func wait(until: UInt64?) -> Int {
        self.until = until ?? .max
        network.wait(for: self)
        batch.removeAll(keepingCapacity: true)
        swap(&batch, &pending)
        if mailbox?.hasMail == true { batch.append(DriverEvent(token: .wake, kinds: .receivable)) }
        if batch.count > 1, network.random.happens(network.weather.shuffles) { batch.shuffle(using: &network.random) }
        var kept = min(batch.count, Limits.eventsPerWait)
        if kept > 1, network.random.happens(network.weather.lateEvents) {
            kept = Int.random(in: 1...kept, using: &network.random)
        }
        pending.append(contentsOf: batch[kept...].filter { $0.token != .wake })
        batch.removeSubrange(kept...)
        if let token = knownTokens.randomElement(using: &network.random),
            network.random.happens(network.weather.spuriousEvents)
        {
            // What was true once may be reported again; an end that never came may not.
            batch.append(
                DriverEvent(token: token, kinds: token.kind == .listener ? .receivable : [.receivable, .sendable]))
        }
        // A core that has work to do may find that it wants to be woken earlier.
        if !batch.isEmpty || self.until <= network.now { self.until = 0 }
        return batch.count
    }

    func event(_ index: Int) -> DriverEvent { batch[index] }

    func report(_ token: Token, _ kinds: DriverEvent.Kinds) {
        if let index = pending.firstIndex(where: { $0.token == token }) {
            pending[index] = DriverEvent(token: token, kinds: pending[index].kinds.union(kinds))
        } else {
            pending.append(DriverEvent(token: token, kinds: kinds))
        }
    }

    func register(_ descriptor: Int32, _ token: Token) {
        let socket = network[descriptor]
        (socket.driver, socket.token) = (self, token)
        switch socket.role {
        case .listener(_, let waiting):
            if !waiting.isEmpty { report(token, .receivable) }
        case .connection(let end):
            var kinds: DriverEvent.Kinds = []
            if end.isConnected { kinds.insert(.sendable) }
            if !end.arrived.isEmpty { kinds.insert(.receivable) }
            if end.hasEnd || end.fault != 0 { kinds.formUnion([.receivable, .hangUp]) }
            if !kinds.isEmpty { report(token, kinds) }
            // Something to be wrong about: a connection that is being made is not reported before it is.
            if end.isConnected { knownTokens.append(token) }
            if knownTokens.count > 64 { knownTokens.removeFirst() }
        }
    }

    func watch(_ mailbox: Mailbox) { self.mailbox = mailbox }

    func connectFault(_ descriptor: Int32) -> Int32 {
        let end = network.end(descriptor)
        // Asked too early: as getsockopt(2) says nothing is wrong, a caller would take it for made.
        precondition(end.isConnected || end.fault != 0, "connection not made yet (seed \(network.seed))")
        return end.isConnected ? 0 : end.fault
    }

    func receive(_ descriptor: Int32, into scratch: Scratch, _ range: Range<Int>) -> Driver.Received {
        let end = network.end(descriptor)
        let waiting = end.arrived.count
        if waiting == 0 {
            if end.fault != 0 { return .broken(end.fault) }
            return end.hasEnd ? .end : .nothing
        }
        var count = min(waiting, range.count)
        if count > 1, network.random.happens(network.weather.shortReads) {
            count = Int.random(in: 1..<count, using: &network.random)
        }
        end.take(count, into: scratch, at: range.lowerBound)
        network.roomMade(by: end)
        // The kernel may not know either: then one more call finds nothing.
        let isDrained = count == waiting && !network.random.happens(network.weather.shortReads)
        return .bytes(count, isDrained: isDrained)
    }

    func send(_ descriptor: Int32, _ bytes: Span<UInt8>) -> Driver.Sent {
        let end = network.end(descriptor)
        precondition(end.isConnected || end.fault != 0, "send before the connection is made (seed \(network.seed))")
        precondition(!end.hasFinishedSending, "send after the end (seed \(network.seed))")
        if end.fault != 0 { return .broken(end.fault) }
        return .bytes(network.transmit(bytes, from: end))
    }

    func finishSending(_ descriptor: Int32) { network.finish(network.end(descriptor)) }
}
