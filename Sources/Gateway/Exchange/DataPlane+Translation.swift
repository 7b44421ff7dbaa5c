// Requests and answers whose provider speaks another wire than the client.

internal import Adapters
internal import Reactor
internal import Wire

extension DataPlane {
    // MARK: Requests

    /// Asks a provider of another wire.
    /// - Parameter kept: the lines that may go on, then the client's body.
    func askTranslated(_ exchange: Exchange, _ translation: Translation, _ kept: Block) {
        // Before a connection is leased: who cannot be asked costs none.
        guard let words = translate(exchange, translation, kept.bytes) else { return faulted(exchange, .cannotCarry) }
        defer { exchange.loop.blocks.give(words) }
        guard let (address, upstream) = connect(exchange), let translated = exchange.translated
        else { return tryElsewhere(exchange, .transient(.unreachable)) }
        send(exchange, words.bytes, translated, kept.bytes, address, upstream)
        noteOverhead(exchange)
    }

    /// Puts the request into the words of the provider's wire.
    /// - Parameter kept: the lines that may go on, then the client's body.
    /// - Returns: the provider's body; `nil` when something in the request has no place there, which `exchange.uncarried` names then.
    private func translate(_ exchange: Exchange, _ translation: Translation, _ kept: borrowing ByteBuffer) -> Block? {
        let body = kept.bytes.extracting(exchange.keptLineBytes..<kept.count)
        if exchange.shrunkTokens == 0 { return translate(exchange, translation, body) }
        let shrunk = loop.blocks.take(for: body.count)
        defer { loop.blocks.give(shrunk) }
        ShrunkBody.write(
            body, exchange.request.operation, outputTokensMax: exchange.shrunkTokens, into: &shrunk.bytes)
        return translate(exchange, translation, shrunk.bytes.bytes)
    }

    private func translate(_ exchange: Exchange, _ translation: Translation, _ body: Span<UInt8>) -> Block? {
        let id = exchange.record.requestID
        var frame = AnswerFrame(
            translation: translation, id: Array(copying: id.bytes),
            created: Int64(loop.wallClock / 1_000_000_000))
        frame.includesUsage = exchange.request.includesUsage
        frame.estimatedInputTokens = exchange.query.estimatedInputTokens
        let literal = exchange.model.literal
        let quirks = Quirks.of(exchange.provider.dialect, model: literal.span)
        let words = loop.blocks.take(for: body.count)
        var dropped = Dropped()
        do throws(TranslationFault) {
            try RequestTranslator.write(
                body, model: literal.span, quirks, for: &frame, into: &words.bytes, dropped: &dropped)
        } catch {
            loop.blocks.give(words)
            // The next provider of that wire would get the same request; nobody was asked.
            exchange.query.close(translation)
            exchange.record.attemptCount -= 1
            exchange.uncarried = Array(copying: Span.of(error.field))
            return nil
        }
        if exchange.query.policy.isStrict, !dropped.isEmpty {
            words.bytes.removeAll()
            dropped.write(into: &words.bytes)
            exchange.uncarried = Array(copying: words.bytes.bytes)
            loop.blocks.give(words)
            return nil
        }
        exchange.translated = Translated(frame, dropped)
        return words
    }

    /// Sends a request in the provider's words.
    private func send(
        _ exchange: Exchange, _ words: borrowing ByteBuffer, _ translated: Translated,
        _ kept: borrowing ByteBuffer, _ address: ProviderAddress, _ upstream: UpstreamConnection
    ) {
        let lines = kept.bytes.extracting(0..<exchange.keptLineBytes)
        let (draft, id, literal) = (loop.draft, exchange.record.requestID, exchange.model.literal)
        draft.bytes.removeAll()
        address.target.writeHead(
            translated.upstream, model: literal.span, isStream: exchange.request.isStream,
            contentLength: words.count, requestID: id.bytes, forwarded: lines, into: &draft.bytes)
        let fits = words.count <= Limits.copiedBodyBytesMax
        if fits { draft.bytes.append(words.bytes) }
        upstream.send(draft.bytes.bytes)
        if !fits { upstream.send(words.bytes) }
    }

    // MARK: Answers

    /// The head of a translated answer: nothing of the provider's goes on, for its fields speak another dialect too.
    func continueHead(_ exchange: Exchange, into out: inout ByteBuffer) {
        if let line = exchange.translated?.droppedLine { out.append(line) }
        out.append(
            exchange.request.isStream ? "content-type: text/event-stream\r\n" : "content-type: application/json\r\n")
    }

