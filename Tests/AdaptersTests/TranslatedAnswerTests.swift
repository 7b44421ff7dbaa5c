import Adapters
import Testing
import Wire

struct TranslatedAnswerTests {
    struct Case: CustomTestStringConvertible, Sendable {
        let translation: Translation
        let name: String
        let expected: String
        var testDescription: String { "\(translation) \(name)" }

        var answer: [UInt8] { Fixture.read("answers/\(name).json") ?? [] }
    }

    static func names(of wire: String) -> [String] {
        Fixture.names(in: "answers/\(wire)", ending: ".json").filter { !$0.contains(".") }
    }

    static let cases =
        names(of: "chat").map {
            Case(translation: .messagesToChat, name: "chat/\($0)", expected: "answers/chat/\($0).messages.json")
        }
        + names(of: "messages").map {
            Case(translation: .chatToMessages, name: "messages/\($0)", expected: "answers/messages/\($0).chat.json")
        }

    @Test func thereAreFixtures() {
        #expect(Self.cases.count >= 20)
    }

    @Test(arguments: cases)
    func anAnswerReachesTheClientInItsOwnWords(example: Case) throws {
        let answer = example.answer
        #expect(throws: Never.self) { try WholeAnswer(answer.span, operation: example.translation.upstream) }
        let translated = try #require(TranslatedStream.whole(answer, TranslatedStream.frame(example.translation)))
        Fixture.expect(text(translated.span) + "\n", is: example.expected)
        _ = try FoldedAnswer.of(whole: translated, example.translation)
    }

    @Test(arguments: cases)
    func halfAnAnswerIsNone(example: Case) {
        let answer = example.answer
        for end in stride(from: 0, to: answer.count - 2, by: 5) {
            #expect(TranslatedStream.whole(Array(answer[..<end]), TranslatedStream.frame(example.translation)) == nil)
        }
    }

    /// What the provider counted is what the client reads, in its own counting.
    @Test(arguments: cases)
    func usageIsTheSameOnBothSides(example: Case) throws {
        let answer = example.answer
        let translated = try #require(TranslatedStream.whole(answer, TranslatedStream.frame(example.translation)))
        let client: Adapters.Operation = example.translation == .chatToMessages ? .chat : .messages
        let (upstream, told) = (
            try WholeAnswer(answer.span, operation: example.translation.upstream),
            try WholeAnswer(translated.span, operation: client)
        )
        guard upstream.hasUsage else {
            #expect(told.usage.inputTokens == 21)
            return
        }
        #expect(told.usage.inputTokens == upstream.usage.inputTokens)
        #expect(told.usage.outputTokens == upstream.usage.outputTokens)
        #expect(told.usage.cachedTokens == upstream.usage.cachedTokens)
        #expect(told.usage.cacheWriteTokens == upstream.usage.cacheWriteTokens)
        #expect(told.usage.reasoningTokens == upstream.usage.reasoningTokens)
    }

    @Test func callsAreBounded() {
        for (count, isTaken) in [(Limits.answerCallsMax, true), (Limits.answerCallsMax + 1, false)] {
            let calls = [String](repeating: #"{"function":{"name":"f"}}"#, count: count).joined(separator: ",")
            let whole = #"{"choices":[{"message":{"tool_calls":[\#(calls)]},"finish_reason":"tool_calls"}]}"#
            var out = ByteBuffer()
            let frame = TranslatedStream.frame(.messagesToChat)
            let isWhole = (try? WholeTranslator.write(bytes(whole).span, frame, into: &out)) != nil
            #expect(isWhole == isTaken && out.isEmpty != isTaken)
            let stream =
                #"data: {"choices":[{"index":0,"delta":{"tool_calls":[\#(calls)]}}]}"# + "\n\n"
                + #"data: {"choices":[{"index":0,"delta":{},"finish_reason":"tool_calls"}]}"#
                + "\n\ndata: [DONE]\n\n"
            #expect(TranslatedStream.run(bytes(stream), frame).isWhole == isTaken)
        }
    }

    @Test func deepArgumentsStayReadable() throws {
        for depth in [1, 100, 124, 125, 126, 200, 5_000] {
            let arguments =
                "{\\\"a\\\":" + String(repeating: "[", count: depth) + String(repeating: "]", count: depth) + "}"
            let answer =
                #"{"choices":[{"message":{"tool_calls":[{"id":"c","function":{"name":"f","arguments":""#
                + arguments + #""}}]},"finish_reason":"tool_calls"}]}"#
            let translated = try #require(
                TranslatedStream.whole(bytes(answer), TranslatedStream.frame(.messagesToChat)))
            let folded = try FoldedAnswer.messages(whole: translated)
            #expect(folded.parts[0].contains("_unparsed") == (depth >= 125))
        }
    }
}
