import Testing
import Wire

struct JSONReadersTests {
    private static func value(_ json: String) -> ([UInt8], ByteRange) {
        let bytes = Array(json.utf8)
        return (bytes, ByteRange(0, bytes.count))
    }

    @Test(arguments: [
        ("0", 0), ("-0", 0), ("7", 7), ("-12", -12), ("9223372036854775807", Int64.max),
        ("-9223372036854775808", Int64.min),
        ("9223372036854775808", nil), ("-9223372036854775809", nil), ("18446744073709551616", nil), ("1.0", nil),
        ("1e3", nil), ("\"1\"", nil), ("null", nil), ("99999999999999999999", nil),
    ])
    func integersAreReadWhenTheyAreWholeAndFit(json: String, expected: Int64?) {
        let (bytes, range) = Self.value(json)
        #expect(JSONScan.int(bytes.span, range) == expected)
    }

    @Test(arguments: [
        "0", "-0", "0.7", "1.5", "-2.25", "3.141592653589793", "0.1", "1e22", "1e23", "123456789012345678",
        "9007199254740993",
        "1e-7", "5e-324", "2.2250738585072014e-308", "1.7976931348623157e308", "0.30000000000000004", "1E5", "1e+5",
        "123456789.123456789", "0.000000000000000000000000000001", "4.35", "1.7976931348623158e308", "8.5e1",
        "179769313486231570793e288", "0.0000000000000000000000001", "1234567890123456", "0.1234567890123456",
    ])
    func doublesAreRoundedToTheNearest(json: String) throws {
        let (bytes, range) = Self.value(json)
        let expected = try #require(Double(json))
        let found = JSONScan.double(bytes.span, range)
        #expect(found == expected && found?.sign == expected.sign)
    }

    @Test(arguments: ["1e400", "-1e400", "true", "\"1\"", "[1]", "", "-"])
    func whatIsNoFiniteNumberIsNoDouble(json: String) {
        let (bytes, range) = Self.value(json)
        #expect(JSONScan.double(bytes.span, range) == nil)
    }

    @Test func randomDoublesReadBackFromTheirShortestText() {
        let seed = UInt64.random(in: 0...UInt64.max)
        print("randomDoubles: seed \(seed)")
        var random = Seeded(seed)
        for _ in 0..<2000 {
            let number = Double(bitPattern: random.next())
            guard number.isFinite else { continue }
            let (bytes, range) = Self.value("\(number)")
            #expect(JSONScan.double(bytes.span, range) == number, "seed \(seed)")
            let short = Double(random.below(2_000_000)) / 1000
            let (other, otherRange) = Self.value("\(short)")
            #expect(JSONScan.double(other.span, otherRange) == short, "seed \(seed)")
        }
    }

    @Test func truthValuesAreRead() {
        for (json, expected) in [
            ("true", Bool?.some(true)), ("false", false), ("null", nil), ("\"true\"", nil), ("1", nil),
        ] {
            let (bytes, range) = Self.value(json)
            #expect(JSONScan.bool(bytes.span, range) == expected)
        }
    }

    @Test(arguments: [
        (#""""#, ""), (#""plain""#, "plain"), (#""\"\\\/\b\f\n\r\t""#, "\"\\/\u{8}\u{C}\n\r\t"),
        (#""\u0041\u00e9\u4F60""#, "Aé你"),
        (#""\uD83D\uDE00""#, "😀"), (#""\ud83d\ude00x""#, "😀x"), (#""\uD83D""#, "\u{FFFD}"), (#""\uDE00""#, "\u{FFFD}"),
        (#""\uD83Dx""#, "\u{FFFD}x"), (#""\uD83D\n""#, "\u{FFFD}\n"), (#""\uD83D\u0041""#, "\u{FFFD}A"),
        (#""\uD83D\uD83D\uDE00""#, "\u{FFFD}😀"), (#""\u0000\u0000a""#, "\0\0a"), (#""é你😀\u0021""#, "é你😀!"),
        (
            #""a long plain text in front of an escape\n and one behind it""#,
            "a long plain text in front of an escape\n and one behind it"
        ),
    ])
    func stringsAreUnescaped(json: String, expected: String) {
        let (bytes, range) = Self.value(json)
        #expect(JSONScan.string(bytes.span, range) == expected)
        #expect(JSONScan.bytes(bytes.span, range) == Array(expected.utf8))
        var out = ByteBuffer()
        #expect(JSONScan.unescape(bytes.span, range, into: &out) == true)
        #expect(array(out) == Array(expected.utf8))
    }

    @Test(arguments: ["1", "null", "[]", "\"", "", "\"a", "a\""])
    func whatIsNoStringIsNotUnescaped(json: String) {
        let (bytes, range) = Self.value(json)
        var out = ByteBuffer()
        #expect(JSONScan.unescape(bytes.span, range, into: &out) == false && out.isEmpty == true)
        #expect(JSONScan.string(bytes.span, range) == nil)
        #expect(JSONScan.equals(bytes.span, range, "") == false)
    }

    @Test func stringsAreComparedWithTheirEscapesUnderstood() {
        let (bytes, range) = Self.value(#""s\u0074op""#)
        #expect(JSONScan.equals(bytes.span, range, "stop") == true)
        #expect(JSONScan.equals(bytes.span, range, "stopp") == false)
        #expect(JSONScan.equals(bytes.span, range, "sto") == false)
        let (plain, plainRange) = Self.value(#""stop""#)
        #expect(JSONScan.equals(plain.span, plainRange, "stop") == true)
        #expect(JSONScan.equals(plain.span, plainRange, "stoP") == false)
        let (slash, slashRange) = Self.value(#""\\""#)
        #expect(JSONScan.equals(slash.span, slashRange, "\\\\") == false)
        #expect(JSONScan.equals(slash.span, slashRange, "\\") == true)
    }
}
