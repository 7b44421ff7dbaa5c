import Testing
import Wire

@testable import Adapters

/// Tools that take text, for a client of chat completions whose provider knows only such that take JSON.
struct FreeformCallTests {
    private static let request =
        #"{"messages":[\#(PromptTests.user)],"tools":[{"type":"custom","custom":{"name":"patch"}},"#
        + #"{"type":"function","function":{"name":"patcher"}}]}"#

    private var frame: AnswerFrame { PromptTests.translate(Self.request, .chatToMessages).frame }

    @Test func callsComeBackAsTheirToolWasTold() throws {
        let answer =
            #"{"id":"m","model":"c","content":[{"type":"tool_use","id":"t1","name":"patch","input":{"input":"a\n\"b\" é"}},"#
            + #"{"type":"tool_use","id":"t2","name":"patcher","input":{"input":"x"}},"#
            + #"{"type":"tool_use","id":"t3","name":"patch","input":{}}],"stop_reason":"tool_use","usage":{}}"#
        let written = try #require(TranslatedStream.whole(bytes(answer), frame))
        let whole = text(written.span)
        let calls =
            #"[{"id":"t1","type":"custom","custom":{"name":"patch","input":"a\n\"b\" é"}},"#
            + #"{"id":"t2","type":"function","function":{"name":"patcher","arguments":"{\"input\":\"x\"}"}},"#
            + #"{"id":"t3","type":"custom","custom":{"name":"patch","input":""}}]"#
        #expect(whole.contains(#""tool_calls":\#(calls)},"logprobs":null,"finish_reason":"tool_calls""#), "\(whole)")
        // What the client sends back is what the provider said.
        let next =
            #"{"messages":[\#(PromptTests.user),{"role":"assistant","content":null,"tool_calls":\#(calls)},"#
            + ["t1", "t2", "t3"].map { #"{"role":"tool","tool_call_id":"\#($0)","content":"ok"}"# }
            .joined(separator: ",") + "]}"
        let told = PromptTests.translate(next, .chatToMessages).body
        #expect(told.contains(#""id":"t1","name":"patch","input":{"input":"a\n\"b\" é"}"#), "\(told)")
    }

    @Test func streamedCallsToo() throws {
        func event(_ json: String) -> String { "data: \(json)\n\n" }
        func block(_ index: Int, _ name: String, _ pieces: [String]) -> String {
            event(
                #"{"type":"content_block_start","index":\#(index),"content_block":{"type":"tool_use","id":"t\#(index)","#
                    + #""name":"\#(name)","input":{}}}"#)
                + pieces.map {
                    event(
                        #"{"type":"content_block_delta","index":\#(index),"delta":{"type":"input_json_delta","#
                            + #""partial_json":"\#($0)"}}"#)
                }.joined() + event(#"{"type":"content_block_stop","index":\#(index)}"#)
        }
        let stream =
            event(#"{"type":"message_start","message":{"id":"m","model":"c","usage":{"input_tokens":1}}}"#)
            + block(0, "patch", [#"{\"inp"#, #"ut\": \""#, #"a\\"#, #"n\\\"b"#, #" é\"}"#])
            + block(1, "patcher", [#"{\"input\":"#, #"\"x\"}"#]) + block(2, "patch", [])
            + event(#"{"type":"message_delta","delta":{"stop_reason":"tool_use"},"usage":{"output_tokens":2}}"#)
            + event(#"{"type":"message_stop"}"#)
        let result = TranslatedStream.run(bytes(stream), frame)
        let folded = try FoldedAnswer.chat(stream: result.output)
        #expect(folded.parts == ["custom t0 patch a\n\"b é", #"call t1 patcher {"input":"x"}"#, "custom t2 patch "])
        #expect(folded.finish == "tool_calls")
        let output = text(result.output.span)
        let pieces = output.split(separator: #""tool_calls":["#).dropFirst().map { $0.prefix { $0 != "]" } }
        // As OpenAI streams them: what kind of call it is stands in its first piece. No piece is empty.
        #expect(
            pieces == [
                #"{"index":0,"id":"t0","type":"custom","custom":{"name":"patch","input":""}}"#,
                #"{"index":0,"custom":{"input":"a"}}"#, #"{"index":0,"custom":{"input":"\n\"b"}}"#,
                #"{"index":0,"custom":{"input":" é"}}"#,
                #"{"index":1,"id":"t1","type":"function","function":{"name":"patcher","arguments":""}}"#,
                #"{"index":1,"function":{"arguments":"{\"input\":"}}"#,
                #"{"index":1,"function":{"arguments":"\"x\"}"}}"#,
                #"{"index":2,"id":"t2","type":"custom","custom":{"name":"patch","input":""}}"#,
            ], "\(pieces)")
        #expect(TranslatedStream.run(bytes(stream), frame, cuts: Array(0...stream.utf8.count)) == result)
    }
}
