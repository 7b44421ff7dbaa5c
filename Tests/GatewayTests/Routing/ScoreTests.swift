// Scores worked out by hand from the spec's formulas, and what must hold for all of them.

import Adapters
import Testing

@testable import Gateway
@testable import Reactor

@Suite struct ScoreTests {
    /// Three models of three providers. For 1,000 tokens in and 512 out they cost 2,024,000, 506,000 and 1,012,000 nano-dollars.
    private func snapshot(_ change: (inout Plan) -> Void = { _ in }) throws -> Snapshot {
        var plan = Plan()
        plan.stands = [Plan.Stand(id: "a"), Plan.Stand(id: "b"), Plan.Stand(id: "c")]
        func model(_ id: String, _ weight: Int, _ input: Int64) -> Plan.Model {
            Plan.Model(
                id: "m-\(id)", provider: id, weight: weight, literal: "x",
                prices: Prices(inputPer1K: input, outputPer1K: 2 * input))
        }
        plan.models = [model("a", 10, 1_000_000), model("b", 2, 250_000), model("c", 6, 500_000)]
        change(&plan)
        let here = try #require(SocketAddress(literal: "127.0.0.1", port: 1))
        return try plan.snapshot(
            version: 1, addresses: Dictionary(uniqueKeysWithValues: plan.stands.map { ($0.id, here) }))
    }

    /// Latencies 400, 100 and 200 ms; failure rates 0, 1/2 and 1/4 a moment later.
    private var health: [ProviderHealth] {
        [(400, 4, 0), (100, 1, 1), (200, 3, 1)].map { milliseconds, good, bad in
            var health = ProviderHealth()
            for _ in 0..<bad { health.failed("transient", retryAfterNS: nil, now: 1, wallClock: 1) }
            for _ in 0..<good {
                health.succeeded(
                    firstByteNS: 1_000, firstTokenNS: UInt64(milliseconds) * 1_000_000, now: 1, wallClock: 2)
            }
            return health
        }
    }

    private func query(_ mode: RoutingMode) -> Query {
        var query = Query(named: nil, operation: .chat, estimatedInputTokens: 1_000, now: 1)
        query.policy.mode = mode
        return query
    }

    private func decide(
        _ query: Query, _ snapshot: Snapshot, _ health: [ProviderHealth], seed: UInt64 = 1
    ) -> (decision: Decision?, candidates: [Candidate]) {
        var random = SplitMix(seed: seed)
        let candidates = Candidates()
        let decision = Router.decide(query, snapshot, health, using: &random, into: candidates)
        return (decision, candidates.all)
    }

