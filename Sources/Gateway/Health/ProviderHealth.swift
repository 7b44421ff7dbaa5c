// What one core knows of one provider's health: sums since it started, and the streak it is in.

package struct ProviderHealth: Sendable, Equatable {
    package enum State: UInt8, Sendable { case healthy, degraded, down }

    package private(set) var totalRequests: Int64 = 0
    package private(set) var totalErrors: Int64 = 0
    package private(set) var consecutiveErrors = 0
    /// Nanoseconds on the loop's clock until which the provider is not asked.
    package private(set) var coolUntil: UInt64 = 0
    /// What this core has seen lately, and what all cores together have, as far as it was told.
    package private(set) var recent = RecentTraffic()
    private var together: RecentTraffic?
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

    /// The share of recent requests that failed, 0...1.
    package func failureRate(at now: UInt64) -> Double { (together ?? recent).failureRate(at: now) }

    /// What the router compares: the mean time to the first content, in nanoseconds; 0 before the first answer.
    package var latencyNS: Double {
        let known = together ?? recent
        return known.firstToken.nanoseconds > 0 ? known.firstToken.nanoseconds : known.firstByte.nanoseconds
    }

    /// Content came.
    /// - Parameter firstByteNS: from dispatch, as `firstTokenNS`.
    package mutating func succeeded(
        firstByteNS: UInt64, firstTokenNS: UInt64, isStream: Bool = true, now: UInt64, wallClock: UInt64
    ) {
        totalRequests += 1
        consecutiveErrors = 0
        coolUntil = 0
        lastSuccessAt = wallClock
        recent.succeeded(firstByteNS: firstByteNS, firstTokenNS: firstTokenNS, isStream: isStream, at: now)
    }

    /// Another provider brought content first. Neither a success nor a failure, but a time.
    package mutating func outrun(afterNS: UInt64, isStream: Bool, now: UInt64) {
        recent.outrun(afterNS: afterNS, isStream: isStream, at: now)
    }

    /// Nanoseconds within which nine of ten recent answers brought content; nil while too few are known.
    package func slowNS(isStream: Bool) -> UInt64? { (together ?? recent).slowNS(isStream: isStream) }

    /// An answer is over, `totalNS` after its dispatch.
    package mutating func completed(totalNS: UInt64, now: UInt64) { recent.completed(totalNS: totalNS, at: now) }

    /// - Parameter retryAfterNS: how long the provider asked to be left alone.
    package mutating func failed(_ label: StaticString, retryAfterNS: Int64?, now: UInt64, wallClock: UInt64) {
        totalRequests += 1
        totalErrors += 1
        consecutiveErrors += 1
        recent.failed(at: now)
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
        together = merged.recent
        if merged.coolUntil > coolUntil, merged.lastErrorAt > lastSuccessAt { coolUntil = merged.coolUntil }
    }

    /// The sum of two cores' knowledge. Streaks do not add: the later event tells the state.
    package static func merged(_ a: ProviderHealth, _ b: ProviderHealth) -> ProviderHealth {
        let later = max(a.lastErrorAt, a.lastSuccessAt) >= max(b.lastErrorAt, b.lastSuccessAt) ? a : b
        var sum = later
        sum.totalRequests = a.totalRequests + b.totalRequests
        sum.totalErrors = a.totalErrors + b.totalErrors
        sum.recent = a.recent
        sum.recent.add(b.recent)
        sum.together = nil
        sum.lastErrorAt = max(a.lastErrorAt, b.lastErrorAt)
        sum.lastSuccessAt = max(a.lastSuccessAt, b.lastSuccessAt)
        return sum
    }

    package static func == (a: ProviderHealth, b: ProviderHealth) -> Bool {
        a.totalRequests == b.totalRequests && a.totalErrors == b.totalErrors
            && a.consecutiveErrors == b.consecutiveErrors && a.coolUntil == b.coolUntil && a.recent == b.recent
    }
}
