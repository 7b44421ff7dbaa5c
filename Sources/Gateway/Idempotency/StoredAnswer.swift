// An answer that is kept for those who ask the same again.

internal import Wire

final class StoredAnswer: Sendable {
    let status: Int
    /// The lines of its head that belong to the answer, and not to the request or the connection it was made for.
    let lines: [UInt8]
    let body: [UInt8]

    var byteCount: Int { lines.count + body.count + StoredAnswer.overheadBytes }

    /// - Parameter head: a whole head, and behind it what may stand in front of `body`.
    /// - Returns: nil for an answer that is too large, and for one that another try may better.
    init?(head: Span<UInt8>, body: Span<UInt8>, tail: StaticString) {
        guard head.count + body.count <= Limits.storedAnswerBytesMax else { return nil }
        var parser = ResponseParser()
        // A provider's fields and ours together may be more than a head can have.
        guard let end = try? parser.parse(head, scanned: 0, requestMethodIsHead: false) else { return nil }
        if parser.status >= 500 || [408, 409, 429].contains(parser.status) { return nil }
        status = parser.status
        var lines = ByteBuffer()
        for index in 0..<parser.fields.count {
            let field = parser.fields[index]
            if field.id == .contentLength || field.id == .connection { continue }
            if StoredAnswer.belongsToRequest(head.extracting(field.name)) { continue }
            // Whoever answers a page says so anew.
            if field.id == .vary, ASCII.equalsIgnoringCase(head.extracting(field.value), "origin") { continue }
            HeadWriter.field(field, of: head, into: &lines)
        }
        self.lines = Array(copying: lines.bytes)
        var whole = ByteBuffer(capacity: head.count - end + body.count + tail.utf8CodeUnitCount)
        whole.append(head.extracting(end..<head.count))
        whole.append(body)
        whole.append(tail)
        self.body = Array(copying: whole.bytes)
    }

    /// Its ids, the page that asked, what it took and what it cost: another request has its own.
    private static func belongsToRequest(_ name: Span<UInt8>) -> Bool {
        let origin: StaticString = "access-control-"
        if name.count > 15, ASCII.equalsIgnoringCase(name.extracting(0..<15), origin) { return true }
        return ASCII.equalsIgnoringCase(name, "x-request-id") || ASCII.equalsIgnoringCase(name, "request-id")
            || ASCII.equalsIgnoringCase(name, "x-tokenhub-overhead-us")
            || ASCII.equalsIgnoringCase(name, "x-tokenhub-cost-usd")
    }

    /// Bytes that an entry takes beside the answer: the object, its name, twice, and the place in two tables.
    private static let overheadBytes = 256
}
