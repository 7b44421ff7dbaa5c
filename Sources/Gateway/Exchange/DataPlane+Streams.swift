// A streamed answer on its way to the client: the gate that holds it back until it has content, what is passed on, and its end.

internal import Adapters
internal import Reactor
internal import Wire

extension DataPlane {
    /// Events of a stream: those that are well go to the client from where they stand, the others decide what happens.
    /// - Parameter asChunks: `bytes` have their framing still, and begin where a chunk does. What must not be passed on is not met in
    ///   them: it is shown again without its framing.
    func relay(
        _ exchange: Exchange, _ bytes: Span<UInt8>, asChunks: Bool = false, isLast: Bool, _ upstream: UpstreamConnection
    ) -> Int {
        if let translated = exchange.translated {
            return relay(exchange, bytes, isLast: isLast, upstream, by: translated)
        }
        // Until the first content arrives nothing is used, so that another endpoint can still answer in its place.
        var sentEnd = 0
        // What stands before an event that is left out waits for what stands behind it: both leave in one send.
        var front = ByteRange.none
        var from = exchange.tappedBytes
        while true {
            let run =
                asChunks ? exchange.tap.nextChunks(in: bytes, from: from) : exchange.tap.next(in: bytes, from: from)
            from = run.next
            if run.hasContent { exchange.contentAt = loop.now }
            // Usage means that the answer is over, even one without content: waiting on would hand on the event left out.
            if exchange.phase == .gated,
                run.hasContent || run.stop == .stripped || run.stop == .done && !exchange.isHollow
            {
                openGate(exchange)
            }
            let isOpen = exchange.phase == .relaying
            if isOpen { exchange.record.answerBytes &-= Int64(run.framingBytes) }
            switch run.stop {
            case .needsMore:
                let events = ByteRange(sentEnd, run.next)
                if isLast { return streamEnded(exchange, bytes, front, events, upstream) }
                if isOpen {
                    pass(exchange, bytes, front, events, asChunks: asChunks, last: false)
                    exchange.tappedBytes = 0
                    if exchange.client?.isBackedUp ?? false { upstream.pause() }
                    return run.next
                }
                // Without their framing, as they are shown again; nothing was left out, for that opens the gate.
                exchange.tappedBytes = run.next &- run.framingBytes
                return 0
            case .stripped:
                if isOpen {
                    pass(exchange, bytes, .none, front, asChunks: asChunks, last: false)
                    front = ByteRange(sentEnd, Int(run.pass.end))
                    sentEnd = run.next
                }
            case .done where !isOpen:
                // A terminator alone is no answer, and must not be taken for one that happens to be empty.
                streamBroke(exchange, .transient(.hollowAnswer), isLast, upstream)
                return bytes.count
            case .done:
                pass(exchange, bytes, front, ByteRange(sentEnd, Int(run.pass.end)), asChunks: asChunks, last: true)
                streamCompleted(exchange, upstream)
                return asChunks ? run.next : bytes.count
            case .failure(let event):
                if isOpen { pass(exchange, bytes, front, ByteRange(sentEnd, Int(event.start)), last: false) }
                streamBroke(exchange, .transient(.errorObject), isLast, upstream)
                return bytes.count
            case .malformed(let event, _):
                if isOpen { pass(exchange, bytes, front, ByteRange(sentEnd, Int(event.start)), last: false) }
                streamBroke(exchange, .transient(.malformedAnswer), isLast, upstream)
                return bytes.count
            }
        }
    }

    func openGate(_ exchange: Exchange) {
        exchange.phase = .relaying
        if exchange.rival != nil { dismissRival(of: exchange, isOutrun: true) }
        trialAnswered(exchange)
        exchange.hedgeAt = .max
        exchange.contentAt = loop.now
        exchange.record.firstTokenNS = max(1, loop.now &- exchange.startedAt)
        exchange.upstream?.allow(betweenBytesMS: exchange.model.limits.betweenTokensMS)
        // No other attempt can follow: what it would have needed is free.
        if let kept = exchange.kept { loop.blocks.give(kept) }
        exchange.kept = nil
    }

