// A client or a scripted server, over the kernel or over a simulated network, in plain text or TLS.

import Glibc
@testable import Reactor
import Wire

final class TestPeer {
    private enum Line {
        case kernel(World, Int32)
        case simulated(SimulatedPeer)
    }

    private var line: Line?
    private var session: TLSSession?
    private let outbox = Block(capacity: 256)
    private var finishes = false
    private var hasFinished = false
    /// Plaintext that waits for the end of the handshake.
    private let early = Block(capacity: 256)

    private var reader = AnswerReader()
    let inbox = Block(capacity: 4096)
    private(set) var receivedBytes = 0
    private(set) var hasEnd = false
    private(set) var tlsHasEnd = false
    private(set) var tlsFault: TLSFault?
    private(set) var fault: Int32 = 0
    var isClosed: Bool { line == nil }
    /// Called when something has come.
    var onChange: ((TestPeer) -> Void)?
    var isReading = true {
        didSet { if case .simulated(let peer) = line { peer.isReading = isReading } }
    }

    init(kernel world: World, _ descriptor: Int32) { line = .kernel(world, descriptor) }

    init(simulated peer: SimulatedPeer) {
        line = .simulated(peer)
        peer.onChange = { [weak self] _ in self?.pump() }
    }

    deinit { close() }

    func speakTLS(connecting context: TLSContext, host: String) throws {
        let outbox = outbox
        session = try TLSSession(connecting: context, host: host, port: 443, outbox: &outbox.bytes)
        pump()
    }

    func speakTLS(accepting context: TLSContext) throws { session = try TLSSession(accepting: context) }

    var text: String { String(decoding: received, as: UTF8.self) }
    var received: [UInt8] {
        let inbox = inbox
        return Array(copying: inbox.bytes.bytes)
    }

    /// The whole answers received so far.
    func answers() throws -> [Answer] {
        try reader.take(received)
        inbox.bytes.removeAll()
        return reader.answers
    }

    /// The body of an answer that is not whole yet.
    var partialBody: [UInt8] { reader.partial?.body ?? [] }

    func send(_ text: String) { send(Array(text.utf8)) }

    func send(_ bytes: [UInt8]) {
        if session == nil {
            outbox.bytes.append(bytes)
        } else {
            early.bytes.append(bytes)
        }
        pump()
    }

    /// Says close_notify behind what was sent.
    func sayTLSEnd() {
        pump()
        let outbox = outbox
        session?.close(outbox: &outbox.bytes)
        pump()
    }

    func finish() {
        finishes = true
        pump()
    }

    func close(abort: Bool = false) {
        switch line {
        case nil: break
        case .kernel(_, let descriptor): abort ? Socket.abort(descriptor) : Socket.close(descriptor)
        case .simulated(let peer):
            peer.onChange = nil
            peer.close(abort: abort)
        }
        line = nil
    }

    /// Sends and receives what can be; called once a turn.
    func pump() {
        guard let line else { return }
        let before = (receivedBytes, hasEnd, fault)
        switch line {
        case .kernel(let world, let descriptor):
            push { world.door.send(descriptor, $0) }
            if isReading { pull(world, descriptor) }
            push { world.door.send(descriptor, $0) }
            if finishes, !hasFinished, outbox.bytes.isEmpty, self.line != nil {
                hasFinished = true
                Socket.finishSending(descriptor)
            }
        case .simulated(let peer):
            if !peer.inbox.isEmpty {
                let raw = Array(copying: peer.inbox.bytes)
                peer.inbox.removeAll()
                take(raw)
            }
            if peer.hasEnd { hasEnd = true }
            if peer.fault != 0 { fault = peer.fault }
            push {
                peer.send($0)
                return .bytes($0.count)
            }
            if finishes, !hasFinished {
                hasFinished = true
                peer.finish()
            }
        }
        if before != (receivedBytes, hasEnd, fault) { onChange?(self) }
    }

    private func push(_ send: (Span<UInt8>) -> Driver.Sent) {
        let (early, outbox) = (early, outbox)
        if !early.bytes.isEmpty, case .established? = session?.phase {
            try? session?.encrypt(early.bytes.bytes, into: &outbox.bytes)
            early.bytes.removeAll()
        }
        if outbox.bytes.isEmpty || fault != 0 { return }
        switch send(outbox.bytes.bytes) {
        case .bytes(let count): outbox.bytes.consume(count)
        case .broken(let code): fault = code
        }
    }

    private func pull(_ world: World, _ descriptor: Int32) {
        for _ in 0..<64 where !hasEnd && fault == 0 {
            switch world.door.receive(descriptor, into: world.scratch, Scratch.start..<Scratch.end) {
            case .bytes(let count, _):
                let scratch = world.scratch
                take(Array(copying: scratch.bytes(Scratch.start..<Scratch.start + count)))
                if line == nil { return }
            case .nothing: return
            case .end: hasEnd = true
            case .broken(let code): fault = code
            }
        }
    }

    private func take(_ raw: [UInt8]) {
        let (inbox, outbox) = (inbox, outbox)
        guard session != nil else {
            receivedBytes += raw.count
            return inbox.bytes.append(raw)
        }
        let before = inbox.bytes.count
        var offset = 0
        while let receipt = session?.receive(
            raw.span.extracting(offset..<raw.count), into: &inbox.bytes, outbox: &outbox.bytes)
        {
            offset += receipt.ciphertextBytes
            switch receipt.next {
            case .regionFull: continue
            case .wantsMore: break
            case .closed: tlsHasEnd = true
            case .fault(let fault): tlsFault = fault
            }
            break
        }
        receivedBytes += inbox.bytes.count - before
    }
}
