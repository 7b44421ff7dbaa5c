import Adapters
import Testing
import Wire

/// One input per case and wire, one expectation per dialect of a client.
struct TranslatedStreamTests {
    struct Case: CustomTestStringConvertible, Sendable {
        let translation: Translation
        let name: String
        /// Of the file that holds what the client gets.
        let expected: String
        var testDescription: String { "\(translation) \(name)" }

        var stream: [UInt8] { Fixture.read("streams/\(name).sse") ?? [] }
    }

    /// Every stream of a wire, for every client of another.
    static let cases =
        GoldenTests.streams.map { Case(translation: .messagesToChat, name: $0, expected: "streams/\($0).messages.sse") }
        + Fixture.names(in: "streams/messages", ending: ".sse").filter { !$0.contains(".") }.map {
            Case(translation: .chatToMessages, name: "messages/\($0)", expected: "streams/messages/\($0).chat.sse")
        }

    @Test func thereAreFixtures() {
        #expect(Self.cases.filter { $0.translation == .messagesToChat }.count >= 20)
        #expect(Self.cases.filter { $0.translation == .chatToMessages }.count >= 15)
    }

    @Test(arguments: cases)
    func aStreamReachesTheClientInItsOwnWords(example: Case) throws {
        let result = TranslatedStream.run(example.stream, TranslatedStream.frame(example.translation))
        Fixture.expect(String(decoding: result.output, as: UTF8.self), is: example.expected)
        let folded = try FoldedAnswer.of(stream: result.output, example.translation)
        #expect((folded.error == nil) == result.isWhole)
    }

    @Test(arguments: cases)
    func aStreamCutAnywhereGivesTheSame(example: Case) {
        let stream = example.stream
        let frame = TranslatedStream.frame(example.translation)
        let whole = TranslatedStream.run(stream, frame)
        // Every byte is cut at, some far from each other at a time.
        let part = stream.count / 6 + 1
        for cut in 0..<part {
            let cuts = stride(from: cut, through: stream.count, by: part).map { $0 }
            #expect(TranslatedStream.run(stream, frame, cuts: cuts) == whole, "cut at \(cuts)")
        }
        #expect(TranslatedStream.run(stream, frame, cuts: Array(0...stream.count)) == whole, "one byte at a time")
    }

    /// There and back again, nothing is lost that both wires have.
    @Test(arguments: cases)
    func whatWasTranslatedReadsBack(example: Case) throws {
        let (there, back) =
            example.translation == .chatToMessages
            ? (Translation.chatToMessages, Translation.messagesToChat) : (.messagesToChat, .chatToMessages)
        let first = TranslatedStream.run(example.stream, TranslatedStream.frame(there))
        let second = TranslatedStream.run(first.output, TranslatedStream.frame(back))
        #expect(second.isWhole == first.isWhole)
        #expect(second.stops.isEmpty == first.isWhole)
        let third = TranslatedStream.run(second.output, TranslatedStream.frame(there))
        guard first.isWhole else { return }
        var (once, twice) = (
            try FoldedAnswer.of(stream: first.output, there), try FoldedAnswer.of(stream: third.output, there)
        )
        // The chat wire does not say which stop sequence it was, and calls a refusal and a filter the same.
        if there == .messagesToChat {
            (once.finish, once.stop) = (once.finish == "stop_sequence" ? "end_turn" : once.finish, "")
        }
        (once.model, twice.model) = ("", "")
        #expect(once == twice)
    }

    @Test func usageIsToldOnlyToThoseWhoAsked() {
        let stream = Fixture.read("streams/messages/text.sse") ?? []
        let asked = TranslatedStream.run(stream, TranslatedStream.frame(.chatToMessages))
        let not = TranslatedStream.run(stream, TranslatedStream.frame(.chatToMessages, includesUsage: false))
        let chunks = text(asked.output.span).split(separator: "\n\n").dropLast()
        #expect(chunks.dropLast().allSatisfy { $0.hasSuffix(",\"usage\":null}") })
        #expect(chunks.last?.contains("\"choices\":[],\"usage\":{") == true)
        #expect(!text(not.output.span).contains("\"usage\""))
        #expect(asked.usage == not.usage)
        #expect(not.usage == Usage(inputTokens: 25, outputTokens: 15, totalTokens: 40))
    }

    @Test func aCutStreamIsBilledForWhatArrived() {
        let stream = Fixture.read("streams/messages/truncated.sse") ?? []
        let result = TranslatedStream.run(stream, TranslatedStream.frame(.chatToMessages))
        #expect(result.end == .truncated)
        #expect(result.usage.inputTokens == 25)
        #expect(result.usage.outputTokens == 1)
        let longer = Fixture.read("streams/messages/usage-at-start-only.sse") ?? []
        let cut = TranslatedStream.run(longer, TranslatedStream.frame(.chatToMessages))
        #expect(cut.usage.inputTokens == 400)
        #expect(cut.usage.outputTokens == 3)
    }

