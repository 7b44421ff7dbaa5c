import Testing
import Wire

@testable import Adapters

/// What the reader of Responses requests tells.
struct ResponsesPromptTests {
    static let told: [(body: String, lines: [String])] = [
        (#"{"input":"Hi\n"}"#, ["user", #" text Hi\n"#, "end", "ended"]),
        (
            #"{"input":[{"content":"a","role":"user"},{"type":"message","role":"developer","content":[{"type":"input_text","text":"b"}]}],"instructions":"Be"}"#,
            ["system Be", "user", " text a", "end", "system b", "ended"]
        ),
        (
            #"{"input":[],"stream":true,"max_output_tokens":9,"temperature":1,"top_p":null,"store":false,"include":["reasoning.encrypted_content"],"truncation":"disabled","background":false,"previous_response_id":null,"model":"m","stream_options":{"include_obfuscation":false},"metadata":{}}"#,
            ["stream true", "outputTokensMax 9", "temperature 1", "ended"]
        ),
        (
            #"{"input":[],"store":true,"truncation":"auto","include":["message.output_text.logprobs"],"max_tool_calls":3,"context_management":[],"novel":{"a":1},"reasoning":{"effort":"high","summary":"auto","mode":"pro"},"text":{"verbosity":"low","format":{"type":"json_schema","name":"n","schema":{"a":1},"strict":true}}}"#,
            [
                "dropped store", "dropped truncation", "dropped include.message.output_text.logprobs",
                "dropped max_tool_calls", "dropped novel", "effort high 0", "dropped reasoning.mode",
                #"verbosity "low""#, #"format strict n {"a":1}"#, "ended",
            ]
        ),
        (
            #"{"input":[],"tool_choice":{"name":"f","type":"function"},"text":{"format":{"type":"json_object"}},"reasoning":{"effort":"huge"}}"#,
            ["toolChoice named f", "format", "dropped reasoning.effort", "ended"]
        ),
        (#"{"input":[],"tool_choice":"required"}"#, ["toolChoice required", "ended"]),
        (
            #"{"input":[],"tool_choice":{"type":"allowed_tools","mode":"required","tools":[]}}"#,
            ["toolChoice required", "dropped tool_choice.allowed_tools", "ended"]
        ),
        (#"{"input":[],"tool_choice":{"type":"web_search"}}"#, ["dropped tool_choice.web_search", "ended"]),
        (
            #"{"tools":[{"type":"function","name":"f","description":"d","parameters":{"type":"object"},"strict":true},{"type":"function","name":"g","parameters":null},{"type":"custom","name":"p","description":"Patch.","format":{"type":"grammar","syntax":"lark","definition":"start: \"a\""}},{"type":"custom","name":"q"},{"type":"web_search"},{"type":"namespace","name":"n","tools":[]}],"input":[]}"#,
            [
                #"tool strict f d {"type":"object"}"#, "tool g",
                #"tool freeform p Patch.\n\nThe text in `input` follows this lark grammar:\nstart: \"a\""#,
                "tool freeform q", "dropped tools.web_search", "dropped tools.namespace", "ended",
            ]
        ),
        (
            #"{"input":[{"type":"reasoning","id":"rs_1","summary":[{"type":"summary_text","text":"Hm"}],"encrypted_content":"th1.s.SIG"},{"type":"reasoning","summary":[],"encrypted_content":"th1.r.RED"},{"type":"reasoning","summary":[{"text":"a"},{"text":"b"}],"encrypted_content":"gAAA"},{"type":"reasoning","summary":[],"content":[{"type":"reasoning_text","text":"c"}]},{"type":"message","role":"assistant","content":[{"type":"output_text","text":"x"},{"type":"refusal","refusal":"no"}]},{"type":"function_call","id":"fc_1","call_id":"c1","name":"f","arguments":"{\"a\":1}","status":"completed"},{"type":"custom_tool_call","call_id":"c2","name":"p","input":"say \"a\\b\"\n"}]}"#,
            [
                "assistant", " reasoning Hm SIG", "end", "assistant", " redacted RED", "end",
                "dropped reasoning.encrypted_content", "assistant", #" reasoning a\n\nb"#, "end", "assistant",
                " reasoning c", "end", "assistant", " text x", " refusal no", "end", "assistant",
                #" call c1 f {\"a\":1}"#, "end", "assistant", #" call c2 p {\"input\":\"say \\\"a\\\\b\\\"\\n\"}"#,
                "end",
                "ended",
            ]
        ),
        (
            #"{"input":[{"type":"function_call_output","call_id":"c1","output":"ok"},{"type":"custom_tool_call_output","call_id":"c2","output":[{"type":"input_text","text":"see"},{"type":"input_image","image_url":"data:image/png;base64,AAAA"}]},{"type":"function_call_output","call_id":"c3","output":{"content":"bad","success":false}},{"type":"web_search_call","id":"ws_1","status":"completed"}]}"#,
            [
                "user", " result c1", " text ok", " end", "end", "user", " result c2", " text see",
                " image base64 image/png AAAA", " end", "end", "user", " result error c3", " text bad", " end", "end",
                "dropped input.web_search_call", "ended",
            ]
        ),
        (
            #"{"input":[{"role":"user","content":[{"type":"input_image","image_url":"https://x/y.png","detail":"auto"},{"type":"input_file","filename":"a.pdf","file_data":"data:application/pdf;base64,BBBB"},{"type":"input_file","file_url":"https://x/a.pdf"}]}]}"#,
            [
                "user", " image url https://x/y.png auto", " document base64 application/pdf a.pdf BBBB",
                " document url https://x/a.pdf", "end", "ended",
            ]
        ),
    ]

    static let refused: [(body: String, fault: TranslationFault)] = [
        (#"{"input":[],"previous_response_id":"resp_1"}"#, .storedConversation),
        (#"{"input":[],"conversation":{"id":"conv_1"}}"#, .storedConversation),
        (#"{"input":[],"prompt":{"id":"pmpt_1"}}"#, .storedPrompt),
        (#"{"input":[],"background":true}"#, .background),
        (#"{"input":[{"type":"item_reference","id":"msg_1"}]}"#, .itemReference),
        (#"{"input":[{"type":"compaction","encrypted_content":"x"}]}"#, .itemReference),
        (#"{"input":[{"role":"robot","content":"a"}]}"#, .unknownRole),
        (#"{"input":[{"role":"user","content":[{"type":"input_audio"}]}]}"#, .unknownPart),
        (#"{"input":[{"role":"user","content":[{"type":"input_image","file_id":"file_1"}]}]}"#, .fileReference),
        (#"{"input":[{"role":"user","content":[{"type":"input_file","file_id":"file_1"}]}]}"#, .fileReference),
        (#"{"input":[{"role":"user","content":["a"]}]}"#, .unknownPart),
        (#"{"input":["a"]}"#, .unknownPart),
        (#"{"input":7}"#, .unknownPart),
    ]

    @Test(arguments: told.indices)
    func requestsAreTold(index: Int) throws {
        var recorder = PromptRecorder()
        try ResponsesPromptReader.read(bytes(Self.told[index].body).span, into: &recorder)
        #expect(recorder.lines == Self.told[index].lines, "\(Self.told[index].body)")
    }

    @Test(arguments: refused.indices)
    func whatOnlyItsOwnServerKnowsIsRefused(index: Int) {
        var recorder = PromptRecorder()
        #expect(throws: Self.refused[index].fault) {
            try ResponsesPromptReader.read(bytes(Self.refused[index].body).span, into: &recorder)
        }
    }

    @Test func whatComesBackIsReadAsItWasTold() throws {
        let answer = ResponsesWriterTests.whole([
            .began(model: "m"), .reasoning("Hm"), .signature("SIG"), .redacted("RED"), .text("Yes"),
            .call(id: "c1", name: "look"), .arguments("{\\\"a\\\":1}"), .call(id: "c2", name: "apply_patch"),
            .arguments("{\\\"input\\\":\\\"a\\\\\\\"b\\\"}"), .finished(.toolCalls), .ended,
        ])
        let found = JSONScan.find("output", in: bytes(answer).span, from: ByteRange(0, answer.utf8.count))
        let items = text(bytes(answer).span.extracting(try #require(found).value))
        var recorder = PromptRecorder()
        try ResponsesPromptReader.read(bytes("{\"input\":\(items)}").span, into: &recorder)
        #expect(
            recorder.lines.filter { $0.hasPrefix(" ") } == [
                " reasoning Hm SIG", " redacted RED", " text Yes", #" call c1 look {\"a\":1}"#,
                #" call c2 apply_patch {\"input\":\"a\\\"b\"}"#,
            ])
    }
}
