// Draws from the distributions the bandit needs. No memory: two normals are made at a time, and a beta variate uses
// both.

internal import Glibc

extension SplitMix {
    /// Uniform, above 0 and below 1, so that its logarithm is finite.
    package mutating func uniform() -> Double { (Double(next() >> 11) + 0.5) * 0x1p-53 }

    /// Two independent standard normals: Marsaglia's polar method.
    package mutating func normals() -> (Double, Double) {
        while true {
            let (x, y) = (2 * uniform() - 1, 2 * uniform() - 1)
            let square = x * x + y * y
            if square < 1, square > 0 {
                let scale = (-2 * log(square) / square).squareRoot()
                return (x * scale, y * scale)
            }
        }
    }

    /// Beta(alpha, beta), as the share of one gamma variate in the sum of two.
    package mutating func beta(_ alpha: Double, _ beta: Double) -> Double {
        let normals = normals()
        let first = gamma(alpha, normals.0)
        let second = gamma(beta, normals.1)
        // Two shapes far below 1 may both give 0; there the distribution is all but a coin.
        return first + second > 0 ? first / (first + second) : uniform() < alpha / (alpha + beta) ? 1 : 0
    }

    /// Gamma(shape, 1) from a standard normal: Marsaglia and Tsang, "A simple method for generating gamma variables"
    /// (2000). A shape below 1 is raised by one, and the variate of that is shrunk by a power of a uniform.
    package mutating func gamma(_ shape: Double, _ normal: Double) -> Double {
        if shape < 1 { return gamma(shape + 1, normal) * pow(uniform(), 1 / shape) }
        let d = shape - 1.0 / 3
        let c = 1 / (9 * d).squareRoot()
        var x = normal
        while true {
            let root = 1 + c * x
            if root > 0 {
                let v = root * root * root
                let u = uniform()
                let square = x * x
                // The squeeze accepts nearly always and spares two logarithms.
                if u < 1 - 0.0331 * square * square || log(u) < 0.5 * square + d * (1 - v + log(v)) { return d * v }
            }
            x = normals().0
        }
    }
}
