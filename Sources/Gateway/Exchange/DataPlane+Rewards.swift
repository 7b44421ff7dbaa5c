// What each attempt has earned its model.

internal import Adapters
internal import Reactor
internal import Wire

extension DataPlane {
    /// An attempt is over: the bandit learns from it, and a row tells of it when it was the router's choice.
    func reward(_ exchange: Exchange, _ ending: Reward.Ending) {
        let budgetMS = Reward.effectiveBudgetMS(client: exchange.query.policy.latencyMSMax, policy: 0)
        guard exchange.request.operation.isConversation, exchange.decision.model >= 0,
            let reward = Reward.of(ending, latencyBudgetMS: budgetMS),
            let model = modelIndex(exchange.decision.model, of: exchange.snapshot)
        else { return }
        let tokens = exchange.query.estimatedInputTokens
        let now = loop.wallClock
        bandit.add(reward, model: model, bucket: TokenBucket(tokens: tokens), at: now)
        if exchange.decision.reason == .hintExact { return }
        var record = RewardRecord(
            requestID: exchange.record.requestID, at: now, model: Int32(exchange.decision.model),
            key: Int32(exchange.key), mode: exchange.query.policy.mode, estimatedTokens: Int64(tokens),
            latencyBudgetMS: Int64(budgetMS),
            latencyNS: loop.now &- exchange.attemptStartedAt, fault: "", reward: reward,
            probability: exchange.decision.probability, candidates: 0..<0)
        switch ending {
        case .answered(_, let cost): record.costNanoUSD = cost
        case .failed(let fault): record.fault = fault.label
        case .abandoned: break
        }
        log(record, exchange)
    }

    /// A client says what an answer was worth. The control thread, which keeps the rewards, answers.
    func takeVerdict(
        _ head: borrowing RequestParser, _ bytes: Span<UInt8>, _ body: ByteRange, _ client: ClientConnection
    ) {
        switch authorise(head, bytes, .chat) {
        case .failure(let denied):
            if let key = denied.legacyKey { return park(key, head, bytes, body, client) }
            refuse(denied.reason, head, bytes, client)
        case .success(let key):
            // The answer that is judged may be a moment old.
            postRewards()
            callControl(head, bytes, body, client, key: snapshot.keys[key].id)
        }
    }

    /// An attempt has answered, and is priced.
    func rewardAnswer(_ exchange: Exchange) {
        reward(
            exchange,
            .answered(
                latencyMS: Double(loop.now &- exchange.attemptStartedAt) / 1_000_000,
                costNanoUSD: exchange.record.costNanoUSD))
    }

    private func log(_ record: consuming RewardRecord, _ exchange: Exchange) {
        if exchange.snapshot !== rewards.snapshot {
            postRewards()
            rewards = RewardBatch(snapshot: exchange.snapshot)
        }
        rewards.add(record, chosenFrom: exchange.considered)
        if rewards.byteCount >= Limits.rewardBytesPerBatchMax { postRewards() }
    }

    func postRewards() {
        if rewards.records.isEmpty { return }
        control.post(rewards)
        rewards = RewardBatch(snapshot: snapshot)
    }

    /// Tells the control thread what the bandit has learnt since it last heard.
    func postArms() {
        guard let (number, delta) = bandit.takeDelta() else { return }
        control.post(.arms(core: core, snapshot: snapshot, number: number, delta))
    }
}
