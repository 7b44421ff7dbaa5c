import Testing

@testable import Wire

/// Members that nobody wants are stepped over, and judged as if they were not.
struct JSONNamesTests {
    private struct Walk: Equatable {
        var members: [JSONMember] = []
        var values: [ByteRange] = []
        var fault: JSONFault?
    }

    private static func walk(_ text: [UInt8], _ wanted: JSONNames) -> Walk {
        var walk = Walk()
        do throws(JSONFault) {
            var reader = JSONReader()
            try reader.enter(in: text.span)
            while let member = try reader.nextMember(in: text.span, wanted: wanted) {
                walk.members.append(member)
                walk.values.append(try reader.skip(in: text.span))
            }
            try reader.finish(in: text.span)
        } catch { walk.fault = error }
        return walk
    }

    private static let texts = [
        #"{"id":"x","model":"m","created":1700000000,"choices":[{"index":0}],"usage":{},"a name that is long":null,"#
            + #""m\u006fdel":1}"#,
        #"{ "model" : "m" , "other" : { "a" : [ 1 , 2 ] } , "usage" : true }"#, "{}", #"{"x":1}"#,
        #"{"usage":1,"usage":2}"#,
    ]

    @Test func theWantedAreGivenAndTheOthersJudged() {
        for text in Self.texts {
            let text = latin1(text)
            for wanted: JSONNames in ["model" | "usage", "choices", "a name that is long"] {
                // At every cut, and with every byte changed.
                for length in 0...text.count { Self.compare(Array(text[..<length]), wanted) }
                for place in text.indices {
                    for byte in [UInt8](latin1("{}[]\",:\\0e \u{1}\u{C3}")) {
                        var changed = text
                        changed[place] = byte
                        Self.compare(changed, wanted)
                    }
                }
            }
        }
    }

    private static func compare(_ bytes: [UInt8], _ wanted: JSONNames) {
        let all = walk(bytes, .any)
        let some = walk(bytes, wanted)
        #expect(some.fault == all.fault, "\(text(bytes))")
        let expected = zip(all.members, all.values).filter { member, _ in
            member.isNameEscaped || wanted.mayHold(count: member.name.count)
        }
        #expect(some.members.prefix(expected.count) == expected.map(\.0)[...], "\(text(bytes))")
        #expect(some.values.prefix(expected.count) == expected.map(\.1)[...], "\(text(bytes))")
        // A member whose value is at fault is given by who wants it only.
        #expect(some.members.count - expected.count <= (all.fault == nil ? 0 : 1))
    }

    @Test func aSetOfNamesTellsOfNoneOfThemThatItIsAnother() {
        let names: JSONNames = "" | "usage" | "choices"
        for count in 0..<64 { #expect(names.mayHold(count: count) == [0, 5, 7].contains(count)) }
        #expect((0..<200).allSatisfy { JSONNames.any.mayHold(count: $0) })
    }

    @Test func numbersOfAllLengthsAreJudgedAsByteByByte() {
        for digits in 1...20 {
            let plain = latin1(String("12345678901234567890".prefix(digits)))
            var numbers = [plain]
            for place in 0...digits {
                for byte in latin1("0.eE-+a ,\u{1}\u{80}") {
                    numbers.append(Array(plain[..<place]) + [byte] + Array(plain[place...]))
                    if place < digits { numbers.append(Array(plain[..<place]) + [byte] + Array(plain[(place + 1)...])) }
                }
            }
            for number in numbers {
                for tail in ["}", #","b":"and twenty-four bytes more"}"#] {
                    let bytes = latin1(#"{"a":"#) + number + latin1(tail)
                    var expected: JSONFault?
                    do throws(JSONFault) {
                        var validator = JSONValidator()
                        try validator.feed(bytes.span)
                        try validator.finish()
                    } catch { expected = error }
                    for wanted: JSONNames in [.any, "none has thirty-one bytes, I say"] {
                        #expect(Self.walk(bytes, wanted).fault == expected, "\(text(bytes))")
                    }
                }
            }
        }
    }

    @Test func aStringEndsWhereItEndsBlockByBlock() {
        for length in 0..<80 {
            for place in 0...length {
                for stop in [[UInt8(0x22)], [0x5C, 0x22], [0xC3, 0xA9], [0x01], [0x80]] {
                    let behind = [UInt8](repeating: 0x62, count: length - place)
                    let bytes = [UInt8](repeating: 0x61, count: place) + stop + behind
                    for bytes in [bytes, bytes + [0x22], bytes + [0x22, 0x2C] + bytes] {
                        let slow = try? JSONScan.stringEnd(bytes.span, from: 0)
                        #expect(JSONScan.stringEnd(orNone: bytes.span, from: 0) == slow ?? -1, "\(bytes)")
                    }
                }
            }
        }
    }

    @Test func aStringIsWhatItMeansWhereverItsEscapesStand() {
        func means(_ inside: String, _ text: StaticString) -> Bool {
            let bytes = Array("\"\(inside)\"".utf8)
            return JSONScan.equals(bytes.span, ByteRange(0, bytes.count), text)
        }
        for spelt in ["stop", #"\u0073top"#, #"s\u0074op"#, #"sto\u0070"#, #"\u0073\u0074\u006f\u0070"#] {
            #expect(means(spelt, "stop"), "\(spelt)")
        }
        for spelt in ["", "sto", "stopp", "length", #"\u0074top"#, #"sto\u0070s"#, #"ſtop"#] {
            #expect(!means(spelt, "stop"), "\(spelt)")
        }
        #expect(means("", "") && !means("a", "") && !means(#"\n"#, ""))
    }
}
