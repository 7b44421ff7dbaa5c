// Audio, images, moderations and rankings: bodies that pass through as they come, but for the model's name.

internal import Adapters
package import Reactor
package import Wire

extension DataPlane {
    package func streamsBody(_ head: borrowing RequestParser, bytes: Span<UInt8>) -> Bool {
        Route(path: bytes.extracting(head.path)) == .media && head.method == .post
    }

    package func requestBegan(_ head: borrowing RequestParser, bytes: Span<UInt8>, from client: ClientConnection) {
        heed(head, client)
        noteOrigin(.media, head, bytes)
        begin(.media, .openAI, head, bytes, nil, client)
    }

    /// - Parameter body: nil where it comes in pieces.
    func beginPipe(
        _ intake: Intake, _ head: borrowing RequestParser, _ bytes: Span<UInt8>, _ body: ByteRange?,
        _ client: ClientConnection
    ) {
        if let coding = head.fields.first(.contentEncoding),
            !ASCII.equalsIgnoringCase(bytes.extracting(coding), "identity")
        {
            return refuse(.unsupportedEncoding, head, bytes, client)
        }
        let exchange = open(intake, ChatRequest(operation: .media), head, bytes, Span(), client)
        exchange.query = Query(named: nil, operation: .media, estimatedInputTokens: 0, now: loop.now)
        var length = body?.count
        if case .length(let count) = head.framing { length = count }
        let type = head.fields.first(.contentType).map { Array(copying: bytes.extracting($0)) } ?? []
        pipes[exchange.number] = Pipe(
            path: Array(copying: bytes.extracting(head.path)), contentType: type, contentLength: length)
        client.wake(at: exchange.startedAt &+ Limits.pipedFrontNSMax)
        if !holdBudget(exchange) { return endPipe(exchange, .budget) }
        if let body { bodyArrived(bytes.extracting(body), isLast: true, from: client) }
    }

    package func bodyArrived(_ bytes: Span<UInt8>, isLast: Bool, from client: ClientConnection) {
        // A request that was refused at its head.
        guard let exchange = exchange(client.tag), let pipe = pipes[exchange.number] else { return }
        pipe.isBodyWhole = isLast
        pipe.scan.feed(bytes, isLast: isLast)
        // Also where it is found out late: a body that is cut off is none.
        if pipe.scan.model == .unclear { return endPipe(exchange, .unclearModel) }
        if pipe.isOpen { return passOn(bytes, exchange, pipe, client) }
        guard let kept = exchange.kept else { return }
        kept.bytes.append(bytes)
        let front = kept.bytes.count - exchange.keptLineBytes
        let isFound = pipe.scan.model != .beyond && front >= Limits.pipedFrontBytes
        if isLast || isFound || front >= pipe.frontBytesWanted { openPipe(exchange, pipe, kept, client) }
    }

    private func passOn(_ bytes: Span<UInt8>, _ exchange: Exchange, _ pipe: Pipe, _ client: ClientConnection) {
        guard let upstream = exchange.upstream else { return }
        // It cannot be sent once more.
        dropFront(exchange, pipe)
        send(bytes, pipe, upstream)
        guard upstream.isBackedUp, !pipe.isBodyWhole else { return }
        upstream.tellsWhenDrained = true
        client.pauseBody()
    }

    private func send(_ bytes: Span<UInt8>, _ pipe: Pipe, _ upstream: UpstreamConnection) {
        if pipe.contentLength != nil { return upstream.sendMore(bytes, isLast: pipe.isBodyWhole) }
        let draft = loop.draft
        draft.bytes.removeAll()
        if bytes.count <= Limits.copiedChunkBytesMax {
            ChunkWriter.chunk(bytes, into: &draft.bytes)
        } else {
            ChunkWriter.open(bytes.count, into: &draft.bytes)
            upstream.sendMore(draft.bytes.bytes, isLast: false)
            upstream.sendMore(bytes, isLast: false)
            draft.bytes.removeAll()
            ChunkWriter.close(into: &draft.bytes)
        }
        if pipe.isBodyWhole { ChunkWriter.finish(into: &draft.bytes) }
        upstream.sendMore(draft.bytes.bytes, isLast: pipe.isBodyWhole)
    }

    package func upstreamDrained(_ upstream: UpstreamConnection) { exchange(of: upstream)?.client?.resumeBody() }

    // MARK: The model

    /// The front of the body stands: who is named in it is asked.
    private func openPipe(_ exchange: Exchange, _ pipe: Pipe, _ kept: Block, _ client: ClientConnection) {
        let naming: Naming
        var place: ByteRange?
        switch pipe.scan.model {
        case .named(let found):
            place = found.moved(by: exchange.keptLineBytes)
            naming = pipedNaming(kept.bytes, found, exchange)
        case .absent: naming = Naming()
        case .beyond: return lookFurther(exchange, pipe)
        case .unclear: return endPipe(exchange, .unclearModel)
        }
        if naming.isSaid, naming.model.map({ mayBePiped($0, exchange) }) != true {
            return endPipe(exchange, .unknownModel)
        }
        guard let model = naming.model ?? heaviestPiped(exchange), isUp(model, exchange) else {
            return endPipe(exchange, .noProvider)
        }
        if !holdAgain(exchange, for: model) { return endPipe(exchange, .budget) }
        exchange.decision = Decision(model: model, reason: .hintExact, probability: 1)
        exchange.alias = naming.alias ?? -1
        exchange.record.alias = Int32(exchange.alias)
        if let place { rename(place, exchange, pipe, kept) }
        client.wake(at: end(of: exchange))
        exchange.record.attemptCount += 1
        askPiped(exchange, pipe)
    }

