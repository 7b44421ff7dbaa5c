import Testing
import Wire

@testable import Adapters

/// The estimate against what OpenAI's `o200k_base` makes of the samples (`bpe-openai` 0.1.4). See Tests/Tokens.
struct TokenCountTests {
    static let samples: [(name: String, tokens: Int)] = [
        ("english", 245), ("code", 392), ("json", 451), ("html", 464), ("chinese", 270), ("russian", 285),
        ("arabic", 284), ("hindi", 294),
    ]

    /// How far the estimate of a sample is off, as a part of what it should be.
    static func error(_ sample: (name: String, tokens: Int)) throws -> Double {
        let text = try #require(Fixture.read("tokens/\(sample.name).txt"))
        let estimate = tokens(bytes(written { JSONWriter.escape(text.span, into: &$0) }))
        #expect(tokens(bytes(escaped(String(decoding: text, as: UTF8.self)))) == estimate)
        return abs(Double(estimate) / Double(sample.tokens) - 1)
    }

    static func tokens(_ raw: [UInt8]) -> Int {
        var count = TokenCount()
        count.add(raw.span)
        return count.tokens
    }

    /// The inside of a JSON string in which all but ASCII is escaped, as Python's `json` writes it.
    static func escaped(_ text: String) -> String {
        var result = ""
        for unit in text.utf16 {
            switch unit {
            case 0x0A: result += #"\n"#
            case 0x22: result += #"\""#
            case 0x5C: result += #"\\"#
            case 0..<0x80: result.unicodeScalars.append(Unicode.Scalar(UInt8(unit)))
            default:
                let hex = String(unit, radix: 16)
                result += #"\u"# + String(repeating: "0", count: 4 - hex.count) + hex
            }
        }
        return result
    }

    @Test(arguments: samples)
    func noSampleIsFarOff(sample: (name: String, tokens: Int)) throws {
        let error = try Self.error(sample)
        #expect(error <= 0.1, "\(sample.name) is off by \(error)")
    }

    /// Eight bytes at once, the last few, and those behind an escape are counted alike.
    @Test func aTextCountsTheSameHoweverItIsWritten() {
        let text = Array("What is a gateway, in 2 lines? And 1234 more WORDS_of it.".utf8)
        for length in 0...text.count {
            let plain = text[..<length]
            let escaped = plain.flatMap { Array((#"\u00"# + String($0, radix: 16)).utf8) }
            #expect(Self.tokens(Array(plain)) == Self.tokens(escaped), "\(length) bytes")
            for place in 0..<length {
                let escape = Array((#"\u00"# + String(text[place], radix: 16)).utf8)
                #expect(Self.tokens(plain[..<place] + escape + plain[(place + 1)...]) == Self.tokens(Array(plain)))
            }
        }
    }

    @Test func theMeanErrorIsWithinItsBound() throws {
        let errors = try Self.samples.map { try Self.error($0) }
        #expect(errors.prefix(4).reduce(0, +) / 4 <= 0.06)
        #expect(errors.suffix(4).reduce(0, +) / 4 <= 0.15)
    }

    /// Of a long prompt an eighth is counted: as one text, and as many.
    @Test(arguments: [1_500, 300_000]) func aLongPromptIsEstimatedFromPartOfIt(textBytes: Int) throws {
        let seed = UInt64.random(in: 0...UInt64.max)
        var random = SplitMix(seed: seed)
        let samples = try Self.samples.map { try #require(Fixture.read("tokens/\($0.name).txt")) }
        var whole = 0
        var sampled = TokenCount()
        var text: [UInt8] = []
        for _ in 0..<300 {
            let sample = samples[random.below(samples.count)]
            let piece = bytes(written { JSONWriter.escape(sample.span, into: &$0) })
            whole += Self.tokens(piece)
            text += piece
            if text.count < textBytes { continue }
            sampled.add(text.span)
            text = []
        }
        sampled.add(text.span)
        let error = abs(Double(sampled.tokens) / Double(whole) - 1)
        #expect(error <= 0.06, "off by \(error), seed \(seed)")
    }

    @Test func nothingIsNoToken() { #expect(Self.tokens([]) == 0) }

    @Test func anyBytesCount() {
        var random = SplitMix(seed: 4_711)
        for length in 0..<200 {
            let noise = (0..<length).map { _ in UInt8(truncatingIfNeeded: random.next()) }
            #expect(Self.tokens(noise) <= length * 2)
        }
        for cut in [#"\"#, #"\u"#, #"\u00"#, #"\ud83d"#] { #expect(Self.tokens(bytes(cut)) <= 3) }
    }
}
