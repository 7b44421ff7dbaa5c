import Testing

@testable import load

/// The generator's own reading of answers: what it gets wrong would be taken for the server's fault.
struct AnswerDecoderTests {
    struct Case: Sendable {
        let name: String
        let bytes: String
        let status: Int
        let body: String
        var closes = false
        var isEventStream = false
    }

    static let cases = [
        Case(name: "length", bytes: "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", status: 200, body: "hello"),
        Case(name: "no body", bytes: "HTTP/1.1 204 No Content\r\n\r\n", status: 204, body: ""),
        Case(
            name: "length of nothing", bytes: "HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n", status: 404,
            body: ""),
        Case(
            name: "chunks",
            bytes:
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Type: text/event-stream; charset=utf-8\r\n\r\n"
                + "5\r\nhello\r\nA;x=1\r\n, gateway!\r\n0\r\n\r\n",
            status: 200, body: "hello, gateway!", isEventStream: true),
        Case(
            name: "chunks and trailers",
            bytes: "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n1\r\nx\r\n0\r\nx-cost: 1\r\n\r\n", status: 200,
            body: "x"),
        Case(
            name: "close", bytes: "HTTP/1.1 429 Too Many\r\nConnection: close\r\nContent-Length: 2\r\n\r\nno",
            status: 429,
            body: "no", closes: true),
        Case(
            name: "interim", bytes: "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n!",
            status: 200,
            body: "!"),
    ]

    /// Feeds `bytes` cut at `cut` and returns the decoder with the body it found, or nil when the answer did not end at the end.
    static func decode(_ bytes: [UInt8], cut: Int) throws -> (decoder: AnswerDecoder, body: [UInt8])? {
        var decoder = AnswerDecoder()
        var body: [UInt8] = []
        for part in [Array(bytes[..<cut]), Array(bytes[cut...])] {
            var at = 0
            while at < part.count {
                let step = try decoder.next(in: part.span, from: at)
                body += part[step.start..<step.end]
                at = step.next
                if step.isFinished && at < part.count { return nil }
            }
        }
        return decoder.isFinished ? (decoder, body) : nil
    }

    @Test(arguments: cases) func anAnswerIsReadAlikeWholeAndCutAtEveryByte(each: Case) throws {
        let bytes = Array(each.bytes.utf8)
        for cut in 0...bytes.count {
            let found = try #require(try Self.decode(bytes, cut: cut), "\(each.name) cut at \(cut)")
            #expect(found.decoder.status == each.status, "\(each.name) cut at \(cut)")
            #expect(found.body == Array(each.body.utf8), "\(each.name) cut at \(cut)")
            #expect(found.decoder.closes == each.closes, "\(each.name) cut at \(cut)")
            #expect(found.decoder.isEventStream == each.isEventStream, "\(each.name) cut at \(cut)")
        }
    }

    @Test func anAnswerWithoutLengthEndsWithItsConnection() throws {
        var decoder = AnswerDecoder()
        let bytes = Array("HTTP/1.0 200 OK\r\n\r\nrest".utf8)
        var at = 0
        var body: [UInt8] = []
        while at < bytes.count {
            let step = try decoder.next(in: bytes.span, from: at)
            body += bytes[step.start..<step.end]
            at = step.next
        }
        #expect(body == Array("rest".utf8))
        #expect(decoder.endsWithConnection && !decoder.isFinished && decoder.closes)
    }

    @Test(arguments: [
        "garbage that is no HTTP at all\r\n", "HTTP/2 200\r\n",
        "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nxyz\r\n",
        "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n1\r\nab\r\n",
    ])
    func whatIsNoAnswerIsSaidToBeMalformed(text: String) {
        let bytes = Array(text.utf8)
        #expect(throws: AnswerDecoder.Fault.self) {
            var decoder = AnswerDecoder()
            var at = 0
            while at < bytes.count { at = try decoder.next(in: bytes.span, from: at).next }
        }
    }
}
