import Gateway
import Reactor
import Wire

/// The client of a whole path, and the control thread's stand-in: asks the same again and again on a few connections, and
/// takes what the core reports.
final class Caller: Service {
    private let request: [UInt8]
    private let endpoint: Endpoint
    private let connectionCount: Int
    private let control: ControlLink
    private var loop: Loop?

    init(request: [UInt8], to address: SocketAddress, connectionCount: Int, control: ControlLink) {
        self.request = request
        self.connectionCount = connectionCount
        self.control = control
        endpoint = Endpoint(host: address.host, port: address.port, tls: nil)
    }

    func started(on loop: Loop) { self.loop = loop }

    /// To be called once, when the loop stands.
    func begin() {
        for _ in 0..<connectionCount { ask() }
    }

    private func ask() {
        guard let loop, !loop.isDraining else { return }
        let patience = UpstreamConnection.Patience(connectMS: 5_000, firstByteMS: 5_000, betweenBytesMS: 5_000)
        guard let upstream = loop.lease(endpoint, patience: patience, tag: 0) else {
            preconditionFailure("no connection to the core")
        }
        let request = request
        upstream.send(request.span)
    }

    func answerHead(_ head: borrowing ResponseParser, bytes: Span<UInt8>, from upstream: UpstreamConnection) {
        precondition(head.status == 200, "the core answered \(head.status)")
    }

    func answerBody(_ bytes: Span<UInt8>, freshCount: Int, isLast: Bool, from upstream: UpstreamConnection) -> Int {
        if isLast { ask() }
        return bytes.count
    }

    func upstreamFailed(_ fault: UpstreamFault, _ upstream: UpstreamConnection) {
        precondition(loop?.isDraining == true, "the core failed: \(fault)")
    }

    func merge() {
        for case .delivery(let content) in control.mailbox.takeAll() {
            if let message = content as? ControlMessage, case .records(let batch) = message { control.taken(batch) }
        }
    }

    // Nobody calls a caller.
    func bodyExpected(_ head: borrowing RequestParser, bytes: Span<UInt8>, from client: ClientConnection) -> Bool {
        true
    }
    func requestArrived(
        _ head: borrowing RequestParser, bytes: Span<UInt8>, body: ByteRange, from client: ClientConnection
    ) {}
    func requestRefused(_ refusal: Refusal, request: Span<UInt8>, by client: ClientConnection) {}
    func clientLeft(_ client: ClientConnection) {}
    func clientDrained(_ client: ClientConnection) {}
    func clientWoke(_ client: ClientConnection) {}
    func delivered(_ message: any Sendable) {}
    func drained() {}
}
