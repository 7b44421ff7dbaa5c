// One HTTP request from this process to a gateway, on a loop of its own: for the demo and the health check.

internal import Reactor
internal import Wire

/// Not Sendable: born, run and freed on the calling thread.
final class OneRequest: Service {
    /// What came back.
    struct Answer {
        var status = 0
        var headers: [(name: String, value: String)] = []
        var body: [UInt8] = []
        var fault: String?

        func header(_ name: String) -> String? { headers.first { $0.name.lowercased() == name }?.value }
    }

    private let endpoint: Endpoint
    private let request: [UInt8]
    private let onBytes: ([UInt8]) -> Void
    private var answer = Answer()
    private var isOver = false

    /// - Parameter onBytes: called with each piece of a 200's body as it comes.
    private init(_ address: SocketAddress, _ request: [UInt8], _ onBytes: @escaping ([UInt8]) -> Void) {
        endpoint = Endpoint(host: address.host, port: address.port, tls: nil)
        self.request = request
        self.onBytes = onBytes
    }

    /// Sends `request` and waits for the whole answer.
    static func run(
        _ address: SocketAddress, _ request: [UInt8], onBytes: @escaping ([UInt8]) -> Void = { _ in }
    ) throws(SystemError) -> Answer {
        let one = OneRequest(address, request, onBytes)
        let loop = try Loop(
            core: 0, driver: Driver.make(.epoll), settings: Loop.Settings(driver: .epoll), peers: Peers(count: 1),
            resolver: nil, service: one)
        let patience = UpstreamConnection.Patience(connectMS: 2_000, firstByteMS: 30_000, betweenBytesMS: 30_000)
        loop.lease(one.endpoint, patience: patience, tag: 0)?.send(request.span)
        while !one.isOver { try loop.tick() }
        return one.answer
    }

    func started(on loop: Loop) {}

    func answerHead(_ head: borrowing ResponseParser, bytes: Span<UInt8>, from upstream: UpstreamConnection) {
        answer.status = head.status
        for index in 0..<head.fields.count {
            let field = head.fields[index]
            answer.headers.append(
                (String(copying: bytes.extracting(field.name)), String(copying: bytes.extracting(field.value))))
        }
    }

    func answerBody(_ bytes: Span<UInt8>, freshCount: Int, isLast: Bool, from upstream: UpstreamConnection) -> Int {
        let piece = Array(copying: bytes)
        answer.body += piece
        if answer.status == 200 { onBytes(piece) }
        if isLast { isOver = true }
        return bytes.count
    }

    func upstreamFailed(_ fault: UpstreamFault, _ upstream: UpstreamConnection) {
        answer.fault = "\(fault)"
        isOver = true
    }

    // It serves nobody.
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
    func merge() {}
    func drained() {}
}
