// What a request may cost and what matters to it: the caller's words where it has any, else the operator's.

internal import Wire

package struct RoutingPolicy: Sendable, Equatable {
    package var mode = RoutingMode.normal
    /// A named model answers or nobody does.
    package var isStrict = false
    /// The caller set the budget: then it is a limit. The operator's is a preference, for it must not make a model that somebody
    /// pays for unreachable.
    package var isBudgetOfCaller = false
    /// Milliseconds the answer may take; 0: no bound.
    @Small package var latencyMSMax = 0
    /// Nano-dollars one request may cost by its estimate; 0: no bound.
    package var budgetNanoUSDMax: Int64 = 0
    /// The least weight of a model; 0: any.
    @Small package var weightMin = 0

    package init() {}
}
