// What the admin API shows of the running data plane.

/// Filled from the merged deltas of all cores by whoever calls `AdminAPI.handle`.
package struct LiveView: Sendable {
    /// Providers without a row are shown as new and healthy.
    package var health: [HealthRow]
    package var global: [StatsAggregate]
    package var byModel: [StatsAggregate]
    package var byProvider: [StatsAggregate]
    package var byAPIKey: [StatsAggregate]
    package var byMode: [StatsAggregate]
    package var routing = RoutingView()

    package init(
        health: [HealthRow] = [], global: [StatsAggregate] = [], byModel: [StatsAggregate] = [],
        byProvider: [StatsAggregate] = [], byAPIKey: [StatsAggregate] = [], byMode: [StatsAggregate] = []
    ) {
        self.health = health
        self.global = global
        self.byModel = byModel
        self.byProvider = byProvider
        self.byAPIKey = byAPIKey
        self.byMode = byMode
    }
}
