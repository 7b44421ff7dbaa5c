// Where a request leads whose head is refused.

import Testing
import Wire

struct RequestPathTests {
    private func path(_ text: String) -> String {
        let bytes = Array(text.utf8)
        let range = RequestParser.path(ofRefused: bytes.span)
        return String(decoding: bytes[range.range], as: UTF8.self)
    }

    @Test func aPathIsFoundOnceItHasComeWhole() {
        let line = "POST /v1/messages?beta=true HTTP/1.1\r\n"
        for count in 0...line.utf8.count {
            let cut = String(decoding: Array(line.utf8)[0..<count], as: UTF8.self)
            #expect(path(cut) == (count > 17 ? "/v1/messages" : ""), "\(cut)")
        }
        #expect(path("GET /a HTTP/1.1\r\nbad line") == "/a")
        #expect(path("\r\nGET /a HTTP/1.1") == "/a")
    }

    @Test func whatIsNoRequestLineLeadsNowhere() {
        for text in [
            "", " ", "  ", "GET", "GET ", "GET /a", "GET /a\r\n", "GET /a\u{0} ", "GET /\u{7F} ", "/a HTTP/1.1\r\n",
        ] {
            #expect(path(text) == "", "\(text)")
        }
    }
}
