import Testing
import Wire

struct HeaderFieldsTests {
    @Test func fieldsAreFoundByIDAndByName() throws {
        let bytes = latin1("GET / HTTP/1.1\r\nHost: a\r\nX-Own: 1\r\nAccept: b\r\nx-own: 2\r\naccept: c\r\n\r\n")
        var parser = RequestParser()
        _ = try parser.parse(bytes.span, scanned: 0)
        #expect(parser.fields.first(.accept).map { text(bytes, $0) } == "b")
        #expect(parser.fields.first(named: "x-own", in: bytes.span).map { text(bytes, $0) } == "1")
        #expect(parser.fields.first(named: "x-ow", in: bytes.span) == nil)
        #expect(parser.fields.first(.cookie) == nil)
        #expect(parser.fields.contains(.host) == true && parser.fields.contains(.cookie) == false)
        #expect(parser.fields.count == 5)
    }

    @Test func anIndexBeyondTheLastFieldTraps() async {
        await #expect(processExitsWith: .failure) {
            let fields = HeaderFields()
            _ = fields[0]
        }
    }
}
