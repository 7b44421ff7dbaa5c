import Testing
import Wire

struct JSONValidatorTests {
    private static let texts = [
        #" {"a":[1,-2.5e+3,0,"x\n\u00e9é你😀",true,false,null,{},[]],"b" : {"c":""}} "#,
        "[1,2", "[1,2}", "tru", "truex", "-", "-0", "1.5e", "1.5e7", "\"\\ud83d\\ude00\"", "\"\u{1}\"", "\"\\q\"",
        "{\"a\"}", "{,}",
        "[[[[]]]]", "nul", "", "  ", "1 2", "0", "00", "{\"a\":1,}", "12 ",
    ]

    @Test(arguments: texts)
    func theVerdictIsThatOfTheWholeHoweverCut(text: String) {
        let bytes = Array(text.utf8)
        let whole = verdict(bytes)
        #expect(verdict(bytes, cutAt: Array(0...bytes.count)) == whole)
        for cut in 0...bytes.count { #expect(verdict(bytes, cutAt: [cut, bytes.count]) == whole) }
    }

    @Test func completenessIsToldOnTheWay() throws {
        var validator = JSONValidator()
        for (piece, isComplete) in [("{", false), ("}", true), (" ", true)] {
            try validator.feed(latin1(piece).span)
            #expect(validator.isComplete == isComplete)
        }
        try validator.finish()
    }

    @Test func depthIsBounded() {
        var validator = JSONValidator(depthMax: 2)
        #expect(throws: JSONFault(position: 2, reason: .tooDeep)) { try validator.feed(latin1("[[[").span) }
    }

    @Test func mutatedTextsMeetTheSameVerdictHoweverCut() {
        let seed = UInt64.random(in: 0...UInt64.max)
        print("mutatedTexts: seed \(seed)")
        var random = Seeded(seed)
        let odd = Array("{}[]\",:\\ \n\u{1}0-.eEtfnu😀".utf8)
        for _ in 0..<600 {
            var bytes = Array(Self.texts[random.below(3)].utf8)
            for _ in 0...random.below(3) {
                let at = random.below(bytes.count)
                switch random.below(3) {
                case 0: bytes[at] = odd[random.below(odd.count)]
                case 1 where bytes.count > 1: bytes.remove(at: at)
                default: bytes.insert(odd[random.below(odd.count)], at: at)
                }
            }
            fuzzJSON(bytes)
        }
    }
}
