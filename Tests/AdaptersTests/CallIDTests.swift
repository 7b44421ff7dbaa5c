import Testing
import Wire

@testable import Adapters

/// Ids of calls on their way to a client of Messages and back to the chat provider that gave them.
struct CallIDTests {
    /// As they stand in JSON. Kimi's first: the API of Messages takes letters, digits, `_` and `-`.
    static let ids = [
        "functions.Bash:0", "call_1", "a-B_9", "th_x", "th_a_3ab", "call é", #"a\/b"#, #"\ud83d\ude00"#, #"say \"hi\""#,
    ]

    /// What a client of Messages is told of one call, whole and streamed.
    private func told(_ call: String, requestID: String = "req_7") throws -> [String] {
        var frame = AnswerFrame(translation: .messagesToChat, id: bytes(requestID), created: 0)
        frame.estimatedInputTokens = 1
        let whole = #"{"choices":[{"message":{"tool_calls":[\#(call)]},"finish_reason":"tool_calls"}]}"#
        let stream =
            #"data: {"choices":[{"index":0,"delta":{"tool_calls":[\#(call)]}}]}"# + "\n\n"
            + #"data: {"choices":[{"index":0,"delta":{},"finish_reason":"tool_calls"}]}"# + "\n\ndata: [DONE]\n\n"
        let answers = [
            try FoldedAnswer.messages(whole: try #require(TranslatedStream.whole(bytes(whole), frame))),
            try FoldedAnswer.messages(stream: TranslatedStream.run(bytes(stream), frame).output),
        ]
        return try answers.map { answer in
            let part = try #require(answer.parts.first)
            #expect(part.hasPrefix("call ") && part.hasSuffix(" f {}"))
            return String(part.dropFirst(5).dropLast(5))
        }
    }

    private func isTaken(_ id: String) -> Bool { id.wholeMatch(of: #/[a-zA-Z0-9_-]+/#) != nil }

    /// The id of call and result at the chat provider, when the client sends the turn back.
    private func returned(_ id: String) -> [String?] {
        let turn = PromptTurnTests.assistant(#"{"type":"tool_use","id":"\#(id)","name":"f","input":{}}"#)
        let result = #"{"role":"user","content":[{"type":"tool_result","tool_use_id":"\#(id)","content":"42"}]}"#
        let body = bytes(PromptTurnTests.toChat("\(PromptTurnTests.user),\(turn),\(result)").body)
        return [
            FoldedAnswer.string("messages.1.tool_calls.0.id", body),
            FoldedAnswer.string("messages.2.tool_call_id", body),
        ]
    }

    @Test(arguments: ids)
    func anIDComesBackToItsProvider(id: String) throws {
        let quoted = bytes("\"\(id)\"")
        let plain = JSONScan.string(quoted.span, ByteRange(0, quoted.count))
        for told in try told(#"{"id":"\#(id)","function":{"name":"f","arguments":"{}"}}"#) {
            #expect(isTaken(told), "\(told)")
            #expect(returned(told) == [plain, plain])
        }
    }

    /// Where there is none to give back: too long, and made of the name that a client gave to its request.
    @Test func otherIDsKeepTheRuleToo() throws {
        let long = String(repeating: "x:", count: 65)
        for told in try told(#"{"id":"\#(long)","function":{"name":"f"}}"#) {
            #expect(isTaken(told) && told.count < 64, "\(told)")
            #expect(returned(told) == [told, told])
        }
        for told in try told(#"{"function":{"name":"f"}}"#, requestID: "a.b:c") { #expect(isTaken(told), "\(told)") }
    }

    /// Two ids of a client that are one id on the other wire, and one that is like those made here.
    @Test(arguments: [
        ["th_a_3ab", "a:b"], ["a:b", "th_a_3ab"], ["call_1_1", "call_1_1"], ["th__ff", "th__fe", "th__fd"],
    ])
    func callsOfOneTurnStayApart(ids: [String]) {
        let calls = ids.map { #"{"type":"tool_use","id":"\#($0)","name":"f","input":{}}"# }
        let results = ids.enumerated().map {
            #"{"type":"tool_result","tool_use_id":"\#($1)","content":"\#($0)"}"#
        }
        let turn = PromptTurnTests.assistant(calls.joined(separator: ","))
        let user = #"{"role":"user","content":[\#(results.joined(separator: ","))]}"#
        let body = bytes(PromptTurnTests.toChat("\(PromptTurnTests.user),\(turn),\(user)").body)
        let messages = JSONScan.find("messages", in: body.span, from: ByteRange(0, body.count))?.value ?? .none
        var cursor = JSONCursor(of: messages, in: body.span)
        var (called, answered) = ([String](), [String]())
        while let message = cursor.next(in: body.span) {
            let message = Array(body[message.value.range])
            for place: StaticString in ["tool_calls.0.id", "tool_calls.1.id", "tool_calls.2.id"] {
                if let id = FoldedAnswer.string(place, message) { called.append(id) }
            }
            guard let id = FoldedAnswer.string("tool_call_id", message) else { continue }
            #expect(FoldedAnswer.string("content", message) == "\(answered.count)")
            answered.append(id)
        }
        #expect(called.count == ids.count && Set(called).count == ids.count, "\(called)")
        #expect(answered == called)
    }
}