    /// A whole answer in the provider's words.
    func answerTranslated(_ exchange: Exchange, _ answer: Span<UInt8>) throws(AttemptFault) {
        guard let translated = exchange.translated else { return }
        let whole = try WholeAnswer(answer, operation: translated.upstream)
        let words = exchange.loop.blocks.take(for: answer.count)
        defer { exchange.loop.blocks.give(words) }
        try WholeTranslator.write(answer, translated.frame, into: &words.bytes)
        complete(exchange, whole.usage, words.bytes.bytes)
    }

    /// Events of a stream in the provider's words. Unlike those that go on as they are, they are used at once, and what they come to
    /// is held back until there is content in it.
    func relay(
        _ exchange: Exchange, _ bytes: Span<UInt8>, isLast: Bool, _ upstream: UpstreamConnection,
        by translated: Translated
    ) -> Int {
        let words = words(exchange, translated)
        let run = translated.stream.next(in: bytes, from: 0, into: &words.bytes)
        if run.hasContent { exchange.contentAt = loop.now }
        if exchange.phase == .gated, run.hasContent || run.stop == .done && !exchange.isHollow { openGate(exchange) }
        switch run.stop {
        case .needsMore where isLast:
            let end = translated.stream.end(into: &words.bytes)
            if end == .truncated {
                pass(exchange, words, by: translated, last: false)
                streamBroke(exchange, .transient(.truncated), true, upstream)
            } else {
                if exchange.phase == .gated { openGate(exchange) }
                pass(exchange, words, by: translated, last: true)
                streamCompleted(exchange, upstream)
            }
            return bytes.count
        case .needsMore:
            pass(exchange, words, by: translated, last: false)
            if let held = translated.held, held.bytes.count > Limits.heldWordsBytesMax {
                streamBroke(exchange, .transient(.oversized), false, upstream)
                return bytes.count
            }
            if exchange.client?.isBackedUp ?? false { upstream.pause() }
            return run.next
        case .done where exchange.phase == .gated:
            streamBroke(exchange, .transient(.hollowAnswer), isLast, upstream)
        case .done:
            pass(exchange, words, by: translated, last: true)
            streamCompleted(exchange, upstream)
        case .failure:
            pass(exchange, words, by: translated, last: false)
            streamBroke(exchange, .transient(.errorObject), isLast, upstream)
        case .malformed:
            pass(exchange, words, by: translated, last: false)
            streamBroke(exchange, .transient(.malformedAnswer), isLast, upstream)
        case .oversized:
            pass(exchange, words, by: translated, last: false)
            streamBroke(exchange, .transient(.oversized), isLast, upstream)
        }
        return bytes.count
    }

    /// Where a run of the stream is translated to: the block that is held back while the gate is shut.
    private func words(_ exchange: Exchange, _ translated: Translated) -> Block {
        if exchange.phase == .gated {
            let held = translated.held ?? loop.blocks.take()
            translated.held = held
            return held
        }
        loop.draft.bytes.removeAll()
        return loop.draft
    }

    /// Sends what was translated, unless the gate is shut.
    private func pass(_ exchange: Exchange, _ words: Block, by translated: Translated, last: Bool) {
        if exchange.phase == .gated { return }
        send(exchange, words.bytes, last: last)
        if translated.held == nil { return }
        translated.held = nil
        loop.blocks.give(words)
    }

    private func send(_ exchange: Exchange, _ words: borrowing ByteBuffer, last: Bool) {
        pass(exchange, words.bytes, .none, ByteRange(0, words.count), last: last)
    }

    /// An attempt is over, and its translation with it.
    func drop(_ translated: inout Translated?) {
        guard let ended = translated else { return }
        translated = nil
        if let held = ended.held { loop.blocks.give(held) }
        ended.held = nil
    }

    // MARK: Refusals

    /// Hands on a provider's refusal in the client's shape: the status, and the provider's own words.
    /// - Parameter isOverflow: the prompt is too long, which clients know how to mend when it is said as they expect it.
    func passOnReworded(
        _ exchange: Exchange, _ status: Int, _ body: Span<UInt8>, isOverflow: Bool, _ client: ClientConnection
    ) {
        let (block, draft, id) = (loop.blocks.take(), loop.blocks.take(), exchange.record.requestID)
        ProviderError(body).write(
            exchange.surface, status: status, isOverflow: isOverflow, from: body, requestID: id.bytes,
            into: &draft.bytes)
        AnswerHead.begin(status: status, exchange, persists: client.willPersist, into: &block.bytes)
        block.bytes.append("content-type: application/json\r\n")
        AnswerHead.end(contentLength: draft.bytes.count, into: &block.bytes)
        sendWhole(draft.bytes.bytes, behind: block.bytes.bytes, client)
        exchange.record.answerBytes = Int64(draft.bytes.count)
        loop.blocks.give(block)
        loop.blocks.give(draft)
        finish(exchange, status: status)
    }
}
