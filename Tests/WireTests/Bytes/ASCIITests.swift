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

    @Test func numbersOfOneWordAreThoseOfTheirDigits() {
        for count in 0...9 {
            let digits = latin1(String("918273645".prefix(count)))
            // Digits and others behind the number do not matter.
            for tail in ["", "7777777", "        ", "\u{FF}\u{FF}\u{FF}\u{FF}\u{FF}\u{FF}\u{FF}\u{FF}"] {
                let word = ByteScan.word((digits + latin1(tail)).span, 0)
                #expect(ASCII.decimal(word, count: count) == (count < 9 ? UInt64(text(digits)) : nil))
            }
            for place in 0..<min(count, 8) {
                for byte in UInt8.min...UInt8.max where !ASCII.isDigit(byte) {
                    var changed = digits
                    changed[place] = byte
                    #expect(ASCII.decimal(ByteScan.word(changed.span, 0), count: count) == nil, "\(byte) at \(place)")
                }
            }
        }
        #expect(ASCII.decimal(0, count: -1) == nil)
    }

    @Test func everyByteIsComparedInAnyCaseAtEveryPlace() {
        func isSame(_ bytes: [UInt8], _ text: StaticString) -> Bool {
            // In the middle of others, and alone.
            let amid = [0x41] + bytes + [0x42, 0x43, 0x44, 0x45, 0x46, 0x47, 0x48, 0x49]
            let isSame = ASCII.equalsIgnoringCase(bytes.span, text)
            #expect(ASCII.equalsIgnoringCase(amid.span, 1..<1 + bytes.count, text) == isSame)
            return isSame
        }
        let texts: [StaticString] = ["a", "z_[", "bearer ", "key-0`{~", "and nine.", "a text of many words"]
        for name in texts {
            let plain = latin1(name.description)
            #expect(isSame(plain, name) && !isSame(plain + [0], name) && !isSame(Array(plain.dropLast()), name))
            for place in plain.indices {
                for byte in UInt8.min...UInt8.max {
                    var changed = plain
                    changed[place] = byte
                    #expect(isSame(changed, name) == (ASCII.lowercased(byte) == plain[place]), "\(byte) at \(place)")
                }
            }
        }
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
