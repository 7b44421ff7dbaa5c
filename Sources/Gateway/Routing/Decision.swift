// Which model a request goes to, and why.

package struct Decision: Sendable, Equatable {
    /// Why this one; the words are the original's.
    package enum Reason: Sendable, Equatable {
        case hintExact
        case weight(Int)
    }

    /// Why a model was not eligible, in the order in which it is asked; the words are the original's.
    package enum Rejection: UInt8, Sendable, Equatable {
        case disabled, contextOverflow, noAdapter, healthDown, tried

        package var label: StaticString {
            switch self {
            case .disabled: "disabled"
            case .contextOverflow: "context_overflow"
            case .noAdapter: "no_adapter"
            case .healthDown: "health_down"
            case .tried: "tried"
            }
        }
    }

    /// Index into `Snapshot.models`.
    package let model: Int
    package let reason: Reason
    /// The probability with which this model was chosen.
    package let probability: Double
}
