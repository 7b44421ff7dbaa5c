// What connections ask of their loop's service, parsers and driver for each request.
//
// They could ask those themselves, but the compiler keeps no reference count only for constants of the object at hand: each
// `loop.service` in a connection is retained and released, the loop's own `service` is not.

internal import Wire

extension Loop {
    func parseRequest(_ bytes: Span<UInt8>, scanned: Int) throws(HeadFault) -> Int? {
        try heads.request.parse(bytes, scanned: scanned)
    }

    func parseResponse(_ bytes: Span<UInt8>, scanned: Int) throws(HeadFault) -> Int? {
        try heads.response.parse(bytes, scanned: scanned, requestMethodIsHead: false)
    }

    /// Plain bytes stand in the scratch.
    func received(_ range: Range<Int>, by client: ClientConnection) { client.arrived(scratch, range) }

    func requestArrived(_ bytes: Span<UInt8>, _ body: ByteRange, from client: ClientConnection) {
        service.requestArrived(heads.request, bytes: bytes, body: body, from: client)
    }

    func answerHead(_ bytes: Span<UInt8>, from upstream: UpstreamConnection) {
        service.answerHead(heads.response, bytes: bytes, from: upstream)
    }

    func answerChunks(_ bytes: Span<UInt8>, from upstream: UpstreamConnection) -> Int {
        service.answerChunks(bytes, from: upstream)
    }

    func answerBody(_ bytes: Span<UInt8>, freshCount: Int, isLast: Bool, from upstream: UpstreamConnection) -> Int {
        service.answerBody(bytes, freshCount: freshCount, isLast: isLast, from: upstream)
    }

    func send(_ descriptor: Int32, _ bytes: Span<UInt8>) -> Driver.Sent { driver.send(descriptor, bytes) }
}
