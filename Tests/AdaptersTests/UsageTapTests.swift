import Adapters
import Testing
import Wire

struct UsageTapTests {
    static let start =
        #"{"id":"chatcmpl-1","object":"chat.completion.chunk","created":1700000000,"model":"m","choices":["#

    static func chunk(_ delta: String, finish: String = "null", index: Int = 0, more: String = "") -> String {
        "data: \(start){\"index\":\(index),\"delta\":\(delta),\"logprobs\":null,\"finish_reason\":\(finish)}]\(more)}\n\n"
    }

    static func word(_ text: String) -> String { chunk("{\"content\":\"\(text)\"}") }

    static let usage =
        "data: \(start)],\"usage\":{\"prompt_tokens\":9,\"completion_tokens\":3,\"total_tokens\":12,"
        + "\"prompt_tokens_details\":{\"cached_tokens\":2},\"completion_tokens_details\":{\"reasoning_tokens\":1}}}\n\n"

    static let done = "data: [DONE]\n\n"

    static let ordinary =
        chunk("{\"role\":\"assistant\",\"content\":\"\"}") + word("Hel") + word("lo ") + word("w\\u00f6rld \\\"!\\\"")
        + word("日本") + chunk("{}", finish: "\"stop\"") + usage + done

    typealias Result = StreamReading

    static func run(_ stream: [UInt8], cuts: [Int] = [], strips: Bool = false) -> Result {
        .run(stream, cuts: cuts, strips: strips)
    }

