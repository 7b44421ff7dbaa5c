import Testing

@testable import Store

@Suite struct EncodingTests {
    @Test(arguments: [
        ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="), ("fooba", "Zm9vYmE="),
        ("foobar", "Zm9vYmFy"),
    ])
    func base64OfTheRFC(plain: String, encoded: String) {
        #expect(Base64.encode(Array(plain.utf8)) == encoded)
        #expect(Base64.decode(encoded[...]) == Array(plain.utf8))
    }

    @Test func base64OfEveryByteComesBack() {
        for count in 0...256 {
            let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 167) }
            #expect(Base64.decode(Base64.encode(bytes)[...]) == bytes)
        }
    }

    @Test(arguments: ["Z", "Zg", "Zg=", "Zh==", "Zm9=", "Zg==Zg==", "====", "Z===", "Zm9v ", "Zm-v", "é==="])
    func base64RefusesAnythingElse(text: String) { #expect(Base64.decode(text[...]) == nil) }

    @Test func hexComesBackInLowerCase() {
        #expect(Hex.encode([0, 0x9F, 0xFF]) == "009fff")
        #expect(Hex.decode("009FfF") == [0, 0x9F, 0xFF])
        #expect(Hex.decode("0") == nil)
        #expect(Hex.decode("0g") == nil)
        #expect(Hex.decode("é0") == nil)
    }

    @Test func arraysOfStringsComeBack() {
        let items = ["chat", "", "a\"b\\c\n\u{1}", "ü🔑"]
        #expect(StringJSON.decodeArray(StringJSON.encode(items)) == items)
        #expect(StringJSON.decodeArray(" [ \"chat\" , \"plan\" ] ") == ["chat", "plan"])
        #expect(StringJSON.decodeArray("[]") == [])
        #expect(StringJSON.decodeArray(#"["\u00e9\ud83d\udd11\/\t"]"#) == ["é🔑/\t"])
    }

    @Test(arguments: [
        "", "[", "[\"a\"", "[\"a\",]", "[,]", "[1]", "[\"a\"]x", "{}", "null", "[\"a\nb\"]", #"["\ud83d"]"#, #"["\x"]"#,
        #"["\u12"]"#, #"["\ud83d\u0041"]"#,
    ])
    func arraysRefuseAnythingElse(text: String) { #expect(StringJSON.decodeArray(text) == nil) }

    @Test func objectsOfStringsComeBackSorted() {
        let members = ["b": "2", "a": "1", "c\"": ""]
        #expect(StringJSON.encode(members) == #"{"a":"1","b":"2","c\"":""}"#)
        #expect(StringJSON.decodeObject(StringJSON.encode(members)) == members)
        #expect(StringJSON.decodeObject(#"{"a":1}"#) == nil)
        #expect(StringJSON.decodeObject(#"{"a":"1","a":"2"}"#) == ["a": "2"])
    }

    @Test func dollarsBecomeWholeNanoDollars() {
        #expect(NanoUSD.fromDollars(0.00015) == 150_000)
        #expect(NanoUSD.fromDollars(0.1 + 0.2) == 300_000_000)
        #expect(NanoUSD.fromDollars(-1) == 0)
        #expect(NanoUSD.fromDollars(.nan) == 0)
        #expect(NanoUSD.fromDollars(.infinity) == Int64.max)
        for nano: Int64 in [1, 7, 150_000, 2_500_000, 123_456_789_012_345] {
            #expect(NanoUSD.fromDollars(NanoUSD.dollars(nano)) == nano)
        }
    }
}
