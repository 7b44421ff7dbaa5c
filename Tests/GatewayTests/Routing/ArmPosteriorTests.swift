// What is believed of an arm before and after it was tried.

import Testing

@testable import Gateway

@Suite struct ArmPosteriorTests {
    private let never = Forgetting(halfLifeSeconds: nil)

    private func sums(_ rewards: [Double]) -> ArmSums {
        var sums = ArmSums()
        for reward in rewards { sums.add(reward, at: 0, never) }
        return sums
    }

    private func isNear(_ a: Double, _ b: Double) -> Bool { (a - b).magnitude < 1e-9 * max(1, b.magnitude) }

    @Test func theWeightOrdersModelsThatWereNotTried() {
        let none = ArmSums()
        for (weight, alpha, beta) in [(0, 1.0, 2.0), (5, 1.5, 1.5), (7, 1.7, 1.3), (10, 2, 1)] {
            let belief = ArmPosterior(weight: weight, none)
            #expect(isNear(belief.alpha, alpha) && isNear(belief.beta, beta), "\(weight): \(belief)")
        }
        #expect(ArmPosterior(weight: 99, none) == ArmPosterior(weight: 10, none))
        #expect(ArmPosterior(weight: -3, none) == ArmPosterior(weight: 0, none))
        let means = (0...10).map { ArmPosterior(weight: $0, none).mean }
        #expect(means == means.sorted())
    }

    @Test func aHandfulOfRewardsOutvotesTheWeight() {
        let bad = ArmPosterior(weight: 10, sums([0, 0, 0, 0]))
        let good = ArmPosterior(weight: 0, sums([0.9, 0.9, 0.9, 0.9]))
        #expect(good.mean > bad.mean)
    }

    @Test func coinsGiveTheConjugateBelief() {
        let belief = ArmPosterior(weight: 5, sums([1, 0, 1, 1, 0, 1, 1]))
        #expect(isNear(belief.alpha, 1.5 + 5))
        #expect(isNear(belief.beta, 1.5 + 2))
    }

    @Test func steadyRewardsAreBelievedSoonerThanCoins() {
        let steady = ArmPosterior(weight: 5, sums(Array(repeating: 0.7, count: 50)))
        let coins = ArmPosterior(weight: 5, sums((0..<50).map { $0 % 10 < 7 ? 1 : 0 }))
        #expect(isNear(steady.mean, coins.mean))
        #expect(steady.variance < coins.variance / 5)
        // Variance of the rewards, imagined ones included, over their number.
        let (count, sum, squares) = (53.0, 36.5, 1.5 + 50 * 0.49)
        let spread = squares / count - (sum / count) * (sum / count)
        #expect((steady.variance / (spread / count) - 1).magnitude < 0.01)
    }

    @Test func everyBeliefIsADistributionWithoutPeaksAtTheEnds() {
        var random = SplitMix(seed: 11)
        for _ in 0..<2_000 {
            var sums = ArmSums()
            let (share, spread) = (random.uniform(), random.uniform())
            for _ in 0..<(random.next() % 40) {
                let reward = random.uniform() < share ? 1 - spread * random.uniform() : 0
                sums.add(reward, at: random.next() % 1_000_000_000_000, Forgetting(halfLifeSeconds: 60))
            }
            let belief = ArmPosterior(weight: Int(random.next() % 11), sums)
            #expect(belief.alpha >= 1 && belief.beta >= 1 && belief.alpha.isFinite && belief.beta.isFinite)
        }
    }

    @Test func beliefsInMillionsOfEqualRewardsStayFinite() {
        var sums = ArmSums()
        for _ in 0..<24 { sums.merge(sums, never) }
        sums.add(1, at: 0, never)
        for _ in 0..<40 { sums.merge(sums, never) }
        let belief = ArmPosterior(weight: 5, sums)
        #expect((belief.alpha - 1e9).magnitude < 1 && belief.beta == 1)
    }
}