    // The shares are cost 1, 0.25, 0.5; latency 1, 0.25, 0.5; failure 0, 1, 0.5; weight 1, 0.2, 0.6.
    @Test(arguments: [
        // .25 + .25 + 0 - .25 | .0625 + .0625 + .25 - .05 | .125 + .125 + .125 - .15
        (RoutingMode.normal, [0.25, 0.325, 0.225], 2),
        // .7 + .1 + 0 - .1 | .175 + .025 + .1 - .02 | .35 + .05 + .05 - .06
        (.cheap, [0.7, 0.28, 0.39], 1),
        // .05 + .1 + 0 - .7 | .0125 + .025 + .15 - .14 | .025 + .05 + .075 - .42
        (.highConfidence, [-0.55, 0.0475, -0.27], 0),
        // .1 + .1 + 0 - .6 | .025 + .025 + .2 - .12 | .05 + .05 + .1 - .36
        (.planning, [-0.4, 0.13, -0.16], 0),
        (.adversarial, [-0.4, 0.13, -0.16], 0),
    ])
    func aScoreIsWhatTheFormulaSays(mode: RoutingMode, scores: [Double], best: Int) throws {
        let (decision, candidates) = decide(query(mode), try snapshot(), health)
        for (candidate, score) in zip(candidates, scores) { #expect(abs(candidate.score - score) < 1e-12) }
        #expect(decision?.model == best)
        #expect(decision?.probability == 1)
        #expect(candidates.map(\.costNanoUSD) == [2_024_000, 506_000, 1_012_000])
    }

    @Test func withoutTrafficTheTermsThatNobodyKnowsAreNothing() throws {
        let fresh = [ProviderHealth](repeating: ProviderHealth(), count: 3)
        let (decision, candidates) = decide(query(.normal), try snapshot(), fresh)
        #expect(candidates.allSatisfy { $0.latency == 0 && $0.failure == 0 })
        // .25 - .25 | .0625 - .05 | .125 - .15
        #expect(decision?.model == 2)
    }

    @Test func oneModelAloneIsChosenWhateverItsScore() throws {
        let snapshot = try snapshot { $0.models = [$0.models[1]] }
        let (decision, candidates) = decide(query(.normal), snapshot, health)
        #expect(decision == Decision(model: 0, reason: .weight(2), probability: 1))
        #expect(candidates[0].cost == 1)
    }

    @Test func equalsStandInTheSnapshotsOrder() throws {
        let snapshot = try snapshot { plan in
            plan.models = plan.models.map { Plan.Model(id: $0.id, provider: $0.provider, weight: 5, literal: "x") }
        }
        let fresh = [ProviderHealth](repeating: ProviderHealth(), count: 3)
        #expect(decide(query(.normal), snapshot, fresh).decision?.model == 0)
    }

    @Test func anUnknownPriceIsTheHighest() throws {
        let snapshot = try snapshot { $0.models[1].prices = Prices() }
        let (decision, candidates) = decide(query(.cheap), snapshot, health)
        #expect(candidates[1].costNanoUSD == nil)
        #expect(candidates[1].cost == 1)
        #expect(decision?.model == 2)
    }

    /// A decision among 100 models writes them all, and each exchange keeps some.
    @Test func aHundredCandidatesTakeEightKilobytes() {
        #expect(MemoryLayout<Candidate>.stride <= 80)
    }

    // MARK: Limits

    @Test func aCallersBudgetIsALimitAndAnOperatorsAPreference() throws {
        let snapshot = try snapshot()
        var query = query(.highConfidence)
        query.policy.budgetNanoUSDMax = 1_012_000
        #expect(decide(query, snapshot, health).decision?.model == 2)
        query.policy.budgetNanoUSDMax = 505_999
        #expect(decide(query, snapshot, health).decision?.model == 0)
        query.policy.isBudgetOfCaller = true
        let (decision, candidates) = decide(query, snapshot, health)
        #expect(decision == nil)
        #expect(candidates.map(\.rejection) == [.budgetExceeded, .budgetExceeded, .budgetExceeded])
        query.policy.budgetNanoUSDMax = 506_000
        #expect(decide(query, snapshot, health).decision?.model == 1)
        query.named = 0
        #expect(decide(query, snapshot, health).decision?.model == 1)
        query.policy.isStrict = true
        #expect(decide(query, snapshot, health).decision == nil)
    }

    @Test func aLeastWeightIsALimit() throws {
        var query = query(.cheap)
        query.policy.weightMin = 6
        let (decision, candidates) = decide(query, try snapshot(), health)
        #expect(decision?.model == 2)
        #expect(candidates.map(\.rejection) == [nil, .weightBelowMinimum, nil])
    }

    // MARK: Exploring

    @Test func ranksAreDrawnInProportionToTheSoftmax() throws {
        let snapshot = try snapshot { $0.settings.explorationTemperature = 0.3 }
        let seed: UInt64 = 2026
        var random = SplitMix(seed: seed)
        let candidates = Candidates()
        var counts = [0, 0, 0]
        for _ in 0..<20_000 {
            let decision = try #require(
                Router.decide(query(.normal), snapshot, health, using: &random, into: candidates))
            counts[decision.model] += 1
            // 1 + e^(-1/.3) + e^(-2/.3) = 1.03694600...
            let expected = [0.03440, 0.00123, 0.96437][decision.model]
            let probability = try #require(decision.probability)
            #expect(abs(probability - expected) < 1e-5, "seed \(seed)")
        }
        #expect((19_150...19_420).contains(counts[2]), "\(counts) seed \(seed)")
        #expect((580...800).contains(counts[0]), "\(counts) seed \(seed)")
        #expect((5...60).contains(counts[1]), "\(counts) seed \(seed)")
    }

