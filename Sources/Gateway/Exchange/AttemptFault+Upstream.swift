// What a fault of the connection means for the attempt.

internal import Adapters
internal import Reactor

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
