// Requests whose body is sent as it comes, and how long each step may take.

internal import Wire

extension UpstreamConnection {
    package var hasOpened: Bool { machine.hasOpened }
    /// Bytes of the request that the endpoint has not taken.
    package var queuedBytes: Int { (outbox?.bytes.count ?? 0) + (request?.bytes.count ?? 0) }
    package var isBackedUp: Bool { queuedBytes >= Limits.outboxBytesHigh }

    /// Queues more of a request; the wait for an answer begins anew.
    package func sendMore(_ bytes: Span<UInt8>) {
        send(bytes)
        if machine.state == .awaitingHead { arm(patience.firstByteMS) }
    }

    func tellIfDrained() {
        guard tellsWhenDrained, descriptor >= 0, tag >= 0, queuedBytes <= Limits.outboxBytesLow else { return }
        tellsWhenDrained = false
        loop.service.upstreamDrained(self)
    }

    func arm(_ milliseconds: Int) {
        let due = loop.now &+ UInt64(milliseconds) &* 1_000_000
        loop.deadlines.arm(&timeout, of: token, which: 0, due: due)
    }
}
