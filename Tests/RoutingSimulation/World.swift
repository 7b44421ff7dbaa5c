import Adapters
import Gateway
import Glibc

/// A number of providers that change, or do not, while requests come in.
struct World {
    enum Kind: String, CaseIterable {
        case stationary, drifting, failing, priceShock = "price shock"
    }

    static let providerCount = 8
    static let latencyBudgetMS = 20_000

    let kind: Kind
    /// As they are now.
    private(set) var providers: [Provider] = []
    /// What each earns on average now, under the formula.
    private(set) var meanRewards: [Double] = []
    private let original: [Provider]
    private var drifts: [(periodSeconds: Double, phase: Double, strength: Double)] = []
    private var outageUntil: [Double]
    private var nextOutageAt: [Double]
    private var priceFactors: [Double]
    private var nextShockAt: Double
    /// What changes the world; what one request meets comes from another one, so that each policy sees the same
    /// changes.
    private var random: SplitMix

    init(_ kind: Kind, seed: UInt64) {
        self.kind = kind
        random = SplitMix(seed: seed)
        var made: [Provider] = []
        for _ in 0..<World.providerCount {
            made.append(
                Provider(
                    latencyMSMedian: 1_000 * exp(random.uniform() * log(12)),
                    latencySpread: 0.4 + 0.3 * random.uniform(),
                    costNanoUSD: 1_000_000 * exp(random.uniform() * log(60)),
                    failureShare: 0.04 * random.uniform() * random.uniform()))
        }
        original = made
        for _ in 0..<World.providerCount {
            drifts.append((3_600 + 7_200 * random.uniform(), random.uniform(), 0.6 + 0.6 * random.uniform()))
        }
        outageUntil = Array(repeating: 0, count: World.providerCount)
        nextOutageAt = []
        for _ in 0..<World.providerCount { nextOutageAt.append(-log(random.uniform()) * World.secondsUp) }
        priceFactors = Array(repeating: 1, count: World.providerCount)
        nextShockAt = World.secondsBetweenShocks * (0.5 + random.uniform())
        providers = made
        meanRewards = made.map { World.meanReward($0) }
    }

    private static let secondsUp = 2_400.0
    private static let secondsDown = 300.0
    private static let secondsBetweenShocks = 2_000.0

    /// Moves the world on to `second`.
    mutating func advance(to second: Double) {
        switch kind {
        case .stationary:
            return
        case .drifting:
            // Load comes and goes at each provider in its own rhythm of one to three hours; speed follows, by a
            // factor of two or three either way.
            for index in providers.indices {
                let drift = drifts[index]
                let wave = sin(2 * Double.pi * (second / drift.periodSeconds + drift.phase))
                providers[index].latencyMSMedian = original[index].latencyMSMedian * exp(drift.strength * wave)
                meanRewards[index] = World.meanReward(providers[index])
            }
        case .failing:
            // Each provider is out for some five minutes about every forty: nine in ten requests fail.
            for index in providers.indices {
                if second >= nextOutageAt[index] {
                    outageUntil[index] = second + World.secondsDown * (0.5 + random.uniform())
                    nextOutageAt[index] = outageUntil[index] - log(random.uniform()) * World.secondsUp
                    providers[index].failureShare = 0.9
                } else if outageUntil[index] > 0, second >= outageUntil[index] {
                    outageUntil[index] = 0
                    providers[index].failureShare = original[index].failureShare
                } else {
                    continue
                }
                meanRewards[index] = World.meanReward(providers[index])
            }
        case .priceShock:
            // About every half hour the best gets eight times as dear for good, and somebody else halves the price.
            if second < nextShockAt { return }
            nextShockAt = second + World.secondsBetweenShocks * (0.5 + random.uniform())
            let best = bestProvider
            let other = (best + 1 + Int(random.next() % UInt64(World.providerCount - 1))) % World.providerCount
            // A dollar at most: far beyond what the formula tells apart.
            providers[best].costNanoUSD = min(providers[best].costNanoUSD * 8, 1e9)
            providers[other].costNanoUSD *= 0.5
            meanRewards = providers.map { World.meanReward($0) }
        }
    }

    var bestProvider: Int {
        var best = 0
        for index in meanRewards.indices where meanRewards[index] > meanRewards[best] { best = index }
        return best
    }

    /// What asking `provider` now leads to.
    func attempt(_ provider: Int, _ random: inout SplitMix) -> Reward.Ending {
        let (normal, _) = random.normals()
        let (fate, size) = (random.uniform(), random.uniform())
        let one = providers[provider]
        if fate < one.failureShare { return .failed(.transient(.status(500))) }
        // Requests are half to one and a half times as long as the average.
        return .answered(
            latencyMS: one.latencyMSMedian * exp(one.latencySpread * normal),
            costNanoUSD: Int64(one.costNanoUSD * (0.5 + size)))
    }

    /// The expectation of the reward of `attempt`, in closed form; a test compares it with the mean of many.
    static func meanReward(_ provider: Provider) -> Double {
        let (mu, sigma, most) = (log(provider.latencyMSMedian), provider.latencySpread, Double(latencyBudgetMS))
        let reach = (log(most) - mu) / sigma
        let latency =
            exp(mu + sigma * sigma / 2) * normal(reach - sigma) + most * (1 - normal(reach))
        // Uniform between half and one and a half of the average, capped at 1.
        let (low, high) = (provider.costNanoUSD * 0.5 / 1e8, provider.costNanoUSD * 1.5 / 1e8)
        let cost = high <= 1 ? (low + high) / 2 : low >= 1 ? 1 : ((1 - low * low) / 2 + (high - 1)) / (high - low)
        return (1 - provider.failureShare) * (0.4 + 0.3 * (1 - cost) + 0.3 * (1 - latency / most))
    }

    private static func normal(_ z: Double) -> Double { 0.5 * erfc(-z / 2.0.squareRoot()) }
}
