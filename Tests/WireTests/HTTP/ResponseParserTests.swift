import Testing
import Wire

struct ResponseParserTests {
    private static func report(_ bytes: [UInt8], isHead: Bool = false) -> HeadReport {
        var parser = ResponseParser()
        return reportResponse(&parser, bytes.span, scanned: 0, isHead: isHead)
    }

    private static func reportCut(_ bytes: [UInt8], isHead: Bool = false) -> HeadReport {
        var parser = ResponseParser()
        var scanned = 0
        var last = HeadReport()
        for end in 0...bytes.count {
            last = reportResponse(&parser, bytes.span.extracting(0..<end), scanned: scanned, isHead: isHead)
            if last != HeadReport() { return last }
            scanned = end
        }
        return last
    }

    /// Status, reason, framing, persistence of a head. `isHead` when the request was one.
    static let accepted: [(String, Int, String, BodyFraming, Bool, Bool)] = [
        ("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n", 200, "OK", .length(5), true, false),
        ("HTTP/1.1 200 \r\nContent-Length: 5\r\n\r\n", 200, "", .length(5), true, false),
        ("HTTP/1.1 200\r\nContent-Length: 0\r\n\r\n", 200, "", .length(0), true, false),
        ("HTTP/1.1 200 OK\r\ntransfer-encoding: Chunked\r\n\r\n", 200, "OK", .chunked, true, false),
        ("HTTP/1.1 200 OK\r\n\r\n", 200, "OK", .untilClose, false, false),
        ("HTTP/1.0 200 OK\r\n\r\n", 200, "OK", .untilClose, false, false),
        ("HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 1\r\n\r\n", 200, "OK", .length(1), true, false),
        ("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 1\r\n\r\n", 200, "OK", .length(1), false, false),
        ("HTTP/1.1 204 No Content\r\n\r\n", 204, "No Content", .none, true, false),
        ("HTTP/1.1 304 Not Modified\r\nContent-Length: 9\r\n\r\n", 304, "Not Modified", .none, true, false),
        ("HTTP/1.1 100 Continue\r\n\r\n", 100, "Continue", .none, true, false),
        ("HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n", 103, "Early Hints", .none, true, false),
        ("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n", 200, "OK", .none, true, true),
        ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", 200, "OK", .none, true, true),
        ("HTTP/1.1 599 \u{E9}\tx\r\nContent-Length: 0\r\n\r\n", 599, "\u{E9}\tx", .length(0), true, false),
        (
            "HTTP/1.1 200 OK\r\nHost:\r\nHost: x y\r\nExpect: z\r\nContent-Length: 2\r\n\r\n", 200, "OK", .length(2),
            true, false
        ),
    ]

    @Test(arguments: accepted.indices)
    func answersAreRead(index: Int) throws {
        let (head, status, reason, framing, persists, isHead) = Self.accepted[index]
        let bytes = latin1(head)
        var parser = ResponseParser()
        let length = try parser.parse(bytes.span, scanned: 0, requestMethodIsHead: isHead)
        #expect(length == bytes.count)
        #expect(parser.status == status)
        #expect(Array(bytes[parser.reason.range]) == latin1(reason))
        #expect(parser.framing == framing)
        #expect(parser.persists == persists)
        #expect(parser.isInterim == (status < 200))
        let whole = Self.report(bytes, isHead: isHead)
        #expect(whole == Self.reportCut(bytes, isHead: isHead))
        #expect(Self.report(bytes + [0, 1, 2], isHead: isHead) == whole)
    }

    @Test(arguments: [
        ("HTTP/1.1 200 OK\nX: y\r\n\r\n", HeadFault.malformed(.bareLF)),
        ("HTTP/1.1 200 OK\r\nX: y\n\r\n", .malformed(.bareLF)),
        ("HTTP/1.1 200 O\u{0}K\r\n\r\n", .malformed(.controlByte)),
        ("HTTP/1.1 20 OK\r\n\r\n", .malformed(.statusCode)),
        ("HTTP/1.1 2000 OK\r\n\r\n", .malformed(.statusCode)),
        ("HTTP/1.1 099 OK\r\n\r\n", .malformed(.statusCode)),
        ("HTTP/1.1 600 OK\r\n\r\n", .malformed(.statusCode)),
        ("HTTP/1.1  200 OK\r\n\r\n", .malformed(.statusCode)),
        ("HTTP/1.1 +20 OK\r\n\r\n", .malformed(.statusCode)),
        ("HTTP/1.1 200OK\r\n\r\n", .malformed(.statusCode)),
        ("HTTP/1.1\r\n\r\n", .malformed(.startLine)),
        ("HTTP/1.1 20\r\n\r\n", .malformed(.startLine)),
        ("http/1.1 200 OK\r\n\r\n", .malformed(.startLine)),
        ("HTTP/1.12 200 OK\r\n\r\n", .malformed(.startLine)),
        ("\r\nHTTP/1.1 200 OK\r\n\r\n", .malformed(.startLine)),
        ("HTTP/2.0 200 OK\r\n\r\n", .unsupportedVersion),
        ("HTTP/1.1 101 Switching Protocols\r\n\r\n", .malformed(.upgrade)),
        ("HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n", .malformed(.lengthAndCoding)),
        ("HTTP/1.1 204 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n", .malformed(.lengthAndCoding)),
        ("HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\n", .malformed(.duplicateContentLength)),
        ("HTTP/1.1 200 OK\r\nContent-Length: 1,1\r\n\r\n", .malformed(.contentLength)),
        ("HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n", .unsupported(.transferCoding)),
        ("HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", .malformed(.codingInOldVersion)),
        ("HTTP/1.1 200 OK\r\nX : y\r\n\r\n", .malformed(.spaceBeforeColon)),
        ("HTTP/1.1 200 OK\r\nX: y\r\n z\r\n\r\n", .malformed(.obsoleteFold)),
    ])
    func ambiguousAnswersAreRefused(head: String, fault: HeadFault) {
        #expect(Self.report(latin1(head)).fault == fault)
        #expect(Self.reportCut(latin1(head)).fault == fault)
    }
}
