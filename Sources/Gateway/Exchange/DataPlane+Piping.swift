// Audio, images, moderations and rankings: bodies that pass through unread, in both directions, as they come.

internal import Adapters
package import Reactor
package import Wire

extension DataPlane {
    // MARK: Requests

    package func streamsBody(_ head: borrowing RequestParser, bytes: Span<UInt8>) -> Bool {
        Route(path: bytes.extracting(head.path)) == .media && head.method == .post
    }

    package func requestBegan(_ head: borrowing RequestParser, bytes: Span<UInt8>, from client: ClientConnection) {
        var length: Int?
        if case .length(let count) = head.framing { length = count }
        heed(head, client)
        noteOrigin(.media, head, bytes)
        beginPipe(head, bytes, contentLength: length, client)
    }

    /// A request whose body has come whole.
    func pipe(
        _ head: borrowing RequestParser, _ bytes: Span<UInt8>, _ body: ByteRange, _ client: ClientConnection
    ) {
        beginPipe(head, bytes, contentLength: body.count, client)
        bodyArrived(bytes.extracting(body), isLast: true, from: client)
    }

    private func beginPipe(
        _ head: borrowing RequestParser, _ bytes: Span<UInt8>, contentLength: Int?, _ client: ClientConnection
    ) {
        if let refused = admitAddress(of: client) { return refusePipe(refused, head, bytes, client) }
        let key: Int
        switch authorise(head, bytes, .media) {
        case .success(let found): key = found
        case .failure(let denied): return refusePipe(denied.reason, head, bytes, client)
        }
        if let coding = head.fields.first(.contentEncoding),
            !ASCII.equalsIgnoringCase(bytes.extracting(coding), "identity")
        {
            return refusePipe(.unsupportedEncoding, head, bytes, client)
        }
        let exchange = open(
            client, requestID(of: head, bytes), ChatRequest(operation: .media), isChunked: head.minorVersion > 0)
        exchange.surface = .openAI
        exchange.key = key
        exchange.record.key = Int32(key)
        exchange.record.operation = .media
        exchange.query = Query(named: nil, operation: .media, estimatedInputTokens: 0, now: loop.now)
        let kept = loop.blocks.take()
        ForwardedHeaders.collect(head.fields, head: bytes, into: &kept.bytes)
        exchange.keptLineBytes = kept.bytes.count
        exchange.kept = kept
        let type = head.fields.first(.contentType).map { Array(copying: bytes.extracting($0)) } ?? []
        pipes[exchange.number] = Pipe(
            path: Array(copying: bytes.extracting(head.path)), contentType: type, contentLength: contentLength)
        if !holdBudget(exchange) { return endPipe(exchange, .budget) }
        client.wake(at: exchange.startedAt &+ Limits.streamNSMax)
    }

    private func refusePipe(
        _ refused: Refused, _ head: borrowing RequestParser, _ bytes: Span<UInt8>, _ client: ClientConnection
    ) {
        client.abandonBody()
        refuse(refused, head, bytes, client)
    }

    package func bodyArrived(_ bytes: Span<UInt8>, isLast: Bool, from client: ClientConnection) {
        // A request that was refused at its head.
        guard let exchange = exchange(client.tag), let pipe = pipes[exchange.number] else { return }
        pipe.isBodyWhole = isLast
        if pipe.isOpen { return passOn(bytes, isLast: isLast, exchange, pipe, client) }
        guard let kept = exchange.kept else { return }
        kept.bytes.append(bytes)
        let front = kept.bytes.count - exchange.keptLineBytes
        if isLast || front >= Limits.pipedFrontBytesMax { openPipe(exchange, pipe) }
    }

    private func passOn(
        _ bytes: Span<UInt8>, isLast: Bool, _ exchange: Exchange, _ pipe: Pipe, _ client: ClientConnection
    ) {
        guard let upstream = exchange.upstream else { return }
        if let kept = exchange.kept {
            // The front cannot be sent once more.
            loop.blocks.give(kept)
            exchange.kept = nil
        }
        send(bytes, isLast: isLast, pipe, upstream)
        guard upstream.isBackedUp, !isLast else { return }
        upstream.tellsWhenDrained = true
        client.pauseBody()
    }

