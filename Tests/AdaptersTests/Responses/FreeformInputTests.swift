import Testing
import Wire

@testable import Adapters

struct FreeformInputTests {
    /// Arguments as they are, and the text in them: both as the insides of JSON strings.
    static let cases: [(arguments: String, text: String)] = [
        (#"{"input":"*** Begin Patch\n+\"a\"\\b\n"}"#, #"*** Begin Patch\n+\"a\"\\b\n"#),
        (#" { "input" : "a" , "other" : "b" } "#, "a"),
        (#"{"patch":"renamed"}"#, "renamed"),
        (#"{"n":1,"flag":true,"list":["x",{"y":"]\"}"}],"input":"behind"}"#, "behind"),
        (#"{"na\"me":"a"}"#, "a"),
        ("{}", ""),
        ("", ""),
        (#"{"input":{"a":"b"}}"#, ""),
        (#"{"input":"cut off"#, "cut off"),
        (#"{"input":"cut off\"#, "cut off"),
        (#"{"input":"cut off\u00"#, "cut off"),
        (#""only a string""#, "only a string"),
        ("*** Begin Patch\nas it is", #"*** Begin Patch\nas it is"#),
        (#"{"input":"\u00e9\uD83D\uDE00é😀"}"#, #"\u00e9\uD83D\uDE00é😀"#),
        (#"{"input":"\d\ue00 \uXY"}"#, #"\\d\\ue00 \\uXY"#),
        ("{\"input\":\"raw\nline\ttab\u{1}\"}", #"raw\nline\ttab\u0001"#),
        (#"{"input":"\/\b\f\r\t"}"#, #"\/\b\f\r\t"#),
    ]

    @Test(arguments: cases.indices)
    func theTextComesOutOfItsWrapping(index: Int) {
        let (arguments, expected) = Self.cases[index]
        for spelling in spellings(of: arguments) {
            #expect(meant(read([spelling.joined()])) == meant(expected), "\(arguments)")
            #expect(meant(read(spelling)) == meant(expected), "\(arguments) in pieces")
        }
        let result = "\"" + expected + "\""
        #expect((try? JSONScan.validate(bytes(result).span)) != nil, "\(result)")
    }

    @Test func anythingGivesTheInsideOfAString() {
        var random = SplitMix(seed: 0x5EED_0012)
        let pieces = [
            "{", "}", "\\\"", "\\\\", "\\n", "\\u0022", "\\u005c", "\\ud83d", "u", "0", "a", ":", ",", "[", "]", " ",
            "é",
        ]
        for _ in 0..<1000 {
            let arguments = (0..<random.below(24)).map { _ in pieces[random.below(pieces.count)] }
            let whole = read([arguments.joined()])
            #expect(read(arguments) == whole, "\(arguments)")
            #expect((try? JSONScan.validate(bytes("\"" + whole + "\"").span)) != nil, "\(arguments): \(whole)")
        }
    }

    /// Each piece gives the inside of a string, too.
    private func read(_ pieces: [String]) -> String {
        var input = FreeformInput()
        return written { out in
            for piece in pieces {
                let start = out.count
                input.take(bytes(piece).span, into: &out)
                let delta = "\"" + text(out.bytes.extracting(start..<out.count)) + "\""
                #expect((try? JSONScan.validate(bytes(delta).span)) != nil, "\(pieces): \(delta)")
            }
        }
    }

    private func meant(_ raw: String) -> String? {
        let value = bytes("\"" + raw + "\"")
        return JSONScan.string(value.span, ByteRange(0, value.count))
    }

    /// The arguments as the inside of a string, one character or escape a piece: escaped as little and as much as can be.
    private func spellings(of arguments: String) -> [[String]] {
        let short = arguments.unicodeScalars.map { scalar in
            written { JSONWriter.escape(bytes(String(scalar)).span, into: &$0) }
        }
        let long = arguments.unicodeScalars.map { scalar in
            guard scalar.value < 0x80 else { return String(scalar) }
            let hex = String(scalar.value, radix: 16)
            return "\\u" + String(repeating: "0", count: 4 - hex.count) + hex
        }
        return [short, long]
    }
}