    @Test func anOrdinaryStreamIsRelayedByteForByte() {
        let stream = bytes(Self.ordinary)
        let result = Self.run(stream)
        #expect(result.relayed == stream)
        #expect(result.stops == ["done"])
        #expect(result.end == .complete)
        #expect(result.finish == .stop)
        #expect(
            result.usage
                == Usage(inputTokens: 9, outputTokens: 3, totalTokens: 12, cachedTokens: 2, reasoningTokens: 1))
        #expect(result.eventCount == 7)
        #expect(result.contentEventCount == 4)
        #expect(result.contentBytes == 28)
    }

    @Test func aTapThatBeginsAnewKnowsNothingOfTheStreamBefore() {
        let (first, second) = (bytes(Self.ordinary), bytes(Self.word("a") + Self.done))
        var tap = UsageTap(stripsUsage: true)
        _ = tap.next(in: first.span, from: 0)
        let before = (hasUsage: tap.hasUsage, memory: tap.bytesHeld)
        tap.restart(.chat, stripsUsage: false)
        let (end, memory) = (tap.end(), tap.bytesHeld)
        #expect(before.hasUsage)
        #expect(memory == before.memory)
        #expect(end == .truncated)
        let run = tap.next(in: second.span, from: 0)
        let (hasUsage, eventCount, comparedCount) = (tap.hasUsage, tap.eventCount, tap.comparedCount)
        #expect(run.stop == .done)
        #expect(run.pass == ByteRange(0, second.count))
        #expect(eventCount == 1)
        #expect(comparedCount == 0)
        #expect(!hasUsage)
    }

    @Test func theUsageEventOnlyWeAskedForIsTakenOut() {
        let result = Self.run(bytes(Self.ordinary), strips: true)
        #expect(text(result.relayed.span) == Self.ordinary.replacing(Self.usage, with: ""))
        #expect(result.stops == ["stripped", "done"])
        #expect(result.usage.inputTokens == 9)
    }

    @Test func usageBesideAChoiceIsNotTakenOut() {
        let stream =
            Self.word("a") + Self.chunk("{}", finish: "\"length\"", more: #","usage":{"prompt_tokens":1}"#) + Self.done
        let result = Self.run(bytes(stream), strips: true)
        #expect(text(result.relayed.span) == stream)
        #expect(result.usage.inputTokens == 1)
        #expect(result.finish == .length)
    }

    @Test func aStreamCutAtEveryByteGivesTheSame() {
        let streams = [
            Self.ordinary, ": hello\n\n" + Self.ordinary.replacing("\n\n", with: "\r\n\r\n"),
            "event: x\n\n" + Self.word("a") + "data: {\n\ndata: {\"error\":{}}\n\n" + Self.done,
            Self.word("a") + "data: {\"choices\":[],\ndata: \"x\":1}\n\n" + Self.done + "data: behind\n\n",
            "data:" + Self.word("no blank").dropFirst(6) + Self.usage + Self.done,
        ]
        for stream in streams.map(bytes) {
            for strips in [false, true] {
                var whole = Self.run(stream, strips: strips)
                whole.contentRunCount = 0
                for cut in 0...stream.count {
                    var result = Self.run(stream, cuts: [cut], strips: strips)
                    result.contentRunCount = 0
                    #expect(result == whole, "cut at \(cut)")
                }
                var result = Self.run(stream, cuts: Array(0...stream.count), strips: strips)
                result.contentRunCount = 0
                #expect(result == whole, "one byte at a time")
            }
        }
    }

    @Test(arguments: [
        ("{\"role\":\"assistant\"}", false), ("{\"role\":\"assistant\",\"content\":\"\"}", false),
        ("{\"role\":\"assistant\",\"content\":null,\"refusal\":null}", false), ("{}", false),
        ("{\"content\":\"a\"}", true), ("{\"refusal\":\"I\"}", true), ("{\"reasoning_content\":\"hm\"}", true),
        ("{\"reasoning\":\"hm\",\"content\":null}", true), ("{\"tool_calls\":[]}", false),
        ("{\"tool_calls\":[{\"index\":0,\"id\":\"c\",\"function\":{\"name\":\"f\",\"arguments\":\"\"}}]}", true),
        ("{\"function_call\":{\"name\":\"f\",\"arguments\":\"\"}}", true), ("{\"audio\":{\"data\":\"AA\"}}", true),
        ("{\"annotations\":[]}", false),
    ])
    func onlyContentOpensTheGate(delta: String, isContent: Bool) {
        // Once as the first of its kind, which is read, and once more, which may be compared.
        for stream in [Self.chunk(delta), Self.chunk(delta) + Self.chunk(delta), Self.word("") + Self.chunk(delta)] {
            let result = Self.run(bytes(stream))
            #expect(result.contentRunCount == (isContent ? 1 : 0))
            #expect(result.relayed == bytes(stream))
        }
        let twice = Self.run(bytes(Self.chunk(delta) + Self.chunk(delta)))
        #expect(twice.contentEventCount == (isContent ? 2 : 0))
    }

    @Test func textCompletionsHaveContentToo() {
        let stream = #"data: {"choices":[{"index":0,"text":"a","finish_reason":null}]}"# + "\n\n"
        #expect(Self.run(bytes(stream)).contentEventCount == 1)
    }

    @Test(arguments: [
        "data: {\"choices\":[{\"delta\":{\"content\":\"half\n\n", "data: \n\n", "data\n\n", "data: [DON\n\n",
        "data: {}x\n\n",
        "data: \"x\"\n\n", "data: null\n\n", "data: {\"a\":\"\u{1}\"}\n\n", "data: {\"a\":tru}\n\n",
    ])
    func whatIsNoJSONObjectDoesNotReachTheClient(event: String) {
        for before in ["", Self.word("a")] {
            let result = Self.run(bytes(before + event + Self.word("b")))
            #expect(result.stops == ["malformed " + event])
            #expect(text(result.relayed.span) == before + Self.word("b"))
        }
    }

    @Test func anEventThatWouldOnlyBreakInsideTheComparedStringIsFound() {
        let good = Self.word("good")
        for bad in ["a\\x", "a\u{2}", "\\u12", "a\\"] {
            #expect(Self.run(bytes(good + Self.word(bad))).stops.count == 1, "\(bad)")
        }
        var invalid = bytes(good)
        for tail in [[0xFF], [0xC3, 0x28], [0xED, 0xA0, 0x80], [0xF5, 0x80, 0x80, 0x80], [0xE2, 0x82]] as [[UInt8]] {
            var event = bytes(Self.word("@"))
            let at = event.lastIndex(of: UInt8(ascii: "@"))!
            event.replaceSubrange(at...at, with: tail)
            invalid = bytes(good) + event
            let result = Self.run(invalid)
            #expect(result.stops.count == 1)
            #expect(result.relayed == bytes(good))
        }
    }

    @Test func anErrorObjectIsAFailure() {
        let event = "data: {\"error\":{\"message\":\"overloaded\"}}\n\n"
        #expect(Self.run(bytes(event)).stops == ["failure " + event])
        let result = Self.run(bytes(Self.word("a") + event))
        #expect(text(result.relayed.span) == Self.word("a"))
        #expect(result.stops == ["failure " + event])
        #expect(Self.run(bytes("data: {\"error\":null,\"choices\":[]}\n\n")).stops.isEmpty)
    }

    @Test func howAStreamEndedIsKnown() {
        #expect(Self.run(bytes(Self.ordinary)).end == .complete)
        #expect(Self.run(bytes(Self.word("a"))).end == .truncated)
        #expect(Self.run([]).end == .truncated)
        #expect(Self.run(bytes(Self.word("a") + Self.chunk("{}", finish: "\"stop\""))).end == .unterminated)
    }

    @Test func nothingBehindTheTerminatorIsRelayed() {
        let result = Self.run(bytes(Self.ordinary + Self.word("more") + "data: {broken"))
        #expect(text(result.relayed.span) == Self.ordinary)
    }

    @Test func toolArgumentsInPiecesAreCompared() {
        func piece(_ text: String) -> String {
            Self.chunk("{\"tool_calls\":[{\"index\":0,\"function\":{\"arguments\":\"\(text)\"}}]}")
        }
        let stream = piece("{\\\"ci") + piece("ty\\\":") + piece("\\\"Rome\\\"}") + piece("")
        var tap = UsageTap(stripsUsage: false)
        let all = bytes(stream)
        let run = tap.next(in: all.span, from: 0)
        #expect(run.pass == ByteRange(0, all.count))
        let (compared, content) = (tap.comparedCount, tap.contentEventCount)
        #expect(compared == 3)
        #expect(content == 4)
    }

    @Test func paddingIsNoContentAndStillCompared() {
        func padded(_ text: String, _ padding: String) -> String {
            Self.chunk("{\"content\":\"\(text)\"}", more: ",\"obfuscation\":\"\(padding)\"")
        }
        var tap = UsageTap(stripsUsage: false)
        let all = bytes(padded("a", "xyz") + padded("bc", "") + padded("", "q"))
        #expect(tap.next(in: all.span, from: 0).pass.count == all.count)
        let (compared, content, count) = (tap.comparedCount, tap.contentBytes, tap.contentEventCount)
        #expect(compared == 2)
        #expect(content == 3)
        #expect(count == 2)
    }

    @Test func theTapHoldsLittle() {
        var tap = UsageTap(stripsUsage: false)
        let long = String(repeating: "a", count: 100_000)
        let all = bytes(
            Self.word(long) + Self.word("a") + Self.word(String(repeating: "b", count: 300)) + Self.word("c"))
        #expect(tap.next(in: all.span, from: 0).pass.count == all.count)
        let held = tap.bytesHeld
        #expect(held <= 512)
        #expect(MemoryLayout<UsageTap>.size <= 320)
    }

    // MARK: Against reading every event wholly

    static func slowly(_ stream: [UInt8], strips: Bool) -> Result { .slowly(stream, strips: strips) }

    /// Events of all kinds, some of them damaged.
    static func events(_ random: inout SplitMix) -> [[UInt8]] {
        let words = ["a", "", " the", "日本", "\\n", "\\\"", "\\u00e9", "🙂", "x\\\\", "}", "\\\"usage\\\":{"]
        var stream: [[UInt8]] = []
        for _ in 0..<(2 + random.below(6)) {
            let word = words[random.below(words.count)]
            var event: [UInt8]
            switch random.below(12) {
            case 0: event = bytes(Self.chunk("{}", finish: "\"stop\""))
            case 1: event = bytes(Self.usage)
            case 2:
                event = bytes(
                    Self.chunk("{\"tool_calls\":[{\"index\":0,\"function\":{\"arguments\":\"\(word)\"}}]}"))
            case 3: event = bytes(Self.chunk("{\"content\":\"\(word)\"}", more: ",\"obfuscation\":\"\(word)\""))
            case 4:
                event = bytes(
                    Self.chunk("{\"content\":\"\(word)\",\"reasoning\":\"\(word)\"}", index: random.below(2)))
            case 5: event = bytes("data: {\"error\":{}}\n\n")
            default: event = bytes(Self.word(word))
            }
            // Some events are damaged: one byte changed, dropped or added.
            if random.below(3) == 0 {
                let at = 6 + random.below(event.count - 8)
                switch random.below(3) {
                case 0: event[at] = UInt8(truncatingIfNeeded: random.next())
                case 1: event.remove(at: at)
                default: event.insert(bytes("\"\\{}[],:\n x")[random.below(11)], at: at)
                }
            }
            stream.append(event)
        }
        return stream
    }

    @Test func comparingGivesWhatReadingGives() {
        let seed = UInt64.random(in: 0...UInt64.max)
        var random = SplitMix(seed: seed)
        for round in 0..<3_000 {
            let stream = Array(Self.events(&random).joined())
            let strips = random.below(2) == 0
            var fast = Self.run(stream, cuts: [random.below(stream.count)], strips: strips)
            fast.contentRunCount = 0
            #expect(fast == Self.slowly(stream, strips: strips), "seed \(seed), round \(round)")
        }
    }

    @Test func anyBytesGiveAVerdict() {
        let seed = UInt64.random(in: 0...UInt64.max)
        var random = SplitMix(seed: seed)
        let alphabet = bytes("data: \n\r{}[]\"\\,:u0e1 choices delta content usage error DONE")
        for round in 0..<5_000 {
            let stream = (0..<random.below(120)).map { _ in alphabet[random.below(alphabet.count)] }
            var fast = Self.run(stream, cuts: [random.below(stream.count + 1)])
            fast.contentRunCount = 0
            var slow = Self.slowly(stream, strips: false)
            // Cut behind a carriage return that ends an event, its line feed counts to the next one, which here may never end.
            if slow.relayed.suffix(2) == [13, 10], fast.relayed == slow.relayed.dropLast() {
                slow.relayed.removeLast()
            }
            #expect(fast == slow, "seed \(seed), round \(round)")
        }
    }
}
