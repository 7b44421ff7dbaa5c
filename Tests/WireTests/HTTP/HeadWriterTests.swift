import Testing
import Wire

struct HeadWriterTests {
    @Test func whatIsWrittenIsReadAgain() throws {
        var out = ByteBuffer()
        HeadWriter.requestLine(.post, latin1("/v1/chat/completions").span, into: &out)
        HeadWriter.field("Host", latin1("a:80").span, into: &out)
        HeadWriter.field("Content-Length", 42, into: &out)
        HeadWriter.field("Accept", "text/event-stream", into: &out)
        HeadWriter.end(into: &out)
        var parser = RequestParser()
        let length = try parser.parse(out.bytes, scanned: 0)
        #expect(length == out.count)
        #expect(parser.method == .post && parser.framing == .length(42) && parser.fields.count == 3)

        var answer = ByteBuffer()
        HeadWriter.statusLine(429, into: &answer)
        HeadWriter.field(parser.fields[2], of: out.bytes, into: &answer)
        HeadWriter.end(into: &answer)
        #expect(text(array(answer)) == "HTTP/1.1 429 Too Many Requests\r\nAccept: text/event-stream\r\n\r\n")
    }

    @Test func everyStatusMakesALineThatIsReadAgain() throws {
        for status in 100...599 where status != 101 {
            var out = ByteBuffer()
            HeadWriter.statusLine(status, into: &out)
            HeadWriter.end(into: &out)
            var parser = ResponseParser()
            let length = try parser.parse(out.bytes, scanned: 0, requestMethodIsHead: false)
            #expect(length == out.count && parser.status == status && !parser.reason.isEmpty)
        }
    }

    @Test func noValueCanEndItsLine() {
        let evil = latin1("a\r\nX: y\u{0}\tb\u{7F}\u{FF}")
        let line = array2 { HeadWriter.field("X", evil.span, into: &$0) }
        #expect(line == latin1("X: a  X: y \tb \u{FF}\r\n"))
        let target = written { HeadWriter.requestLine(.get, latin1("/a b\r\nc").span, into: &$0) }
        #expect(target == "GET /a%b%%c HTTP/1.1\r\n")
    }

    private func array2(_ body: (inout ByteBuffer) -> Void) -> [UInt8] {
        var out = ByteBuffer()
        body(&out)
        return array(out)
    }

    @Test func aFieldIsPassedOnWithOneSpaceHoweverItCame() throws {
        for line in ["X-Own: v w", "X-Own:v w", "X-Own:  v w", "X-Own:\tv w", "X-Own: v w ", "X-Own: v w\t", "X-Own:"] {
            let bytes = latin1("GET / HTTP/1.0\r\n\(line)\r\n\r\n")
            var parser = RequestParser()
            _ = try parser.parse(bytes.span, scanned: 0)
            let field = parser.fields[0]
            let value = text(bytes, field.value)
            #expect(value == (line == "X-Own:" ? "" : "v w"))
            #expect(written { HeadWriter.field(field, of: bytes.span, into: &$0) } == "X-Own: \(value)\r\n")
        }
    }
}
