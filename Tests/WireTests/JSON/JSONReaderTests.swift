import Testing
import Wire

struct JSONReaderTests {
    /// Walks into every container down to `levels` and skips what lies deeper.
    private static func walk(_ bytes: Span<UInt8>, levels: Int, depthMax: Int = 128) throws(JSONFault) -> Int {
        var reader = JSONReader(depthMax: depthMax)
        let count = try walkValue(&reader, bytes, levels)
        try reader.finish(in: bytes)
        return count
    }

    private static func walkValue(
        _ reader: inout JSONReader, _ bytes: Span<UInt8>, _ levels: Int
    ) throws(JSONFault) -> Int {
        var count = 0
        switch reader.nextKind(in: bytes) {
        case .object where levels > 0:
            try reader.enter(in: bytes)
            while try reader.nextMember(in: bytes) != nil { count += 1 + (try walkValue(&reader, bytes, levels - 1)) }
        case .array where levels > 0:
            try reader.enter(in: bytes)
            while try reader.nextElement(in: bytes) { count += 1 + (try walkValue(&reader, bytes, levels - 1)) }
        default:
            try reader.skip(in: bytes)
        }
        return count
    }

    @Test func walkingFindsWhatIsThere() throws {
        let text = Array(#" { "a" : [ 1 , {"b":2} , [] , {} ] , "c\n" : "d" } "#.utf8)
        #expect(try Self.walk(text.span, levels: 9) == 7)
        var reader = JSONReader()
        try reader.enter(in: text.span)
        let first = try reader.nextMember(in: text.span)
        #expect(first?.kind == .array)
        #expect(first?.isNameEscaped == false)
        let value = try reader.skip(in: text.span)
        #expect(text[value.range.lowerBound] == UInt8(ascii: "["))
        #expect(text[value.range.upperBound - 1] == UInt8(ascii: "]"))
        let second = try reader.nextMember(in: text.span)
        #expect(second?.isNameEscaped == true)
        try reader.skip(in: text.span)
        #expect(try reader.nextMember(in: text.span) == nil)
        try reader.finish(in: text.span)
        #expect(reader.offset == text.count)
    }

    @Test func theBoundOnDepthHoldsAcrossEnteredAndSkippedLevels() throws {
        let text = Array("[[[[1]]]]".utf8)
        for levels in 0...5 {
            #expect(try Self.walk(text.span, levels: levels, depthMax: 4) == min(levels, 4))
            #expect(throws: JSONFault.self) { try Self.walk(text.span, levels: levels, depthMax: 3) }
        }
    }

    @Test func walkingAndValidatingAgreeOnEveryText() {
        let seed = UInt64.random(in: 0...UInt64.max)
        var state = seed
        func random(_ bound: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int((state >> 33) % UInt64(bound))
        }
        let texts = [
            #"{"a":[1,-2.5e3,true,null,{"b":"\u00e9\n"}],"c":{},"d":[]}"#, #"[[],{},[{"x":[0]}],"é"]"#, "\"s\"", " 7 ",
            // Names and strings around the lengths that are found at once, in texts long enough for that.
            #"{"created":1700000000,"a name of fifteen":0,"sixteen bytes ..":12345678,"x":"sixteen bytes ..","more than thirty-one bytes of name":"#
                + #"{"usage":null,"false":false,"0":-0.5,"1234567":1234567,"exp":1e7,"": ""},"more":"éééééééééé\n\\ and on"}"#,
            "{\n  \"id\": \"chatcmpl-1\",\r\n\t\"list\": [ 1, 22, 333, [ { \"deep\": { } } ] ] ,\n    \"last\" :\"x\"\n}\n    ",
        ]
        let noise = Array("{}[]\",:\\0e-. \u{1}".utf8)
        for round in 0..<20_000 {
            var text = Array(texts[random(texts.count)].utf8)
            for _ in 0..<random(4) {
                let at = random(text.count)
                switch random(3) {
                case 0: text[at] = noise[random(noise.count)]
                case 1: text.insert(noise[random(noise.count)], at: at)
                default: if text.count > 1 { text.remove(at: at) }
                }
            }
            var expected: JSONFault?
            do throws(JSONFault) {
                // Byte by byte: the slow way that everything else must agree with.
                var validator = JSONValidator()
                try validator.feed(text.span)
                try validator.finish()
            } catch { expected = error }
            var whole: JSONFault?
            do throws(JSONFault) { try JSONScan.validate(text.span) } catch { whole = error }
            #expect(whole == expected, "seed \(seed), round \(round): \(String(decoding: text, as: UTF8.self))")
            for levels in [0, 1, 2, 9] {
                var fault: JSONFault?
                do throws(JSONFault) { _ = try Self.walk(text.span, levels: levels) } catch { fault = error }
                #expect(
                    fault == expected,
                    "seed \(seed), round \(round), levels \(levels): \(String(decoding: text, as: UTF8.self))")
            }
        }
    }

