// Now and then another than the best is asked, so that what is known of it stays true.

import Glibc

/// A softmax over ranks, as in the original: rank i is taken with a probability in proportion to exp(-i / temperature).
enum Exploration {
    /// - Parameter temperature: 0 always takes the best.
    /// - Returns: the rank drawn and the probability with which it was.
    static func rank(
        of count: Int, temperature: Double, using random: inout some RandomNumberGenerator
    ) -> (rank: Int, probability: Double) {
        guard count > 1, temperature > 0 else { return (0, 1) }
        let ratio = exp(-1 / temperature)
        var sum = 0.0
        var share = 1.0
        for _ in 0..<count {
            sum += share
            share *= ratio
        }
        // 53 random bits, as many as a double holds.
        var left = Double(random.next() >> 11) * 0x1p-53 * sum
        share = 1
        for rank in 0..<count - 1 {
            if left < share { return (rank, share / sum) }
            left -= share
            share *= ratio
        }
        return (count - 1, share / sum)
    }

    /// The probability with which `rank` gives this rank.
    static func probability(of rank: Int, among count: Int, temperature: Double) -> Double {
        guard count > 1, temperature > 0 else { return rank == 0 ? 1 : 0 }
        let ratio = exp(-1 / temperature)
        var (sum, share, own) = (0.0, 1.0, 0.0)
        for place in 0..<count {
            sum += share
            if place == rank { own = share }
            share *= ratio
        }
        return own / sum
    }
}
