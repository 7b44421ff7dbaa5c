// What one core knows of one provider's health: sums since it started, and the streak it is in.

package struct ProviderHealth: Sendable, Equatable {
    package enum State: UInt8, Sendable { case healthy, degraded, down }

    package private(set) var totalRequests: Int64 = 0
    package private(set) var totalErrors: Int64 = 0
    package private(set) var consecutiveErrors = 0
    /// Nanoseconds on the loop's clock until which the provider is not asked.
    package private(set) var coolUntil: UInt64 = 0
    /// Exponentially weighted mean of the time to the first byte, in nanoseconds; 0 before the first answer.
    package private(set) var latencyNS: Double = 0
    /// Nanoseconds since 1970.
    package private(set) var lastErrorAt: UInt64 = 0
    package private(set) var lastSuccessAt: UInt64 = 0
    /// What went wrong last, as a label.
    package private(set) var lastError: StaticString = ""

    package init() {}

    package var state: State {
        consecutiveErrors >= Limits.errorsUntilDown
            ? .down : consecutiveErrors >= Limits.errorsUntilDegraded ? .degraded : .healthy
    }

    package func isAvailable(at now: UInt64) -> Bool { coolUntil <= now }

    package mutating func succeeded(latencyNS sample: UInt64, wallClock: UInt64) {
        totalRequests += 1
        consecutiveErrors = 0
        coolUntil = 0
        lastSuccessAt = wallClock
        latencyNS = latencyNS == 0 ? Double(sample) : latencyNS * 0.9 + Double(sample) * 0.1
    }

    /// - Parameter retryAfterNS: how long the provider asked to be left alone.
    package mutating func failed(_ label: StaticString, retryAfterNS: Int64?, now: UInt64, wallClock: UInt64) {
        totalRequests += 1
        totalErrors += 1
        consecutiveErrors += 1
        lastErrorAt = wallClock
        lastError = label
        if state == .down { coolUntil = max(coolUntil, now + Limits.cooldownNS) }
        if let retryAfterNS, retryAfterNS > 0 {
            coolUntil = max(coolUntil, now + min(UInt64(retryAfterNS), Limits.retryAfterNSMax))
        }
    }

    /// Takes over what the other cores have learnt: a provider that is down for them is down here too, unless it has answered
    /// since.
    package mutating func heed(_ merged: ProviderHealth) {
        if merged.coolUntil > coolUntil, merged.lastErrorAt > lastSuccessAt { coolUntil = merged.coolUntil }
    }

    /// The sum of two cores' knowledge. Streaks do not add: the later event tells the state.
    package static func merged(_ a: ProviderHealth, _ b: ProviderHealth) -> ProviderHealth {
        let later = max(a.lastErrorAt, a.lastSuccessAt) >= max(b.lastErrorAt, b.lastSuccessAt) ? a : b
        var sum = later
        sum.totalRequests = a.totalRequests + b.totalRequests
        sum.totalErrors = a.totalErrors + b.totalErrors
        let weights = (Double(a.totalRequests - a.totalErrors), Double(b.totalRequests - b.totalErrors))
        let total = weights.0 + weights.1
        if total > 0 { sum.latencyNS = (a.latencyNS * weights.0 + b.latencyNS * weights.1) / total }
        sum.lastErrorAt = max(a.lastErrorAt, b.lastErrorAt)
        sum.lastSuccessAt = max(a.lastSuccessAt, b.lastSuccessAt)
        return sum
    }

    package static func == (a: ProviderHealth, b: ProviderHealth) -> Bool {
        a.totalRequests == b.totalRequests && a.totalErrors == b.totalErrors
            && a.consecutiveErrors == b.consecutiveErrors && a.coolUntil == b.coolUntil && a.latencyNS == b.latencyNS
    }
}
