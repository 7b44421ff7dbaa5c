// What a fault of the connection means for the attempt.

internal import Adapters
internal import Reactor

extension UpstreamFault {
    /// No connection came about: another address may be reached.
    var isOfConnecting: Bool {
        switch self {
        case .unresolved, .unreachable, .tls, .timedOut(.resolve), .timedOut(.connect), .timedOut(.handshake): true
        case .stale, .cut, .malformed, .tooLarge, .exhausted, .timedOut(.firstByte), .timedOut(.betweenBytes): false
        }
    }
}

extension AttemptFault {
    init(_ fault: UpstreamFault) {
        self =
            switch fault {
            case .unresolved, .unreachable, .exhausted: .transient(.unreachable)
            case .tls: .transient(.tls)
            case .stale, .cut: .transient(.connectionLost)
            case .malformed: .fatal(.notHTTP)
            case .tooLarge: .transient(.oversized)
            case .timedOut: .transient(.timeout)
            }
    }
}
