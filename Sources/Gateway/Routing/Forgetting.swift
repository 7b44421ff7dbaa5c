// How fast the bandit forgets: what was seen one half-life ago counts half.

internal import Glibc

package struct Forgetting: Sendable, Equatable {
    /// Per nanosecond, in powers of two; 0 when nothing is ever forgotten.
    private let halvingsPerNS: Double

    /// - Parameter halfLifeSeconds: nil or nothing above 0 for never.
    package init(halfLifeSeconds: Double?) {
        halvingsPerNS = halfLifeSeconds.map { $0 > 0 ? 1 / ($0 * 1e9) : 0 } ?? 0
    }

    /// What is left after `ns` nanoseconds of something that counted 1. A power, so that two steps in time equal one
    /// long one.
    package func left(afterNS ns: UInt64) -> Double {
        ns == 0 || halvingsPerNS == 0 ? 1 : exp2(-Double(ns) * halvingsPerNS)
    }
}