    /// Sends events to the client, those at `front` first, behind the head when it has not been sent.
    func pass(
        _ exchange: Exchange, _ bytes: Span<UInt8>, _ front: ByteRange, _ events: ByteRange, asChunks: Bool = false,
        last: Bool
    ) {
        if front.isEmpty && events.isEmpty && !last { return }
        guard let client = exchange.client else { return }
        exchange.lastSentAt = loop.now
        if last, exchange.takesTrailers {
            exchange.record.answerBytes &+= Int64(front.count &+ events.count)
            return endWithCost(exchange, bytes, front, events, client)
        }
        guard let joined = client.join(front, events, of: bytes) else {
            pass(exchange, bytes, front, .none, asChunks: asChunks, last: false)
            return pass(exchange, bytes, .none, events, asChunks: asChunks, last: last)
        }
        exchange.record.answerBytes &+= Int64(joined.count)
        func relay(behind prefix: Span<UInt8>) {
            let events = bytes.extracting(joined)
            if asChunks {
                client.relay(chunks: events, behind: prefix, last: last)
            } else {
                client.relay(events, behind: prefix, chunked: exchange.isChunked, last: last)
            }
        }
        guard let head = takeHead(exchange) else { return relay(behind: Span()) }
        relay(behind: head.bytes.bytes)
        loop.blocks.give(head)
    }

    /// Upstream has sent everything without the terminator.
    private func streamEnded(
        _ exchange: Exchange, _ bytes: Span<UInt8>, _ front: ByteRange, _ events: ByteRange,
        _ upstream: UpstreamConnection
    ) -> Int {
        switch exchange.tap.end() {
        case .complete, .unterminated:
            if exchange.phase == .gated { openGate(exchange) }
            pass(exchange, bytes, front, events, last: true)
            streamCompleted(exchange, upstream)
        case .truncated:
            if exchange.phase == .relaying { pass(exchange, bytes, front, events, last: false) }
            streamBroke(exchange, .transient(.truncated), true, upstream)
        }
        return bytes.count
    }

    func streamCompleted(_ exchange: Exchange, _ upstream: UpstreamConnection) {
        takeUsage(exchange)
        // What is left of the framing is read without us, however slow our reader is, and the connection is kept.
        upstream.resumeReceiving()
        upstream.tag = -1
        exchange.upstream = nil
        succeeded(exchange)
        finish(exchange, status: 200)
    }

    func streamBroke(
        _ exchange: Exchange, _ fault: AttemptFault, _ isLast: Bool, _ upstream: UpstreamConnection
    ) {
        // What a provider counted whose answer nobody saw is not the client's to pay.
        if exchange.phase == .relaying { takeUsage(exchange) }
        upstream.tag = -1
        exchange.upstream = nil
        if !isLast { upstream.discard() }
        faulted(exchange, fault)
    }

    /// What the stream said it cost, or what of it arrived.
    func takeUsage(_ exchange: Exchange) {
        if let stream = exchange.translated?.figures {
            takeUsage(exchange, stream.eventCount, stream.usage, contentEventCount: stream.contentEventCount)
        } else {
            let usage = exchange.tap.hasUsage ? exchange.tap.usage : nil
            takeUsage(exchange, exchange.tap.eventCount, usage, contentEventCount: exchange.tap.contentEventCount)
        }
    }

    private func takeUsage(_ exchange: Exchange, _ eventCount: Int, _ usage: Usage?, contentEventCount: Int) {
        exchange.record.eventCount = Int64(eventCount)
        if let usage {
            exchange.record.usage = usage
        } else if contentEventCount > 0 {
            exchange.record.usage = Usage(
                inputTokens: Int64(exchange.request.estimatedInputTokens), outputTokens: Int64(contentEventCount))
        }
    }

    /// A comment tells everybody between us and the client that the stream lives.
    func keepAlive(_ exchange: Exchange, _ client: ClientConnection) {
        exchange.lastSentAt = loop.now
        let comment = Span.of(": keep-alive\n\n")
        if exchange.isHeadSent {
            return client.relay(comment, behind: Span(), chunked: exchange.isChunked, last: false)
        }
        // Who answers is not decided before content comes, so the head does not say; what those asked by now were not told, it does.
        if let head = exchange.head { loop.blocks.give(head) }
        exchange.head = nil
        let block = loop.blocks.take()
        AnswerHead.begin(status: 200, undecided: exchange, persists: client.willPersist, into: &block.bytes)
        let (dropped, beside) = (exchange.translated?.droppedLine ?? [], exchange.rival?.translated?.droppedLine ?? [])
        block.bytes.append(dropped)
        if beside != dropped { block.bytes.append(beside) }
        block.bytes.append("content-type: text/event-stream\r\n")
        AnswerHead.stream(exchange, into: &block.bytes)
        AnswerHead.endStream(chunked: exchange.isChunked, into: &block.bytes)
        exchange.isHeadSent = true
        client.relay(comment, behind: block.bytes.bytes, chunked: exchange.isChunked, last: false)
        loop.blocks.give(block)
    }
}