    @Test func thinkingThatNobodySignedIsABlockOfItsOwn() {
        func event(_ json: String) -> String {
            "event: \(json.split(separator: "\"")[3])\ndata: \(json)\n\n"
        }
        let stream =
            event(#"{"type":"message_start","message":{"id":"m","model":"c","usage":{"input_tokens":1}}}"#)
            + event(#"{"type":"content_block_start","index":0,"content_block":{"type":"thinking","thinking":""}}"#)
            + event(#"{"type":"content_block_delta","index":0,"delta":{"type":"thinking_delta","thinking":"Hm"}}"#)
            + event(#"{"type":"content_block_stop","index":0}"#)
            + event(
                #"{"type":"content_block_start","index":1,"content_block":{"type":"redacted_thinking","data":"R"}}"#)
        let result = TranslatedStream.run(bytes(stream), TranslatedStream.frame(.chatToMessages))
        let output = text(result.output.span)
        #expect(output.contains(#"[{"index":0,"type":"thinking","thinking":"Hm"}]"#))
        #expect(output.contains(#"[{"index":1,"type":"redacted_thinking","data":"R"}]"#))
    }

    @Test(arguments: [false, true])
    func callsEndInCallsWhereNoReasonIsGiven(isStream: Bool) {
        let call = #"{"type":"tool_use","id":"c","name":"f","input":{}}"#
        let message = "{\"id\":\"m\",\"type\":\"message\",\"content\":[\(call)]}"
        let events = [
            #"{"type":"message_start","message":{"id":"m","model":"c","usage":{"input_tokens":1}}}"#,
            "{\"type\":\"content_block_start\",\"index\":0,\"content_block\":\(call)}", #"{"type":"message_stop"}"#,
        ]
        let chat = #"{"id":"a","choices":[{"message":{"tool_calls":[{"id":"c","function":{"name":"f"}}]}}]}"#
        if isStream {
            let stream = events.map { "event: x\ndata: \($0)\n\n" }.joined()
            let result = TranslatedStream.run(bytes(stream), TranslatedStream.frame(.chatToMessages))
            #expect(text(result.output.span).contains(#""finish_reason":"tool_calls""#), "\(result)")
        } else {
            let toChat = TranslatedStream.whole(bytes(message), TranslatedStream.frame(.chatToMessages)) ?? []
            #expect(text(toChat.span).contains(#""finish_reason":"tool_calls""#))
            let toMessages = TranslatedStream.whole(bytes(chat), TranslatedStream.frame(.messagesToChat)) ?? []
            #expect(text(toMessages.span).contains(#""stop_reason":"tool_use""#))
        }
    }

    /// A call begins without arguments, however its empty object is spelt.
    @Test(arguments: ["{}", "{ }", "{ \t}", #"{ "x" : 1 }"#])
    func argumentsBehindAnEmptyInputAreTold(input: String) throws {
        let stream = [
            #"{"type":"message_start","message":{"id":"m","model":"c","usage":{"input_tokens":1}}}"#,
            #"{"type":"content_block_start","index":0,"content_block":{"type":"tool_use","id":"c","name":"f","input":\#(input)}}"#,
            #"{"type":"content_block_delta","index":0,"delta":{"type":"input_json_delta","partial_json":"{\"x\" : 1"}}"#,
            #"{"type":"content_block_delta","index":0,"delta":{"type":"input_json_delta","partial_json":" }"}}"#,
            #"{"type":"content_block_stop","index":0}"#, #"{"type":"message_stop"}"#,
        ].map { "data: \($0)\n\n" }.joined()
        let result = TranslatedStream.run(bytes(stream), TranslatedStream.frame(.chatToMessages))
        let folded = try FoldedAnswer.chat(stream: result.output)
        #expect(folded.parts == ["call c f " + (input.contains("x") ? input : #"{"x" : 1 }"#)])
    }

    @Test func nothingIsAddedBehindTheEnd() {
        let stream = Fixture.read("streams/messages/text.sse") ?? []
        let frame = TranslatedStream.frame(.chatToMessages)
        var translator = StreamTranslator(frame)
        var out = ByteBuffer()
        let run = translator.next(in: stream.span, from: 0, into: &out)
        #expect(run.stop == .done)
        #expect(run.hasContent)
        let count = out.count
        let behind = translator.next(in: stream.span, from: 0, into: &out)
        #expect(behind.next == stream.count)
        #expect(behind.stop == .needsMore)
        let end = translator.end(into: &out)
        #expect(end == .complete)
        #expect(out.count == count)
    }

    @Test func aLongModelNameIsNotRepeatedWithEveryWord() {
        let name = String(repeating: "m", count: 5_000)
        let stream = String(decoding: Fixture.read("streams/messages/text.sse") ?? [], as: UTF8.self)
            .replacing("claude-sonnet-4-5-20250929", with: name).replacing("msg_01XFDUDYJgAACzvnptvVoYEL", with: name)
        let result = TranslatedStream.run(bytes(stream), TranslatedStream.frame(.chatToMessages))
        #expect(result.output.count < 5_000)
        #expect(text(result.output.span).contains("\"id\":\"chatcmpl-req_7\""))
    }

    @Test func anyBytesGiveAStreamOrAnError() {
        let seed = UInt64.random(in: 0...UInt64.max)
        // A broken promise ends the process, so the seed is told before.
        print("seed \(seed)")
        var random = SplitMix(seed: seed)
        let inputs = Self.cases.map { $0.stream }
        for _ in 0..<300 {
            var stream = inputs[random.below(inputs.count)]
            // Bytes changed, events taken out, doubled or exchanged.
            for _ in 0..<random.below(4) where !stream.isEmpty {
                stream[random.below(stream.count)] = UInt8(truncatingIfNeeded: random.below(256))
            }
            if random.below(2) == 0 {
                var events = text(stream.span).split(separator: "\n\n").map { "\($0)\n\n" }
                for _ in 0..<(1 + random.below(3)) where events.count > 1 {
                    let (one, two) = (random.below(events.count), random.below(events.count))
                    switch random.below(3) {
                    case 0: events.swapAt(one, two)
                    case 1: events.remove(at: one)
                    default: events.insert(events[two], at: one)
                    }
                }
                stream = bytes(events.joined())
            }
            fuzzTranslate([UInt8(truncatingIfNeeded: random.below(256))] + stream)
        }
    }
}
