// Who wins a draw, and how probable that was.

import Testing

@testable import Gateway

@Suite struct ThompsonTests {
    private func thompson(_ shapes: [(Double, Double)]) -> Thompson {
        var thompson = Thompson()
        for (alpha, beta) in shapes { thompson.add(ArmPosterior(alpha: alpha, beta: beta)) }
        return thompson
    }

    @Test func theHighestDrawWins() {
        var random = SplitMix(seed: 3)
        var thompson = thompson([(2, 1), (1, 2), (3, 3)])
        for _ in 0..<200 {
            guard let winner = thompson.draw(&random) else { break }
            #expect(thompson.draws[winner] == thompson.draws.max())
        }
        thompson.removeAll()
        let nobody = thompson.draw(&random)
        #expect(nobody == nil)
    }

    @Test func theOnlyCandidateWinsForCertain() {
        #expect(thompson([(1, 1)]).probability(of: 0) == 1)
    }

    /// A variate of Beta(a, 1) is a uniform to the power of 1/a, so among such the winner's probability is its share
    /// in the sum of all a. Nothing is harder for the approximation than many that are all but sure of rewards of 1.
    @Test(arguments: [
        (2, 3.0, 0.003), (16, 3, 0.008), (100, 3, 0.005), (2, 60, 0.005), (16, 60, 0.02), (100, 60, 0.02),
    ])
    func theProbabilityIsThatOfPowersOfUniforms(count: Int, alphaMax: Double, errorMax: Double) {
        for seed in 1...5 as ClosedRange<UInt64> {
            var random = SplitMix(seed: seed)
            let alphas = (0..<count).map { _ in 1 + (alphaMax - 1) * random.uniform() * random.uniform() }
            let thompson = thompson(alphas.map { ($0, 1) })
            let total = alphas.reduce(0, +)
            var worst = 0.0
            for index in 0..<count {
                worst = max(worst, (thompson.probability(of: index) - alphas[index] / total).magnitude)
            }
            #expect(worst < errorMax, "\(count) candidates to \(alphaMax), seed \(seed): off by \(worst)")
        }
    }

    @Test func theProbabilityOfTwoFacingMirrorsIsAHalf() {
        for shape in [1.0, 1.5, 7, 300, 1e6, 1e9] {
            let thompson = thompson([(shape, shape), (shape, shape)])
            #expect((thompson.probability(of: 0) - 0.5).magnitude < 0.002)
        }
    }

    /// Untried beside well known ones, close races, clear ones, steep steps.
    private static let fields: [[(Double, Double)]] = [
        [(1.5, 1.5), (80_000, 20_000)],
        [(80_000, 20_000), (1.5, 1.5), (79_900, 20_100), (1, 2)],
        [(2, 1), (1, 2), (1.5, 1.5), (12, 4), (6, 3)],
        [(40, 10), (38, 12), (45, 11), (400, 100), (20, 20), (3, 3)],
        [(700, 300), (705, 295), (690, 310), (2.5, 1.5), (71, 29), (30, 40), (1, 2), (7_100, 2_900)],
        [(50, 1), (60, 1.2), (9, 1), (1, 50)],
    ]

    @Test(arguments: ThompsonTests.fields.indices)
    func theProbabilityIsTheShareOfDrawsWon(field: Int) {
        let seed: UInt64 = 4_711
        let draws = 30_000
        var thompson = thompson(Self.fields[field])
        var random = SplitMix(seed: seed)
        var wins = Array(repeating: 0, count: thompson.candidates.count)
        for _ in 0..<draws { if let winner = thompson.draw(&random) { wins[winner] += 1 } }
        var total = 0.0
        for index in wins.indices {
            let probability = thompson.probability(of: index)
            if probability > 1e-6 { total += probability }
            let share = Double(wins[index]) / Double(draws)
            let noise = 4 * (max(share, 1e-4) * (1 - share) / Double(draws)).squareRoot()
            let error = (probability - share).magnitude
            #expect(
                error < 0.003 + noise,
                "field \(field), candidate \(index): \(probability), \(share) of draws, seed \(seed)")
        }
        #expect((total - 1).magnitude < 0.005, "field \(field): sum \(total)")
    }

    @Test func theProbabilityIsNeverNothing() {
        let thompson = thompson([(1, 1_000_000), (1_000_000, 1)])
        #expect(thompson.probability(of: 0) > 0)
        #expect(thompson.probability(of: 1) == 1)
    }
}
