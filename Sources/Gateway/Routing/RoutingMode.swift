// What matters to a request, as the original's modes weigh it.

internal import Wire

package enum RoutingMode: UInt8, Sendable, CaseIterable {
    case normal, cheap, highConfidence, planning, adversarial, vote, refine, thompson

    /// How much each term of a score counts; together 1.
    package struct Weights: Sendable, Equatable {
        package let cost, latency, failure, weight: Double
    }

    /// `nil` for a name that is no mode.
    package init?(_ name: Span<UInt8>) {
        for mode in RoutingMode.allCases where ByteScan.equals(name, 0..<name.count, mode.label) {
            self = mode
            return
        }
        return nil
    }

    package var label: StaticString {
        switch self {
        case .normal: "normal"
        case .cheap: "cheap"
        case .highConfidence: "high_confidence"
        case .planning: "planning"
        case .adversarial: "adversarial"
        case .vote: "vote"
        case .refine: "refine"
        case .thompson: "thompson"
        }
    }

    /// - Source: spec section 18.
    package var weights: Weights {
        switch self {
        case .cheap: Weights(cost: 0.70, latency: 0.10, failure: 0.10, weight: 0.10)
        case .highConfidence: Weights(cost: 0.05, latency: 0.10, failure: 0.15, weight: 0.70)
        case .planning, .adversarial: Weights(cost: 0.10, latency: 0.10, failure: 0.20, weight: 0.60)
        case .normal, .vote, .refine, .thompson: Weights(cost: 0.25, latency: 0.25, failure: 0.25, weight: 0.25)
        }
    }
}
