import Testing
import Wire

struct JSONCursorTests {
    private static func walk(_ json: String) -> [String] {
        let bytes = latin1(json)
        var cursor = JSONCursor(of: ByteRange(0, bytes.count), in: bytes.span)
        var found: [String] = []
        while let member = cursor.next(in: bytes.span) {
            found.append(text(bytes, member.name) + "=" + text(bytes, member.value))
        }
        return found
    }

    @Test(arguments: [
        ("{}", [String]()), ("[]", []), ("{ }", []), ("[ ]", []), ("1", []), ("\"a\"", []),
        ("[1,\"a\",[2],{\"b\":3},null]", ["=1", "=\"a\"", "=[2]", "={\"b\":3}", "=null"]),
        (" [1]", ["=1"]), ("[ 1 , 2 ]", ["=1", "=2"]),
        ("{ \"a\" : 1 , \"b\" : { \"c\" : [ ] } }", ["a=1", "b={ \"c\" : [ ] }"]),
        ("{\"a\":1,\"a\":2}", ["a=1", "a=2"]),
    ])
    func membersAndElementsComeInOrder(json: String, expected: [String]) {
        #expect(Self.walk(json) == expected)
    }

    @Test(arguments: ["[1,", "[1 2]", "{\"a\":1,b}", "{\"a\" 1}", "[tru]", "[1,]", "{", "["])
    func onATextThatIsNotValidTheWalkEnds(json: String) {
        #expect(Self.walk(json).count <= 1)
    }

    @Test func aRangeBeyondTheBytesGivesNothing() {
        let bytes = latin1("[1]")
        var cursor = JSONCursor(of: ByteRange(0, 9), in: bytes.span)
        #expect(cursor.next(in: bytes.span) == nil)
    }
}
