import Adapters
import Testing
import Wire

/// Streams of the other wires, handed on as they are.
struct WireTapTests {
    static let messages = Fixture.names(in: "streams/messages", ending: ".sse").filter { !$0.contains(".") }

    @Test(arguments: messages)
    func aMessagesStreamIsJudgedAsExpected(name: String) throws {
        let stream = try #require(Fixture.read("streams/messages/\(name).sse"))
        var whole = StreamReading.run(stream, .messages)
        Fixture.expect(whole.facts(of: stream), is: "streams/messages/\(name).facts")
        whole.contentRunCount = 0
        for cut in stride(from: 0, through: stream.count, by: 7) {
            var result = StreamReading.run(stream, .messages, cuts: [cut, min(cut + 1, stream.count)])
            result.contentRunCount = 0
            #expect(result == whole, "cut at \(cut)")
        }
        var result = StreamReading.run(stream, .messages, cuts: Array(0...stream.count))
        result.contentRunCount = 0
        #expect(result == whole, "one byte at a time")
    }

    /// The tap and the translator read the same stream the same way.
    @Test(arguments: messages)
    func tapAndTranslatorAgree(name: String) throws {
        let stream = try #require(Fixture.read("streams/messages/\(name).sse"))
        let tap = StreamReading.run(stream, .messages)
        let translated = TranslatedStream.run(stream, TranslatedStream.frame(.chatToMessages))
        // The tap does not hold deltas against their blocks.
        if name == "late-delta" { return }
        #expect(tap.finish == translated.finish)
        #expect(tap.end == translated.end)
        // Of blocks that only the client's own wire has, the translator makes nothing.
        if name == "server-tools" || name == "usage-at-start-only" { return }
        #expect(tap.usage == translated.usage)
        #expect(tap.contentEventCount == translated.contentEventCount)
    }

    @Test func deltasOfMessagesAreCompared() {
        func delta(_ text: String) -> String {
            "event: content_block_delta\n"
                + "data: {\"type\":\"content_block_delta\",\"index\":0,\"delta\":{\"type\":\"text_delta\",\"text\":\"\(text)\"}}\n\n"
        }
        let all = bytes(delta("a") + delta(" b\\n") + delta("") + delta("日本"))
        var tap = UsageTap(.messages, stripsUsage: false)
        let run = tap.next(in: all.span, from: 0)
        #expect(run.pass == ByteRange(0, all.count))
        let (compared, content) = (tap.comparedCount, tap.contentEventCount)
        #expect(compared == 3)
        #expect(content == 3)
    }

    static func event(_ type: String, _ more: String) -> String {
        "event: \(type)\ndata: {\"type\":\"\(type)\",\"sequence_number\":0\(more)}\n\n"
    }

    static let response = #","response":{"id":"resp_1","object":"response","error":null,"output":[],"usage":"#
    static let counted =
        #"{"input_tokens":9,"input_tokens_details":{"cached_tokens":2},"output_tokens":3,"#
        + #""output_tokens_details":{"reasoning_tokens":1},"total_tokens":12}"#

    @Test func aResponsesStreamEndsWithItsUsage() {
        let stream =
            Self.event("response.created", Self.response + "null}")
            + Self.event("response.output_text.delta", #","delta":"Hi""#)
            + Self.event("response.output_text.delta", #","delta":"""#)
            + Self.event("response.function_call_arguments.delta", #","delta":"{}""#)
            + Self.event("response.completed", Self.response + Self.counted + "}")
        let result = StreamReading.run(bytes(stream + "data: behind\n\n"), .responses)
        #expect(text(result.relayed.span) == stream)
        #expect(result.stops == ["done"])
        #expect(result.end == .complete)
        #expect(result.finish == .stop)
        #expect(result.eventCount == 5)
        #expect(result.contentEventCount == 2)
        #expect(
            result.usage
                == Usage(inputTokens: 9, outputTokens: 3, totalTokens: 12, cachedTokens: 2, reasoningTokens: 1))
    }

    @Test func anIncompleteResponseSaysWhy() {
        let details = #","response":{"incomplete_details":{"reason":"max_output_tokens"},"usage":"# + Self.counted + "}"
        let result = StreamReading.run(bytes(Self.event("response.incomplete", details)), .responses)
        #expect(result.finish == .length)
        #expect(result.end == .complete)
        #expect(result.usage.inputTokens == 9)
        let bare = StreamReading.run(bytes(Self.event("response.incomplete", "")), .responses)
        #expect(bare.finish == .other)
    }

    @Test(arguments: ["response.failed", "error"])
    func aResponseThatFailsIsAFailure(type: String) {
        let result = StreamReading.run(bytes(Self.event(type, #","message":"m""#)), .responses)
        #expect(result.stops.count == 1)
        #expect(result.stops.first?.hasPrefix("failure") ?? false)
        #expect(result.relayed.isEmpty)
    }

    @Test func aMessageWithoutBlocksIsAnAnswer() throws {
        let body = bytes(
            #"{"type":"message","content":[],"stop_reason":"end_turn","usage":{"input_tokens":3,"output_tokens":0}}"#)
        let answer = try WholeAnswer(body.span, operation: .messages)
        #expect(answer.finish == .stop)
        #expect(answer.usage.inputTokens == 3)
        #expect(throws: AttemptFault.transient(.hollowAnswer)) {
            try WholeAnswer(bytes(#"{"type":"message","content":[]}"#).span, operation: .messages)
        }
        #expect(throws: AttemptFault.transient(.errorObject)) {
            try WholeAnswer(bytes(#"{"type":"error","error":{"type":"api_error"}}"#).span, operation: .messages)
        }
    }

    @Test func aWholeResponseIsRead() throws {
        let body = bytes(
            #"{"object":"response","status":"incomplete","error":null,"incomplete_details":{"reason":"content_filter"},"#
                + #""model":"m","output":[],"usage":"# + Self.counted + "}")
        let answer = try WholeAnswer(body.span, operation: .responses)
        #expect(answer.finish == .contentFilter)
        #expect(answer.usage.cachedTokens == 2)
        let failed = bytes(#"{"object":"response","status":"failed","error":{"code":"x"},"output":[]}"#)
        #expect(throws: AttemptFault.transient(.errorObject)) {
            try WholeAnswer(failed.span, operation: .responses)
        }
    }

    @Test func aCountOfTokensIsAnAnswer() throws {
        #expect(throws: Never.self) {
            try WholeAnswer(bytes(#"{"input_tokens":14}"#).span, operation: .countTokens)
        }
        #expect(throws: AttemptFault.transient(.hollowAnswer)) {
            try WholeAnswer(bytes(#"{"tokens":14}"#).span, operation: .countTokens)
        }
    }
}
