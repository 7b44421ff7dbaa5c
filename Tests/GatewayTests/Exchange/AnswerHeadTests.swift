// What of a provider's head reaches the client.

import Testing
import Wire

@testable import Gateway

@Suite struct AnswerHeadTests {
    @Test(arguments: [
        ("Date: today\r\nX-A: 1\r\nX-B: 2\r\n", "Date: today\r\nX-A: 1\r\nX-B: 2\r\n"),
        // Left out at the front, in the middle and at the end.
        ("Server: s\r\nX-A: 1\r\nSet-Cookie: c\r\nX-B: 2\r\nNEL: n\r\n", "X-A: 1\r\nX-B: 2\r\n"),
        // Blanks that are not as we would write them.
        ("X-A:1\r\nX-B:  2\r\nX-C:\t3\r\nX-D: 4 \r\nX-E: 5\r\n", "X-A: 1\r\nX-B: 2\r\nX-C: 3\r\nX-D: 4\r\nX-E: 5\r\n"),
        ("X-A: 1\r\nX-B:\r\nX-C: \r\nX-D: 4\r\n", "X-A: 1\r\nX-B: \r\nX-C: \r\nX-D: 4\r\n"),
        ("Connection: close\r\nContent-Length: 2\r\n", ""),
    ])
    func fieldsGoOnButForThoseThatAreTheProvidersOwn(fields: String, expected: String) throws {
        #expect(try passedOn(fields) == expected)
    }

    @Test func aHeadWithoutBoundIsCutAtAField() throws {
        let line = "X-Long: " + String(repeating: "a", count: 1_000) + "\r\n"
        let passed = try passedOn(String(repeating: line, count: 20))
        let count = Limits.answerHeadBytesMax / line.utf8.count + 1
        #expect(passed == String(repeating: line, count: min(count, 20)))
    }

    private func passedOn(_ fields: String) throws -> String {
        let bytes = Array("HTTP/1.1 200 OK\r\n\(fields)\r\n".utf8)
        var parser = ResponseParser()
        #expect(try parser.parse(bytes.span, scanned: 0, requestMethodIsHead: false) == bytes.count)
        var out = ByteBuffer()
        AnswerHead.passOn(parser.fields, bytes.span, into: &out)
        return String(copying: out.bytes)
    }
}
