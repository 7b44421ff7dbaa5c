// Requests of web pages.

internal import Reactor
internal import Wire

extension DataPlane {
    /// Looks who asks; the answers to this request say then whether a page may read them.
    func noteOrigin(_ route: Route, _ head: borrowing RequestParser, _ bytes: Span<UInt8>) {
        if !originLines.isEmpty { originLines = [] }
        guard head.fields.contains(.origin), route.isForClients, let origin = head.fields.first(.origin) else { return }
        originLines = settings.origins.lines(for: bytes.extracting(origin))
    }

    /// A browser asks whether a page may send what it wants to send. Any header may: what it means is decided later, and
    /// libraries send many.
    func answerPreflight(_ head: borrowing RequestParser, _ bytes: Span<UInt8>, _ client: ClientConnection) {
        let block = loop.blocks.take()
        HeadWriter.statusLine(204, into: &block.bytes)
        block.bytes.append(originLines)
        block.bytes.append("access-control-allow-methods: GET, POST, OPTIONS\r\naccess-control-max-age: 300\r\n")
        if let wanted = head.fields.first(named: "access-control-request-headers", in: bytes),
            wanted.count <= Limits.answerHeadBytesMax
        {
            HeadWriter.field("access-control-allow-headers", bytes.extracting(wanted), into: &block.bytes)
        }
        if !client.willPersist { block.bytes.append("connection: close\r\n") }
        block.bytes.append("\r\n")
        client.send(block.bytes.bytes)
        client.answerEnded()
        loop.blocks.give(block)
    }
}
