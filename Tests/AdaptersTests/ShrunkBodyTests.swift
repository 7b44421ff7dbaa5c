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
}
