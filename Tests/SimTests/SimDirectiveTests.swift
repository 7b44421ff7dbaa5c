import Sim
import Testing

struct SimDirectiveTests {
    private func count(_ answer: Played.Answer?) -> String? {
        answer.flatMap { value("usage.completion_tokens", of: $0.text) ?? value("usage.output_tokens", of: $0.text) }
    }

    @Test func aLineOfTheLastUserTextDirects() {
        let line = "please [[x-sim-tokens: 3; x-sim-seed: 9]] do"
        #expect(count(Played(chat(content: line)).answer) == "3")
        #expect(count(SimMessagesTests.played(SimMessagesTests.request(content: line)).answer) == "3")
        #expect(count(Played(#"{"model":"m","input":"\#(line)"}"#, path: "/v1/responses").answer) == "3")
        let parts = #"{"model":"m","input":[{"role":"user","content":[{"type":"input_text","text":"\#(line)"}]}]}"#
        #expect(count(Played(parts, path: "/v1/responses").answer) == "3")
    }

    @Test func onlyTheLastOneCounts() {
        func asked(_ turns: String) -> String? { count(Played(#"{"model":"m","messages":[\#(turns)]}"#).answer) }
        let user = #"{"role":"user","content":"[[x-sim-tokens: 3]]"}"#
        let other = #"{"role":"user","content":"hello"}"#
        let assistant = #"{"role":"assistant","content":"[[x-sim-tokens: 5]]"}"#
        #expect(asked("\(user),\(other)") == "16")
        #expect(asked("\(user),\(assistant)") == "3")
        #expect(asked("\(other),\(user)") == "3")
        #expect(asked(#"{"role":"system","content":"[[x-sim-tokens: 3]]"},"# + other) == "16")
    }

    @Test func aLineThatIsNoneIsText() {
        for line in [
            "[[x-sim-", "[[x-sim-tokens", "[[x-sim-tokens:", "[[x-sim-tokens: x]]", "[[x-sim-tokens: 3",
            "[[ x-sim-tokens: 3]]", "[[]]",
        ] {
            #expect(count(Played(chat(content: line)).answer) == "16", "\(line)")
        }
    }

    @Test func severalToolsAreCalledInAChat() throws {
        let headers = "x-sim-tool: 3\r\nx-sim-reasoning: 2\r\n"
        let whole = try #require(Played(chat(SimScriptTests.tools), headers: headers).answer).text
        let data = events(
            Played(chat(SimScriptTests.tools + #","stream":true"#), headers: headers).answer?.payload ?? [])
        #expect(value("choices.0.message.tool_calls.2.id", of: whole) != nil)
        let last = data.filter { value("choices.0.delta.tool_calls.0.index", of: $0) == "2" }
        let arguments = last.compactMap { value("choices.0.delta.tool_calls.0.function.arguments", of: $0) }.joined()
        #expect(arguments == value("choices.0.message.tool_calls.2.function.arguments", of: whole))
        let thoughts = data.compactMap { value("choices.0.delta.reasoning_content", of: $0) }.joined()
        #expect(thoughts == value("choices.0.message.reasoning_content", of: whole))
        let single =
            Played(chat(SimScriptTests.tools + #","parallel_tool_calls":false"#), headers: headers).answer?.text ?? ""
        #expect(value("choices.0.message.tool_calls.1", of: single) == nil)
    }

    @Test func mediaIsReceiptedAndEchoed() {
        let headers = "Content-Type: multipart/form-data; boundary=x\r\n"
        let answer = Played("Wikipedia", path: "/v1/audio/transcriptions", headers: headers).answer
        #expect(value("bytes", of: answer?.text ?? "") == "9")
        #expect(value("adler32", of: answer?.text ?? "") == "\(0x11E6_0398)")
        #expect(value("content_type", of: answer?.text ?? "") == "multipart/form-data; boundary=x")
        #expect(
            Played("\u{0}raw", path: "/v1/images/edits", headers: "x-sim-echo: body\r\n").answer?.text == "\u{0}raw")
    }
}
