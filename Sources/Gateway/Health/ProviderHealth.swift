// What one core knows of one provider's health: sums since it started, and the streak it is in.

package struct ProviderHealth: Sendable, Equatable {
    package enum State: UInt8, Sendable { case healthy, degraded, down }

    package private(set) var totalRequests: Int64 = 0
    package private(set) var totalErrors: Int64 = 0
    package private(set) var consecutiveErrors = 0
    /// Nanoseconds on the loop's clock until which the provider is left alone because it is down; a success ends it.
    private var downUntil: UInt64 = 0
    /// The same because it asked for it. Only answers to what was sent before could end this, and they say nothing about it.
    private var restUntil: UInt64 = 0
    /// The last error was that no connection came about. With the time of the last error that another core has told of.
    private var failedConnecting = false
    private var lastErrorElsewhereAt: UInt64 = 0
    /// What probes have found: apart from all the above.
    package private(set) var probe = ProbeResult()
    /// Until when at the latest this core, or another one, tries whether the provider is up again; 0: nobody does.
    private var trialUntil: UInt64 = 0
    private var trialElsewhereUntil: UInt64 = 0
    /// What this core has seen lately, and what all cores together have, as far as it was told.
    package private(set) var recent = RecentTraffic()
    private var together = RecentTraffic()
    /// A flag, not an optional: unwrapping one of this size copies it, for each model of each decision.
    private var hasTogether = false
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

    /// Nanoseconds on the loop's clock until which the provider is not asked.
    package var coolUntil: UInt64 { wayIsOpen ? restUntil : max(downUntil, restUntil) }

    /// A probe ends the cooldown of a provider that no connection came about to, and of no other: it tells no more than that
    /// there is one now.
    private var wayIsOpen: Bool {
        failedConnecting && probe.finding != .unreachable && probe.startedAt > max(lastErrorAt, lastErrorElsewhereAt)
    }

    /// Probes find no connection, and no request has been answered since they do: requests know better.
    package var isUnreachable: Bool {
        probe.missCount >= Limits.probesUntilUnreachable && lastSuccessAt < probe.missingSince
    }

    /// Whether the provider may be asked. After its cooldown one that is down stays out while one request tries it.
    // Inlined, for a call would be handed a copy of all that is known of the provider, most of a kilobyte.
    @inline(__always)
    package func isAvailable(at now: UInt64) -> Bool {
        coolUntil <= now && !isUnreachable
            && (state != .down || max(trialUntil, trialElsewhereUntil) <= now)
    }

    /// The share of recent requests that failed, 0...1.
    package func failureRate(at now: UInt64) -> Double {
        hasTogether ? together.failureRate(at: now) : recent.failureRate(at: now)
    }

    /// What the router compares: the mean time to the first content, in nanoseconds; 0 before the first answer.
    package var latencyNS: Double { hasTogether ? together.latencyNS : recent.latencyNS }

    /// Content came.
    /// - Parameter firstByteNS: from dispatch, as `firstTokenNS`.
    package mutating func succeeded(
        firstByteNS: UInt64, firstTokenNS: UInt64, isStream: Bool = true, now: UInt64, wallClock: UInt64
    ) {
        totalRequests += 1
        recovered(wallClock: wallClock)
        recent.succeeded(firstByteNS: firstByteNS, firstTokenNS: firstTokenNS, isStream: isStream, at: now)
    }

    /// It answered a request whose time says nothing about others, such as one for a picture.
    package mutating func answered(now: UInt64, wallClock: UInt64) {
        totalRequests += 1
        recovered(wallClock: wallClock)
        recent.answered(at: now)
    }

    /// The provider answers again: what counts for requests is counted when the answer is over.
    package mutating func recovered(wallClock: UInt64) {
        (consecutiveErrors, downUntil, trialUntil, trialElsewhereUntil) = (0, 0, 0, 0)
        lastSuccessAt = wallClock
    }

    /// Another provider brought content first. Neither a success nor a failure, but a time.
    package mutating func outrun(afterNS: UInt64, isStream: Bool, now: UInt64) {
        recent.outrun(afterNS: afterNS, isStream: isStream, at: now)
    }

    /// Nanoseconds within which nine of ten recent answers brought content; nil while too few are known.
    package func slowNS(isStream: Bool) -> UInt64? {
        hasTogether ? together.slowNS(isStream: isStream) : recent.slowNS(isStream: isStream)
    }

    /// An answer is over, `totalNS` after its dispatch.
    package mutating func completed(totalNS: UInt64, now: UInt64) { recent.completed(totalNS: totalNS, at: now) }

    /// - Parameter retryAfterNS: how long the provider asked to be left alone.
    /// - Parameter isOfConnecting: no connection came about.
    package mutating func failed(
        _ label: StaticString, retryAfterNS: Int64?, isOfConnecting: Bool = false, now: UInt64, wallClock: UInt64
    ) {
        failedConnecting = isOfConnecting
        totalRequests += 1
        totalErrors += 1
        consecutiveErrors += 1
        recent.failed(at: now)
        lastErrorAt = wallClock
        lastError = label
        if state == .down { downUntil = max(downUntil, now + Limits.cooldownNS) }
        if let retryAfterNS, retryAfterNS > 0 {
            restUntil = max(restUntil, now + min(UInt64(retryAfterNS), Limits.retryAfterNSMax))
        }
    }

    /// A probe is over.
    package mutating func probed(_ result: ProbeResult) {
        let earlier = probe
        probe = result
        probe.follow(earlier)
    }

    // MARK: The one trial

    /// A request goes to the provider. To one that is down it is the only one until `endTrial`, a success or a failure.
    /// - Returns: what to end the trial with; 0: it is none.
    package mutating func beginTrial(at now: UInt64) -> UInt64 {
        if state != .down { return 0 }
        trialUntil = now + Limits.totalNSMax
        return trialUntil
    }

    /// The request that was the trial is over, whatever became of it.
    package mutating func endTrial(_ until: UInt64) { if trialUntil == until { trialUntil = 0 } }

    // MARK: Several cores

    /// Takes over what the other cores have learnt: a provider that is down for them is down here too, unless it has answered
    /// since; one that has answered them is up here too, unless it has failed since. What two cores do within the tenth of a
    /// second between two merges they do not know of each other, a trial of their own included.
    package mutating func heed(_ merged: ProviderHealth) {
        (together, hasTogether) = (merged.recent, true)
        restUntil = max(restUntil, merged.restUntil)
        if merged.lastSuccessAt > merged.lastErrorAt {
            if merged.lastSuccessAt > max(lastErrorAt, lastSuccessAt) { recovered(wallClock: merged.lastSuccessAt) }
        } else if merged.lastErrorAt > lastSuccessAt {
            consecutiveErrors = max(consecutiveErrors, merged.consecutiveErrors)
            downUntil = max(downUntil, merged.downUntil)
            if merged.lastErrorAt > lastErrorAt {
                (failedConnecting, lastErrorElsewhereAt) = (merged.failedConnecting, merged.lastErrorAt)
            }
        }
        if merged.probe.startedAt > probe.startedAt { probe = merged.probe }
        trialElsewhereUntil = merged.trialUntil
    }

    /// The sum of two cores' knowledge. Streaks do not add: the later event tells the state.
    package static func merged(_ a: ProviderHealth, _ b: ProviderHealth) -> ProviderHealth {
        let later = max(a.lastErrorAt, a.lastSuccessAt) >= max(b.lastErrorAt, b.lastSuccessAt) ? a : b
        var sum = later
        sum.totalRequests = a.totalRequests + b.totalRequests
        sum.totalErrors = a.totalErrors + b.totalErrors
        sum.recent = a.recent
        sum.recent.add(b.recent)
        sum.hasTogether = false
        sum.probe = a.probe.startedAt > b.probe.startedAt ? a.probe : b.probe
        sum.restUntil = max(a.restUntil, b.restUntil)
        sum.trialUntil = max(a.trialUntil, b.trialUntil)
        sum.lastErrorAt = max(a.lastErrorAt, b.lastErrorAt)
        sum.lastSuccessAt = max(a.lastSuccessAt, b.lastSuccessAt)
        return sum
    }

    package static func == (a: ProviderHealth, b: ProviderHealth) -> Bool {
        a.totalRequests == b.totalRequests && a.totalErrors == b.totalErrors
            && a.consecutiveErrors == b.consecutiveErrors && a.coolUntil == b.coolUntil && a.recent == b.recent
            && a.probe == b.probe
    }
}
