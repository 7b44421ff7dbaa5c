// The gateway on one core: takes requests from its loop. Everything a request touches belongs to this object.

package import Reactor
package import Wire
internal import Adapters

package final class DataPlane: Service {
    package let core: Int
    let control: ControlLink
    let addresses: AddressRates
    let settings: Settings
    private(set) var loop: Loop!
    private(set) var snapshot: Snapshot
    /// One entry per provider of the snapshot.
    var health: [ProviderHealth]
    let prober: Prober?
    private var endpoints: [ProviderEndpoints] = []
    private var clientTLS: TLSContext?

    private var exchanges: [Exchange] = []
    private var freeExchanges: [Int] = []
    private(set) var openExchangeCount = 0
    var random: SplitMix
    let candidates = Candidates()
    let bandit: Bandit
    var rewards: RewardBatch
    var retries = RetryBudget()
    var hedges = HedgeBudget()
    /// By the number of their exchange.
    var pipes: [Int: Pipe] = [:]
    /// Free ones.
    var rivals: [Rival] = []
    var turns: NameTurns
    private var records: [RequestRecord] = []
    private let accessLog: AccessLog
    private var rateLimitedCount = 0
    /// Clients that listen to events, and how many those have missed.
    var listeners: [Listener] = []
    var droppedEventCount = 0
    private var mergeTurn = 0
    /// The answers to `GET /v1/models`, as far as somebody has asked.
    var modelLists: (openAI: [UInt8]?, anthropic: [UInt8]?)
    /// What the answer to the request at hand says to a web page; empty where none asks.
    var originLines: [UInt8] = []
    var parked = ParkedRequests()
    /// What requests with an `Idempotency-Key` owe, by the number of their exchange.
    var claims: [Int: AnswerClaim] = [:]
    /// Requests that wait for the answer to the same one.
    var waiting = ParkedRequests()
    /// Until when the request at hand may take that has waited for such an answer; 0: it has not.
    var waitedUntil: UInt64 = 0
    /// The request at hand has been parked before.
    var isResuming = false

    package init(
        core: Int, snapshot: Snapshot, control: ControlLink, addresses: AddressRates, settings: Settings, seed: UInt64
    ) {
        self.core = core
        self.snapshot = snapshot
        self.control = control
        self.addresses = addresses
        self.settings = settings
        random = SplitMix(seed: seed)
        prober = core == 0 && settings.probesProviders ? Prober() : nil
        health = Array(repeating: ProviderHealth(), count: snapshot.providers.count)
        turns = NameTurns(of: snapshot)
        bandit = Bandit(modelCount: snapshot.models.count, forgetting: snapshot.settings.forgetting)
        rewards = RewardBatch(snapshot: snapshot)
        accessLog = AccessLog(isOn: settings.logsAccess)
    }

    package func started(on loop: Loop) {
        self.loop = loop
        endpoints = snapshot.providers.map { ProviderEndpoints(makeEndpoints($0)) }
        watchProviders()
    }

    // MARK: Requests

    package func bodyExpected(
        _ head: borrowing RequestParser, bytes: Span<UInt8>, from client: ClientConnection
    ) -> Bool {
        heed(head, client)
        let route = Route(path: bytes.extracting(head.path))
        var refused = refusal(of: route, head, bytes)
        // Who has no key need not send a body: the memory for it is not to be had for nothing.
        if refused == nil, let operation = route.operation ?? route.keyedOperation,
            case .failure(let denied) = identify(head, bytes, operation), denied.legacyKey == nil
        {
            refused = denied.reason
        }
        guard let refused else { return true }
        noteOrigin(route, head, bytes)
        client.refuseBody()
        refuse(refused, head, bytes, client)
        return false
    }

    package func requestArrived(
        _ head: borrowing RequestParser, bytes: Span<UInt8>, body: ByteRange, from client: ClientConnection
    ) {
        heed(head, client)
        let route = Route(path: bytes.extracting(head.path))
        noteOrigin(route, head, bytes)
        if let refused = refusal(of: route, head, bytes) {
            if head.method == .options, !originLines.isEmpty { return answerPreflight(head, bytes, client) }
            return refuse(refused, head, bytes, client)
        }
        if let operation = route.operation { return begin(operation, route.surface, head, bytes, body, client) }
        switch route {
        case .models, .model: listModels(route, head, bytes, body, client)
        case .storedResponse: refuseStored(head, bytes, body, client)
        case .livez: answer(200, "text/plain", Span.of("ok\n"), client)
        case .readyz: answerReady(head, bytes, client)
        case .healthz: answerHealth(client)
        case .metrics, .admin: callControl(head, bytes, body, client)
        case .feedback: takeVerdict(head, bytes, body, client)
        case .root: redirectToAdmin(client)
        case .chat, .nativeChat, .completions, .embeddings, .messages, .countTokens, .responses, .compact, .media,
            .unknown:
            preconditionFailure("\(route) was let through")
        }
    }

    /// What the request's version and method mean for the form of its answer.
    func heed(_ head: borrowing RequestParser, _ client: ClientConnection) {
        // Such a client takes the connection's end for that of a stream, and is told of no other connection that stays.
        if head.minorVersion == 0 { client.closeAfterAnswer() }
        if head.method == .head { client.omitsBody = true }
    }

    /// Why a request is not even looked at; nil: it may go on.
    private func refusal(of route: Route, _ head: borrowing RequestParser, _ bytes: Span<UInt8>) -> Refused? {
        if route == .unknown { return .unknownPath }
        if !route.allows(head.method) { return .wrongMethod(allow: route.allowed) }
        return nil
    }

    /// The client's own name for its request where it is harmless, else a new one.
    func requestID(of head: borrowing RequestParser, _ bytes: Span<UInt8>) -> RequestID {
        if let named = head.fields.first(.xRequestID) ?? head.fields.first(.xClientRequestID),
            let own = RequestID(client: bytes.extracting(named))
        {
            return own
        }
        return newRequestID()
    }

    /// - Parameter body: nil where it is handed on as it comes.
    func begin(
        _ operation: Operation, _ surface: Surface, _ head: borrowing RequestParser, _ bytes: Span<UInt8>,
        _ body: ByteRange?, _ client: ClientConnection
    ) {
        if let refused = admitAddress(of: client) { return refuse(refused, head, bytes, client) }
        let key: Int
        switch authorise(head, bytes, operation) {
        case .success(let found): key = found
        case .failure(let denied):
            if let key = denied.legacyKey { return park(key, head, bytes, body, client) }
            return refuse(denied.reason, head, bytes, client)
        }
        var intake = Intake(surface: surface, operation: operation, key: key, id: requestID(of: head, bytes))
        guard let body, operation != .media else { return beginPipe(intake, head, bytes, body, client) }
        if let name = head.fields.first(.idempotencyKey), !name.isEmpty, operation != .countTokens {
            return beginOnce(name, &intake, head, bytes, body, client)
        }
        unpack(&intake, head, bytes, body, client)
    }

    /// Takes a request that may run, whatever its body is packed in.
    func unpack(
        _ intake: inout Intake, _ head: borrowing RequestParser, _ bytes: Span<UInt8>, _ body: ByteRange,
        _ client: ClientConnection
    ) {
        if let coding = head.fields.first(.contentEncoding),
            !ASCII.equalsIgnoringCase(bytes.extracting(coding), "identity")
        {
            return beginDecoded(&intake, coding, head, bytes, body, client)
        }
        take(&intake, head, bytes, bytes.extracting(body), client)
    }

    /// A compressed body is decoded whole before anything looks at it.
    private func beginDecoded(
        _ intake: inout Intake, _ coding: ByteRange, _ head: borrowing RequestParser, _ bytes: Span<UInt8>,
        _ body: ByteRange, _ client: ClientConnection
    ) {
        guard let kind = BodyInflater.Coding(bytes.extracting(coding)) else {
            return refuse(.unsupportedEncoding, head, bytes, client)
        }
        let decoded = loop.blocks.take()
        defer { loop.blocks.give(decoded) }
        do throws(InflateFault) {
            var inflater = try BodyInflater(kind)
            try inflater.inflate(bytes.extracting(body), into: &decoded.bytes, outputMax: loop.bodyBytesMax)
            try inflater.finish()
        } catch {
            return refuse(error == .tooLarge ? .inflatedTooLarge : .badEncoding, head, bytes, client)
        }
        take(&intake, head, bytes, decoded.bytes.bytes, client)
    }

    // MARK: Exchanges

    /// - Parameter body: kept for every attempt, behind those of the head's lines that may go on.
    func open(
        _ intake: Intake, _ request: ChatRequest, _ head: borrowing RequestParser, _ bytes: Span<UInt8>,
        _ body: Span<UInt8>, _ client: ClientConnection
    ) -> Exchange {
        let exchange = freeExchange(for: request)
        let loop = client.loop
        openExchangeCount += 1
        exchange.client = client
        exchange.surface = intake.surface
        exchange.isChunked = head.minorVersion > 0
        exchange.key = intake.key
        exchange.record = RequestRecord()
        exchange.record.requestID = intake.id
        exchange.record.key = Int32(intake.key)
        exchange.record.operation = intake.operation
        exchange.record.startedAt = loop.wallClock
        exchange.startedAt = loop.now
        exchange.lastSentAt = loop.now
        if !originLines.isEmpty { exchange.originLines = originLines }
        let kept = loop.blocks.take(for: body.count + Limits.keptLineBytesAssumed)
        ForwardedHeaders.collect(head.fields, head: bytes, into: &kept.bytes)
        exchange.keptLineBytes = kept.bytes.count
        kept.bytes.append(body)
        exchange.kept = kept
        client.tag = exchange.number
        return exchange
    }

    /// One that is free and of the present snapshot, else a new one.
    private func freeExchange(for request: ChatRequest) -> Exchange {
        let number = freeExchanges.popLast() ?? exchanges.count
        if number < exchanges.count, exchanges[number].snapshot === snapshot {
            let exchange = exchanges[number]
            exchange.request = request
            return exchange
        }
        let exchange = Exchange(number: number, loop: loop, snapshot: snapshot, request: request)
        if number < exchanges.count { exchanges[number] = exchange } else { exchanges.append(exchange) }
        return exchange
    }

    /// The exchange is over: money is settled, the row is written, the memory is free for the next one.
    func finish(_ exchange: Exchange, status: Int) {
        precondition(exchange.phase != .idle || exchange.client != nil, "an exchange was finished twice")
        if exchange.rival != nil { dismissRival(of: exchange, isOutrun: false) }
        if !pipes.isEmpty, let pipe = pipes.removeValue(forKey: exchange.number) { dropFront(exchange, pipe) }
        if !claims.isEmpty { endClaim(exchange) }
        let loop = exchange.loop
        if let client = exchange.client.take() { client.tag = -1 }
        if let upstream = exchange.upstream.take() { upstream.tag = -1 }
        if let kept = exchange.kept.take() { loop.blocks.give(kept) }
        if let head = exchange.head.take() { loop.blocks.give(head) }
        if exchange.translated != nil { drop(&exchange.translated) }
        exchange.record.status = Int32(status)
        exchange.record.durationNS = loop.now &- exchange.startedAt
        endTrial(exchange)
        settle(exchange)
        write(exchange)
        exchange.reset()
        openExchangeCount -= 1
        freeExchanges.append(exchange.number)
    }

    private func settle(_ exchange: Exchange) {
        if exchange.decision.model >= 0 {
            exchange.record.model = Int32(exchange.decision.model)
            exchange.record.provider = Int32(exchange.providerIndex)
            exchange.record.reason = exchange.decision.reason
            if exchange.record.operation == .media, exchange.record.firstTokenNS > 0, exchange.record.usage == Usage() {
                // Pictures and sounds have prices that no token tells.
                exchange.record.costNanoUSD = nil
            } else if exchange.record.firstTokenNS > 0 || exchange.record.usage != Usage() {
                if !exchange.isPriced { exchange.price() }
            } else {
                exchange.record.costNanoUSD = 0
            }
        } else {
            exchange.record.costNanoUSD = 0
        }
        if let cost = exchange.record.costNanoUSD, exchange.snapshot.settings.hedging.delay != .off {
            hedges.earn(cost, share: exchange.snapshot.settings.hedging.spendShare)
        }
        guard exchange.key >= 0 else { return }
        // An unknown price counts as what was held, never as nothing. Keys without a budget count too: they may get one while
        // this request is under way.
        if exchange.record.costNanoUSD == nil { exchange.record.assumedNanoUSD = exchange.heldNanoUSD }
        let cost = exchange.record.costNanoUSD ?? exchange.heldNanoUSD
        if cost != exchange.heldNanoUSD {
            exchange.snapshot.keys[exchange.key].state.settle(held: exchange.heldNanoUSD, cost: cost)
        }
    }

    /// A request that no exchange was opened for leaves a line, but no row: strangers cannot fill the disk.
    func logRefusal(_ error: ErrorBody, _ id: RequestID) {
        accessLog.write(refused: id, status: error.status, code: error.code ?? error.type, at: loop.wallClock)
        if accessLog.bytes >= Limits.logBytesMax { control.post(.log(accessLog.take())) }
    }

    private func write(_ exchange: Exchange) {
        accessLog.write(exchange)
        if exchange.snapshot !== snapshot {
            // Its indices belong to an older snapshot than those of the batch.
            return post([exchange.record], of: exchange.snapshot)
        }
        records.append(exchange.record)
        if records.count >= Limits.recordsPerBatchMax { postRecords() }
        if accessLog.bytes >= Limits.logBytesMax { control.post(.log(accessLog.take())) }
    }

    private func postRecords() {
        postRewards()
        guard !records.isEmpty else { return }
        post(records, of: snapshot)
        // About as many will come again.
        let count = records.count
        records = []
        records.reserveCapacity(count)
    }

    private func post(_ records: [RequestRecord], of snapshot: Snapshot) {
        control.post(RecordBatch(core: core, snapshot: snapshot, records: records, postedAt: loop.now))
    }

    /// The exchange that a connection's tag names; nil when it is over.
    func exchange(_ tag: Int) -> Exchange? { tag >= 0 ? exchanges[tag] : nil }

    func endpoints(_ provider: Int, of older: Snapshot) -> ProviderEndpoints? {
        if older === snapshot { return endpoints[provider] }
        // The exchange began with another snapshot: the same provider, if it still exists.
        let before = older.providers[provider]
        let now = snapshot.providers.firstIndex { $0.id == before.id }
        // The exchange would take the key it began with to the new address.
        guard let now, snapshot.providers[now].hasSameAddress(as: before) else { return nil }
        return endpoints[now]
    }

    // MARK: Mail and merging

    package func delivered(_ message: any Sendable) {
        guard let message = message as? CoreMessage else { preconditionFailure("mail of an unknown kind") }
        switch message {
        case .snapshot(let next): adopt(next)
        case .answer(let answer): deliver(answer)
        case .events(let events): tell(events)
        case .legacyKey(let digest, let wasChecked): resume(digest, wasChecked: wasChecked)
        case .health(let version, let merged):
            guard version == snapshot.version else { return }
            for index in health.indices { health[index].heed(merged[index]) }
        case .arms(let version, let view, let folded):
            guard version == snapshot.version else { return }
            bandit.adopt(view, folded: folded)
        }
    }

    package func merge() {
        postRecords()
        turnProbes()
        if loop.isDraining, !listeners.isEmpty { endEvents() }
        if accessLog.bytes > 0 { control.post(.log(accessLog.take())) }
        // Rows are at most one turn old when they leave; the rest is merged every other turn.
        mergeTurn &+= 1
        if waiting.count > 0 { lookAfterWaiting() }
        if core == 0, mergeTurn & 255 == 0 { settings.answers.expire(now: loop.now) }
        if mergeTurn & 1 == 0 {
            postHealth()
            postArms()
        }
    }

    private func postHealth() {
        let figures = LoopFigures(
            core: core, driver: loop.driver.name, counters: loop.counters, clientCount: loop.clientCount,
            upstreamCount: loop.upstreamCount, exchangeCount: openExchangeCount, blocksTaken: loop.blocks.takenCount,
            rateLimitedCount: rateLimitedCount, droppedEventCount: droppedEventCount)
        control.post(.health(core: core, snapshot: snapshot, health, figures))
    }

    package func drained() {
        merge()
        postHealth()
        control.post(.drained(core: core))
        // The loop owns this object: together they would hold each other for ever.
        (endpoints, exchanges, freeExchanges) = ([], [], [])
        loop = nil
    }

    private func adopt(_ next: Snapshot) {
        postRecords()
        let (old, oldHealth, oldEndpoints) = (snapshot, health, endpoints)
        snapshot = next
        turns = NameTurns(turns, of: old, adopting: next)
        bandit.reindex(next.origins(in: old))
        modelLists = (nil, nil)
        health = []
        endpoints = []
        for provider in next.providers {
            let before = old.providers.firstIndex { $0.id == provider.id }
            // Another address is another endpoint, of which nothing is known.
            if let before, old.providers[before].hasSameAddress(as: provider) {
                health.append(oldHealth[before])
                endpoints.append(oldEndpoints[before])
            } else {
                health.append(ProviderHealth())
                endpoints.append(ProviderEndpoints(makeEndpoints(provider)))
            }
        }
        watchProviders()
    }

    private func makeEndpoints(_ provider: ProviderEntry) -> [Endpoint] {
        provider.addresses.map { Endpoint(host: $0.host, port: $0.port, tls: $0.isSecure ? trustedTLS() : nil) }
    }

    private func watchProviders() { prober?.adopt(snapshot, now: loop.now) { makeEndpoints($0) } }

    private func trustedTLS() -> TLSContext {
        if let clientTLS { return clientTLS }
        do {
            let made = try TLSContext(client: settings.trust)
            clientTLS = made
            return made
        } catch {
            // The trust store was read once at start, before any core ran.
            fatalError("the trust store cannot be read any more: \(error)")
        }
    }

    func newRequestID() -> RequestID { RequestID(random: random.next(), random.next()) }

    func countRateLimited() { rateLimitedCount += 1 }
}