    /// Many clients write a form's file first.
    private func lookFurther(_ exchange: Exchange, _ pipe: Pipe) {
        let wanted = pipe.frontBytesWanted * Limits.pipedFrontGrowth
        guard pipe.scan.isForm, wanted <= Limits.pipedFormBytesMax else {
            return endPipe(exchange, .unclearModel)
        }
        let needed = min(wanted, pipe.contentLength ?? wanted)
        guard loop.reserveBody(needed - pipe.reservedBytes) else { return endPipe(exchange, .controlBusy) }
        (pipe.frontBytesWanted, pipe.reservedBytes) = (wanted, needed)
    }

    /// The front of the body is not needed any more.
    func dropFront(_ exchange: Exchange, _ pipe: Pipe) {
        if let kept = exchange.kept { loop.blocks.give(kept) }
        exchange.kept = nil
        loop.releaseBody(pipe.reservedBytes)
        pipe.reservedBytes = 0
    }

    /// - Parameter place: behind the lines at the front of `kept`.
    private func pipedNaming(_ kept: borrowing ByteBuffer, _ place: ByteRange, _ exchange: Exchange) -> Naming {
        // The body's front may have taken its time.
        let isCurrent = exchange.snapshot === snapshot
        let naming = Naming(
            kept.bytes.extracting(place.moved(by: exchange.keptLineBytes)), for: .media, in: exchange.snapshot,
            requestKey: exchange.record.requestID.bytes,
            keyID: exchange.snapshot.keys[exchange.key].id,
            turns: isCurrent ? turns : NameTurns(of: exchange.snapshot))
        if isCurrent { turns.advance(past: naming) }
        return naming
    }

    private func mayBePiped(_ index: Int, _ exchange: Exchange) -> Bool {
        let model = exchange.snapshot.models[index]
        let provider = exchange.snapshot.providers[model.provider]
        return model.isEnabled && provider.isEnabled && provider.dialect.serves(.media)
    }

    private func isUp(_ index: Int, _ exchange: Exchange) -> Bool {
        health(for: exchange)[exchange.snapshot.models[index].provider].isAvailable(at: loop.now)
    }

    /// Who names no model means the provider's own: that of the model that matters most here.
    private func heaviestPiped(_ exchange: Exchange) -> Int? {
        exchange.snapshot.models.indices
            .filter { mayBePiped($0, exchange) && isUp($0, exchange) }
            .max { exchange.snapshot.models[$0].weight < exchange.snapshot.models[$1].weight }
    }

    /// Puts the provider's name for the model in the place of the client's.
    private func rename(_ place: ByteRange, _ exchange: Exchange, _ pipe: Pipe, _ kept: Block) {
        let literal = exchange.model.literal
        let renamed = loop.blocks.take(for: kept.bytes.count + literal.count)
        renamed.bytes.append(kept.bytes.bytes.extracting(0..<Int(place.start)))
        if pipe.scan.isForm {
            _ = JSONScan.unescape(literal.span, ByteRange(0, literal.count), into: &renamed.bytes)
        } else {
            renamed.bytes.append(literal.span.extracting(1..<literal.count - 1))
        }
        renamed.bytes.append(kept.bytes.bytes.extracting(Int(place.end)..<kept.bytes.count))
        if let length = pipe.contentLength { pipe.contentLength = length + renamed.bytes.count - kept.bytes.count }
        loop.blocks.give(kept)
        exchange.kept = renamed
    }

    // MARK: Asking

    func askPiped(_ exchange: Exchange, _ pipe: Pipe) {
        let limits = exchange.model.limits
        let patience = UpstreamConnection.Patience(
            connectMS: limits.connectMS, firstByteMS: limits.firstByteMS, betweenBytesMS: limits.betweenTokensMS)
        guard let kept = exchange.kept, let endpoints = endpoints(exchange.providerIndex, of: exchange.snapshot),
            case let place = endpoints.next(now: loop.now),
            let upstream = loop.lease(endpoints[place], patience: patience, tag: exchange.number)
        else { return endPipe(exchange, .noProvider) }
        exchange.upstream = upstream
        beginTrial(exchange)
        exchange.phase = .awaitingHead
        exchange.attemptStartedAt = loop.now
        pipe.isOpen = true
        sendFront(kept.bytes, exchange, pipe, exchange.provider.addresses[place].target, upstream)
        guard let client = exchange.client, !pipe.isBodyWhole else { return }
        if upstream.hasOpened, !upstream.isBackedUp { return client.resumeBody() }
        // Until the connection stands, another address may get all of the body.
        upstream.tellsWhenDrained = true
        client.pauseBody()
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
        send(kept.bytes.extracting(exchange.keptLineBytes..<kept.count), pipe, upstream)
    }
}
