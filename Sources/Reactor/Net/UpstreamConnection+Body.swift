// Requests whose body is sent as it comes, and how long each step may take.

internal import Wire

extension UpstreamConnection {
    /// A request is queued at once, or in pieces of which more may come.
    enum Feed { case whole, open, ended }

    package var hasOpened: Bool { machine.hasOpened }
    /// Bytes of the request that the endpoint has not taken.
    package var queuedBytes: Int { (outbox?.bytes.count ?? 0) + (request?.bytes.count ?? 0) }
    package var isBackedUp: Bool { queuedBytes >= Limits.outboxBytesHigh }

    /// Queues more of a request that is not whole yet. The endpoint owes an answer from its end on; until then it has to take what is
    /// queued for it.
    package func sendMore(_ bytes: Span<UInt8>, isLast: Bool) {
        send(bytes)
        feed = isLast ? .ended : .open
        if machine.state == .awaitingHead { arm(patience.firstByteMS) }
    }

    /// Some of what was queued has left.
    func moved() {
        if feed != .whole, machine.state == .awaitingHead { arm(patience.firstByteMS) }
        tellIfDrained()
    }

    /// The endpoint has said nothing for long.
    func headTimedOut() {
        if feed == .open, queuedBytes == 0 { arm(patience.firstByteMS) } else { fail(.timedOut(.firstByte)) }
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
