import Testing
import Wire

@testable import Adapters

/// Answers on the Responses wire, from written-down calls.
struct ResponsesWriterTests {
    static let usage = Usage(
        inputTokens: 12, outputTokens: 5, totalTokens: 17, cachedTokens: 4, cacheWriteTokens: 2, reasoningTokens: 1)

    static let cases: [(name: String, calls: [AnswerCall], end: String)] = [
        ("text", [.text("Hello"), .text(" \\\"world\\\"\\ud83d"), .text("\\ude00"), .finished(.stop)], "completed"),
        ("nothing", [.text(""), .finished(.stop)], "completed"),
        (
            "calls",
            [
                .text("I look."), .call(id: "call_1", name: "look"), .arguments("{\\\"a\\\""), .arguments(":1}"),
                .call(id: "call_2", name: "look"), .arguments("{}"), .finished(.toolCalls),
            ], "completed"
        ),
        (
            "reasoning",
            [
                .reasoning("Let me "), .reasoning("see."), .signature("c2ln"), .redacted("cmVk"), .redacted("cmVl"),
                .reasoning("More."), .signature("c2lo"), .text("Yes"), .call(id: "call_1", name: "look"),
                .arguments("{}"), .finished(.toolCalls),
            ], "completed"
        ),
        ("unsigned", [.reasoning("Hm."), .text("Yes"), .finished(.none)], "completed"),
        ("signatureOnly", [.signature("c2ln"), .text("Yes"), .finished(.other)], "completed"),
        ("refusal", [.text("I "), .refusal("cannot"), .refusal(" do that"), .finished(.contentFilter)], "incomplete"),
        ("twoMessages", [.text("a"), .call(id: "c", name: "f"), .arguments("{}"), .text("b")], "completed"),
        (
            "freeform",
            [
                .call(id: "call_1", name: "apply_patch"), .arguments("{\\\"inp"),
                .arguments("ut\\\":\\\"*** Begin\\\\"),
                .arguments("nPatch"), .arguments("\\\"}"), .finished(.toolCalls),
            ], "completed"
        ),
        ("length", [.text("And so"), .finished(.length)], "incomplete"),
        (
            "lengthInCall",
            [.call(id: "c", name: "apply_patch"), .arguments("{\\\"i\\\":\\\"ab\\\\"), .finished(.length)],
            "incomplete"
        ),
    ]

    static func frame(_ body: String = "{}") -> AnswerFrame {
        var frame = AnswerFrame(translation: .responsesToChat, id: bytes("req1"), created: 1_700_000_000)
        frame.freeformTools = bytes("exec\napply_patch\n")
        frame.echo = ResponseEcho.of(bytes(body).span)
        return frame
    }

    static func stream(_ calls: [AnswerCall], _ frame: AnswerFrame = frame()) -> String {
        var writer = ResponsesStreamWriter(frame)
        return written { out in
            for call in calls { call.tell(&writer, into: &out) }
        }
    }

    static func whole(_ calls: [AnswerCall], _ frame: AnswerFrame = frame()) -> String {
        var writer = ResponsesAnswerWriter(frame)
        return written { out in
            for call in calls { call.tell(&writer, into: &out) }
        }
    }

    @Test(arguments: cases.indices)
    func eventsFollowTheRulesAndEndInTheWholeAnswer(index: Int) {
        let (name, calls, end) = Self.cases[index]
        let all = [.began(model: "m-1")] + calls + [.counted(Self.usage), .ended]
        let stream = Self.stream(all)
        let check = ResponsesStreamCheck(bytes(stream))
        #expect(check.faults == [], "\(name)\n\(stream)")
        #expect(check.types.last == "response.\(end)")
        #expect(check.response == Self.whole(all))
        Fixture.expect(stream, is: "responses/writer/\(name).sse")
    }

