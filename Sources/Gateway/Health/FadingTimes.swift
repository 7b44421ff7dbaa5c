// How the times of recent answers are spread.

import Glibc

/// A histogram whose counts fade, so that old answers count less and the histograms of two cores add up.
package struct FadingTimes: Sendable, Equatable {
    /// The first place holds all times below 8 ms, each further one ends at the square root of two times the end of the one before;
    /// the last one ends at 93 s and holds what is above as well.
    private var counts = InlineArray<28, Float>(repeating: 0)
    private var sum: Float = 0

    package init() {}

    mutating func add(_ nanoseconds: UInt64) {
        let place = 2 * log2(max(Double(nanoseconds), 1) / FadingTimes.firstEndNS)
        counts[min(max(Int(place.rounded(.up)), 0), 27)] += 1
        sum += 1
    }

    mutating func add(_ other: FadingTimes) {
        for place in 0..<28 { counts[place] += other.counts[place] }
        sum += other.sum
    }

    mutating func fade(_ factor: Double) {
        if sum == 0 { return }
        for place in 0..<28 { counts[place] *= Float(factor) }
        sum *= Float(factor)
    }

    /// Nanoseconds that `share` of the answers stayed below; nil while too few are known.
    package func below(_ share: Double) -> UInt64? {
        guard sum >= Limits.timesKnownMin else { return nil }
        var left = Float(share) * sum
        for place in 0..<28 {
            if left <= counts[place], counts[place] > 0 {
                let end = FadingTimes.firstEndNS * exp2(Double(place) / 2)
                let start = place == 0 ? 0 : end / 2.0.squareRoot()
                return UInt64(start + (end - start) * Double(left / counts[place]))
            }
            left -= counts[place]
        }
        return UInt64(FadingTimes.firstEndNS * exp2(13.5))
    }

    private static let firstEndNS = 8_000_000.0

    package static func == (a: FadingTimes, b: FadingTimes) -> Bool {
        (0..<28).allSatisfy { a.counts[$0] == b.counts[$0] }
    }
}
