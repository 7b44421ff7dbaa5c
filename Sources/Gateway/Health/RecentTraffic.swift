// What was seen of a provider lately: sums in which a request counts half as much after each half-life.

import Glibc

/// Sums fade together, so their ratios are means over recent traffic, and the sums of two cores, brought to one time, add up to what
/// one core would have seen.
package struct RecentTraffic: Sendable, Equatable {
    /// A mean over recent samples: their sum and their weight.
    package struct Mean: Sendable, Equatable {
        fileprivate var sum = 0.0
        fileprivate var weight = 0.0

        /// Nanoseconds; 0 while nothing is known.
        package var nanoseconds: Double { weight > 0 ? sum / weight : 0 }

        fileprivate mutating func add(_ nanoseconds: UInt64) {
            sum += Double(nanoseconds)
            weight += 1
        }

        fileprivate mutating func fade(_ factor: Double) {
            sum *= factor
            weight *= factor
        }

        fileprivate mutating func add(_ other: Mean) {
            sum += other.sum
            weight += other.weight
        }
    }

    private var requests = 0.0
    private var errors = 0.0
    /// From dispatch to the head of the answer, to its first content, and to its end.
    package private(set) var firstByte = Mean()
    package private(set) var firstToken = Mean()
    package private(set) var total = Mean()
    /// Times to the first content of streams, and to whole answers.
    private var streams = FadingTimes()
    private var wholes = FadingTimes()
    /// Nanoseconds on the loop's clock at which the sums held.
    private var at: UInt64 = 0

    package init() {}

    /// The mean time to the first content, else to the first byte, in nanoseconds; 0 before the first answer.
    package var latencyNS: Double { firstToken.nanoseconds > 0 ? firstToken.nanoseconds : firstByte.nanoseconds }

    /// The share of recent requests that failed, 0...1. Below one request's weight it fades to 0: who is not asked is forgiven.
    package func failureRate(at now: UInt64) -> Double {
        if errors == 0 { return 0 }
        let factor = RecentTraffic.factor(from: at, to: now)
        return errors * factor / max(requests * factor, 1)
    }

    mutating func failed(at now: UInt64) {
        fade(to: now)
        requests += 1
        errors += 1
    }

    /// Nanoseconds within which nine of ten recent answers brought content; nil while too few are known.
    package func slowNS(isStream: Bool) -> UInt64? { (isStream ? streams : wholes).below(0.9) }

    /// - Parameter firstTokenNS: from dispatch; 0 where nothing of the kind came.
    mutating func succeeded(firstByteNS: UInt64, firstTokenNS: UInt64, isStream: Bool, at now: UInt64) {
        answered(at: now)
        firstByte.add(firstByteNS)
        if firstTokenNS > 0 { took(firstTokenNS, isStream) }
    }

    mutating func answered(at now: UInt64) {
        fade(to: now)
        requests += 1
    }

    /// Another answered first, when so much time had passed: this one would have taken longer.
    mutating func outrun(afterNS: UInt64, isStream: Bool, at now: UInt64) {
        fade(to: now)
        took(afterNS, isStream)
    }

    private mutating func took(_ nanoseconds: UInt64, _ isStream: Bool) {
        firstToken.add(nanoseconds)
        if isStream { streams.add(nanoseconds) } else { wholes.add(nanoseconds) }
    }

    /// The answer is over.
    mutating func completed(totalNS: UInt64, at now: UInt64) {
        fade(to: now)
        total.add(totalNS)
    }

    mutating func add(_ other: RecentTraffic) {
        var other = other
        let now = max(at, other.at)
        fade(to: now)
        other.fade(to: now)
        requests += other.requests
        errors += other.errors
        firstByte.add(other.firstByte)
        firstToken.add(other.firstToken)
        total.add(other.total)
        streams.add(other.streams)
        wholes.add(other.wholes)
    }

    /// In steps, so that busy traffic does not compute a power for each request.
    private mutating func fade(to now: UInt64) {
        guard now >= at &+ RecentTraffic.stepNS else { return }
        let factor = RecentTraffic.factor(from: at, to: now)
        at = now
        requests *= factor
        errors *= factor
        firstByte.fade(factor)
        firstToken.fade(factor)
        total.fade(factor)
        streams.fade(factor)
        wholes.fade(factor)
    }

    private static let stepNS: UInt64 = 100_000_000

    private static func factor(from then: UInt64, to now: UInt64) -> Double {
        now > then ? exp2(-Double(now - then) / Double(Limits.healthHalfLifeNS)) : 1
    }
}
