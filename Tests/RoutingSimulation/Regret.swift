import Gateway

/// The regrets of one policy in one world, a figure a seed.
struct Regret {
    private(set) var perSeed: [Double] = []

    mutating func add(_ regret: Double) { perSeed.append(regret) }

    var mean: Double { perSeed.reduce(0, +) / Double(perSeed.count) }

    /// Standard deviation over the seeds.
    var deviation: Double {
        let (mean, count) = (mean, Double(perSeed.count))
        if count < 2 { return 0 }
        return (perSeed.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / (count - 1)).squareRoot()
    }

    /// Runs `rule` through a world: the sum, over all decisions, of what the best provider would have earned on
    /// average more than the chosen one.
    static func cumulative(_ rule: Policy.Rule, _ kind: World.Kind, _ options: ArenaOptions, seed: UInt64) -> Double {
        var world = World(kind, seed: seed)
        var policy = Policy(rule, seed: seed &+ 1_000_003)
        var outcomes = SplitMix(seed: seed &+ 2_000_003)
        var regret = 0.0
        for decision in 0..<options.decisions {
            let second = Double(decision) / options.decisionsPerSecond
            world.advance(to: second)
            let model = policy.pick(world, second: second)
            regret += world.meanRewards[world.bestProvider] - world.meanRewards[model]
            policy.learn(model, world.attempt(model, &outcomes), second: second)
        }
        return regret
    }
}
