import Adapters
import Testing
import Wire

struct RequestPlanTests {
    static let messages = #""messages":[{"role":"user","content":"hello"}]"#

    /// The upstream body, and whether the extra usage event has to be taken out again.
    static func upstream(
        _ body: String, _ operation: Adapters.Operation = .chat, wantsUsage: Bool = true
    ) throws -> (body: String, strips: Bool) {
        let body = bytes(body)
        let literal = bytes("\"up/stream\"")
        let request = try ChatRequest(scanning: body.span, operation: operation)
        let plan = RequestPlan(
            request, bodyBytes: body.count, modelLiteralBytes: literal.count, wantsUsage: wantsUsage)
        var out = ByteBuffer()
        plan.write(body: body.span, modelLiteral: literal.span, into: &out)
        #expect(out.count == plan.contentLength)
        try JSONScan.validate(out.bytes)
        return (text(out), plan.stripsUsage)
    }

    @Test func onlyTheModelIsReplaced() throws {
        let body = " {\n \"model\" : \"x\" , \(Self.messages), \"odd\": [1.0e5 , \"\\u00e9\"] } "
        #expect(try Self.upstream(body).body == body.replacing("\"x\"", with: "\"up/stream\""))
        let last = "{\(Self.messages),\"model\":\"\\u0078\"}"
        #expect(try Self.upstream(last).body == "{\(Self.messages),\"model\":\"up/stream\"}")
        #expect(
            try Self.upstream("{\"model\":null,\(Self.messages)}").body == "{\"model\":\"up/stream\",\(Self.messages)}")
    }

    @Test func aMissingModelIsPutInFront() throws {
        #expect(try Self.upstream("{\(Self.messages)}").body == "{\"model\":\"up/stream\",\(Self.messages)}")
        #expect(try Self.upstream(" { \(Self.messages)}").body == " {\"model\":\"up/stream\", \(Self.messages)}")
    }

    @Test(arguments: [
        (
            #"{"model":"m",\#(messages),"stream":true}"#,
            #"{"stream_options":{"include_usage":true},"model":"up/stream",\#(messages),"stream":true}"#
        ),
        (
            #"{\#(messages),"stream":true}"#,
            #"{"model":"up/stream","stream_options":{"include_usage":true},\#(messages),"stream":true}"#
        ),
        (
            #"{"model":"m",\#(messages),"stream":true,"stream_options":null}"#,
            #"{"model":"up/stream",\#(messages),"stream":true,"stream_options":{"include_usage":true}}"#
        ),
        (
            #"{"model":"m",\#(messages),"stream":true,"stream_options":{ }}"#,
            #"{"model":"up/stream",\#(messages),"stream":true,"stream_options":{"include_usage":true }}"#
        ),
        (
            #"{"stream_options":{"x":1},"model":"m",\#(messages),"stream":true}"#,
            #"{"stream_options":{"include_usage":true,"x":1},"model":"up/stream",\#(messages),"stream":true}"#
        ),
        (
            #"{"stream_options":{"x":1,"include_usage":false},\#(messages),"stream":true,"model":"m"}"#,
            #"{"stream_options":{"x":1,"include_usage":true},\#(messages),"stream":true,"model":"up/stream"}"#
        ),
        (
            #"{"stream_options":{"include_usage": null },\#(messages),"stream":true}"#,
            #"{"model":"up/stream","stream_options":{"include_usage": true },\#(messages),"stream":true}"#
        ),
    ])
    func usageIsAskedForWhereTheClientDidNot(body: String, upstream: String) throws {
        let result = try Self.upstream(body)
        #expect(result.body == upstream)
        #expect(result.strips)
        #expect(try !Self.upstream(body, wantsUsage: false).strips)
        #expect(try !Self.upstream(body, wantsUsage: false).body.contains("\"include_usage\":true"))
        // What goes upstream asks for usage, and would not be changed again but for the model.
        let again = try ChatRequest(scanning: bytes(result.body).span, operation: .chat)
        #expect(again.includesUsage)
    }

    @Test(arguments: [
        #"{"model":"m",\#(messages),"stream":true,"stream_options":{"include_usage":true}}"#,
        #"{"model":"m",\#(messages),"stream":false}"#, #"{"model":"m",\#(messages)}"#,
        #"{"model":"m",\#(messages),"stream_options":{"include_usage":false}}"#,
    ])
    func nothingIsAskedWhereItNeedNot(body: String) throws {
        let result = try Self.upstream(body)
        #expect(result.body == body.replacing("\"m\"", with: "\"up/stream\""))
        #expect(!result.strips)
    }

    @Test func embeddingsAreNotAskedForStreamUsage() throws {
        let result = try Self.upstream(#"{"model":"m","input":"x","stream":true}"#, .embeddings)
        #expect(result.body == #"{"model":"up/stream","input":"x","stream":true}"#)
    }

    @Test func thePiecesAreTheBodyWithoutACopy() throws {
        let body = bytes(#"{"model":"m",\#(Self.messages)}"#)
        let request = try ChatRequest(scanning: body.span, operation: .chat)
        let plan = RequestPlan(request, bodyBytes: body.count, modelLiteralBytes: 4, wantsUsage: true)
        #expect(plan.pieceCount == 3)
        #expect(plan[0] == .body(ByteRange(0, 9)))
        #expect(plan[1] == .model)
        #expect(plan[2] == .body(ByteRange(12, body.count)))
    }
}
