// What a caller says about how his request is to be routed.

internal import Store

/// Said in the envelope's `policy`, or in a directive. What is not said is left to the operator.
package struct CallerPolicy: Equatable, Sendable {
    package var mode: RoutingMode?
    /// Nano-dollars; 0: not said.
    package var budgetNanoUSDMax: Int64 = 0
    /// Milliseconds; 0: not said.
    package var latencyMSMax = 0
    /// 0: not said.
    package var weightMin = 0
    package var isStrict: Bool?
    /// A JSON text that the answer must fit; empty: not said.
    package var outputSchema: [UInt8] = []

    /// The original's bounds: dollars, milliseconds, weight.
    static let budgetUSD = 0.0...100.0
    static let latencyMS = 0...300_000
    static let weight = 0...10

    package init() {}

    /// Bounds what one request may cost; whatever is above 0 is a bound.
    mutating func limit(toUSD dollars: Double) {
        budgetNanoUSDMax = dollars > 0 ? max(1, NanoUSD.fromDollars(dollars)) : 0
    }

    /// Lets the other's words count where it has any.
    package mutating func heed(_ other: CallerPolicy) {
        if let said = other.mode { mode = said }
        if other.budgetNanoUSDMax > 0 { budgetNanoUSDMax = other.budgetNanoUSDMax }
        if other.latencyMSMax > 0 { latencyMSMax = other.latencyMSMax }
        if other.weightMin > 0 { weightMin = other.weightMin }
        if let said = other.isStrict { isStrict = said }
        if !other.outputSchema.isEmpty { outputSchema = other.outputSchema }
    }
}

extension RoutingPolicy {
    /// Lets the caller's words count where he has any. What the operator is strict about stays strict.
    package mutating func heed(_ caller: CallerPolicy) {
        if let said = caller.mode { mode = said }
        if caller.budgetNanoUSDMax > 0 {
            budgetNanoUSDMax = caller.budgetNanoUSDMax
            isBudgetOfCaller = true
        }
        if caller.latencyMSMax > 0 { latencyMSMax = caller.latencyMSMax }
        weightMin = max(weightMin, caller.weightMin)
        if caller.isStrict ?? false { isStrict = true }
    }
}
