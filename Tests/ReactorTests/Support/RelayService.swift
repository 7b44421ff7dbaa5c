// A service for tests: echoes, holds, pours, or relays to a scripted endpoint, as the path of the request says.
//   /echo, /echo/chunked       the body of the request, in place
//   /hold                      nothing until the test answers
//   /pour/N                    N bytes, as fast as the client takes them
//   /to/NAME[/lines]           what endpoint NAME answers; with lines, only whole lines are passed on before the end
//   /to/NAME/gaps              the same, and lines that begin with - are left out
//   /to/NAME/chunks            what endpoint NAME answers; chunks that stand whole go on as they are
//   /pipe/NAME                 the same, and the body is handed on as it comes
//   /deny                      403 before the body

@testable import Reactor
import Wire

final class RelayService: Service {
    final class Exchange {
        let client: ClientConnection
        var upstream: UpstreamConnection?
        var request: [UInt8] = []
        var endpoint: Endpoint?
        var attemptCount = 0
        let head = Block(capacity: 256)
        var isHeadSent = false
        var byLines = false
        var leavesOut = false
        var passesChunks = false
        var sendsChunks = false
        /// The answer came before the end of the request.
        var isEarly = false
        var isChunked = false
        /// Bytes still to be poured.
        var bytesLeft = 0
        init(_ client: ClientConnection) { self.client = client }
    }

    private(set) var loop: Loop?
    private(set) var exchanges: [Int: Exchange] = [:]
    private var nextTag = 0
    var endpoints: [String: Endpoint] = [:]
    var patience = UpstreamConnection.Patience(connectMS: 5_000, firstByteMS: 20_000, betweenBytesMS: 10_000)
    /// Whether the next clients' alarms are set, in milliseconds from the request.
    var wakeMS: Int?

    /// Bytes of a field added to relayed heads.
    var extraHeadBytes = 0

    // What happened.
    private(set) var arrivedPaths: [String] = []
    private(set) var leftCount = 0
    /// What stood of the request refused last.
    private(set) var refusedBytes: [UInt8] = []
    private(set) var drainedCount = 0
    private(set) var wokeCount = 0
    private(set) var pauseCount = 0
    private(set) var expectedBodyCount = 0
    private(set) var refusals: [Refusal] = []
    private(set) var faults: [UpstreamFault] = []
    private(set) var answerStatuses: [Int] = []
    private(set) var deliveredCount = 0
    private(set) var isDrained = false
    private(set) var held: [ClientConnection] = []
    /// Times a streamed body had to wait for its endpoint, and could go on.
    private(set) var bodyPauseCount = 0
    private(set) var upstreamDrainedCount = 0
    /// Bytes queued for endpoints at most.
    private(set) var queuedBytesMax = 0
    /// Bytes of answers seen, fresh ones counted once.
    private(set) var freshBytes = 0
    /// Those of them that went on in the chunks they came in.
    private(set) var chunkedBytes = 0

    func letGo() { (loop, held, exchanges, endpoints) = (nil, [], [:], [:]) }

    // MARK: Requests

    func started(on loop: Loop) { self.loop = loop }

    func bodyExpected(_ head: borrowing RequestParser, bytes: Span<UInt8>, from client: ClientConnection) -> Bool {
        expectedBodyCount += 1
        guard text(bytes, head.path) == "/deny" else { return true }
        client.refuseBody()
        answer(client, 403, "denied")
        return false
    }

    func requestArrived(
        _ head: borrowing RequestParser, bytes: Span<UInt8>, body: ByteRange, from client: ClientConnection
    ) {
        let path = text(bytes, head.path)
        arrivedPaths.append(path)
        if let wakeMS, let loop { client.wake(at: loop.now + UInt64(wakeMS) * 1_000_000) }
        let words = path.split(separator: "/").map(String.init)
        switch words.first {
        case "echo":
            let isChunked = words.count > 1
            let head = Block(capacity: 256)
            head.bytes.append("HTTP/1.1 200 OK\r\n")
            if isChunked {
                head.bytes.append("Transfer-Encoding: chunked\r\n")
            } else {
                head.bytes.append("Content-Length: \(body.count)\r\n")
            }
            if !client.willPersist { head.bytes.append("Connection: close\r\n") }
            head.bytes.append("\r\n")
            client.relay(bytes.extracting(body), behind: head.bytes.bytes, chunked: isChunked, last: true)
        case "hold": held.append(client)
        case "pour":
            let exchange = open(client)
            exchange.bytesLeft = Int(words[1]) ?? 0
            client.send(Array("HTTP/1.1 200 OK\r\nContent-Length: \(exchange.bytesLeft)\r\n\r\n".utf8).span)
            pour(exchange)
        case "to", "pipe":
            let exchange = open(client)
            exchange.byLines = words.count > 2 && words[2] != "chunks"
            exchange.passesChunks = words.count > 2 && words[2] == "chunks"
            exchange.leavesOut = words.count > 2 && words[2] == "gaps"
            let body = Array(copying: bytes.extracting(body))
            exchange.request =
                Array("POST \(path) HTTP/1.1\r\nHost: u\r\nContent-Length: \(body.count)\r\n\r\n".utf8) + body
            exchange.endpoint = endpoints[words[1]]
            attempt(exchange)
        default: answer(client, 404, "nothing at \(path)")
        }
    }