    private func send(_ bytes: Span<UInt8>, isLast: Bool, _ pipe: Pipe, _ upstream: UpstreamConnection) {
        if pipe.contentLength != nil { return upstream.sendMore(bytes, isLast: isLast) }
        let draft = loop.draft
        draft.bytes.removeAll()
        ChunkWriter.chunk(bytes, into: &draft.bytes)
        if isLast { ChunkWriter.finish(into: &draft.bytes) }
        upstream.sendMore(draft.bytes.bytes, isLast: isLast)
    }

    package func upstreamDrained(_ upstream: UpstreamConnection) { exchange(of: upstream)?.client?.resumeBody() }

    /// The front of the body stands: who is named in it is asked.
    private func openPipe(_ exchange: Exchange, _ pipe: Pipe) {
        guard let kept = exchange.kept else { return }
        switch pipedModel(exchange, pipe, kept.bytes) {
        case .failure(let denied): endPipe(exchange, denied.reason)
        case .success(let model):
            exchange.decision = Decision(model: model, reason: .hintExact, probability: 1)
            exchange.record.attemptCount += 1
            askPiped(exchange, pipe)
        }
    }

    private func pipedModel(
        _ exchange: Exchange, _ pipe: Pipe, _ kept: borrowing ByteBuffer
    ) -> Result<Int, Denied> {
        let front = kept.bytes.extracting(exchange.keptLineBytes..<kept.count)
        let type = pipe.contentType
        let name: ByteRange
        switch NamedModel.find(in: front, isWhole: pipe.isBodyWhole, contentType: type.span) {
        case .named(let found): name = found
        case .unclear: return .failure(Denied(reason: .unclearModel))
        case .absent: return heaviestPiped(exchange).map { .success($0) } ?? .failure(Denied(reason: .noProvider))
        }
        // The body goes on as it is, so the provider must know the model by the same name.
        guard let model = exchange.snapshot.model(front.extracting(name)), mayBePiped(model, exchange),
            isLiteral(model, front.extracting(name), exchange)
        else { return .failure(Denied(reason: .unknownModel)) }
        return .success(model)
    }

    private func mayBePiped(_ index: Int, _ exchange: Exchange) -> Bool {
        let model = exchange.snapshot.models[index]
        let provider = exchange.snapshot.providers[model.provider]
        return model.isEnabled && provider.isEnabled && provider.dialect.serves(.media)
    }

    private func isLiteral(_ index: Int, _ name: Span<UInt8>, _ exchange: Exchange) -> Bool {
        let literal = exchange.snapshot.models[index].literal
        return literal.count == name.count + 2
            && ByteScan.equals(literal.span, from: 1, name, from: 0, count: name.count)
    }

    /// Who names no model means the provider's own: that of the model that matters most here.
    private func heaviestPiped(_ exchange: Exchange) -> Int? {
        let health = health(for: exchange)
        return exchange.snapshot.models.indices
            .filter {
                mayBePiped($0, exchange) && health[exchange.snapshot.models[$0].provider].isAvailable(at: loop.now)
            }
            .max { exchange.snapshot.models[$0].weight < exchange.snapshot.models[$1].weight }
    }

    private func askPiped(_ exchange: Exchange, _ pipe: Pipe) {
        let limits = exchange.model.limits
        let patience = UpstreamConnection.Patience(
            connectMS: limits.connectMS, firstByteMS: limits.firstByteMS, betweenBytesMS: limits.betweenTokensMS)
        guard let kept = exchange.kept, let endpoints = endpoints(exchange.providerIndex, of: exchange.snapshot),
            case let place = endpoints.next(now: loop.now),
            let upstream = loop.lease(endpoints[place], patience: patience, tag: exchange.number)
        else { return endPipe(exchange, .noProvider) }
        exchange.upstream = upstream
        exchange.phase = .awaitingHead
        exchange.attemptStartedAt = loop.now
        pipe.isOpen = true
        sendFront(kept.bytes, exchange, pipe, exchange.provider.addresses[place].target, upstream)
    }

