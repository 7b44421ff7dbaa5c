// Draws of the small generator have the moments of their distributions. Seeds are fixed, so that what passes once passes always.

import Glibc
import Testing

@testable import Gateway

@Suite struct DrawsTests {
    private static let seed: UInt64 = 20_261_122
    private static let count = 40_000

    /// Mean and variance of `count` draws.
    private func moments(_ draw: (inout SplitMix) -> Double) -> (mean: Double, variance: Double) {
        var random = SplitMix(seed: Self.seed)
        var (sum, squares) = (0.0, 0.0)
        for _ in 0..<Self.count {
            let value = draw(&random)
            sum += value
            squares += value * value
        }
        let mean = sum / Double(Self.count)
        return (mean, squares / Double(Self.count) - mean * mean)
    }

    /// Five standard errors for the mean, and a tenth for the variance, which four moments would tell more exactly.
    private func check(_ found: (mean: Double, variance: Double), mean: Double, variance: Double, _ what: String) {
        let error = (variance / Double(Self.count)).squareRoot()
        #expect((found.mean - mean).magnitude < 5 * error, "\(what): \(found), seed \(Self.seed)")
        #expect((found.variance / variance - 1).magnitude < 0.1, "\(what): \(found), seed \(Self.seed)")
    }

    @Test func uniformsStayInsideTheUnitInterval() {
        check(moments { $0.uniform() }, mean: 0.5, variance: 1.0 / 12, "uniform")
        var random = SplitMix(seed: Self.seed)
        var isInside = true
        for _ in 0..<Self.count {
            let value = random.uniform()
            if value <= 0 || value >= 1 { isInside = false }
        }
        #expect(isInside)
    }

    @Test func normalsAreStandardAndIndependent() {
        check(moments { $0.normals().0 }, mean: 0, variance: 1, "first")
        check(moments { $0.normals().1 }, mean: 0, variance: 1, "second")
        let product = moments { random in
            let (first, second) = random.normals()
            return first * second
        }
        check(product, mean: 0, variance: 1, "product")
        let fourth = moments { pow($0.normals().0, 4) }
        check((fourth.mean, 96), mean: 3, variance: 96, "fourth power")
    }

    @Test(arguments: [0.1, 0.5, 0.99, 1, 1.5, 4, 50, 10_000])
    func gammasHaveTheirMoments(shape: Double) {
        let found = moments { random in
            let (normal, _) = random.normals()
            return random.gamma(shape, normal)
        }
        check(found, mean: shape, variance: shape, "Gamma(\(shape))")
    }

    @Test(arguments: [(1, 1), (0.5, 0.5), (0.2, 3), (1, 2), (2, 1), (5, 3), (80, 20), (3_000, 1_000), (1e6, 1e5)])
    func betasHaveTheirMoments(alpha: Double, beta: Double) {
        let expected = ArmPosterior(alpha: alpha, beta: beta)
        check(
            moments { $0.beta(alpha, beta) }, mean: expected.mean, variance: expected.variance,
            "Beta(\(alpha), \(beta))")
    }

    @Test func theShapeOfABetaIsRightBeyondItsMoments() {
        // Beta(3, 1) is the cube root of a uniform.
        let share = moments { $0.beta(3, 1) < 0.5 ? 1 : 0 }
        check(share, mean: 0.125, variance: 0.125 * 0.875, "Beta(3, 1) below a half")
    }

    @Test func shapesNearNothingGiveACoin() {
        let found = moments { $0.beta(1e-9, 3e-9) }
        check(found, mean: 0.25, variance: 0.1875, "coin")
    }
}
