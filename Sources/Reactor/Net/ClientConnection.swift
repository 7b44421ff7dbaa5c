// A connection of a client: takes requests out of its bytes one by one, and carries one answer at a time back.

internal import Glibc
internal import Wire

package final class ClientConnection {
    /// Which of its timers a deadline belongs to.
    enum Timer { static let own: UInt8 = 0, wake: UInt8 = 1 }

    package let token: Token
    package let loop: Loop
    /// The service's own number for what it does for this client; -1 when nothing.
    package var tag = -1
    /// Something the service remembers about the peer; 0: nothing yet.
    package var mark: UInt64 = 0
    /// The request under way asks for the head of the answer only: `relay` sends no payload.
    package var omitsBody = false
    private(set) var descriptor: Int32
    var machine = ExchangeMachine()
    private var tls: TLSLayer?
    /// A partial request, or requests that wait for their turn. Nil when there is none: an idle connection holds no memory.
    private var inbox: Block?
    /// Bytes of the inbox that the head parser has seen.
    private var scannedBytes = 0
    /// What is known of a request whose body is still arriving.
    private var pending: PendingBody?
    /// A body that is handed on as it comes.
    var stream: BodyStream?
    /// Bytes the kernel has not accepted yet, encrypted where TLS is spoken.
    private var outbox: Block?
    private var mayHaveUnread = false
    private var hasHungUp = false
    /// A send has failed: what is still queued reaches nobody.
    private var isBroken = false
    private var isAnswerComplete = false
    /// The request under way was refused before all of it had arrived: the rest is thrown away.
    var hasRefused = false
    /// Everything is said; what the client still sends is read and dropped until it ends.
    private var isLingering = false
    /// The reactor's deadline (head, body, idle, write) and the service's.
    var timeout = Deadlines.Entry()
    var alarm = Deadlines.Entry()

    init(token: Token, descriptor: Int32, loop: Loop) {
        self.token = token
        self.descriptor = descriptor
        self.loop = loop
    }

    /// Speaks TLS from the first byte on.
    func secure(_ context: TLSContext) throws(SystemError) {
        do throws(TLSFault) {
            tls = try TLSLayer(accepting: context)
        } catch {
            // Only a lack of memory can be the reason.
            throw SystemError(call: "SSL_new", code: ENOMEM)
        }
    }

    // MARK: What the service calls

    /// Another request may follow on this connection: decides what the answer's `Connection` field says.
    package var willPersist: Bool { machine.willPersist && !loop.isDraining }
    /// The answer under way will be the last on this connection.
    package func closeAfterAnswer() { machine.lastRequest() }
    /// Bytes queued that the client has not taken.
    package var queuedBytes: Int { outbox?.bytes.count ?? 0 }
    package var isBackedUp: Bool { queuedBytes >= Limits.outboxBytesHigh }
    package var isSecure: Bool { tls != nil }
    /// The client's address, for limits and logs; nil when it is gone.
    package var peerAddress: SocketAddress? { descriptor < 0 ? nil : loop.driver.peerAddress(descriptor) }

    /// A request has been dispatched and its answer has not been sent whole.
    var isAnswering: Bool { machine.isAnswering }

    /// Queues bytes of the answer as they are.
    package func send(_ bytes: Span<UInt8>) {
        precondition(isAnswering, "send without a request")
        transmit(bytes)
    }

    /// All of the answer has been queued. The next request may already wait.
    package func answerEnded() {
        precondition(machine.isAnswering && !isAnswerComplete, "answer ended twice")
        abandonBody()
        isAnswerComplete = true
        alarm.disarm()
        if outbox == nil { finishAnswer() }
    }

    /// Ends the connection in the middle of an answer, so that the client cannot take it for a whole one.
    package func abort() {
        guard machine.peerClosed() != nil else { return }
        close(abort: true)
    }

    // MARK: What the loop calls

    func start() {
        armTimeout(milliseconds: Limits.headTimeoutMS)
        mayHaveUnread = true
        drain()
    }

    func happened(_ kinds: DriverEvent.Kinds) {
        if kinds.contains(.hangUp) { hasHungUp = true }
        if kinds.contains(.sendable), outbox != nil { flush() }
        if kinds.contains(.receivable) {
            mayHaveUnread = true
            drain()
        }
        leaveIfHungUp()
    }

    /// Goes on where a tick's share ended, or with the next request after an answer.
    func resume() {
        guard descriptor >= 0 else { return }
        if isBroken { return peerLeft() }
        if let block = inbox, pending == nil, machine.takesBytes, scannedBytes == 0 {
            inbox = nil
            take(block)
        }
        drain()
        leaveIfHungUp()
    }

    /// A client that has finished sending while its request runs is taken for gone: who only closes one half cannot be
    /// told from who closed both, and the provider's work should end with the interest in it.
    private func leaveIfHungUp() {
        guard descriptor >= 0, hasHungUp else { return }
        if machine.reading == .parked || machine.reading == .closed && !isLingering { peerLeft() }
    }

    func timedOut() {
        guard descriptor >= 0 else { return }
        if let stream { return streamTimedOut(stream) }
        switch machine.reading {
        case .head where inbox == nil: close(abort: false)
        case .head, .body: refuse(.timedOut)
        case .parked, .closed: peerLeft()
        }
    }

    /// The loop drains: an idle connection goes at once, a busy one after its answer.
    func drainBegan() {
        machine.lastRequest()
        if machine.reading == .head, inbox == nil { close(abort: false) }
    }

    // MARK: Receiving

    private func drain() {
        var rounds = 0
        while descriptor >= 0, mayHaveUnread, machine.takesBytes && !(stream?.isPaused ?? false) || isLingering {
            if rounds == Limits.receivesPerTick { return loop.revisit(token) }
            rounds += 1
            switch loop.driver.receive(descriptor, into: loop.scratch, Scratch.start..<Scratch.end) {
            case .bytes(let count, let isDrained):
                loop.counters.receivedBytes &+= count
                mayHaveUnread = !isDrained || hasHungUp
                if !isLingering { received(Scratch.start..<Scratch.start + count) }
            case .nothing: mayHaveUnread = false
            case .end, .broken:
                mayHaveUnread = false
                return peerLeft()
            }
        }
    }

    private func received(_ range: Range<Int>) {
        if tls == nil { return loop.received(range, by: self) }
        let (scratch, plain, cipher) = (loop.scratch, loop.plain, loop.cipher)
        var offset = range.lowerBound
        while descriptor >= 0 {
            cipher.bytes.removeAll()
            var room = plain.writable(Scratch.start..<Scratch.end)
            guard
                let receipt = tls?.session.receive(
                    scratch.bytes(offset..<range.upperBound), into: &room, outbox: &cipher.bytes)
            else { return }
            offset += receipt.ciphertextBytes
            // What the session itself has to say (handshake, alerts) goes out first.
            if !cipher.bytes.isEmpty { put(cipher.bytes.bytes) }
            if receipt.isFirstAfterHandshake { loop.counters.tlsHandshakeCount &+= 1 }
            if receipt.plaintextBytes > 0 { arrived(plain, Scratch.start..<Scratch.start + receipt.plaintextBytes) }
            switch receipt.next {
            case .regionFull: continue
            case .wantsMore: return
            case .closed, .fault: return peerLeft()
            }
        }
    }

    /// Plain bytes of the client stand in `scratch`.
    func arrived(_ scratch: Scratch, _ range: Range<Int>) {
        if hasRefused { return }
        if let block = inbox {
            block.bytes.append(scratch.bytes(range))
            if pending != nil { return continueBody(block) }
            // Bytes that came in one TLS flight with the request being answered: the next request waits.
            guard machine.takesBytes else { return }
            inbox = nil
            return take(block)
        }
        var start = range.lowerBound
        while start < range.upperBound, descriptor >= 0 {
            let used = use(scratch.bytes(start..<range.upperBound))
            if used == 0 { break }
            start += used
        }
        if start == range.upperBound || descriptor < 0 || hasRefused { return }
        let block = loop.blocks.take(for: range.upperBound - start)
        block.bytes.append(scratch.bytes(start..<range.upperBound))
        inbox = block
        if pending != nil { continueBody(block) }
    }

    /// Serves what stands in `block`, and keeps the rest or gives the block back.
    private func take(_ block: Block) {
        while descriptor >= 0 {
            let used = use(block.bytes.bytes)
            if used == 0 { break }
            block.bytes.consume(used)
        }
        if descriptor < 0 || hasRefused || block.bytes.isEmpty { return loop.blocks.give(block) }
        precondition(inbox == nil, "two inboxes")
        inbox = block
        if pending != nil { continueBody(block) }
    }

    /// Takes what stands at the front of `bytes`: a request, or more of the body of one.
    private func use(_ bytes: Span<UInt8>) -> Int {
        if let stream { return feed(bytes, to: stream) }
        return serve(bytes)
    }

    /// Dispatches the request at the front of `bytes` if it stands whole; returns how many bytes are done with.
    private func serve(_ bytes: Span<UInt8>) -> Int {
        guard machine.reading == .head, !bytes.isEmpty else { return 0 }
        let headBytes: Int
        do throws(HeadFault) {
            guard let length = try loop.parseRequest(bytes, scanned: scannedBytes) else {
                if scannedBytes == 0 { armTimeout(milliseconds: Limits.headTimeoutMS) }
                scannedBytes = bytes.count
                return 0
            }
            headBytes = length
        } catch {
            refuse(.head(error), bytes)
            return 0
        }
        scannedBytes = 0
        loop.counters.requestCount &+= 1
        let persists = loop.heads.request.persists && !loop.isDraining
        switch loop.heads.request.framing {
        case .none, .untilClose:
            dispatch(bytes, headBytes..<headBytes, persists: persists)
            return headBytes
        case .length(let bodyBytes):
            if bytes.count - headBytes >= bodyBytes, bodyBytes <= loop.bodyBytesMax {
                dispatch(bytes, headBytes..<headBytes + bodyBytes, persists: persists)
                return headBytes + bodyBytes
            }
            if bodyBytes <= Limits.streamedBodyBytesMax, loop.service.streamsBody(loop.heads.request, bytes: bytes) {
                return begin(BodyStream(length: bodyBytes), bytes, headBytes, persists: persists)
            }
            if bodyBytes > loop.bodyBytesMax {
                refuse(.bodyTooLarge, bytes)
            } else {
                expectBody(bytes, PendingBody(headBytes: headBytes, length: bodyBytes), persists: persists)
            }
        case .chunked:
            if loop.service.streamsBody(loop.heads.request, bytes: bytes) {
                return begin(BodyStream(length: nil), bytes, headBytes, persists: persists)
            }
            expectBody(bytes, PendingBody(headBytes: headBytes), persists: persists)
        }
        return 0
    }

    private func dispatch(_ bytes: Span<UInt8>, _ body: Range<Int>, persists: Bool) {
        timeout.disarm()
        switch machine.headParsed(hasWholeBody: true, persists: persists) {
        case .dispatch:
            loop.requestArrived(bytes, ByteRange(body.lowerBound, body.upperBound), from: self)
        case .readBody, .startNext, .close: preconditionFailure("a whole request must be dispatched")
        }
    }

    private func expectBody(_ bytes: Span<UInt8>, _ body: PendingBody, persists: Bool) {
        let expectsContinue = loop.heads.request.expectsContinue
        guard loop.reserveBody(body.reservedBytes) else { return refuse(.overloaded, bytes) }
        guard machine.headParsed(hasWholeBody: false, persists: persists) == .readBody else {
            preconditionFailure("an unread body must be read")
        }
        pending = body
        guard loop.service.bodyExpected(loop.heads.request, bytes: bytes, from: self), descriptor >= 0 else { return }
        armTimeout(milliseconds: Limits.bodyTimeoutMS)
        // Whoever has begun to send the body waits for nothing (RFC 9110 section 10.1.1).
        if expectsContinue, bytes.count == body.headBytes { transmit(ClientConnection.goOn.span) }
    }

    /// More of a body has arrived behind what stands in `block`, the inbox.
    private func continueBody(_ block: Block) {
        guard let body = pending else { return }
        do throws(Refusal) {
            let taken = try body.take(block, pool: &loop.blocks, bodyBytesMax: loop.bodyBytesMax)
            guard let (whole, end) = taken else {
                let more = body.missingReserve
                if more > 0 {
                    guard loop.reserveBody(more) else { throw .overloaded }
                    body.reserved(more)
                }
                return
            }
            loop.releaseBody(body.reservedBytes)
            dispatchWhole(whole, end: end, headBytes: body.headBytes, inbox: block)
        } catch {
            refuse(error)
        }
    }

    private func dispatchWhole(_ whole: Block, end: Int, headBytes: Int, inbox block: Block) {
        pending = nil
        inbox = nil
        timeout.disarm()
        guard machine.bodyArrived() == .dispatch else { preconditionFailure("a whole request must be dispatched") }
        // The parser's offsets were made for other requests meanwhile; the head still stands in front of the body.
        guard (try? loop.parseRequest(whole.bytes.bytes, scanned: 0)) == headBytes else {
            preconditionFailure("a head that was parsed once parses again")
        }
        loop.requestArrived(whole.bytes.bytes, ByteRange(headBytes, end), from: self)
        if whole === block { block.bytes.consume(end) } else { loop.blocks.give(whole) }
        if descriptor < 0 || block.bytes.isEmpty { return loop.blocks.give(block) }
        inbox = block
        if machine.takesBytes { loop.revisit(token) }
    }

    /// Lets the service answer with an error, after which the connection closes: what follows cannot be interpreted.
    /// - Parameter request: what has arrived of it, from its first byte on; nothing that the connection holds itself.
    func refuse(_ refusal: Refusal, _ request: Span<UInt8>) {
        loop.counters.refusedCount &+= 1
        refuseBody()
        loop.service.requestRefused(refusal, request: request, by: self)
    }

    /// Refuses the request in the inbox.
    private func refuse(_ refusal: Refusal) {
        // Taken from the connection, which gives back what it holds as soon as the answer is sent.
        let (block, decoded) = (inbox, pending?.takeDecoded())
        inbox = nil
        if let whole = decoded ?? block { refuse(refusal, whole.bytes.bytes) } else { refuse(refusal, Span()) }
        if let decoded { loop.blocks.give(decoded) }
        if let block { loop.blocks.give(block) }
    }

    /// The service refuses a request whose body has not arrived; it answers next, and the connection closes after it.
    package func refuseBody() {
        timeout.disarm()
        machine.refused()
        hasRefused = true
        dropBody()
    }

    private func dropBody() {
        guard let body = pending else { return }
        pending = nil
        loop.releaseBody(body.reservedBytes)
        body.discard(to: &loop.blocks)
    }

    // MARK: Sending

    func transmit(_ bytes: Span<UInt8>) {
        if descriptor < 0 || bytes.isEmpty { return }
        if tls == nil { return put(bytes) }
        let cipher = loop.cipher
        cipher.bytes.removeAll()
        // A session that cannot encrypt any more has failed in receiving, and the connection is ending already.
        guard (try? tls?.session.encrypt(bytes, into: &cipher.bytes)) != nil else { return }
        put(cipher.bytes.bytes)
    }

    /// Hands bytes to the driver, and queues what it does not accept.
    private func put(_ bytes: Span<UInt8>) {
        if isBroken { return }
        if let outbox {
            outbox.bytes.append(bytes)
            return
        }
        switch loop.send(descriptor, bytes) {
        case .bytes(let count):
            loop.counters.sentBytes &+= count
            if count == bytes.count { return }
            let block = loop.blocks.take(for: bytes.count - count)
            block.bytes.append(bytes.extracting(count..<bytes.count))
            outbox = block
            armTimeout(milliseconds: Limits.writeTimeoutMS)
        case .broken:
            // Learnt in the middle of the service's call: it hears of it when that is over.
            (isBroken, hasHungUp, mayHaveUnread) = (true, true, true)
            loop.revisit(token)
        }
    }

    private func flush() {
        guard let block = outbox else { return }
        switch loop.send(descriptor, block.bytes.bytes) {
        case .bytes(let count):
            loop.counters.sentBytes &+= count
            block.bytes.consume(count)
            if block.bytes.isEmpty {
                outbox = nil
                loop.blocks.give(block)
                timeout.disarm()
                if isAnswerComplete { return finishAnswer() }
                if machine.reading == .closed { return hangUp() }
                // It was no part of an answer (a handshake's, or 100 Continue): what was waited for still is.
                if machine.reading == .head { armTimeout(milliseconds: Limits.headTimeoutMS) }
                if machine.reading == .body { armTimeout(milliseconds: Limits.bodyTimeoutMS) }
            } else if count > 0 {
                armTimeout(milliseconds: Limits.writeTimeoutMS)
            }
            if machine.isAnswering, !isAnswerComplete, queuedBytes <= Limits.outboxBytesLow {
                loop.service.clientDrained(self)
            }
        case .broken: peerLeft()
        }
    }

    private func finishAnswer() {
        (isAnswerComplete, omitsBody) = (false, false)
        switch machine.answerSent() {
        case .startNext:
            armTimeout(milliseconds: Limits.idleTimeoutMS)
            if inbox != nil || mayHaveUnread || hasHungUp { loop.revisit(token) }
        case .close:
            sayGoodbye()
            if outbox == nil { hangUp() }
        case .dispatch, .readBody: preconditionFailure("an answer was sent")
        }
    }

    /// All is said. A peer that still sends would get a reset, and with it lose what we said last: let it finish first.
    private func hangUp() {
        guard hasRefused || inbox != nil || mayHaveUnread else { return close(abort: false) }
        isLingering = true
        if let inbox { loop.blocks.give(inbox) }
        inbox = nil
        loop.driver.finishSending(descriptor)
        armTimeout(milliseconds: Limits.lingerTimeoutMS)
        mayHaveUnread = mayHaveUnread || hasHungUp
        if mayHaveUnread { loop.revisit(token) }
    }

    // MARK: The end

    /// The client is gone, or taken for gone.
    func peerLeft() {
        let wasAnswering = machine.isAnswering && !isAnswerComplete
        _ = machine.peerClosed()
        if wasAnswering { loop.service.clientLeft(self) }
        close(abort: false)
    }

    private func close(abort: Bool) {
        guard descriptor >= 0 else { return }
        if !abort, !hasHungUp { sayGoodbye() }
        let closing = descriptor
        descriptor = -1
        _ = machine.peerClosed()
        timeout.disarm()
        alarm.disarm()
        dropStream()
        dropBody()
        if let inbox { loop.blocks.give(inbox) }
        if let outbox { loop.blocks.give(outbox) }
        (inbox, outbox) = (nil, nil)
        // Retire the token before closing: accept4(2) may hand out this descriptor number again within the same tick.
        loop.retire(self)
        loop.driver.close(closing, abort: abort)
    }

    /// Says close_notify, when nothing is queued in front of it.
    private func sayGoodbye() {
        guard tls != nil, outbox == nil else { return }
        let cipher = loop.cipher
        cipher.bytes.removeAll()
        tls?.session.close(outbox: &cipher.bytes)
        if !cipher.bytes.isEmpty { put(cipher.bytes.bytes) }
    }

    static let goOn: [UInt8] = Array("HTTP/1.1 100 Continue\r\n\r\n".utf8)
}
