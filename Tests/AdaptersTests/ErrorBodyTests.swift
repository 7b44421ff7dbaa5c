import Adapters
import Testing
import Wire

struct ErrorBodyTests {
    static let refusal = ErrorBody(status: 404, type: "invalid_request_error", code: "model_not_found", param: "model")

    static func body(_ error: ErrorBody, _ surface: Surface, _ message: String) -> String {
        written { error.write(surface, message: bytes(message).span, requestID: bytes("req_1").span, into: &$0) }
    }

    static func event(_ error: ErrorBody, _ surface: Surface, _ message: String) -> String {
        written { error.writeEvent(surface, message: bytes(message).span, requestID: bytes("req_1").span, into: &$0) }
    }

    @Test func theOpenAIShapeHasFourMembers() {
        #expect(
            Self.body(Self.refusal, .openAI, "no such model")
                == #"{"error":{"message":"no such model","type":"invalid_request_error","param":"model","#
                + #""code":"model_not_found"}}"#)
        #expect(
            Self.body(ErrorBody(status: 500, type: "server_error"), .openAI, "x")
                == #"{"error":{"message":"x","type":"server_error","param":null,"code":null}}"#)
    }

    @Test func theAnthropicShapeNamesTheRequest() {
        #expect(
            Self.body(Self.refusal, .anthropic, "no such model")
                == #"{"type":"error","error":{"type":"not_found_error","message":"no such model"},"#
                + #""request_id":"req_1"}"#)
    }

    @Test func aSpentBudgetIsToldAsAnthropicTellsASpendLimit() {
        let error = ErrorBody(status: 429, type: "insufficient_quota", code: "budget_exceeded", detail: "spent")
        #expect(
            Self.body(error, .anthropic, "x")
                == #"{"type":"error","error":{"type":"rate_limit_error","message":"x","#
                + #""details":{"error_code":"spent"}},"request_id":"req_1"}"#)
    }

    @Test func aMemberFoundOnlyNowTakesThePlaceOfTheErrorsOwn() {
        let text = written {
            Self.refusal.write(
                .responses, message: bytes("m").span, param: bytes("a\"b").span,
                requestID: Span(), into: &$0)
        }
        #expect(
            text
                == #"{"error":{"message":"m","type":"invalid_request_error","param":"a\"b","code":"model_not_found"}}"#)
    }

    @Test func theNativeShapeIsOneMember() {
        #expect(Self.body(Self.refusal, .native, "bad json") == #"{"error":"bad json"}"#)
    }

    @Test(arguments: [Surface.openAI, .anthropic, .responses, .native])
    func anyMessageGivesValidJSON(surface: Surface) throws {
        let nasty = "quote \" backslash \\ newline \n nul \u{0} escape \u{1B} é 日本 🙂"
        let text = bytes(Self.body(Self.refusal, surface, nasty))
        try JSONScan.validate(text.span)
        var invalid: [UInt8] = [0x61, 0xFF, 0xC3, 0x28, 0xED, 0xA0, 0x80, 0x62]
        invalid += bytes("\"}")
        var out = ByteBuffer()
        Self.refusal.write(surface, message: invalid.span, requestID: invalid.span, into: &out)
        try JSONScan.validate(out.bytes)
    }

    @Test func anErrorInAStreamIsOneEventOfTheClientsDialect() {
        #expect(Self.event(Self.refusal, .openAI, "x").hasPrefix("data: {\"error\":{\"message\":\"x\""))
        #expect(Self.event(Self.refusal, .native, "x").hasPrefix("data: {\"error\":{\"message\":\"x\""))
        #expect(Self.event(Self.refusal, .anthropic, "x").hasPrefix("event: error\ndata: {\"type\":\"error\""))
        for surface in [Surface.openAI, .anthropic, .responses, .native] {
            let text = Self.event(Self.refusal, surface, "line\nbreak")
            #expect(text.hasSuffix("}\n\n"))
            var framer = EventFramer()
            let stream = bytes(text)
            #expect(framer.next(in: stream.span, from: 0)?.whole.count == stream.count)
        }
    }

    @Test(arguments: [
        (400, "invalid_request_error"), (401, "authentication_error"), (402, "billing_error"),
        (403, "permission_error"), (404, "not_found_error"), (409, "conflict_error"), (413, "request_too_large"),
        (422, "invalid_request_error"), (429, "rate_limit_error"), (500, "api_error"), (502, "api_error"),
        (503, "overloaded_error"), (504, "timeout_error"), (529, "overloaded_error"),
    ])
    func theAnthropicTypeFollowsFromTheStatus(status: Int, type: String) {
        #expect(written { $0.append(ErrorBody.anthropicType(status)) } == type)
    }
}