    func streamsBody(_ head: borrowing RequestParser, bytes: Span<UInt8>) -> Bool {
        text(bytes, head.path).hasPrefix("/pipe/")
    }

    func requestBegan(_ head: borrowing RequestParser, bytes: Span<UInt8>, from client: ClientConnection) {
        let path = text(bytes, head.path)
        arrivedPaths.append(path)
        let exchange = open(client)
        var framing = "Transfer-Encoding: chunked"
        if case .length(let count) = head.framing { framing = "Content-Length: \(count)" }
        exchange.sendsChunks = framing.hasPrefix("T")
        exchange.request = Array("POST \(path) HTTP/1.1\r\nHost: u\r\n\(framing)\r\n\r\n".utf8)
        exchange.endpoint = endpoints[path.split(separator: "/").map(String.init)[1]]
        attempt(exchange)
    }

    func bodyArrived(_ bytes: Span<UInt8>, isLast: Bool, from client: ClientConnection) {
        guard let exchange = exchanges[client.tag], let upstream = exchange.upstream else { return }
        var out = ByteBuffer()
        if exchange.sendsChunks {
            ChunkWriter.chunk(bytes, into: &out)
            if isLast { ChunkWriter.finish(into: &out) }
        } else {
            out.append(bytes)
        }
        upstream.sendMore(out.bytes, isLast: isLast)
        queuedBytesMax = max(queuedBytesMax, upstream.queuedBytes)
        if upstream.isBackedUp, !isLast {
            bodyPauseCount += 1
            upstream.tellsWhenDrained = true
            client.pauseBody()
        }
    }

    func upstreamDrained(_ upstream: UpstreamConnection) {
        upstreamDrainedCount += 1
        exchanges[upstream.tag]?.client.resumeBody()
    }

    func bodyBroke(_ refusal: Refusal, from client: ClientConnection) {
        refusals.append(refusal)
        exchanges.removeValue(forKey: client.tag)?.upstream?.discard()
        answer(client, refusal.status, "\(refusal.text)")
    }

    func requestRefused(_ refusal: Refusal, request: Span<UInt8>, by client: ClientConnection) {
        refusals.append(refusal)
        refusedBytes = Array(copying: request)
        answer(client, refusal.status, "\(refusal.text)")
    }

    func clientLeft(_ client: ClientConnection) {
        leftCount += 1
        held.removeAll { $0 === client }
        guard let exchange = exchanges.removeValue(forKey: client.tag) else { return }
        exchange.upstream?.discard()
    }

    func clientDrained(_ client: ClientConnection) {
        drainedCount += 1
        guard let exchange = exchanges[client.tag] else { return }
        if exchange.bytesLeft > 0 { pour(exchange) } else { exchange.upstream?.resumeReceiving() }
    }

    func clientWoke(_ client: ClientConnection) { wokeCount += 1 }

    /// Answers as a whole; the connection stays if it may.
    func answer(_ client: ClientConnection, _ status: Int, _ text: String) {
        held.removeAll { $0 === client }
        let close = client.willPersist ? "" : "Connection: close\r\n"
        let bytes = "HTTP/1.1 \(status) X\r\n\(close)Content-Length: \(text.utf8.count)\r\n\r\n\(text)"
        client.send(Array(bytes.utf8).span)
        client.answerEnded()
    }

    private func open(_ client: ClientConnection) -> Exchange {
        let exchange = Exchange(client)
        nextTag += 1
        client.tag = nextTag
        exchanges[nextTag] = exchange
        return exchange
    }

    private func close(_ exchange: Exchange) {
        exchanges[exchange.client.tag] = nil
        exchange.client.tag = -1
    }

    private func pour(_ exchange: Exchange) {
        while exchange.bytesLeft > 0, !exchange.client.isBackedUp {
            let count = min(exchange.bytesLeft, 10_000)
            exchange.bytesLeft -= count
            let bytes = [UInt8](repeating: 0x70, count: count)
            exchange.client.send(bytes.span)
        }
        if exchange.bytesLeft > 0 { return pauseCount += 1 }
        close(exchange)
        exchange.client.answerEnded()
    }

    // MARK: Answers

    private func attempt(_ exchange: Exchange) {
        exchange.attemptCount += 1
        guard let loop, let endpoint = exchange.endpoint,
            let upstream = loop.lease(endpoint, patience: patience, tag: exchange.client.tag)
        else {
            close(exchange)
            return answer(exchange.client, 503, "exhausted")
        }
        exchange.upstream = upstream
        let request = exchange.request
        upstream.send(request.span)
    }

