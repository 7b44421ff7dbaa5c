// Another policy scored on the decisions of the log: first every row teaches what models earn, then every row is weighed.

package import Store

package struct Replay {
    private let policy: ReplayPolicy
    private var expected = RewardModel()
    private(set) var sums = ReplaySums()
    private var support = ReplaySupport()
    private var refusedCount = 0

    package init(_ policy: ReplayPolicy) { self.policy = policy }

    /// Scores `policy` on what a log holds. Reads it twice, a page at a time, and takes no lock for longer than a page takes.
    /// - Parameter from: the first that counts.
    package static func run(
        _ policy: ReplayPolicy, on log: RewardLog, from: Timestamp
    ) throws(ReplayFault) -> ReplayReport {
        var replay = Replay(policy)
        let last: Int64
        do throws(StoreFault) { last = try log.lastID() } catch { throw ReplayFault(error) }
        _ = try decisions(log, from, last) { (decision) throws(ReplayFault) in replay.learn(decision) }
        // What has come in between is left for the next time: it would be weighed by what it has not taught.
        let leftOut = try decisions(log, from, last) { (decision) throws(ReplayFault) in try replay.weigh(decision) }
        return try replay.report(leftOut)
    }

    private static func decisions(
        _ log: RewardLog, _ from: Timestamp, _ last: Int64,
        _ body: (LoggedDecision) throws(ReplayFault) -> Void
    ) throws(ReplayFault) -> DecisionReader {
        var reader = DecisionReader()
        var fault: ReplayFault?
        do throws(StoreFault) {
            try log.rewards.each(from: from, through: last) { row in
                guard fault == nil, let decision = reader.decision(row) else { return }
                do throws(ReplayFault) { try body(decision) } catch { fault = error }
            }
        } catch {
            throw ReplayFault(error)
        }
        if let fault { throw fault }
        return reader
    }

    mutating func learn(_ decision: LoggedDecision) {
        expected.add(decision.reward, model: decision.ids[decision.chosen], bucket: decision.bucket)
    }

    /// Every decision must have been learnt before the first is weighed.
    mutating func weigh(_ decision: LoggedDecision) throws(ReplayFault) {
        let candidates = Candidates()
        candidates.all = decision.candidates
        guard let wanted = try policy.probabilities(candidates, modelWeights: decision.modelWeights) else {
            // It would ask nobody, for certain, and earn nothing.
            refusedCount += 1
            return sums.add(weight: 1, reward: 0, robust: 0, logged: decision.reward)
        }
        support.add(decision, wanted)
        let chosen = decision.chosen
        let weight = wanted[chosen] / decision.probability
        var (term, ownExpected) = (0.0, 0.0)
        for index in wanted.indices where wanted[index] > 0 || index == chosen {
            let expected = expected.expected(
                of: decision.ids[index], bucket: decision.bucket, without: index == chosen ? decision.reward : nil)
            term += wanted[index] * expected
            if index == chosen { ownExpected = expected }
        }
        term += weight * (decision.reward - ownExpected)
        sums.add(weight: weight, reward: decision.reward, robust: term, logged: decision.reward)
    }

    /// - Throws: `noAnswer` where the log tells too little of what the policy would do.
    func report(_ reader: DecisionReader) throws(ReplayFault) -> ReplayReport {
        guard sums.count > 0 else {
            throw .noAnswer("the log holds no decision of the router in that time (\(reader.leftOut))")
        }
        let (unseen, worst) = support.unseen
        guard unseen <= sums.count * Limits.replayUnseenShareMax else {
            throw .noAnswer(
                "the overlap is too thin: \(ReplayReport.percent(unseen / sums.count)) of the policy's choices are such as the "
                    + "log never makes, above all '\(worst)'; at most \(ReplayReport.percent(Limits.replayUnseenShareMax)) may be. "
                    + "Let the gateway explore more for a while (TOKENHUB_EXPLORATION_TEMP)")
        }
        guard sums.effectiveCount >= Limits.replaySampleMin else {
            throw .noAnswer(
                "the overlap is too thin: \(Int(sums.count)) decisions tell as much of this policy as "
                    + "\(ReplayReport.fixed(sums.effectiveCount, 1)) of its own would; \(Int(Limits.replaySampleMin)) are the least. "
                    + "Take a longer time or let the gateway explore more (TOKENHUB_EXPLORATION_TEMP)")
        }
        return ReplayReport(
            decisionCount: Int(sums.count), refusedCount: refusedCount, laterCount: reader.laterCount,
            unexplainedCount: reader.unexplainedCount, unreadableCount: reader.unreadableCount,
            effectiveCount: sums.effectiveCount, weightMean: sums.weights / sums.count, weightMax: sums.weightMax,
            unseenShare: unseen / sums.count, logged: sums.logged, inverse: sums.inverse,
            selfNormalised: sums.selfNormalised, doublyRobust: sums.doublyRobust)
    }
}
