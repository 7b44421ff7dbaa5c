// A scripted client, or a scripted provider's side of a connection, over the kernel or over a simulated network.

import Glibc
import Wire

@testable import Reactor

final class Client {
    private enum Line {
        case kernel(Door, Int32)
        case simulated(SimulatedPeer)
        case closed
    }

    /// Sends and receives for clients on a real kernel; nothing is registered here.
    final class Door {
        let driver: EpollDriver
        let scratch = Scratch()
        init() throws { driver = try EpollDriver() }
    }

    private var line: Line
    private var outbox: [UInt8] = []
    private var reader = ReplyReader()
    /// Everything received, for scripts that read requests.
    private(set) var received: [UInt8] = []
    /// Set for scripted providers: what arrives is not read as answers.
    let isServer: Bool
    private(set) var hasEnd = false
    private(set) var fault: Int32 = 0
    private(set) var readFault: HeadFault?
    /// While false nothing is taken from the connection.
    var isReading = true {
        didSet { if case .simulated(let peer) = line { peer.isReading = isReading } }
    }
    var onChange: ((Client) -> Void)?

    init(kernel door: Door, _ descriptor: Int32, isServer: Bool = false) {
        (line, self.isServer) = (.kernel(door, descriptor), isServer)
    }

    init(simulated peer: SimulatedPeer, isServer: Bool = false) {
        (line, self.isServer) = (.simulated(peer), isServer)
        peer.onChange = { [weak self] _ in self?.pump() }
    }

    deinit { close() }

    var isClosed: Bool { if case .closed = line { true } else { false } }
    /// The other side has ended the connection, in order or not.
    var isOver: Bool { hasEnd || fault != 0 }
    /// Whole answers so far.
    var replies: [Reply] { reader.replies }
    /// The answer that is under way.
    var partial: Reply? { reader.partial }
    var unread: [UInt8] { reader.rest }
    var receivedCount: Int { received.count }

    /// What was received since the last time.
    func takeReceived() -> [UInt8] {
        defer { received = [] }
        return received
    }

    /// The next answer is to a HEAD request.
    func expectHead() { reader.isHead = true }

    func send(_ text: String) { send(Array(text.utf8)) }

    func send(_ ask: Ask) { send(ask.bytes) }

    func send(_ bytes: [UInt8]) {
        if case .simulated(let peer) = line { return peer.send(bytes) }
        outbox += bytes
        pump()
    }

    /// Ends the sending direction.
    func finish() {
        switch line {
        case .closed: break
        case .kernel(_, let descriptor): Socket.finishSending(descriptor)
        case .simulated(let peer): peer.finish()
        }
    }

    func close(abort: Bool = false) {
        switch line {
        case .closed: break
        case .kernel(_, let descriptor): abort ? Socket.abort(descriptor) : Socket.close(descriptor)
        case .simulated(let peer):
            peer.onChange = nil
            peer.close(abort: abort)
        }
        line = .closed
    }

    /// Sends and receives what can be; called once a turn.
    func pump() {
        let before = (received.count, hasEnd, fault)
        switch line {
        case .closed: return
        case .kernel(let door, let descriptor): pump(door, descriptor)
        case .simulated(let peer):
            if !peer.inbox.isEmpty {
                let bytes = Array(copying: peer.inbox.bytes)
                peer.inbox.removeAll()
                take(bytes)
            }
            if peer.hasEnd { hasEnd = true }
            if peer.fault != 0 { fault = peer.fault }
        }
        if hasEnd, !isServer { reader.end() }
        if before != (received.count, hasEnd, fault) { onChange?(self) }
    }

    private func pump(_ door: Door, _ descriptor: Int32) {
        if !outbox.isEmpty, fault == 0 {
            switch door.driver.send(descriptor, outbox.span) {
            case .bytes(let count): outbox.removeFirst(count)
            case .broken(let code): fault = code
            }
        }
        var rounds = 0
        while isReading, !hasEnd, rounds < 64 {
            rounds += 1
            switch door.driver.receive(descriptor, into: door.scratch, Scratch.start..<Scratch.end) {
            case .bytes(let count, _):
                let scratch = door.scratch
                take(Array(copying: scratch.bytes(Scratch.start..<Scratch.start + count)))
            case .nothing: return
            case .end: hasEnd = true
            case .broken(let code):
                fault = code
                return
            }
        }
    }

    private func take(_ bytes: [UInt8]) {
        received += bytes
        if isServer || readFault != nil { return }
        do {
            try reader.take(bytes)
        } catch {
            readFault = error as? HeadFault
        }
    }
}
