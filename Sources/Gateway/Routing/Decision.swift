// Which model a request goes to, and why.

package import Wire

package struct Decision: Sendable, Equatable {
    /// Why this one; the words are the original's.
    package enum Reason: Sendable, Equatable {
        case hintExact
        case weight(Int)
        /// The same provider was asked again after a fault that may pass.
        case retriedTransient
        /// The prompt did not fit: the same model with a shorter answer, and a larger model.
        case reducedMaxTokens, escalatedContextOverflow
        /// Another model was slow, and this one was asked beside it.
        case hedged

        package func write(into out: inout ByteBuffer) {
            switch self {
            case .hintExact: out.append("routed-hint-exact")
            case .weight(let weight):
                out.append("routed-weight-")
                out.append(decimal: weight)
            case .retriedTransient: out.append("retried-transient")
            case .hedged: out.append("hedged-dispatch")
            case .reducedMaxTokens: out.append("reduced-max-tokens")
            case .escalatedContextOverflow: out.append("escalated-context-overflow")
            }
        }
    }

    /// Why a model was not eligible, in the order in which it is asked; the words are the original's.
    package enum Rejection: UInt8, Sendable, Equatable {
        case disabled, notNamed, outsidePool, weightBelowMinimum, contextOverflow, noAdapter, tried, healthDown,
            budgetExceeded

        package var label: StaticString {
            switch self {
            case .disabled: "disabled"
            case .notNamed: "not_named"
            case .outsidePool: "outside_pool"
            case .weightBelowMinimum: "weight_below_minimum"
            case .contextOverflow: "context_overflow"
            case .noAdapter: "no_adapter"
            case .healthDown: "health_down"
            case .tried: "tried"
            case .budgetExceeded: "budget_exceeded"
            }
        }
    }

    /// Index into `Snapshot.models`.
    package let model: Int
    package var reason: Reason
    /// The probability with which this model was chosen; nil for a draw from beliefs, of which `Thompson` can tell it.
    package let probability: Double?
}
