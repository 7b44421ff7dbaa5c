// The answers to bodies that pass through, and what becomes of those that get none.

internal import Adapters
internal import Reactor
internal import Wire

extension DataPlane {
    /// The provider's head goes on with its status, whatever that is.
    func pipedHead(
        _ head: borrowing ResponseParser, _ bytes: Span<UInt8>, _ exchange: Exchange, _ pipe: Pipe
    ) {
        guard let client = exchange.client else { return }
        let fault = exchange.provider.dialect.fault(
            status: head.status, retryAfter: exchange.retryAfterNS, body: Span())
        if head.status >= 400, case .credentialRefused = fault {
            // The operator's key is at fault, of which a client learns nothing.
            blame(fault, exchange)
            return endPipe(exchange, .upstreamFailed)
        }
        if !pipe.isBodyWhole {
            pipe.isEarly = true
            client.abandonBody()
        }
        dropFront(exchange, pipe)
        exchange.phase = .piping
        pipe.status = head.status
        let type = bytes.extracting(head.fields.first(.contentType) ?? .none)
        let isEventStream = AnswerHead.isEventStream(type)
        if pipe.hasSucceeded, isEventStream || AnswerHead.isJSON(type) {
            pipe.usage = UsageScan(isEventStream: isEventStream)
        }
        let block = exchange.head ?? loop.blocks.take()
        block.bytes.removeAll()
        AnswerHead.begin(status: head.status, exchange, persists: client.willPersist, into: &block.bytes)
        AnswerHead.passOn(head.fields, bytes, into: &block.bytes)
        if isEventStream { AnswerHead.stream(exchange, into: &block.bytes) }
        switch head.framing {
        case .length(let count): AnswerHead.end(contentLength: count, into: &block.bytes)
        // 204 and 304 have neither a body nor the length of one (RFC 9110 section 8.6).
        case .none: AnswerHead.endStream(chunked: false, into: &block.bytes)
        case .chunked, .untilClose:
            pipe.isChunked = exchange.isChunked
            if !exchange.isChunked { client.closeAfterAnswer() }
            AnswerHead.endStream(chunked: exchange.isChunked, into: &block.bytes)
        }
        exchange.head = block
    }

    /// - Returns: all of them; what the client does not take yet is queued for it.
    func pipedBody(
        _ bytes: Span<UInt8>, isLast: Bool, _ exchange: Exchange, _ pipe: Pipe, _ upstream: UpstreamConnection
    ) -> Int {
        guard let client = exchange.client else { return bytes.count }
        exchange.record.answerBytes &+= Int64(bytes.count)
        pipe.usage?.feed(bytes)
        if let head = exchange.head {
            (exchange.head, exchange.isHeadSent) = (nil, true)
            // A refusal costs nothing.
            if pipe.hasSucceeded { exchange.record.firstTokenNS = max(1, loop.now &- exchange.startedAt) }
            client.relay(bytes, behind: head.bytes.bytes, chunked: pipe.isChunked, last: isLast)
            loop.blocks.give(head)
        } else if !bytes.isEmpty || isLast {
            client.relay(bytes, behind: Span(), chunked: pipe.isChunked, last: isLast)
        }
        if isLast {
            upstream.tag = -1
            exchange.upstream = nil
            if pipe.isEarly { upstream.discard() }
            pipeEnded(exchange, pipe)
        } else if client.isBackedUp {
            upstream.pause()
        }
        return bytes.count
    }

    private func pipeEnded(_ exchange: Exchange, _ pipe: Pipe) {
        if let told = pipe.usage?.usage { exchange.record.usage = told }
        let fault = exchange.provider.dialect.fault(
            status: pipe.status, retryAfter: exchange.retryAfterNS, body: Span())
        if pipe.hasSucceeded {
            exchange.record.errorLabel = ""
            if let index = healthIndex(exchange.providerIndex, of: exchange.snapshot) {
                health[index].answered(now: loop.now, wallClock: loop.wallClock)
            }
        } else if pipe.status == 408, pipe.isEarly {
            // It was the client that it waited for.
            exchange.record.errorLabel = "refused"
        } else if pipe.status >= 500 || [402, 408, 429].contains(pipe.status) {
            blame(fault, exchange)
        } else {
            // Path, type and framing are the client's, and so is what a provider has against them.
            exchange.record.errorLabel = "refused"
        }
        finish(exchange, status: pipe.status)
    }

    // MARK: Faults

    func pipeBroke(_ fault: UpstreamFault, _ endpoint: Endpoint, _ exchange: Exchange, _ pipe: Pipe) {
        if exchange.kept != nil, exchange.staleRetries < Limits.staleRetriesMax,
            mayAskAgain(fault, endpoint, exchange)
        {
            exchange.staleRetries += 1
            return askPiped(exchange, pipe)
        }
        switch fault {
        case .stale: endPipe(exchange, .upstreamFailed)
        // Who waits for a slow client may tire of it.
        case .cut where !pipe.isBodyWhole: endPipe(exchange, .upstreamFailed)
        case .timedOut:
            blame(AttemptFault(fault), exchange)
            endPipe(exchange, .totalTimeout)
        case .unresolved, .unreachable, .tls, .cut, .malformed, .tooLarge, .exhausted:
            blame(AttemptFault(fault), exchange)
            endPipe(exchange, .upstreamFailed)
        }
    }

    /// Nothing has reached the provider: the connection had ended before, or none came about and there is another address.
    private func mayAskAgain(_ fault: UpstreamFault, _ endpoint: Endpoint, _ exchange: Exchange) -> Bool {
        if case .stale = fault { return loop.now &- exchange.attemptStartedAt < Limits.staleNSMax }
        guard fault.isOfConnecting, let endpoints = endpoints(exchange.providerIndex, of: exchange.snapshot)
        else { return false }
        return endpoints.rest(endpoint, now: loop.now)
    }

    /// The time is over that one request may take, or until its model is named.
    func pipeRanOut(_ exchange: Exchange, _ pipe: Pipe) {
        let end = end(of: exchange)
        if pipe.scan.model != .beyond, loop.now < end {
            exchange.client?.wake(at: end)
            return
        }
        endPipe(exchange, pipe.isBodyWhole || pipe.isEarly ? .totalTimeout : .unread(.timedOut))
    }

    /// No (more) answer will come.
    func endPipe(_ exchange: Exchange, _ refused: Refused) {
        guard let client = exchange.client else { return }
        exchange.upstream?.discard()
        exchange.upstream = nil
        client.abandonBody()
        if !exchange.isHeadSent { return refuse(refused, exchange) }
        exchange.record.errorLabel = refused.body.code ?? "refused"
        finish(exchange, status: refused.body.status)
        // It must not pass for a whole answer.
        client.abort()
    }
}
