import Gateway

/// All rules in all worlds, and what is asked of ours.
struct Arena {
    let options: ArenaOptions
    private var regrets: [String: [World.Kind: Regret]] = [:]

    init(_ options: ArenaOptions) { self.options = options }

    private static let rivals: [(name: String, rule: Policy.Rule)] = [
        ("the original's rule", .originals), ("UCB1", .ucb1), ("epsilon-greedy, 0.1", .epsilonGreedy(0.1)),
        ("round robin", .roundRobin), ("random", .random),
    ]

    /// Prints the table, then what is met and what is not.
    /// - Returns: whether all is met.
    mutating func run() -> Bool {
        let halfLife = options.halfLifeSeconds
        let rows =
            [("oracle", .oracle), ("**ours**", .ours(halfLifeSeconds: halfLife))] + Arena.rivals
            + [
                ("ours, nothing forgotten", .ours(halfLifeSeconds: nil)),
                ("ours, beliefs as wide as a coin's", .plainBeta(halfLifeSeconds: halfLife)),
            ]
        print("| policy | " + World.Kind.allCases.map(\.rawValue).joined(separator: " | ") + " |")
        print("|---|" + String(repeating: "---|", count: World.Kind.allCases.count))
        for (name, rule) in rows {
            var cells: [String] = []
            for kind in World.Kind.allCases {
                var regret = Regret()
                for seed in 1...options.seeds {
                    regret.add(Regret.cumulative(rule, kind, options, seed: UInt64(seed)))
                }
                regrets[name, default: [:]][kind] = regret
                cells.append("\(Int(regret.mean.rounded())) ± \(Int(regret.deviation.rounded()))")
            }
            print("| \(name) | " + cells.joined(separator: " | ") + " |")
        }
        print("")
        let isSound = say(hasSoundMeans, "the regrets' closed form agrees with 20,000 attempts at each provider")
        return World.Kind.allCases.reduce(isSound) { isMet, kind in verdict(kind) && isMet }
    }

    /// Regret is counted in expected rewards, which are computed, not sampled.
    private var hasSoundMeans: Bool {
        var random = SplitMix(seed: 1)
        for kind in World.Kind.allCases {
            var world = World(kind, seed: 1)
            world.advance(to: 5_000)
            for provider in 0..<World.providerCount {
                var sum = 0.0
                for _ in 0..<20_000 {
                    let ending = world.attempt(provider, &random)
                    sum += Reward.of(ending, latencyBudgetMS: World.latencyBudgetMS) ?? 0
                }
                // Six standard errors of rewards that spread over the whole range at worst.
                if (sum / 20_000 - world.meanRewards[provider]).magnitude > 0.02 { return false }
            }
        }
        return true
    }

    private func verdict(_ kind: World.Kind) -> Bool {
        let own = mean("**ours**", kind)
        let blind = min(mean("random", kind), mean("round robin", kind))
        let lowest = Arena.rivals.map { mean($0.name, kind) }.min() ?? 0
        // A small run tells the rivals apart by chance only.
        switch options.isFull ? kind : .priceShock {
        case .drifting, .failing:
            return say(own < lowest, "\(kind.rawValue): ours has the lowest regret")
        case .stationary:
            return say(own <= 1.1 * lowest, "\(kind.rawValue): ours is within 10 % of the lowest regret")
        case .priceShock:
            return say(own < 0.5 * blind, "\(kind.rawValue): ours misses less than half of what blind choice does")
        }
    }

    private func mean(_ name: String, _ kind: World.Kind) -> Double { regrets[name]?[kind]?.mean ?? .infinity }

    private func say(_ isMet: Bool, _ rule: String) -> Bool {
        print("- \(rule): \(isMet ? "met" : "MISSED")")
        return isMet
    }
}
