// What the last probes of a provider have found, kept apart from what its requests have.

package struct ProbeResult: Sendable, Equatable {
    package enum Finding: UInt8, Sendable {
        /// It answered: with success, or with a refusal that only somebody who listens can utter.
        case reachable
        /// A connection stood, with TLS where that is spoken, but no such answer came. That counts as life: whether it works,
        /// requests tell.
        case connected
        /// No connection could be made.
        case unreachable

        init(status: Int) {
            switch status {
            case 200...299, 401, 403, 404, 405: self = .reachable
            default: self = .connected
            }
        }

        var label: StaticString {
            switch self {
            case .reachable: "reachable"
            case .connected: "connected"
            case .unreachable: "unreachable"
            }
        }
    }

    package var finding = Finding.reachable
    /// Nanoseconds since 1970 at which it began; 0: there was none.
    package var startedAt: UInt64 = 0
    /// To the head of the answer, or to the failure.
    package var latencyNS: UInt64 = 0
    /// Of the answer; 0: none came.
    package var status = 0
    /// Why none came, as a label.
    package var cause: StaticString = ""
    /// Probes in a row (count) that found no connection, and when the first of them began.
    package private(set) var missCount = 0
    package private(set) var missingSince: UInt64 = 0

    package init() {}

    package init(_ finding: Finding, startedAt: UInt64, latencyNS: UInt64, status: Int = 0, cause: StaticString = "") {
        self.finding = finding
        self.startedAt = startedAt
        self.latencyNS = latencyNS
        self.status = status
        self.cause = cause
    }

    /// Takes the place of an earlier one.
    mutating func follow(_ earlier: ProbeResult) {
        guard finding == .unreachable else { return }
        missCount = earlier.missCount + 1
        missingSince = earlier.missCount > 0 ? earlier.missingSince : startedAt
    }

    package static func == (a: ProbeResult, b: ProbeResult) -> Bool {
        a.finding == b.finding && a.startedAt == b.startedAt && a.status == b.status && a.missCount == b.missCount
    }
}