    /// - Parameter kept: the lines that may go on, then the body's front.
    private func sendFront(
        _ kept: borrowing ByteBuffer, _ exchange: Exchange, _ pipe: Pipe, _ target: Target,
        _ upstream: UpstreamConnection
    ) {
        let (draft, id, path, type) = (loop.draft, exchange.record.requestID, pipe.path, pipe.contentType)
        draft.bytes.removeAll()
        target.writeMediaHead(
            path: path.span, contentType: type.span, contentLength: pipe.contentLength, requestID: id.bytes,
            forwarded: kept.bytes.extracting(0..<exchange.keptLineBytes), into: &draft.bytes)
        upstream.send(draft.bytes.bytes)
        send(kept.bytes.extracting(exchange.keptLineBytes..<kept.count), isLast: pipe.isBodyWhole, pipe, upstream)
    }

    // MARK: Answers

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
        exchange.phase = .piping
        pipe.status = head.status
        exchange.record.firstTokenNS = max(1, loop.now &- exchange.startedAt)
        let type = bytes.extracting(head.fields.first(.contentType) ?? .none)
        if AnswerHead.isJSON(type) { pipe.answer = ByteBuffer() }
        let block = exchange.head ?? loop.blocks.take()
        block.bytes.removeAll()
        AnswerHead.begin(status: head.status, exchange, persists: client.willPersist, into: &block.bytes)
        AnswerHead.passOn(head.fields, bytes, into: &block.bytes)
        if AnswerHead.isEventStream(type) { AnswerHead.stream(exchange, into: &block.bytes) }
        switch head.framing {
        case .length(let count): AnswerHead.end(contentLength: count, into: &block.bytes)
        case .none: AnswerHead.end(contentLength: 0, into: &block.bytes)
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
        if let held = pipe.answer?.count {
            if held + bytes.count <= Limits.pipedAnswerBytesRead {
                pipe.answer?.append(bytes)
            } else {
                pipe.answer = nil
            }
        }
        if let head = exchange.head {
            (exchange.head, exchange.isHeadSent) = (nil, true)
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
        takeUsage(exchange, pipe)
        if (200..<300).contains(pipe.status) {
            succeeded(exchange)
        } else {
            let fault = exchange.provider.dialect.fault(
                status: pipe.status, retryAfter: exchange.retryAfterNS, body: Span())
            // Path, type and framing are the client's, and so is what a provider has against them.
            if pipe.status >= 500 || [402, 408, 429].contains(pipe.status) {
                blame(fault, exchange)
            } else {
                exchange.record.errorLabel = "refused"
            }
        }
        finish(exchange, status: pipe.status)
    }

    private func takeUsage(_ exchange: Exchange, _ pipe: Pipe) {
        guard let answer = pipe.answer.take() else { return }
        let bytes = answer.bytes
        guard (try? JSONScan.validate(bytes)) != nil,
            let usage = JSONScan.find("usage", in: bytes, from: ByteRange(0, bytes.count)), usage.kind == .object,
            let told = Usage(either: bytes, usage.value)
        else { return }
        exchange.record.usage = told
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
        // A client that sends slowly keeps its provider waiting.
        case .timedOut(.firstByte) where !pipe.isBodyWhole: return endPipe(exchange, .totalTimeout)
        case .stale: break
        case .unresolved, .unreachable, .tls, .cut, .malformed, .tooLarge, .timedOut, .exhausted:
            blame(AttemptFault(fault), exchange)
        }
        endPipe(exchange, .upstreamFailed)
    }

    /// Nothing has reached the provider: the connection had ended before, or none came about and there is another address.
    private func mayAskAgain(_ fault: UpstreamFault, _ endpoint: Endpoint, _ exchange: Exchange) -> Bool {
        if case .stale = fault { return loop.now &- exchange.attemptStartedAt < Limits.staleNSMax }
        guard fault.isOfConnecting, let endpoints = endpoints(exchange.providerIndex, of: exchange.snapshot)
        else { return false }
        return endpoints.rest(endpoint, now: loop.now)
    }

    /// The time one request may take is over.
    func pipeRanOut(_ exchange: Exchange) { endPipe(exchange, .totalTimeout) }

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
