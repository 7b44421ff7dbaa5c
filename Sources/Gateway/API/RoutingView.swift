// What all cores together know that a decision depends on, for simulations.

package struct RoutingView: Sendable {
    /// Per provider of the control state's snapshot; empty for nothing known.
    package var health: [ProviderHealth]
    /// Per model of the same; nil for nothing known.
    package var arms: ArmTable?
    /// Nanoseconds on the loops' clock.
    package var now: UInt64
    /// Nanoseconds since 1970.
    package var wallClock: UInt64

    package init(health: [ProviderHealth] = [], arms: ArmTable? = nil, now: UInt64 = 0, wallClock: UInt64 = 0) {
        self.health = health
        self.arms = arms
        self.now = now
        self.wallClock = wallClock
    }
}