    @Test func randomAnswersFollowTheRules() {
        var random = SplitMix(seed: 0x5EED_0011)
        let pieces = ["a", "\\n", "\\\"", "{\\\"x\\\":", "\\\\", "}", "\\u00e9", "\\ud800", "é", ""]
        for round in 0..<60 {
            var calls: [AnswerCall] = [.began(model: "m")]
            for number in 0..<random.below(12) {
                let piece = pieces[random.below(pieces.count)]
                switch random.below(9) {
                case 0, 1: calls.append(.text(piece))
                case 2: calls.append(.refusal(piece))
                case 3: calls.append(.reasoning(piece))
                case 4: calls.append(.signature(piece))
                case 5: calls.append(.redacted(piece))
                case 6: calls.append(.call(id: "c\(number)", name: random.below(2) == 0 ? "look" : "apply_patch"))
                default: calls.append(.arguments(piece))
                }
            }
            calls += [.finished([.stop, .length, .toolCalls, .contentFilter, .none][random.below(5)]), .ended]
            let stream = Self.stream(calls)
            let check = ResponsesStreamCheck(bytes(stream))
            #expect(check.faults == [], "round \(round): \(calls)\n\(stream)")
            #expect(check.response == Self.whole(calls))
        }
    }

    @Test func anErrorBehindTheBeginningIsAFailedResponse() {
        var writer = ResponsesStreamWriter(Self.frame())
        let stream = written { out in
            for call in [AnswerCall.began(model: "m"), .text("Half a "), .call(id: "c", name: "f"), .arguments("{")] {
                call.tell(&writer, into: &out)
            }
            writer.failed(
                ErrorBody(status: 502, type: "server_error", code: "upstream_failed"),
                message: bytes("it \"broke\"").span, into: &out)
        }
        let check = ResponsesStreamCheck(bytes(stream))
        #expect(check.faults == [], "\(stream)")
        #expect(check.types.last == "response.failed")
        #expect(
            check.response.contains(
                #""error":{"code":"server_error","message":"it \"broke\"","type":"upstream_failed"}"#))
        #expect(check.response.contains(#""arguments":"{","status":"incomplete"}]"#))
    }

    @Test func anErrorBeforeTheBeginningIsAnErrorEvent() {
        var writer = ResponsesStreamWriter(Self.frame())
        let stream = written { out in
            writer.failed(
                ErrorBody(status: 429, type: "rate_limit_error", code: "rate_limit_exceeded"),
                message: bytes("later").span, into: &out)
        }
        #expect(ResponsesStreamCheck(bytes(stream)).faults == [])
        #expect(
            stream == """
                event: error
                data: {"type":"error","code":"rate_limit_exceeded","message":"later","param":null,"sequence_number":0,\
                "error":{"message":"later","type":"rate_limit_error","param":null,"code":"rate_limit_exceeded"}}\n\n
                """)
    }

    @Test func theObjectRepeatsWhatTheRequestSaid() {
        let frame = Self.frame(
            """
            {"temperature":0.5,"tool_choice":{"type":"function",\n\t"name":"f"},"metadata":{"a":"b"},"user":null,
             "reasoning":{"effort":"high"},"input":"hello","text":{"format":{"type":"json_schema","schema":"\
            \(String(repeating: "x", count: 600))"}}}
            """)
        let answer = Self.whole([.began(model: "m"), .text("a"), .finished(.stop), .ended], frame)
        for member in [
            #""temperature":0.5,"#, #""tool_choice":{"type":"function","name":"f"},"#, #""metadata":{"a":"b"},"#,
            #""user":null,"#, #""reasoning":{"effort":"high"},"#, #""text":{"format":{"type":"text"}},"#,
            #""parallel_tool_calls":true,"#, #""instructions":null,"#, #""usage":null"#,
        ] {
            #expect(answer.contains(member), "\(member) in \(answer)")
        }
        #expect(!answer.contains("hello"))
    }

    @Test func moreThanAnEndCouldRepeatIsFull() {
        var writer = ResponsesStreamWriter(Self.frame())
        var out = ByteBuffer()
        AnswerCall.began(model: "m").tell(&writer, into: &out)
        let piece = AnswerCall.text(String(repeating: "x", count: 1 << 20))
        var pieceCount = 0
        while !writer.isFull, pieceCount < 100 {
            piece.tell(&writer, into: &out)
            out.removeAll()
            pieceCount += 1
        }
        #expect(pieceCount == 16)
    }
}
