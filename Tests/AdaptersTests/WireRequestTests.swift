import Testing
import Wire

@testable import Adapters

/// What the gateway must know of requests of the Messages and Responses wires.
struct WireRequestTests {
    static let user = #"{"role":"user","content":"hello there"}"#

    @Test func membersOfAMessagesRequestAreFound() throws {
        let body =
            #"{"model":"m","max_tokens":90,"system":[{"type":"text","text":"be brief"}],"stream":true,"#
            + #""stop_sequences":["a","b"],"tools":[{"name":"f","input_schema":{}}],"messages":[\#(Self.user)]}"#
        let request = try ChatRequestTests.scan(body, .messages)
        #expect(request.isStream && request.outputTokensMax == 90)
        #expect(request.subjectCount == 1 && request.toolCount == 1)
        let count = try ChatRequestTests.scan(body, .countTokens)
        #expect(count.estimatedInputTokens == request.estimatedInputTokens)
        let plain = try ChatRequestTests.scan(#"{"messages":[\#(Self.user)]}"#, .messages)
        #expect(plain.estimatedInputTokens == 4 + 3)
        #expect(request.estimatedInputTokens > plain.estimatedInputTokens + 8 + 2)
    }

    @Test func membersOfAResponsesRequestAreFound() throws {
        let body =
            #"{"model":"m","max_output_tokens":90,"instructions":"be brief","stream":true,"tools":[{"type":"function"}],"#
            + #""input":[\#(Self.user),{"type":"function_call","call_id":"c","name":"f","arguments":"{\"a\":1}"},"#
            + #"{"type":"function_call_output","call_id":"c","output":"sunny"}]}"#
        let request = try ChatRequestTests.scan(body, .responses)
        #expect(request.isStream && request.outputTokensMax == 90)
        #expect(request.subjectCount == 3 && request.toolCount == 1)
        #expect(ChatRequestTests.part(body, request.subject).hasPrefix("[{\"role\""))
        let text = try ChatRequestTests.scan(#"{"input":"hello there"}"#, .responses)
        #expect(text.subjectCount == 1 && text.estimatedInputTokens == 4 + 3)
    }

    @Test(arguments: [
        ("{}", Adapters.Operation.messages, RequestFault.missing(.messages)),
        (#"{"messages":[\#(user)],"max_tokens":1000001}"#, .messages, .outOfBounds(.maxTokens, min: 0, max: 1_000_000)),
        (
            #"{"messages":[\#(user)],"stop_sequences":5}"#, .messages,
            .wrongKind(.stopSequences, expected: .stringOrStrings)
        ),
        (#"{"messages":[\#(user)],"stop_sequences":[],"Stop_sequences":[]}"#, .messages, .ambiguous(.stopSequences)),
        (#"{"messages":[\#(user)],"system":"a","System":"b"}"#, .messages, .ambiguous(.system)),
        (#"{"messages":[\#(user)],"stream":"yes"}"#, .countTokens, .wrongKind(.stream, expected: .boolean)),
        ("{}", .responses, .missing(.input)), (#"{"input":null}"#, .responses, .missing(.input)),
        (#"{"input":5}"#, .responses, .wrongKind(.input, expected: .stringOrArray)),
        (#"{"input":["a"]}"#, .responses, .wrongKind(.input, expected: .objects)),
        (
            #"{"input":"a","max_output_tokens":-1}"#, .responses,
            .outOfBounds(.maxOutputTokens, min: 0, max: 1_000_000)
        ),
    ])
    func whatCannotBeServedIsRefused(body: String, operation: Adapters.Operation, fault: RequestFault) {
        #expect(ChatRequestTests.fault(body, operation) == fault)
    }

    @Test func picturesCountAsPicturesAndNotAsText() throws {
        let data = String(repeating: "iVBORw0KGgo", count: 2_000)
        let messages =
            #"{"messages":[{"role":"user","content":[{"type":"tool_result","tool_use_id":"x","content":[{"type":"image","#
            + #""source":{"type":"base64","media_type":"image/png","data":"\#(data)"}}]}]}]}"#
        #expect(try ChatRequestTests.scan(messages, .messages).estimatedInputTokens == 4 + 1_600)
        let chat =
            #"{"messages":[{"role":"user","content":[{"type":"image_url","image_url":{"url":"data:image/png;base64,\#(data)"}}]}]}"#
        #expect(try ChatRequestTests.scan(chat).estimatedInputTokens == 4 + 765)
    }
}
