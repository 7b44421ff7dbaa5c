// A connection to an endpoint of a provider: carries one request at a time out, and brings its answer back.

internal import Glibc
internal import Wire

package final class UpstreamConnection {
    enum Framing { case none, length(bytesLeft: Int), chunked, untilClose }

    package let token: Token
    package let endpoint: Endpoint
    package let loop: Loop
    /// The service's own number for what this connection is leased for; -1 when it is not.
    package var tag = -1
    private(set) var descriptor: Int32 = -1
    private(set) var machine = UpstreamMachine()
    private var tls: TLSLayer?
    private(set) var patience = Patience(connectMS: 0, firstByteMS: 0, betweenBytesMS: 0)
    private var framing = Framing.none
    var decoder = ChunkDecoder()
    var persists = true
    /// A partial head, or bytes of the body that the service could not use yet.
    private var held: Block?
    var holdsBody: Bool { held != nil }
    /// A request that waits for the connection to stand.
    private(set) var request: Block?
    /// Bytes the kernel has not accepted yet, encrypted where TLS is spoken.
    private(set) var outbox: Block?
    private var mayHaveUnread = false
    private var hasHungUp = false
    /// The errno value with which a send failed: what is still queued reaches nobody.
    private var sendFault: Int32 = 0
    /// The reader is slow, so nothing is received.
    package private(set) var isPaused = false
    /// The service has let go on what it had paused, and may now take what it left.
    private var wasPaused = false
    private var hasReceived = false
    /// `Service.upstreamDrained` is to be called once most of what is queued has left.
    package var tellsWhenDrained = false
    /// How much of the request has been queued.
    var feed = Feed.whole
    var timeout = Deadlines.Entry()

    init(token: Token, endpoint: Endpoint, loop: Loop) {
        self.token = token
        self.endpoint = endpoint
        self.loop = loop
    }

    // MARK: What the service calls

    /// Queues a request; it leaves as soon as the connection stands.
    package func send(_ bytes: Span<UInt8>) {
        precondition(machine.isLeased, "send on a connection that is not leased")
        switch machine.state {
        case .awaitingHead, .readingBody: transmit(bytes)
        case .resolving, .connecting, .handshaking:
            let block = request ?? loop.blocks.take(for: bytes.count)
            block.bytes.append(bytes)
            request = block
        case .idle, .closed: preconditionFailure("send while \(machine.state)")
        }
    }

    /// How long the rest of the answer may be silent from now on, in milliseconds.
    package func allow(betweenBytesMS: Int) { patience.betweenBytesMS = betweenBytesMS }

    /// Stops receiving: the reader is slow.
    package func pause() { isPaused = true }

    /// Receives again; what waits comes later in this tick.
    package func resumeReceiving() {
        guard isPaused else { return }
        (isPaused, wasPaused) = (false, true)
        // What it was silent for so far was its reader's doing, and the time for that may end in this very tick.
        if machine.state == .readingBody { arm(patience.betweenBytesMS) }
        loop.revisit(token)
    }

    /// Ends the connection: nobody wants the rest of the answer. The provider sees a reset and stops working.
    package func discard() {
        tag = -1
        close(abort: true)
    }

    // MARK: What the loop calls

    func lease(_ patience: Patience, tag: Int) {
        self.patience = patience
        self.tag = tag
        (hasReceived, tellsWhenDrained, feed) = (false, false, .whole)
        switch machine.state {
        case .idle:
            machine.leased()
            arm(patience.firstByteMS)
        case .resolving, .connecting, .handshaking, .awaitingHead, .readingBody: arm(patience.connectMS)
        case .closed: preconditionFailure("leased a closed connection")
        }
    }

    /// The endpoint's name is known: connect to one of its addresses, each in its turn.
    private func connect() {
        let address = endpoint.addresses[endpoint.nextAddress % endpoint.addresses.count]
        endpoint.nextAddress &+= 1
        machine.resolved()
        loop.counters.connectCount &+= 1
        do throws(SystemError) {
            descriptor = try loop.driver.connect(address)
            try loop.driver.register(descriptor, token)
        } catch {
            fail(.unreachable(error))
        }
    }

    func unresolved(_ error: SystemError) {
        if machine.state == .resolving { fail(.unresolved(error)) }
    }

    func happened(_ kinds: DriverEvent.Kinds) {
        if kinds.contains(.hangUp) { hasHungUp = true }
        if machine.state == .connecting {
            guard kinds.contains(.sendable) || kinds.contains(.hangUp) else { return }
            connected()
        } else if kinds.contains(.sendable) {
            flush()
        }
        guard descriptor >= 0, kinds.contains(.receivable) else { return }
        mayHaveUnread = true
        drain()
    }

    func resume() {
        if machine.state == .resolving {
            if !endpoint.addresses.isEmpty { connect() }
            return
        }
        guard descriptor >= 0, !isPaused else { return }
        if wasPaused, let block = held, machine.state == .readingBody {
            // What was held back because the reader was slow may now be wanted.
            offer(block, freshCount: 0, isLast: false)
        }
        wasPaused = false
        drain()
    }

    func timedOut() {
        switch machine.state {
        case .resolving: fail(.timedOut(.resolve))
        case .connecting: fail(.timedOut(.connect))
        case .handshaking: fail(.timedOut(.handshake))
        case .awaitingHead: headTimedOut()
        // A reader that is slow does not make the provider silent.
        case .readingBody: if isPaused { arm(patience.betweenBytesMS) } else { fail(.timedOut(.betweenBytes)) }
        case .idle: close(abort: false)
        case .closed: break
        }
    }

    // MARK: Connecting

    private func connected() {
        let code = loop.driver.connectFault(descriptor)
        guard code == 0 else { return fail(.unreachable(SystemError(call: "connect", code: code))) }
        machine.connected(handshakes: endpoint.tls != nil)
        guard let context = endpoint.tls else { return opened() }
        let cipher = loop.cipher
        cipher.bytes.removeAll()
        do throws(TLSFault) {
            tls = try TLSLayer(connecting: context, endpoint, outbox: &cipher.bytes)
        } catch {
            return fail(.tls(error))
        }
        put(cipher.bytes.bytes)
    }

    private func opened() {
        arm(patience.firstByteMS)
        guard let block = request else { return }
        request = nil
        transmit(block.bytes.bytes)
        loop.blocks.give(block)
        tellIfDrained()
    }

    // MARK: Receiving

    private func drain() {
        var rounds = 0
        while descriptor >= 0, mayHaveUnread, !isPaused {
            if rounds == Limits.receivesPerTick { return loop.revisit(token) }
            rounds += 1
            switch loop.driver.receive(descriptor, into: loop.scratch, Scratch.start..<Scratch.end) {
            case .bytes(let count, let isDrained):
                loop.counters.receivedBytes &+= count
                mayHaveUnread = !isDrained || hasHungUp
                let range = Scratch.start..<Scratch.start + count
                if tls == nil { arrived(loop.scratch, range) } else { decrypt(range) }
            case .nothing: mayHaveUnread = false
            case .end:
                mayHaveUnread = false
                if sendFault != 0 { return ended(SystemError(call: "send", code: sendFault)) }
                // Without close_notify an end may have been forged: what came is not known to be whole.
                return ended(tls == nil ? nil : SystemError(call: "SSL_read", code: ECONNRESET))
            case .broken(let code):
                mayHaveUnread = false
                return ended(SystemError(call: "recv", code: code))
            }
        }
    }

    /// Plain bytes of the endpoint stand in `scratch`.
    private func arrived(_ scratch: Scratch, _ range: Range<Int>) {
        hasReceived = true
        switch machine.state {
        case .awaitingHead: takeHead(scratch, range)
        case .readingBody: takeBody(scratch, range)
        // Bytes nobody asked for: they would be taken for the next answer.
        case .idle: close(abort: true)
        case .resolving, .connecting, .handshaking, .closed: break
        }
    }

    private func takeHead(_ scratch: Scratch, _ range: Range<Int>) {
        do throws(HeadFault) {
            if let block = held {
                let scanned = block.bytes.count
                block.bytes.append(scratch.bytes(range))
                guard
                    let headBytes = try loop.parseResponse(block.bytes.bytes, scanned: scanned)
                else { return }
                held = nil
                let restBytes = block.bytes.count - headBytes
                defer { loop.blocks.give(block) }
                headArrived(block.bytes.bytes, scratch, range.upperBound - restBytes..<range.upperBound)
            } else {
                let bytes = scratch.bytes(range)
                guard let headBytes = try loop.parseResponse(bytes, scanned: 0) else { return hold(bytes) }
                headArrived(bytes, scratch, range.lowerBound + headBytes..<range.upperBound)
            }
        } catch {
            fail(.malformed(error))
        }
    }

    private func headArrived(_ bytes: Span<UInt8>, _ scratch: Scratch, _ rest: Range<Int>) {
        if loop.heads.response.isInterim {
            if !rest.isEmpty { takeHead(scratch, rest) }
            return
        }
        machine.headArrived()
        persists = loop.heads.response.persists
        var isWhole = false
        switch loop.heads.response.framing {
        case .none:
            framing = .none
            isWhole = true
        case .length(let count):
            framing = .length(bytesLeft: count)
            isWhole = count == 0
        case .chunked:
            decoder = ChunkDecoder()
            framing = .chunked
        case .untilClose:
            framing = .untilClose
            persists = false
        }
        loop.answerHead(bytes, from: self)
        guard descriptor >= 0 else { return }
        if isWhole {
            if !rest.isEmpty { persists = false }
            finish(Span(), freshCount: 0)
        } else if !rest.isEmpty {
            takeBody(scratch, rest)
        } else {
            arm(patience.betweenBytesMS)
        }
    }

    /// Shows the service the body, its framing taken off in place where it has to be.
    private func takeBody(_ scratch: Scratch, _ range: Range<Int>) {
        switch framing {
        case .none: fail(.cut(nil))
        case .untilClose: show(scratch.bytes(range), isLast: false)
        case .length(let bytesLeft):
            let count = min(bytesLeft, range.count)
            // More than was announced: what follows belongs to no answer.
            if range.count > bytesLeft { persists = false }
            framing = .length(bytesLeft: bytesLeft - count)
            show(scratch.bytes(range.lowerBound..<range.lowerBound + count), isLast: count == bytesLeft)
        case .chunked: takeChunks(scratch, range)
        }
    }

    /// Shows payload to the service, behind what it could not use before.
    func show(_ payload: Span<UInt8>, isLast: Bool) {
        guard let block = held else {
            if isLast { return finish(payload, freshCount: payload.count) }
            let used = loop.answerBody(payload, freshCount: payload.count, isLast: false, from: self)
            guard descriptor >= 0 else { return }
            if used < payload.count { hold(payload.extracting(used..<payload.count)) }
            arm(patience.betweenBytesMS)
            return
        }
        if block.bytes.count + payload.count > Limits.heldBytesMax { return fail(.tooLarge) }
        block.bytes.append(payload)
        offer(block, freshCount: payload.count, isLast: isLast)
    }

    private func offer(_ block: Block, freshCount: Int, isLast: Bool) {
        held = nil
        if isLast {
            finish(block.bytes.bytes, freshCount: freshCount)
            return loop.blocks.give(block)
        }
        let used = loop.answerBody(block.bytes.bytes, freshCount: freshCount, isLast: false, from: self)
        block.bytes.consume(used)
        if descriptor < 0 || block.bytes.isEmpty {
            loop.blocks.give(block)
        } else {
            held = block
        }
        if descriptor >= 0 { arm(patience.betweenBytesMS) }
    }

    /// The answer is whole: the service takes the rest of it, then the connection is free for the next request.
    private func finish(_ payload: Span<UInt8>, freshCount: Int) {
        let used = loop.answerBody(payload, freshCount: freshCount, isLast: true, from: self)
        precondition(
            used == payload.count || tag < 0, "the service left \(payload.count - used) bytes of a whole answer")
        guard descriptor >= 0 else { return }
        machine.answerArrived()
        tag = -1
        framing = .none
        guard persists, outbox == nil, !hasHungUp, !loop.isDraining else { return close(abort: false) }
        (isPaused, wasPaused) = (false, false)
        arm(Limits.upstreamIdleTimeoutMS)
        endpoint.idle.append(self)
    }

    private func hold(_ bytes: Span<UInt8>) {
        let block = loop.blocks.take(for: bytes.count)
        block.bytes.append(bytes)
        held = block
    }

    // MARK: TLS

    private func decrypt(_ range: Range<Int>) {
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
            if !cipher.bytes.isEmpty { put(cipher.bytes.bytes) }
            if receipt.isFirstAfterHandshake {
                loop.counters.tlsHandshakeCount &+= 1
                machine.handshaken()
                opened()
            }
            if receipt.plaintextBytes > 0 { arrived(plain, Scratch.start..<Scratch.start + receipt.plaintextBytes) }
            switch receipt.next {
            case .regionFull: continue
            case .wantsMore: return
            case .closed: return ended(nil)
            case .fault(let fault): return fail(.tls(fault))
            }
        }
    }

    // MARK: Sending

    private func transmit(_ bytes: Span<UInt8>) {
        if descriptor < 0 || bytes.isEmpty { return }
        if tls == nil { return put(bytes) }
        let cipher = loop.cipher
        cipher.bytes.removeAll()
        // A session that cannot encrypt any more has failed in receiving, and the connection is ending already.
        guard (try? tls?.session.encrypt(bytes, into: &cipher.bytes)) != nil else { return }
        put(cipher.bytes.bytes)
    }

    private func put(_ bytes: Span<UInt8>) {
        if sendFault != 0 { return }
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
        case .broken(let code): sendBroke(code)
        }
    }

    /// The peer's last words may wait to be read, and the service may be in the middle of a call: look at it later.
    private func sendBroke(_ code: Int32) {
        (sendFault, hasHungUp, mayHaveUnread) = (code, true, true)
        if let outbox { loop.blocks.give(outbox) }
        outbox = nil
        loop.revisit(token)
    }

    private func flush() {
        guard machine.isOpen || machine.state == .handshaking, let block = outbox else { return }
        switch loop.send(descriptor, block.bytes.bytes) {
        case .bytes(let count):
            loop.counters.sentBytes &+= count
            block.bytes.consume(count)
            if block.bytes.isEmpty {
                outbox = nil
                loop.blocks.give(block)
            }
            if count > 0 { moved() }
        case .broken(let code): sendBroke(code)
        }
    }

    // MARK: The end

    /// The peer has finished or the connection broke.
    private func ended(_ error: SystemError?) {
        switch machine.state {
        case .idle: close(abort: false)
        case .readingBody:
            if case .untilClose = framing, error == nil {
                if let block = held { offer(block, freshCount: 0, isLast: true) } else { finish(Span(), freshCount: 0) }
            } else {
                fail(.cut(error))
            }
        case .awaitingHead where machine.isReused && !hasReceived: fail(.stale)
        case .connecting: fail(.unreachable(error ?? SystemError(call: "connect", code: ECONNREFUSED)))
        case .awaitingHead, .handshaking, .resolving: fail(.cut(error))
        case .closed: break
        }
    }

    func fail(_ fault: UpstreamFault) {
        guard machine.closed() else { return }
        release(abort: true)
        if tag >= 0 { loop.service.upstreamFailed(fault, self) }
    }

    private func close(abort: Bool) {
        guard machine.closed() else { return }
        release(abort: abort)
    }

    private func release(abort: Bool) {
        timeout.disarm()
        for block in [held, request, outbox] { if let block { loop.blocks.give(block) } }
        (held, request, outbox) = (nil, nil, nil)
        loop.retire(self)
        if descriptor >= 0 { loop.driver.close(descriptor, abort: abort) }
        descriptor = -1
    }
}
