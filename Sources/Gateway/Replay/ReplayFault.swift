// Why a policy cannot be scored on a log.

internal import Store

package enum ReplayFault: Error, Equatable {
    /// The policy's file, or another thing that was asked for, cannot be understood.
    case badRequest(String)
    /// The log cannot be read.
    case unreadable(String)
    /// The log was read and does not tell what such a policy would earn.
    case noAnswer(String)
}

extension ReplayFault: CustomStringConvertible {
    package var description: String {
        switch self {
        case .badRequest(let text): text
        case .unreadable(let text): text
        case .noAnswer(let text): "no estimate: \(text)"
        }
    }

    init(_ fault: StoreFault) { self = .unreadable("\(fault)") }
}
