// Whose request it is, and whether it may run now.

internal import Adapters
internal import Reactor
internal import Wire

extension DataPlane {
    struct Denied: Error {
        let reason: Refused
        /// Where a key stands that the control thread may know.
        var legacyKey: ByteRange?
    }

    /// The key of a request, when it may do what it asks now.
    func authorise(
        _ head: borrowing RequestParser, _ bytes: Span<UInt8>, _ operation: Operation
    ) -> Result<Int, Denied> {
        let identity = identify(head, bytes, operation)
        guard case .success(let key) = identity else { return identity }
        let entry = snapshot.keys[key]
        let rate = entry.rateLimitRPS == 0 ? snapshot.settings.rateLimitRPS : entry.rateLimitRPS
        // A request that has waited for another one's answer has taken its share when it came.
        if rate > 0, waitedUntil == 0 {
            let wait = entry.admit(now: loop.now, rate: rate)
            if wait > 0 { return .failure(Denied(reason: .keyRate(wait, burst: rate * 2))) }
        }
        return identity
    }

    /// The key of a request, when it is one and has the scope.
    func identify(
        _ head: borrowing RequestParser, _ bytes: Span<UInt8>, _ operation: Operation
    ) -> Result<Int, Denied> {
        var text = ByteRange.none
        if let field = head.fields.first(.authorization), field.count > 7, isBearer(bytes, Int(field.start)) {
            text = ByteRange(Int(field.start) + 7, Int(field.end))
        } else if let field = head.fields.first(.xAPIKey) {
            text = field
        }
        if text.isEmpty { return .failure(Denied(reason: .noKey)) }
        guard text.count > 9, text.count <= Limits.keyBytesMax,
            ByteScan.equals(bytes, Int(text.start)..<Int(text.start) + 9, "tokenhub_")
        else { return .failure(Denied(reason: .malformedKey)) }
        // Looked up by digest: timing can tell about digests only, and from those no key can be had. A key that is unknown,
        // disabled or expired costs the same.
        let digest = SHA256.hash(bytes.extracting(text))
        guard let key = snapshot.key(digest: digest.span) else {
            let mayBeLegacy = !isResuming && snapshot.mayBeLegacy(bytes.extracting(text))
            return .failure(Denied(reason: .badKey, legacyKey: mayBeLegacy ? text : nil))
        }
        let entry = snapshot.keys[key]
        let isOver = entry.expiresAt.map { Int64(loop.wallClock / 1_000_000_000) >= $0 } ?? false
        if !entry.isEnabled || isOver { return .failure(Denied(reason: .badKey)) }
        let isInScope = entry.scopes.contains(operation == .embeddings ? .embeddings : .chat)
        return isInScope ? .success(key) : .failure(Denied(reason: .noScope))
    }

    /// Whether `bearer ` stands at `start`, in letters of either case.
    private func isBearer(_ bytes: Span<UInt8>, _ start: Int) -> Bool {
        // Letters of two cases differ in this bit, and nothing else becomes a letter with it.
        let (letters, seven) = (0x2020_2020_2020 as UInt64, 0x00FF_FFFF_FFFF_FFFF as UInt64)
        return (ByteScan.word(bytes, start) | letters) & seven == ByteScan.word("bearer ")
    }

    /// Holds the estimated cost of a request against its key's budget. False when it does not fit.
    func holdBudget(_ exchange: Exchange) -> Bool {
        let snapshot = exchange.snapshot
        let entry = snapshot.keys[exchange.key]
        // Counting costs nothing.
        guard let limit = entry.monthlyBudgetNanoUSD, exchange.request.operation != .countTokens else { return true }
        var estimate: Int64 = 0
        let request = exchange.request
        let output = Int64(request.outputTokensMax ?? Int(Limits.outputTokensAssumed)) * Int64(request.choiceCount)
        let usage = Usage(
            inputTokens: Int64(request.estimatedInputTokens),
            outputTokens: request.operation == .embeddings ? 0 : output)
        // The dearest model it may end up at: the router has not chosen yet, and a failover may choose again.
        for model in snapshot.models where model.isEnabled {
            estimate = max(estimate, model.prices.cost(of: usage) ?? 0)
        }
        if let named = exchange.query.named { estimate = snapshot.models[named].prices.cost(of: usage) ?? estimate }
        guard entry.state.hold(estimate, limit: limit) else { return false }
        exchange.heldNanoUSD = estimate
        return true
    }

    /// The same once it is known who is asked, which was not when its cost was held.
    func holdAgain(_ exchange: Exchange, for model: Int) -> Bool {
        exchange.snapshot.keys[exchange.key].state.settle(held: exchange.heldNanoUSD, cost: 0)
        exchange.heldNanoUSD = 0
        exchange.query.named = model
        return holdBudget(exchange)
    }

    /// Why a client's address may not ask now; nil: it may.
    func admitAddress(of client: ClientConnection) -> Refused? {
        let settings = snapshot.settings
        if settings.rateLimitRPS <= 0 || isResuming { return nil }
        let wait = addresses.admit(
            addressMark(of: client), now: loop.now, ratePerSecond: settings.rateLimitRPS, burst: settings.rateLimitBurst
        )
        return wait > 0 ? .addressRate(wait, burst: settings.rateLimitBurst) : nil
    }

    func addressMark(of client: ClientConnection) -> UInt64 {
        if client.mark == 0 { client.mark = client.peerAddress?.hash ?? 1 }
        return client.mark
    }
}
