// What the data plane has seen of one provider, merged over all cores.

package import Store

package struct HealthRow: Sendable, Equatable {
    package var providerID: String
    /// `healthy`, `degraded` or `down`.
    package var state: String
    package var requestCount: Int64
    package var errorCount: Int64
    package var consecutiveErrorCount: Int64
    package var averageLatencyMS: Double
    package var lastError: String
    package var lastErrorAt: Timestamp?
    package var lastSuccessAt: Timestamp?
    package var cooldownUntil: Timestamp?
    /// The last probe; nil where there was none.
    package var probe: ProbeResult?

    package init(
        providerID: String, state: String = "healthy", requestCount: Int64 = 0, errorCount: Int64 = 0,
        consecutiveErrorCount: Int64 = 0, averageLatencyMS: Double = 0, lastError: String = "",
        lastErrorAt: Timestamp? = nil, lastSuccessAt: Timestamp? = nil, cooldownUntil: Timestamp? = nil,
        probe: ProbeResult? = nil
    ) {
        self.providerID = providerID
        self.state = state
        self.requestCount = requestCount
        self.errorCount = errorCount
        self.consecutiveErrorCount = consecutiveErrorCount
        self.averageLatencyMS = averageLatencyMS
        self.lastError = lastError
        self.lastErrorAt = lastErrorAt
        self.lastSuccessAt = lastSuccessAt
        self.cooldownUntil = cooldownUntil
        self.probe = probe
    }
}

extension HealthRow {
    /// - Parameter health: what the cores know together.
    /// - Parameter loopNow: nanoseconds on the clock of `health.coolUntil`, at the moment that `now` is.
    package init(providerID: String, _ health: ProviderHealth, loopNow: UInt64, now: Timestamp) {
        func time(_ nanoseconds: UInt64) -> Timestamp? {
            nanoseconds == 0 ? nil : Timestamp(milliseconds: Int64(nanoseconds / 1_000_000))
        }
        let state =
            switch health.state {
            case .healthy: "healthy"
            case .degraded: "degraded"
            case .down: "down"
            }
        let cooldownMS = health.coolUntil > loopNow ? Int64((health.coolUntil - loopNow) / 1_000_000) : 0
        self.init(
            providerID: providerID, state: state, requestCount: health.totalRequests, errorCount: health.totalErrors,
            consecutiveErrorCount: Int64(health.consecutiveErrors), averageLatencyMS: health.latencyNS / 1_000_000,
            lastError: "\(health.lastError)", lastErrorAt: time(health.lastErrorAt),
            lastSuccessAt: time(health.lastSuccessAt),
            cooldownUntil: cooldownMS > 0 ? now.advanced(byMS: cooldownMS) : nil,
            probe: health.probe.startedAt > 0 ? health.probe : nil)
    }
}
