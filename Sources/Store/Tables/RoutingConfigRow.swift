// The row of `routing_config`.

package struct RoutingConfigRow: Sendable, Equatable {
    /// Empty for the gateway's default.
    package var defaultMode: String
    /// 0 for the gateway's default.
    package var defaultBudgetNanoUSDMax: Int64
    /// 0 for the gateway's default.
    package var defaultLatencyMSMax: Int

    package init(defaultMode: String = "", defaultBudgetNanoUSDMax: Int64 = 0, defaultLatencyMSMax: Int = 0) {
        self.defaultMode = defaultMode
        self.defaultBudgetNanoUSDMax = defaultBudgetNanoUSDMax
        self.defaultLatencyMSMax = defaultLatencyMSMax
    }
}
