// How a record counts.

internal import Adapters

extension RequestRecord {
    enum Outcome: Int, CaseIterable {
        case ok, error
        /// The client left: neither a success nor anybody's fault.
        case cancelled

        init(status: Int) { self = status == 499 ? .cancelled : status >= 400 ? .error : .ok }

        var label: StaticString {
            switch self {
            case .ok: "ok"
            case .error: "error"
            case .cancelled: "cancelled"
            }
        }
    }

    var outcome: Outcome { Outcome(status: Int(status)) }

    /// What the label `mode` can say.
    static let modes = RoutingMode.allCases.map { "\($0.label)" } + ["embeddings"]

    var modeIndex: Int { operation == .embeddings ? RoutingMode.allCases.count : Int(mode.rawValue) }
}
