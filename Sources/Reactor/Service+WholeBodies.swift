// A service that takes no body before it is whole.

package import Wire

extension Service {
    package func streamsBody(_ head: borrowing RequestParser, bytes: Span<UInt8>) -> Bool { false }

    package func requestBegan(_ head: borrowing RequestParser, bytes: Span<UInt8>, from client: ClientConnection) {
        preconditionFailure("a body is streamed to who does not take one")
    }

    package func bodyArrived(_ bytes: Span<UInt8>, isLast: Bool, from client: ClientConnection) {
        preconditionFailure("a body is streamed to who does not take one")
    }

    package func bodyBroke(_ refusal: Refusal, from client: ClientConnection) {
        preconditionFailure("a body is streamed to who does not take one")
    }

    package func upstreamDrained(_ upstream: UpstreamConnection) {}
}
