// The one protocol through which a loop calls its owner. All calls come on the loop's thread.

package import Wire

package protocol Service: AnyObject {
    /// The loop stands and is about to turn for the first time; it outlives the service.
    func started(on loop: Loop)
    /// A request head stands and its body is still to come: the chance to refuse before it is read.
    /// Returns false when it has answered the client already.
    func bodyExpected(_ head: borrowing RequestParser, bytes: Span<UInt8>, from client: ClientConnection) -> Bool
    /// Whether the body of this request, of which not all has arrived, is to be handed on as it comes.
    func streamsBody(_ head: borrowing RequestParser, bytes: Span<UInt8>) -> Bool
    /// Such a request has begun; its body follows in pieces.
    func requestBegan(_ head: borrowing RequestParser, bytes: Span<UInt8>, from client: ClientConnection)
    /// More of the body of a request that has begun; may be empty at its end. Nothing of it is shown again.
    func bodyArrived(_ bytes: Span<UInt8>, isLast: Bool, from client: ClientConnection)
    /// No more of such a body will come, though it is not whole; an error must be answered, or the connection aborted.
    func bodyBroke(_ refusal: Refusal, from client: ClientConnection)
    /// A whole request stands. `body` lies in `bytes`; nothing of it is kept after the call.
    func requestArrived(
        _ head: borrowing RequestParser, bytes: Span<UInt8>, body: ByteRange, from client: ClientConnection)
    /// The request on this connection is not HTTP, ambiguous, too large or too slow; an error must be answered. The connection then
    /// closes. `request` is what has arrived of it, from its first byte on: its head may be cut or worse.
    func requestRefused(_ refusal: Refusal, request: Span<UInt8>, by client: ClientConnection)
    /// The client of a dispatched request is gone. Its connection object is dead after the call.
    func clientLeft(_ client: ClientConnection)
    /// The client has taken most of what was queued: reading from its upstream may go on.
    func clientDrained(_ client: ClientConnection)
    /// The timer set with `ClientConnection.wake(at:)` has run out.
    func clientWoke(_ client: ClientConnection)

    /// The head of an answer stands.
    func answerHead(_ head: borrowing ResponseParser, bytes: Span<UInt8>, from upstream: UpstreamConnection)
    /// Bytes of the answer's body with the framing they came in, from where a chunk begins: the chance to pass chunks on as they
    /// are. Nothing of the body is held.
    /// Returns how many were used, which must be whole chunks; the others are shown to `answerBody`.
    func answerChunks(_ bytes: Span<UInt8>, from upstream: UpstreamConnection) -> Int
    /// Bytes of the answer's body, with the framing taken off; the last `freshCount` of them have not been shown before.
    /// Returns how many were used; the others are shown again with what follows. With `isLast` none may be left.
    func answerBody(_ bytes: Span<UInt8>, freshCount: Int, isLast: Bool, from upstream: UpstreamConnection) -> Int
    /// The endpoint has taken most of what was queued for it, after `tellsWhenDrained` was set.
    func upstreamDrained(_ upstream: UpstreamConnection)
    /// No (whole) answer will come. The connection object is dead after the call.
    func upstreamFailed(_ fault: UpstreamFault, _ upstream: UpstreamConnection)

    /// Something the mailbox brought for the service.
    func delivered(_ message: any Sendable)
    /// Twenty times a second: hand over what was gathered.
    func merge()
    /// The last client is gone after a drain began.
    func drained()
}

extension Service {
    package func answerChunks(_ bytes: Span<UInt8>, from upstream: UpstreamConnection) -> Int { 0 }
}
