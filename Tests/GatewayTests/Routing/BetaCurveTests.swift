// The cheap beta distribution against the exact one.

import Glibc
import Testing

@testable import Gateway

@Suite struct BetaCurveTests {
    /// For whole shapes the distribution is a binomial tail: at least `alpha` successes of `alpha + beta - 1`.
    private func exact(_ alpha: Int, _ beta: Int, below x: Double) -> Double {
        let count = alpha + beta - 1
        var sum = 0.0
        for successes in alpha...count {
            let ways = lgamma(Double(count + 1)) - lgamma(Double(successes + 1)) - lgamma(Double(count - successes + 1))
            sum += exp(ways + Double(successes) * log(x) + Double(count - successes) * log(1 - x))
        }
        return sum
    }

    @Test(arguments: [
        (1, 1, 0.008), (1, 2, 0.008), (2, 1, 0.008), (60, 1, 0.008), (1, 60, 0.008), (2, 2, 0.003), (3, 3, 0.002),
        (5, 8, 0.001), (40, 4, 0.002), (300, 100, 0.000_1),
    ])
    func theDistributionIsNearTheExactOne(alpha: Int, beta: Int, errorMax: Double) {
        let curve = BetaCurve(ArmPosterior(alpha: Double(alpha), beta: Double(beta)))
        var worst = 0.0
        for step in 1..<200 {
            let x = Double(step) / 200
            let error = Double(curve.distribution(BetaCurve.place(x))) - exact(alpha, beta, below: x)
            worst = max(worst, error.magnitude)
        }
        print("Beta(\(alpha), \(beta)): off by \(worst) at most")
        #expect(worst < errorMax)
    }

    @Test func theVectorsAgreeWithTheSinglePlaces() {
        let curve = BetaCurve(ArmPosterior(alpha: 7, beta: 2.5))
        var places = InlineArray<6, SIMD4<Float>>(repeating: .zero)
        for index in 0..<24 { places[index / 4][index % 4] = Float(index) / 23 }
        var products = InlineArray<6, SIMD4<Float>>(repeating: SIMD4(repeating: 0.5))
        curve.multiply(&products, at: places)
        for index in 0..<24 {
            let single = 0.5 * curve.distribution(places[index / 4][index % 4])
            #expect((products[index / 4][index % 4] - single).magnitude < 1e-4)
        }
    }

    @Test func theDensityIsTheSlopeOfTheDistribution() {
        for (alpha, beta) in [(1.5, 1.5), (1, 2), (30, 10)] {
            let curve = BetaCurve(ArmPosterior(alpha: alpha, beta: beta))
            for place in stride(from: Float(0.1), to: 0.9, by: 0.05) {
                let slope = (curve.distribution(place + 0.001) - curve.distribution(place - 0.001)) / 0.002
                #expect((curve.density(place) - slope).magnitude < 0.01 * max(1, slope))
            }
        }
    }
}
