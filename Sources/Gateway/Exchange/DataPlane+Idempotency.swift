// Requests that bring an `Idempotency-Key`: the same one is asked once, and answered as often as it is sent.

internal import Adapters
internal import Reactor
internal import Wire

extension DataPlane {
    /// The tag of a client whose request waits for the answer to the same one.
    static let waitingTag = -3

    /// Requests that wait for the answer to the same one.
    package var waitingCount: Int { waiting.count }

    /// - Parameter key: where the field's value stands.
    /// - Source: spec section 7; what it leaves open (a stream, the first still under way) as the IETF draft
    ///   idempotency-key-header has it.
    func beginOnce(
        _ key: ByteRange, _ intake: inout Intake, _ head: borrowing RequestParser, _ bytes: Span<UInt8>,
        _ body: ByteRange, _ client: ClientConnection
    ) {
        let name = AnswerName(
            principal: snapshot.keys[intake.key].id, path: bytes.extracting(head.path),
            query: bytes.extracting(head.query),
            coding: bytes.extracting(head.fields.first(.contentEncoding) ?? .none), key: bytes.extracting(key),
            body: bytes.extracting(body))
        switch settings.answers.look(for: name, now: loop.now) {
        case .answered(let answer): replay(answer, intake, head, bytes, client)
        case .underWay: wait(for: name, head, bytes, body, client)
        case .streaming: refuse(.sameUnderWay, head, bytes, client)
        case .claimed:
            let claim = AnswerClaim(name)
            intake.aside().claim = claim
            unpack(&intake, head, bytes, body, client)
            if !claim.isAdmitted { settings.answers.end(name, with: nil, now: loop.now) }
        }
    }

    // MARK: The first

    func admit(_ claim: AnswerClaim, to exchange: Exchange) {
        claim.isAdmitted = true
        claims[exchange.number] = claim
        if exchange.request.isStream { settings.answers.streams(claim.name) }
    }

    /// Sends a whole answer of a provider, and keeps a copy where another request may ask for the same.
    /// - Parameter tail: what stands behind `body`; nothing else follows.
    func sendWhole(
        _ body: Span<UInt8>, behind head: Span<UInt8>, tail: StaticString = "", _ client: ClientConnection
    ) {
        if !claims.isEmpty, let claim = claims[client.tag] {
            claim.answer = StoredAnswer(head: head, body: body, tail: tail)
        }
        let isLast = tail.utf8CodeUnitCount == 0
        client.relay(body, behind: head, chunked: false, last: isLast)
        if !isLast { client.relay(Span.of(tail), behind: Span(), chunked: false, last: true) }
    }

    /// The exchange is over: its answer is kept, or the next who asks the same takes its place.
    func endClaim(_ exchange: Exchange) {
        guard let claim = claims.removeValue(forKey: exchange.number) else { return }
        settings.answers.end(claim.name, with: claim.answer, now: loop.now)
    }

    // MARK: The others

    /// Answers with what was answered before. It costs nothing and asks nobody.
    private func replay(
        _ answer: StoredAnswer, _ intake: Intake, _ head: borrowing RequestParser, _ bytes: Span<UInt8>,
        _ client: ClientConnection
    ) {
        let exchange = open(intake, ChatRequest(operation: intake.operation), head, bytes, Span(), client)
        exchange.record.isReplay = true
        if waitedUntil > 0 {
            // It took as long as its client waited.
            exchange.startedAt = waitedUntil &- Limits.totalNSMax
            exchange.record.startedAt -= loop.now - exchange.startedAt
        }
        let body = answer.body
        exchange.record.answerBytes = Int64(body.count)
        if answer.status >= 400 { exchange.record.errorLabel = "refused" }
        let block = loop.blocks.take()
        AnswerHead.begin(
            status: answer.status, undecided: exchange, persists: client.willPersist, into: &block.bytes)
        block.bytes.append("Idempotency-Replay: true\r\nx-tokenhub-cost-usd: 0.000000000\r\n")
        block.bytes.append(answer.lines)
        AnswerHead.end(contentLength: body.count, into: &block.bytes)
        client.relay(body.span, behind: block.bytes.bytes, chunked: false, last: true)
        loop.blocks.give(block)
        finish(exchange, status: answer.status)
    }

    /// Sets a request aside until the same one, which is under way on this core or another, has ended.
    private func wait(
        for name: AnswerName, _ head: borrowing RequestParser, _ bytes: Span<UInt8>, _ body: ByteRange,
        _ client: ClientConnection
    ) {
        let until = waitedUntil > 0 ? waitedUntil : loop.now &+ Limits.totalNSMax
        guard waiting.hasRoom(for: Int(body.end)), loop.now < until else {
            return refuse(.sameUnderWay, head, bytes, client)
        }
        let request = loop.blocks.take(for: Int(body.end))
        request.bytes.append(bytes.extracting(0..<Int(body.end)))
        waiting.park(
            ParkedRequests.Waiting(
                client: client.token, digest: name.digest, request: request, body: body, until: until))
        client.tag = DataPlane.waitingTag
        client.wake(at: until)
    }

    /// Takes up the requests whose first has ended. They are looked for twenty times a second instead of being told: no message
    /// between cores can get lost, and none is needed for what almost never happens.
    func lookAfterWaiting() {
        var index = 0
        while index < waiting.count {
            if settings.answers.isUnderWay(AnswerName(digest: waiting[index].digest)) {
                index += 1
                continue
            }
            let one = waiting.remove(at: index)
            waitedUntil = one.until
            takeUp(one)
            waitedUntil = 0
        }
    }

    /// A request has waited for as long as one may take.
    func waitedEnough(_ client: ClientConnection) {
        if let one = waiting.remove(of: client.token) { takeUp(one, refusing: .sameUnderWay) }
    }

    func waitingClientLeft(_ client: ClientConnection) {
        if let one = waiting.remove(of: client.token) { loop.blocks.give(one.request) }
    }
}