    @Test func whatFollowsAFailureIsNotExplored() throws {
        let snapshot = try snapshot { $0.settings.explorationTemperature = 1_000 }
        var query = query(.normal)
        query.tried.insert(2)
        for seed in 0..<50 {
            let decision = decide(query, snapshot, health, seed: UInt64(seed)).decision
            #expect(decision == Decision(model: 0, reason: .weight(10), probability: 1))
        }
    }

    // MARK: Properties

    @Test(arguments: [11, 12, 13, 14])
    func anotherOrderOfTheModelsChangesNothingAndADominatedModelIsNeverChosen(seed: UInt64) throws {
        var random = SplitMix(seed: seed)
        for _ in 0..<200 {
            let count = Int.random(in: 1...12, using: &random)
            var plan = Plan()
            plan.stands = (0..<count).map { Plan.Stand(id: "p\($0)") }
            plan.models = (0..<count).map { index in
                let price = Int64.random(in: 1...1_000_000, using: &random)
                return Plan.Model(
                    id: "m\(index)", provider: "p\(index)", weight: Int.random(in: 0...10, using: &random),
                    literal: "x", prices: Prices(inputPer1K: price, outputPer1K: price))
            }
            var health = Dictionary(
                uniqueKeysWithValues: plan.stands.map { stand in
                    var health = ProviderHealth()
                    for _ in 0..<Int.random(in: 0...3, using: &random) {
                        health.failed("transient", retryAfterNS: nil, now: 1, wallClock: 1)
                    }
                    for _ in 0..<Int.random(in: 1...5, using: &random) {
                        let latency = UInt64.random(in: 1...1_000_000_000, using: &random)
                        health.succeeded(firstByteNS: 1, firstTokenNS: latency, now: 1, wallClock: 2)
                    }
                    return (stand.id, health)
                })
            // One that is worse in everything than the first.
            plan.stands.append(Plan.Stand(id: "worse"))
            var worse = plan.models[0]
            (worse.id, worse.provider, worse.weight) = ("worse", "worse", worse.weight - 1)
            worse.prices = Prices(inputPer1K: 2_000_000, outputPer1K: 2_000_000)
            plan.models.append(worse)
            health["worse"] = health["p0"]
            health["worse"]?.failed("transient", retryAfterNS: nil, now: 1, wallClock: 1)
            health["worse"]?.succeeded(firstByteNS: 1, firstTokenNS: 5_000_000_000, now: 1, wallClock: 2)

            let mode = RoutingMode.allCases[Int.random(in: 0..<5, using: &random)]
            let chosen = try choice(plan, health, mode)
            plan.models.shuffle(using: &random)
            #expect(try choice(plan, health, mode) == chosen, "seed \(seed)")
            #expect(chosen != "worse", "seed \(seed)")
        }
    }

    private func choice(_ plan: Plan, _ health: [String: ProviderHealth], _ mode: RoutingMode) throws -> String {
        let here = try #require(SocketAddress(literal: "127.0.0.1", port: 1))
        let addresses = Dictionary(uniqueKeysWithValues: plan.stands.map { ($0.id, here) })
        let snapshot = try plan.snapshot(version: 1, addresses: addresses)
        let known = snapshot.providers.map { health[$0.id] ?? ProviderHealth() }
        let decision = try #require(decide(query(mode), snapshot, known).decision)
        return snapshot.models[decision.model].id
    }
}
