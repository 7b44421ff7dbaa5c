// Clients that listen to events. The connection's end is that of the stream, whatever version the client speaks.

internal import Reactor
internal import Wire

extension DataPlane {
    struct Listener {
        let client: ClientConnection
        /// Events queued since the client had last taken everything (count).
        var waitingCount = 0
    }

    /// The tag of such a client: no exchange has it.
    static let listenerTag = -2

    /// The control thread lets a client listen.
    func beginEvents(_ answer: AdminAnswer, _ client: ClientConnection?) {
        guard let client else { return control.post(.eventsLeft(core: core)) }
        client.closeAfterAnswer()
        client.tag = DataPlane.listenerTag
        listeners.append(Listener(client: client))
        let block = loop.blocks.take()
        beginHead(of: answer, client, into: &block.bytes)
        AnswerHead.endStream(chunked: false, into: &block.bytes)
        client.relay(answer.body.span, behind: block.bytes.bytes, chunked: false, last: false)
        loop.blocks.give(block)
        client.wake(at: loop.now + Limits.keepAliveNS)
    }

    /// Hands events on. Who is slow has room for some, and misses the rest: nobody waits for him.
    func tell(_ events: [[UInt8]]) {
        for index in listeners.indices {
            let client = listeners[index].client
            for event in events {
                if client.queuedBytes == 0 { listeners[index].waitingCount = 0 }
                if listeners[index].waitingCount >= Limits.listenerEventsMax {
                    droppedEventCount += 1
                    continue
                }
                client.relay(event.span, behind: Span(), chunked: false, last: false)
                if client.queuedBytes > 0 { listeners[index].waitingCount += 1 }
            }
        }
    }

    /// A comment shows everybody between us and the client that the stream lives.
    func keepListener(_ client: ClientConnection) {
        if client.queuedBytes == 0 {
            client.relay(Span.of(": keep-alive\n\n"), behind: Span(), chunked: false, last: false)
        }
        client.wake(at: loop.now + Limits.keepAliveNS)
    }

    func listenerLeft(_ client: ClientConnection) {
        listeners.removeAll { $0.client === client }
        control.post(.eventsLeft(core: core))
    }

    /// These streams have no end of their own that a drain could wait for.
    func endEvents() {
        let ending = listeners
        listeners = []
        for listener in ending {
            listener.client.tag = -1
            control.post(.eventsLeft(core: core))
            listener.client.answerEnded()
        }
    }
}
