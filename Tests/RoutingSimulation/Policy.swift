import Adapters
import Gateway
import Glibc

/// A rule that picks a provider and hears what came of it.
struct Policy {
    enum Rule: Equatable {
        case ours(halfLifeSeconds: Double?)
        /// The same, with beliefs as wide as coins would need.
        case plainBeta(halfLifeSeconds: Double?)
        case originals, ucb1
        case epsilonGreedy(Double)
        case roundRobin, random, oracle
    }

    let rule: Rule
    private var random: SplitMix
    private var decisionCount = 0
    private var shard: ArmShard
    private var thompson = Thompson()
    /// Plain means of what was seen since the start.
    private var counts: [Double]
    private var sums: [Double]
    /// The original's beliefs, from the rewards up to its last look.
    private var beliefs: [ArmPosterior]
    private var nextLookAt = 0.0

    init(_ rule: Rule, seed: UInt64) {
        self.rule = rule
        random = SplitMix(seed: seed)
        let forgetting: Forgetting
        switch rule {
        case .ours(let halfLife), .plainBeta(let halfLife): forgetting = Forgetting(halfLifeSeconds: halfLife)
        default: forgetting = Forgetting(halfLifeSeconds: nil)
        }
        shard = ArmShard(modelCount: World.providerCount, forgetting: forgetting)
        counts = Array(repeating: 0, count: World.providerCount)
        sums = counts
        beliefs = Array(repeating: ArmPosterior(alpha: 1, beta: 1), count: World.providerCount)
    }

    mutating func pick(_ world: World, second: Double) -> Int {
        decisionCount += 1
        switch rule {
        case .ours:
            thompson.removeAll()
            for model in 0..<World.providerCount {
                // All weights alike: the operator knows nothing.
                thompson.add(shard.posterior(model: model, bucket: .medium, weight: 5, at: Policy.instant(second)))
            }
            return thompson.draw(&random) ?? 0
        case .plainBeta:
            thompson.removeAll()
            for model in 0..<World.providerCount {
                let seen = shard.arms[model, .medium].aged(to: Policy.instant(second), shard.forgetting)
                thompson.add(
                    ArmPosterior(alpha: 1.5 + max(0, seen.sum), beta: 1.5 + max(0, seen.count - seen.sum)))
            }
            return thompson.draw(&random) ?? 0
        case .originals:
            if second >= nextLookAt {
                nextLookAt += 300
                for model in 0..<World.providerCount {
                    beliefs[model] = ArmPosterior(
                        alpha: sums[model] + 1, beta: max(counts[model] - sums[model] + 1, 1))
                }
            }
            thompson.removeAll()
            for belief in beliefs { thompson.add(belief) }
            return thompson.draw(&random) ?? 0
        case .ucb1:
            var (best, highest) = (0, -1.0)
            for model in 0..<World.providerCount {
                if counts[model] == 0 { return model }
                let bound = sums[model] / counts[model] + (2 * log(Double(decisionCount)) / counts[model]).squareRoot()
                if bound > highest { (best, highest) = (model, bound) }
            }
            return best
        case .epsilonGreedy(let epsilon):
            if random.uniform() < epsilon { return Int(random.next() % UInt64(World.providerCount)) }
            var (best, highest) = (0, -1.0)
            for model in 0..<World.providerCount {
                if counts[model] == 0 { return model }
                if sums[model] / counts[model] > highest { (best, highest) = (model, sums[model] / counts[model]) }
            }
            return best
        case .roundRobin:
            return decisionCount % World.providerCount
        case .random:
            return Int(random.next() % UInt64(World.providerCount))
        case .oracle:
            return world.bestProvider
        }
    }

    mutating func learn(_ model: Int, _ ending: Reward.Ending, second: Double) {
        let reward: Double?
        switch rule {
        case .originals:
            // It logs failures without the model's name, so no arm hears of them, and measures latency by the
            // client's bound alone, which nobody sends: by a second.
            if case .failed = ending { return }
            reward = Reward.of(ending, latencyBudgetMS: 0)
        default:
            reward = Reward.of(ending, latencyBudgetMS: World.latencyBudgetMS)
        }
        guard let reward else { return }
        switch rule {
        case .ours, .plainBeta:
            shard.add(reward, model: model, bucket: .medium, at: Policy.instant(second))
        default:
            counts[model] += 1
            sums[model] += reward
        }
    }

    private static func instant(_ second: Double) -> UInt64 { UInt64(second * 1e9) }
}
