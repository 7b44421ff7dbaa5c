// What a request is routed by when it says nothing itself.

package struct RoutingDefaults: Sendable, Equatable {
    package let mode: String
    /// 0 for no bound.
    package let budgetNanoUSDMax: Int64
    package let latencyMSMax: Int
}