    @Test func textsNestedBeyondOneWordAgree() {
        let seed = UInt64.random(in: 0...UInt64.max)
        var random = Seeded(seed)
        for round in 0..<2_000 {
            var (opening, closing) = ("", "")
            for _ in 0..<(50 + random.below(82)) {
                let isObject = random.below(2) == 0
                opening += isObject ? #"{"a":"# : "["
                closing = (isObject ? "}" : "]") + closing
                if random.below(8) == 0 { opening += isObject ? #"1,"b":"# : "[],{}," }
            }
            var text = Array((opening + (random.below(2) == 0 ? "0" : "{}") + closing).utf8)
            if random.below(2) == 0 { text[random.below(text.count)] = Array("{}[],:\"0".utf8)[random.below(8)] }
            let depthMax = [61, 62, 63, 64, 100, 123, 124, 125, 126, 128][random.below(10)]
            var expected: JSONFault?
            do throws(JSONFault) {
                var validator = JSONValidator(depthMax: depthMax)
                try validator.feed(text.span)
                try validator.finish()
            } catch { expected = error }
            var fault: JSONFault?
            do throws(JSONFault) { try JSONScan.validate(text.span, depthMax: depthMax) } catch { fault = error }
            #expect(fault == expected, "seed \(seed), round \(round), \(depthMax) levels")
            for levels in [1, 60, 70] {
                var fault: JSONFault?
                do throws(JSONFault) { _ = try Self.walk(text.span, levels: levels, depthMax: depthMax) } catch {
                    fault = error
                }
                #expect(fault == expected, "seed \(seed), round \(round), \(depthMax) levels, walking \(levels)")
            }
        }
    }

    @Test func aNameIsItselfAndNoOther() throws {
        let names: [StaticString] = [
            "", "n", "user", "created", "messages", "obfuscation", "finish_reason", "service_tier_max",
            "completion_tokens", "prompt_tokens_details", "prompt_cache_hit_tokens.", "completion_tokens_details",
            "a name of thirty-three bytes, yes", "and one that is far longer than any word that is compared",
        ]
        for name in names {
            let plain = Array(name.description.utf8)
            // At the end of the text, and far from it.
            for tail in [":0}", ":0,\"and more of it\":[1,2,3,4,5,6,7,8]}"] {
                let text = Array("{\"".utf8) + plain + Array(("\"" + tail).utf8)
                var reader = JSONReader()
                try reader.enter(in: text.span)
                let member = try #require(try reader.nextMember(in: text.span))
                for other in names {
                    let isTaken = JSONScan.isName(of: member, other, in: text.span)
                    #expect(isTaken == (name.description == other.description), "\(name), \(other)")
                }
                for place in plain.indices {
                    var changed = text
                    changed[place + 2] ^= 1
                    let isTaken = JSONScan.isName(of: member, name, in: changed.span)
                    #expect(!isTaken, "\(name) changed at \(place)")
                }
            }
        }
    }

    @Test func aStringEndsAtItsQuoteOrNot() throws {
        let text = Array(#"abc\"é" tail"#.utf8)
        #expect(try JSONScan.stringEnd(text.span, from: 0) == 7)
        let ends = [0, 8, -1].map { JSONScan.stringEnd(orNone: text.span, from: $0) }
        #expect(ends == [7, -1, -1])
        #expect(throws: JSONFault.self) { try JSONScan.stringEnd(text.span, from: 8) }
        #expect(throws: JSONFault.self) { try JSONScan.stringEnd(text.span, from: text.count) }
    }

    @Test func twoSpansAreComparedWithinTheirBounds() {
        let one = Array("hello world".utf8)
        let two = Array("say hello".utf8)
        func same(_ from: Int, _ other: Int, _ count: Int) -> Bool {
            ByteScan.equals(one.span, from: from, two.span, from: other, count: count)
        }
        #expect(same(0, 4, 5))
        #expect(!same(1, 4, 5))
        #expect(!same(0, 4, 6))
        #expect(!same(-1, 4, 1))
        #expect(!same(0, 0, -1))
        #expect(same(11, 9, 0))
    }
}
