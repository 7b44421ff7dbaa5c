import Testing

@testable import Wire

struct ASCIITests {
    @Test func theClassesHoldWhatTheSpecificationsName() {
        let letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
        let token = Set((letters + "0123456789!#$%&'*+-.^_`|~").utf8)
        let target = Set((letters + "0123456789-._~!$&'()*+,;=:@/?%").utf8)
        let host = Set((letters + "0123456789-._~!$&'()*+;=%").utf8)
        for byte in UInt8.min...UInt8.max {
            #expect(ASCII.isToken(byte) == token.contains(byte))
            #expect(ASCII.isTarget(byte) == target.contains(byte))
            #expect(ASCII.isHostName(byte) == host.contains(byte))
            #expect(ASCII.isAlphanumeric(byte) == Set((letters + "0123456789").utf8).contains(byte))
            #expect(ASCII.lowercased(byte) == ((65...90).contains(byte) ? byte + 32 : byte))
        }
    }

    @Test func textsAreComparedInAnyCase() {
        let bytes = latin1("xKeep-ALIVEx")
        #expect(ASCII.equalsIgnoringCase(bytes.span, 1..<11, "keep-alive") == true)
        #expect(ASCII.equalsToken(bytes.span, 1..<11, "keep-alive") == true)
        #expect(ASCII.equalsToken(bytes.span, 0..<10, "keep-alive") == false)
        #expect(ASCII.equalsToken(bytes.span, 1..<10, "keep-alive") == false)
        // `@` and the backquote differ in the bit that makes lower case.
        #expect(ASCII.equalsIgnoringCase(latin1("@").span, "`") == false)
        #expect(ASCII.equalsIgnoringCase(latin1("").span, "") == true)
        #expect(ASCII.equalsToken(latin1("close").span, 0..<5, "close") == true)
        #expect(ASCII.equalsToken(latin1("zCLOSEz\u{C4}\u{C4}").span, 1..<6, "close") == true)
        #expect(ASCII.equalsToken(latin1("\u{03}lose").span, 0..<5, "close") == false)
    }

    @Test(arguments: [
        ("0", 0), ("7", 7), ("0012", 12), ("999999999999999999", 999_999_999_999_999_999), ("", nil), ("-1", nil),
        ("+1", nil),
        ("1 ", nil), ("1000000000000000000", nil), ("1a", nil),
    ])
    func decimalsArePlainDigits(digits: String, value: Int?) {
        #expect(ASCII.decimal(latin1(digits).span) == value)
    }

    @Test func hexadecimalDigitsHaveTheirValue() {
        for byte in UInt8.min...UInt8.max {
            let value = Character(Unicode.Scalar(byte)).hexDigitValue ?? 255
            #expect(ASCII.hexValue(byte) == UInt8(byte < 128 ? value : 255))
        }
    }

    @Test func blanksAreTrimmedAtBothEnds() {
        let bytes = latin1(" \ta b\t ")
        #expect(ASCII.trimmed(bytes.span, 0..<7) == 2..<5)
        #expect(ASCII.trimmed(bytes.span, 0..<2) == 2..<2)
    }
}
