// How long the simulated provider takes, as a distribution.

import Glibc

/// A delay in nanoseconds, drawn from a seed.
package enum SimDelay: Equatable, Sendable {
    case constant(nanoseconds: Int64)
    /// Memoryless, as arrivals from many sources are.
    case exponential(meanNanoseconds: Int64)
    /// What measured times to first token look like: `sigma` is the deviation of the logarithm.
    case lognormal(medianNanoseconds: Int64, sigma: Double)

    package static let none = SimDelay.constant(nanoseconds: 0)

    /// The next delay, 0...`Limits.delayNanosecondsMax`.
    package func draw(_ random: inout SimRandom) -> Int64 {
        switch self {
        case .constant(let nanoseconds):
            return SimDelay.bounded(Double(nanoseconds))
        case .exponential(let mean):
            return SimDelay.bounded(-log(1 - random.unit()) * Double(mean))
        case .lognormal(let median, let sigma):
            // Box and Muller: two uniform numbers give a normal one.
            let radius = sqrt(-2 * log(1 - random.unit()))
            return SimDelay.bounded(exp(radius * cos(2 * Double.pi * random.unit()) * sigma) * Double(median))
        }
    }

    private static func bounded(_ nanoseconds: Double) -> Int64 {
        // `max` also turns a NaN of a nonsensical sigma into 0.
        Int64(Swift.min(Swift.max(0, nanoseconds), Double(Limits.delayNanosecondsMax)))
    }
}
