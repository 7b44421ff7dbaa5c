// Four models whose rewards are known, in nine situations: logs are made in it, and a policy's true worth can be told.

import Adapters
import Store
import Testing

@testable import Gateway
@testable import Reactor

final class ReplayWorld {
    /// A length of prompt, and how the providers are doing.
    struct Situation {
        let tokens: Int
        let health: [ProviderHealth]
        let chance: Double
        /// Of an answer, and what an answer earns on average, per model.
        let worth: [(answers: Double, earns: Double)]
    }

    /// How the gateway was configured.
    struct Manner {
        var mode = RoutingMode.normal
        var temperature = 1.0
        var budgetNanoUSDMax: Int64 = 0
    }

    let manner: Manner
    let snapshot: Snapshot
    let situations: [Situation]
    private let bandit: Bandit
    private let candidates = Candidates()
    private var rows: [[RewardRow?]]
    private var templates: [[LoggedDecision?]]

    init(_ manner: Manner) throws {
        self.manner = manner
        var plan = Plan()
        plan.stands = ["a", "b", "c", "d"].map { Plan.Stand(id: $0) }
        plan.models = [("a", 9, 1_600_000), ("b", 6, 800_000), ("c", 4, 500_000), ("d", 2, 100_000)].map {
            Plan.Model(
                id: "m-\($0)", provider: $0, weight: $1, literal: "x",
                prices: Prices(inputPer1K: Int64($2), outputPer1K: Int64(2 * $2)))
        }
        plan.settings.policy.mode = manner.mode
        plan.settings.policy.budgetNanoUSDMax = manner.budgetNanoUSDMax
        plan.settings.explorationTemperature = manner.temperature
        let here = try #require(SocketAddress(literal: "127.0.0.1", port: 1))
        snapshot = try plan.snapshot(
            version: 1, addresses: Dictionary(uniqueKeysWithValues: plan.stands.map { ($0.id, here) }))
        situations = ReplayWorld.makeSituations()
        rows = Array(repeating: Array(repeating: nil, count: snapshot.models.count), count: situations.count)
        templates = Array(repeating: Array(repeating: nil, count: snapshot.models.count), count: situations.count)
        bandit = Bandit(modelCount: snapshot.models.count, forgetting: Forgetting(halfLifeSeconds: nil))
        for bucket in TokenBucket.allCases {
            for model in snapshot.models.indices {
                for step in 0..<3 { bandit.add(Double((model + step) % 4) / 4, model: model, bucket: bucket, at: 1) }
            }
        }
    }

    private static func makeSituations() -> [Situation] {
        let lengths: [(tokens: Int, chance: Double)] = [(500, 0.5), (5_000, 0.3), (20_000, 0.2)]
        // Milliseconds to the first content and failures among ten, per provider.
        let weathers: [(chance: Double, providers: [(Int, Int)])] = [
            (0.6, [(300, 0), (200, 1), (500, 0), (100, 2)]), (0.3, [(900, 3), (200, 0), (300, 0), (150, 1)]),
            (0.1, [(300, 0), (800, 6), (900, 2), (100, 0)]),
        ]
        return lengths.enumerated().flatMap { place, length in
            weathers.map { weather in
                Situation(
                    tokens: length.tokens,
                    health: weather.providers.map { milliseconds, failures in
                        var health = ProviderHealth()
                        for _ in 0..<failures { health.failed("transient", retryAfterNS: nil, now: 1, wallClock: 1) }
                        for _ in failures..<10 {
                            health.succeeded(
                                firstByteNS: 1_000, firstTokenNS: UInt64(milliseconds) * 1_000_000, now: 1, wallClock: 2
                            )
                        }
                        return health
                    }, chance: length.chance * weather.chance,
                    worth: weather.providers.enumerated().map { model, provider in
                        // Large models earn more on long prompts, and nobody does while the provider fails.
                        (1 - Double(provider.1) / 12, 0.85 - 0.1 * Double(abs(model - 2 + place)))
                    })
            }
        }
    }

    private func decide(_ situation: Situation, _ random: inout SplitMix) -> Decision? {
        var query = Query(named: nil, operation: .chat, estimatedInputTokens: situation.tokens, now: 1)
        query.policy = snapshot.settings.policy
        return Router.decide(query, snapshot, situation.health, bandit, using: &random, into: candidates)
    }

    /// The next decision that the gateway takes in this world, and what it earns, as a row of the log.
    func nextRow(_ random: inout SplitMix, number: Int) throws -> RewardRow {
        let (place, model, reward) = try next(&random)
        var row = try #require(rows[place][model])
        row.requestID = "r\(number)"
        row.reward = reward
        return row
    }

    /// The same, read back: what was chosen from is written and read once only.
    func nextDecision(_ random: inout SplitMix) throws -> LoggedDecision {
        let (place, model, reward) = try next(&random)
        if templates[place][model] == nil { templates[place][model] = LoggedDecision(try #require(rows[place][model])) }
        var decision = try #require(templates[place][model])
        decision.reward = reward
        return decision
    }

    private func next(_ random: inout SplitMix) throws -> (place: Int, model: Int, reward: Double) {
        var left = random.uniform()
        var place = 0
        while place < situations.count - 1, left >= situations[place].chance {
            left -= situations[place].chance
            place += 1
        }
        let situation = situations[place]
        let decision = try #require(decide(situation, &random))
        if rows[place][decision.model] == nil { rows[place][decision.model] = row(decision, situation) }
        let worth = situation.worth[decision.model]
        let reward = random.uniform() < worth.answers ? worth.earns + 0.2 * (random.uniform() - 0.5) : 0
        return (place, decision.model, reward)
    }

    private func row(_ decision: Decision, _ situation: Situation) -> RewardRow {
        var batch = RewardBatch(snapshot: snapshot)
        batch.add(
            RewardRecord(
                requestID: RequestID(random: 1, 2), at: UInt64(noon.milliseconds) * 1_000_000,
                model: Int32(decision.model), key: 0, mode: manner.mode, estimatedTokens: Int64(situation.tokens),
                latencyBudgetMS: 20_000, latencyNS: 1, costNanoUSD: 1, fault: "", reward: 0,
                probability: decision.probability, candidates: 0..<0), chosenFrom: candidates.all)
        return RewardRow.rows(batch)[0]
    }

    /// What this world's manner earns on average: by what the router says of its own draws.
    func worth() throws -> Double {
        var sum = 0.0
        for situation in situations {
            var (random, chances) = (SplitMix(seed: 1), [Int: Double]())
            for _ in 0..<10_000 where chances.values.reduce(0, +) < 0.999_999 {
                let decision = try #require(decide(situation, &random))
                let chance: Double = try #require(decision.probability)
                chances[decision.model] = chance
            }
            for (model, chance) in chances {
                sum += situation.chance * chance * situation.worth[model].answers * situation.worth[model].earns
            }
        }
        return sum
    }
}
