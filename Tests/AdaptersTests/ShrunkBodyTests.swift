import Testing
import Wire

@testable import Adapters

struct ShrunkBodyTests {
    static let cases = [
        (#"{"model":"a","messages":[]}"#, #"{"max_tokens":70,"model":"a","messages":[]}"#),
        (#" { "messages" : []}"#, #" {"max_tokens":70, "messages" : []}"#),
        (#"{"max_tokens": 9000 ,"messages":[]}"#, #"{"max_tokens": 70 ,"messages":[]}"#),
        (#"{"messages":[],"max_completion_tokens":null}"#, #"{"messages":[],"max_completion_tokens":70}"#),
        (
            #"{"max_tokens":80,"messages":[{"max_tokens":1}],"max_completion_tokens":90}"#,
            #"{"max_tokens":70,"messages":[{"max_tokens":1}],"max_completion_tokens":70}"#
        ),
        (#"{"max_output_tokens":80,"input":"a"}"#, #"{"max_output_tokens":70,"input":"a"}"#),
        (#"{"max_t\u006fkens":80,"messages":[]}"#, #"{"max_t\u006fkens":70,"messages":[]}"#),
    ]

    @Test(arguments: cases)
    func everyBoundIsLoweredAndOneIsThere(body: String, shrunk: String) {
        let body = bytes(body)
        #expect(written { ShrunkBody.write(body.span, outputTokensMax: 70, into: &$0) } == shrunk)
    }

    @Test func aBoundThatIsPutInHasTheNameOfItsWire() {
        let body = bytes(#"{"input":"a"}"#)
        let shrunk = written { ShrunkBody.write(body.span, .responses, outputTokensMax: 70, into: &$0) }
        #expect(shrunk == #"{"max_output_tokens":70,"input":"a"}"#)
    }

    @Test func theNewBodyIsARequestWithThatBound() throws {
        let body = bytes(#"{"model":"a","messages":[{"role":"user","content":"hi"}],"stream":true}"#)
        var out = ByteBuffer()
        ShrunkBody.write(body.span, outputTokensMax: 128, into: &out)
        let request = try ChatRequest(scanning: out.bytes, operation: .chat)
        #expect(request.outputTokensMax == 128)
        #expect(request.isStream)
    }

    @Test(arguments: [
        (#"{"max_tokens":9000,"thinking":{"type":"enabled","budget_tokens": 8000 },"messages":[]}"#, 2000, ": 1999 }"),
        (#"{"thinking":{"budget_tokens":2000,"type":"enabled"},"max_tokens":9000,"messages":[]}"#, 2000, ":1999,"),
        (#"{"max_tokens":9000,"thinking":{"type":"enabled","budget_tokens":1024},"messages":[]}"#, 1025, ":1024}"),
        (#"{"max_tokens":9000,"thinking":{"type":"enabled","budget_tokens":1024},"messages":[]}"#, 1024, "disabled"),
        (#"{"thinking":{"type":"enabled","budget_tokens":8000},"messages":[]}"#, 70, "disabled"),
        (#"{"thinking":{"type":"adaptive"},"messages":[]}"#, 70, "adaptive"),
        (#"{"thinking":null,"messages":[]}"#, 70, #""thinking":null"#),
    ])
    func thoughtsFitIntoTheShorterAnswer(body: String, tokens: Int, part: String) throws {
        let body = bytes(body)
        let shrunk = written { ShrunkBody.write(body.span, .messages, outputTokensMax: tokens, into: &$0) }
        #expect(shrunk.contains(part) && shrunk.contains(#""max_tokens":\#(tokens)"#), "\(shrunk)")
        let whole = bytes(shrunk)
        try JSONScan.validate(whole.span)
        if let budget = JSONScan.find("thinking.budget_tokens", in: whole.span, from: ByteRange(0, whole.count)) {
            let value = JSONScan.int(whole.span, budget.value) ?? 0
            #expect(value < tokens && value >= Limits.thinkingTokensMin)
        }
        // Elsewhere the member is somebody's own.
        let chat = written { ShrunkBody.write(body.span, outputTokensMax: tokens, into: &$0) }
        #expect(chat.contains("8000") == text(body.span).contains("8000"))
    }

    /// They are refused where nothing is thought.
    @Test func editsOfThoughtsGoWhereNothingIsThoughtAnyMore() {
        func body(_ tokens: Int, _ thinking: String, _ context: String) -> String {
            #"{"max_tokens":\#(tokens),"thinking":\#(thinking)\#(context),"messages":[]}"#
        }
        let enabled = #"{"type":"enabled","budget_tokens":8000}"#
        let clear = #"{"type":"clear_thinking_20251015","keep":"all"}"#
        let trim = #"{"type":"clear_tool_uses_20250919"}"#
        for (edits, left) in [(clear, nil), ("\(clear),\(trim)", trim), (trim, trim)] {
            func context(_ edits: String) -> String { #","context_management":{"edits":[\#(edits)]}"# }
            let long = bytes(body(9000, enabled, context(edits)))
            func written(_ tokens: Int, _ operation: Adapters.Operation = .messages) -> String {
                AdaptersTests.written { ShrunkBody.write(long.span, operation, outputTokensMax: tokens, into: &$0) }
            }
            #expect(written(70) == body(70, #"{"type":"disabled"}"#, left.map(context) ?? ""))
            // With room for thoughts, and on another wire, they stay.
            #expect(written(2000) == body(2000, enabled.replacing("8000", with: "1999"), context(edits)))
            #expect(written(70, .chat) == body(70, enabled, context(edits)))
        }
    }
}
