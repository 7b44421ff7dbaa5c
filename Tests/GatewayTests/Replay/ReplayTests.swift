// Another policy scored on the log: small cases by hand, coverage of the truth, refusals.

import Store
import Testing

@testable import Gateway

@Suite struct ReplayTests {
    private func policy(_ text: String) throws -> ReplayPolicy { try ReplayPolicy(parsing: Array(text.utf8)) }

    /// A choice between `a`, which is better by every term, and `b`.
    private func row(
        _ model: String, _ probability: Double, _ reward: Double, request: String = "", more: String = ""
    ) -> RewardRow {
        let candidates = ["a", "b"].map {
            #"{"id":"\#($0)","cost_nanousd":\#($0 == "a" ? 1 : 2),"cost":1,"latency":0,"failure":0,"weight":1,"score":0}"#
        }
        return RewardRow(
            timestamp: noon, requestID: request, modelID: model, providerID: "p", tokenBucket: "small", reward: reward,
            probability: probability, candidates: "[\(candidates.joined(separator: ","))\(more)]")
    }

    private func replay(_ text: String, _ rows: [RewardRow]) throws -> (Replay, DecisionReader) {
        var (replay, reader) = (Replay(try policy(text)), DecisionReader())
        let decisions = rows.compactMap { reader.decision($0) }
        for decision in decisions { replay.learn(decision) }
        for decision in decisions { try replay.weigh(decision) }
        return (replay, reader)
    }

    private func refusal(_ text: String, _ rows: [RewardRow]) -> String {
        do {
            let (replay, reader) = try replay(text, rows)
            return "\(try replay.report(reader))"
        } catch {
            return "\(error)"
        }
    }

    // MARK: Estimates