    func answerHead(_ head: borrowing ResponseParser, bytes: Span<UInt8>, from upstream: UpstreamConnection) {
        answerStatuses.append(head.status)
        guard let exchange = exchanges[upstream.tag] else { return }
        exchange.isEarly = exchange.client.isSendingBody
        exchange.client.abandonBody()
        let block = exchange.head
        block.bytes.append("HTTP/1.1 \(head.status) OK\r\n")
        if case .length(let count) = head.framing {
            block.bytes.append("Content-Length: \(count)\r\n")
        } else {
            block.bytes.append("Transfer-Encoding: chunked\r\n")
            exchange.isChunked = true
        }
        if extraHeadBytes > 0 { block.bytes.append("X: " + String(repeating: "x", count: extraHeadBytes) + "\r\n") }
        block.bytes.append("\r\n")
    }

    func answerChunks(_ bytes: Span<UInt8>, from upstream: UpstreamConnection) -> Int {
        guard let exchange = exchanges[upstream.tag], exchange.passesChunks else { return 0 }
        var used = 0
        while case let chunk = ChunkDecoder.plainChunk(in: bytes, from: used), !chunk.isEmpty {
            used = chunk.upperBound + 2
            freshBytes += chunk.count
            chunkedBytes += chunk.count
        }
        if used == 0 { return 0 }
        let head = exchange.head
        exchange.client.relay(chunks: bytes.extracting(0..<used), behind: head.bytes.bytes, last: false)
        head.bytes.removeAll()
        return used
    }

    func answerBody(_ bytes: Span<UInt8>, freshCount: Int, isLast: Bool, from upstream: UpstreamConnection) -> Int {
        freshBytes += freshCount
        guard let exchange = exchanges[upstream.tag] else { return bytes.count }
        var used = bytes.count
        if exchange.byLines, !isLast {
            // What was shown before had no end of a line.
            while used > bytes.count - freshCount, bytes[used - 1] != 0x0A { used -= 1 }
            if used == bytes.count - freshCount { used = 0 }
        }
        if used == 0, !isLast { return 0 }
        let head = exchange.head
        if isLast { close(exchange) }
        // What the endpoint has not got of the request would be taken for another one.
        if isLast, exchange.isEarly { upstream.discard() }
        exchange.isHeadSent = true
        if exchange.leavesOut {
            relayWithoutGaps(bytes.extracting(0..<used), exchange, isLast: isLast)
        } else {
            exchange.client.relay(
                bytes.extracting(0..<used), behind: head.bytes.bytes, chunked: exchange.isChunked, last: isLast)
            head.bytes.removeAll()
        }
        if !isLast, exchange.client.isBackedUp {
            pauseCount += 1
            upstream.pause()
        }
        return used
    }

    /// Leaves out the lines that begin with `-`; what stands between two of them is passed on with what stands before.
    private func relayWithoutGaps(_ bytes: Span<UInt8>, _ exchange: Exchange, isLast: Bool) {
        var front = ByteRange.none
        var piece = ByteRange.none
        var index = 0
        while index < bytes.count {
            let end = min(ByteScan.first(0x0A, in: bytes, from: index) + 1, bytes.count)
            if bytes[index] != 0x2D {
                piece = ByteRange(piece.isEmpty ? index : Int(piece.start), end)
            } else if front.isEmpty {
                (front, piece) = (piece, .none)
            } else if !piece.isEmpty {
                relay(front, piece, of: bytes, exchange, isLast: false)
                (front, piece) = (.none, .none)
            }
            index = end
        }
        if isLast || !front.isEmpty || !piece.isEmpty { relay(front, piece, of: bytes, exchange, isLast: isLast) }
    }

    private func relay(
        _ front: ByteRange, _ piece: ByteRange, of bytes: Span<UInt8>, _ exchange: Exchange, isLast: Bool
    ) {
        guard let joined = exchange.client.join(front, piece, of: bytes) else {
            relay(front, .none, of: bytes, exchange, isLast: false)
            return relay(piece, .none, of: bytes, exchange, isLast: isLast)
        }
        let head = exchange.head
        exchange.client.relay(
            bytes.extracting(joined), behind: head.bytes.bytes, chunked: exchange.isChunked, last: isLast)
        head.bytes.removeAll()
    }

    func upstreamFailed(_ fault: UpstreamFault, _ upstream: UpstreamConnection) {
        faults.append(fault)
        guard let exchange = exchanges[upstream.tag] else { return }
        exchange.upstream = nil
        if case .stale = fault, exchange.attemptCount == 1 { return attempt(exchange) }
        close(exchange)
        if exchange.isHeadSent { exchange.client.abort() } else { answer(exchange.client, 502, "\(fault)") }
    }

    // MARK: The loop

    func delivered(_ message: any Sendable) {
        if !(message is World.Nudge) { deliveredCount += 1 }
    }

    func merge() {}
    func drained() { isDrained = true }

    private func text(_ bytes: Span<UInt8>, _ range: ByteRange) -> String {
        String(decoding: Array(copying: bytes.extracting(range)), as: UTF8.self)
    }
}