    /// The policy takes `a` for certain: w is 2, 0, 1.25, 0. What is expected of `a` is, with the prior and without the decision
    /// at hand, 1.6/3, 2.6/4, 2/3, 2.6/4.
    @Test func fourDecisionsAreWeighedAsByHand() throws {
        let rows = [row("a", 0.5, 1), row("b", 0.5, 0.5), row("a", 0.8, 0.6), row("b", 0.2, 0)]
        let sums = try replay(#"{"mode":"cheap","exploration_temp":0}"#, rows).0.sums
        func close(_ a: Double, _ b: Double) -> Bool { abs(a - b) < 1e-6 }
        #expect(close(sums.logged.mean, 0.525))
        #expect(close(sums.inverse.mean, 0.6875) && close(sums.inverse.standardError, 0.471_865))
        #expect(close(sums.selfNormalised.mean, 2.75 / 3.25) && close(sums.selfNormalised.standardError, 0.194_602))
        #expect(close(sums.doublyRobust.mean, 0.8375))
        #expect(close(sums.effectiveCount, 3.25 * 3.25 / 5.5625))
        #expect(close(sums.inverse.low, 0.6875 - 1.959_964 * 0.471_865))
    }

    @Test(arguments: RoutingMode.allCases)
    func thePolicyOfTheLogEarnsWhatTheLogHas(mode: RoutingMode) throws {
        let world = try ReplayWorld(.init(mode: mode, temperature: 0.7))
        var random = SplitMix(seed: 3)
        let rows = try (0..<300).map { try world.nextRow(&random, number: $0) }
        let temperature = mode == .thompson ? "" : #","exploration_temp":0.7"#
        let (replay, reader) = try replay(#"{"mode":"\#(mode.label)"\#(temperature)}"#, rows)
        let report = try replay.report(reader)
        // The probabilities of draws from beliefs are approximations that are made to sum to 1.
        let tolerance = mode == .thompson ? 0.01 : 1e-9
        #expect(abs(report.inverse.mean - report.logged.mean) < tolerance, "\(mode)")
        #expect(abs(report.selfNormalised.mean - report.logged.mean) < tolerance)
        #expect(report.effectiveCount > 300 * (1 - tolerance) && report.decisionCount == 300)
    }

    /// The issue's bar: 90 of 100 seeds.
    @Test(arguments: [
        (ReplayWorld.Manner(temperature: 3), ReplayWorld.Manner(mode: .cheap, temperature: 0.7)),
        (ReplayWorld.Manner(mode: .thompson), ReplayWorld.Manner(mode: .highConfidence, temperature: 0.6)),
    ])
    func theEstimatesCoverTheTruth(logged: ReplayWorld.Manner, other: ReplayWorld.Manner) throws {
        let truth = try ReplayWorld(other).worth()
        let policy = try policy(#"{"mode":"\#(other.mode.label)","exploration_temp":\#(other.temperature)}"#)
        let world = try ReplayWorld(logged)
        var (inverse, normalised, robust, shift) = (0, 0, 0, 0.0)
        for seed in UInt64(1)...100 {
            var (random, replay) = (SplitMix(seed: seed), Replay(policy))
            let decisions = try (0..<1_000).map { _ in try world.nextDecision(&random) }
            for decision in decisions { replay.learn(decision) }
            for decision in decisions { try replay.weigh(decision) }
            let report = try replay.report(DecisionReader())
            if report.inverse.covers(truth) { inverse += 1 }
            if report.selfNormalised.covers(truth) { normalised += 1 }
            if report.doublyRobust.covers(truth) { robust += 1 }
            shift += (report.doublyRobust.mean - truth) / 100
        }
        print(
            "replay: \(logged.mode) -> \(other.mode), seeds 1...100: true worth \(truth), covered by IPS \(inverse), "
                + "IPS-SN \(normalised), DR \(robust); mean error of DR \(shift)")
        #expect(normalised >= 90 && robust >= 90)
        #expect(abs(shift) < 0.01)
    }

    // MARK: Refusals

    @Test func anEmptyLogHasNoAnswer() {
        #expect(refusal(#"{"mode":"cheap"}"#, []).hasPrefix("no estimate: the log holds no decision"))
        let original = RewardRow(timestamp: noon, modelID: "a", providerID: "p")
        #expect(refusal(#"{"mode":"cheap"}"#, [original]).contains("1 rows without candidates"))
    }

    @Test func whatTheLogNeverDoesCannotBeTold() {
        // All choices were certain, and the policy makes others.
        let certain = (0..<500).map { _ in row("b", 1, 1) }
        #expect(refusal(#"{"mode":"cheap","exploration_temp":0}"#, certain).contains("100.0 % of the policy's choices"))
        #expect(refusal(#"{"mode":"cheap","exploration_temp":0}"#, certain).contains("'a'"))
        // The other way round its own exploration is all that is unseen.
        let best = (0..<500).map { _ in row("a", 1, 1) }
        #expect(refusal(#"{"mode":"cheap","exploration_temp":0.3}"#, best).contains("3.4 % of the policy's choices"))
        #expect(refusal(#"{"mode":"cheap","exploration_temp":0}"#, best).hasPrefix("ReplayReport("))
        // One that might have been chosen and never was.
        let lucky = (0..<500).map { _ in row("b", 0.9, 1) }
        #expect(refusal(#"{"mode":"cheap","exploration_temp":0}"#, lucky).contains("above all 'a'"))
    }

    @Test func tooFewThatCountHaveNoAnswer() {
        let rows = (0..<1000).map { $0 < 30 ? row("a", 0.03, 1) : row("b", 0.97, 1) }
        #expect(
            refusal(#"{"mode":"cheap","exploration_temp":0}"#, rows).contains(
                "1000 decisions tell as much of this policy as 30.0"))
    }

    @Test func whatTheLogDoesNotSayIsMissed() throws {
        let rows = (0..<200).map { row($0 % 2 == 0 ? "a" : "b", 0.5, 1) }
        #expect(refusal(#"{"mode":"thompson"}"#, rows).contains("thompson needs what was believed"))
        #expect(refusal(#"{"mode":"cheap","min_weight":3}"#, rows).contains("min_weight needs the models' weights"))
    }

    @Test func limitsThatLeaveNobodyEarnNothing() throws {
        let world = try ReplayWorld(.init())
        var random = SplitMix(seed: 5)
        let rows = try (0..<200).map { try world.nextRow(&random, number: $0) }
        let (replay, reader) = try replay(#"{"mode":"normal","exploration_temp":1,"min_weight":10}"#, rows)
        let report = try replay.report(reader)
        #expect(report.refusedCount == 200 && report.inverse.mean == 0 && report.logged.mean > 0.3)
        // Of four models one is left.
        let some = try self.replay(#"{"mode":"normal","min_weight":9}"#, rows).0
        #expect(abs(some.sums.selfNormalised.mean - 0.6) < 0.2)
    }

    @Test func theOperatorsBudgetPutsTheDearBehindTheRest() throws {
        let decision = try #require(LoggedDecision(row("b", 0.5, 1)))
        let candidates = Candidates()
        candidates.all = decision.candidates
        let text = #"{"mode":"high_confidence","exploration_temp":1,"max_budget_usd":0.000000001}"#
        let budget = try policy(text).probabilities(candidates, modelWeights: decision.modelWeights)
        #expect(budget == [1, 0])
        candidates.all = decision.candidates
        let own = #"{"mode":"cheap","exploration_temp":0,"weights":{"cost":-0,"latency":0,"failure":0,"weight":0}}"#
        #expect(try policy(own).probabilities(candidates, modelWeights: decision.modelWeights) == [1, 0])
    }

    // MARK: Reading

    @Test(arguments: [
        ("", "mode required"), ("[", "bad json"), ("{", "bad json"), ("[]", "bad json"),
        (#"{"mode":"cheapest"}"#, "unknown mode 'cheapest'; known are cheap, "),
        (#"{"mode":7}"#, "mode must be a string"),
        (#"{"mode":"cheap","temp":1}"#, "unknown member 'temp'"),
        (#"{"mode":"cheap","mode":"normal"}"#, "'mode' stands there twice"),
        (#"{"mode":"cheap","exploration_temp":-1}"#, "exploration_temp must be between 0 and 1000"),
        (#"{"mode":"cheap","min_weight":1.5}"#, "min_weight must be a whole number"),
        (#"{"mode":"cheap","min_weight":11}"#, "min_weight must be between 0 and 10"),
        (#"{"mode":"cheap","max_budget_usd":"1"}"#, "max_budget_usd must be a number"),
        (#"{"mode":"cheap","weights":{"cost":1,"latency":1,"failure":1}}"#, "weights need weight"),
        (
            #"{"mode":"cheap","weights":{"cost":1,"latency":1,"failure":1,"weight":1,"price":1}}"#,
            "unknown member 'price'"
        ),
        (#"{"mode":"thompson","exploration_temp":0.3}"#, "thompson draws from beliefs"),
    ])
    func aPolicyThatIsNoneIsRefused(text: String, reason: String) {
        do throws(ReplayFault) {
            _ = try ReplayPolicy(parsing: Array(text.utf8))
            Issue.record("accepted: \(text)")
        } catch {
            #expect("\(error)".hasPrefix(reason), "\(error)")
            #expect(error == .badRequest("\(error)"))
        }
    }

    @Test func whatIsNotSaidIsAsTheGatewayHasIt() throws {
        let policy = try policy(#"{"mode":"planning"}"#)
        #expect(policy.explorationTemperature == 0.3 && policy.weights == RoutingMode.planning.weights)
        #expect(policy.weightMin == 0 && policy.budgetNanoUSDMax == 0)
        #expect(try self.policy(#"{"mode":"cheap","max_budget_usd":1e-12}"#).budgetNanoUSDMax == 1)
    }

    @Test func onlyFirstAttemptsAreDecisions() {
        var reader = DecisionReader()
        #expect(reader.decision(row("a", 0.5, 1, request: "r1")) != nil)
        // It waited and drew from all again.
        #expect(reader.decision(row("b", 0.5, 1, request: "r1")) == nil)
        #expect(reader.decision(row("b", 1, 1, request: "r2", more: #",{"id":"c","rejected":"tried"}"#)) == nil)
        #expect(reader.decision(row("b", 0.5, 1, request: "r3", more: #",{"id":"c","rejected":"health_down"}"#)) != nil)
        #expect((reader.laterCount, reader.unexplainedCount, reader.unreadableCount) == (2, 0, 0))
    }

    @Test func rowsThatContradictThemselvesAreCountedAndLeftOut() {
        var reader = DecisionReader()
        var broken = [row("c", 0.5, 1), row("a", 0, 1), row("a", 1.1, 1), row("a", .nan, 1), row("a", 0.5, 2)]
        for text in ["{}", "[1]", "[{}]", #"[{"id":"a"}]"#, #"[{"id":"a","rejected":"disabled"}]"#, "[", "\u{0}"] {
            var row = row("a", 0.5, 1)
            row.candidates = text
            broken.append(row)
        }
        for row in broken { #expect(reader.decision(row) == nil, "\(row)") }
        #expect(reader.unreadableCount == broken.count)
        // Cut at every byte.
        let whole = row("a", 0.5, 1).candidates
        for length in 1..<whole.utf8.count {
            var row = row("a", 0.5, 1)
            row.candidates = String(whole.prefix(length))
            #expect(reader.decision(row) == nil)
        }
    }
}
