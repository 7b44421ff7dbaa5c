import Adapters
import Testing
import Wire

@testable import Adapters

struct ProviderErrorTests {
    static func write(_ body: String, _ surface: Surface, status: Int = 400, isOverflow: Bool = false) -> String {
        let body = bytes(body)
        return written {
            ProviderError(body.span).write(
                surface, status: status, isOverflow: isOverflow, from: body.span, requestID: bytes("req_1").span,
                into: &$0)
        }
    }

    static let shapes = [
        #"{"error":{"message":"bad \"tool\"","type":"invalid_request_error","param":null,"code":null}}"#,
        #"{"type":"error","error":{"type":"invalid_request_error","message":"bad \"tool\""},"request_id":"req_9"}"#,
        #" [{"error":{"code":null,"message":"bad \"tool\"","status":"INVALID_ARGUMENT"}}]"#,
        #"{"error":"bad \"tool\""}"#, #"{"object":"error","message":"bad \"tool\"","type":"BadRequestError"}"#,
        #"{"detail":"bad \"tool\""}"#, #"{"detail":[{"loc":["body"],"msg":"bad \"tool\"","type":"missing"}]}"#,
        #"{"object":"error","message":{"detail":[{"msg":"bad \"tool\""}]}}"#,
    ]

    @Test(arguments: shapes)
    func anyProvidersErrorIsToldInTheClientsShape(body: String) {
        #expect(
            Self.write(body, .openAI)
                == #"{"error":{"message":"bad \"tool\"","type":"invalid_request_error","param":null,"code":null}}"#)
        #expect(Self.write(body, .responses) == Self.write(body, .openAI))
        #expect(
            Self.write(body, .anthropic)
                == #"{"type":"error","error":{"type":"invalid_request_error","message":"bad \"tool\""},"#
                + #""request_id":"req_1"}"#)
        #expect(Self.write(body, .native) == #"{"error":"bad \"tool\""}"#)
    }

    @Test func memberAndCodeSurvive() {
        let body = #"{"error":{"message":"m","param":"tools[0].na\u006de","code":"invalid_value"}}"#
        #expect(
            Self.write(body, .openAI, status: 404)
                == #"{"error":{"message":"m","type":"invalid_request_error","param":"tools[0].na\u006de","#
                + #""code":"invalid_value"}}"#)
        #expect(Self.write(#"{"message":"m","code":400}"#, .openAI).hasSuffix(#""code":400}}"#))
    }

    @Test func aPromptTooLongIsKnownByItsCodeOrItsBeginning() {
        let body = #"{"error":{"message":"max context is 8192","code":"x"}}"#
        #expect(Self.write(body, .openAI, isOverflow: true).contains(#""code":"context_length_exceeded""#))
        #expect(
            Self.write(body, .anthropic, isOverflow: true).contains(
                #""message":"prompt is too long: max context is 8192""#))
        let anthropic = #"{"type":"error","error":{"message":"prompt is too long: 9 tokens > 8 maximum"}}"#
        #expect(
            Self.write(anthropic, .anthropic, isOverflow: true).contains(#""message":"prompt is too long: 9 tokens"#))
    }

    @Test(arguments: ["", "<html>Bad Gateway</html>", String(repeating: "long ", count: 200)])
    func whatIsNoErrorOfAnyWireIsSaidInASentenceOfOurs(body: String) {
        #expect(Self.write(body, .native) == #"{"error":"the provider refused the request"}"#)
    }

    @Test func aShortTextIsShown() {
        #expect(Self.write("no such model\n", .native) == #"{"error":"no such model\n"}"#)
        #expect(Self.write(#"{"reason":1}"#, .native) == #"{"error":"{\"reason\":1}"}"#)
    }

    @Test func anyBytesGiveValidJSON() {
        let seed = UInt64.random(in: 0...UInt64.max)
        var random = SplitMix(seed: seed)
        let alphabet = bytes("{}[]\"\\:, error message detail msg param code 0u\u{1}é")
        for round in 0..<500 {
            var body = (0..<random.below(80)).map { _ in alphabet[random.below(alphabet.count)] }
            if random.below(2) == 0 {
                body = bytes(Self.shapes[random.below(Self.shapes.count)])
                body[random.below(body.count)] = alphabet[random.below(alphabet.count)]
            }
            for surface in [Surface.openAI, .anthropic, .responses, .native] {
                var out = ByteBuffer()
                ProviderError(body.span).write(
                    surface, status: 400, isOverflow: round % 2 == 0, from: body.span, requestID: Span(), into: &out)
                #expect(throws: Never.self, "seed \(seed), round \(round)") { try JSONScan.validate(out.bytes) }
            }
        }
    }

    @Test(arguments: [
        (
            400, #"{"type":"error","error":{"type":"invalid_request_error","message":"max_tokens: Field required"}}"#,
            AttemptFault.clientFault(status: 400)
        ),
        (
            400, #"{"type":"error","error":{"message":"prompt is too long: 213462 tokens > 200000 maximum"}}"#,
            .contextOverflow(status: 400)
        ),
        (
            400,
            #"{"error":{"message":"input length and `max_tokens` exceed context limit: 190000 + 20000 > 200000"}}"#,
            .contextOverflow(status: 400)
        ),
        (400, #"{"error":{"message":"Your credit balance is too low to access the Anthropic API."}}"#, .budgetExceeded),
        (401, #"{"error":{"type":"authentication_error"}}"#, .credentialRefused(status: 401)),
        (402, "", .budgetExceeded), (404, "", .clientFault(status: 404)), (413, "", .clientFault(status: 413)),
        (429, #"{"error":{"type":"rate_limit_error"}}"#, .rateLimited(retryAfter: 7)),
        (429, #"{"error":{"details":{"error_code":"enforced_spend_limit_reached"}}}"#, .budgetExceeded),
        (500, #"{"error":{"type":"api_error"}}"#, .transient(.status(500))),
        (504, "", .transient(.status(504))),
        (529, #"{"error":{"type":"overloaded_error"}}"#, .rateLimited(retryAfter: 7)),
    ])
    func anAnthropicErrorIsClassified(status: Int, body: String, fault: AttemptFault) {
        #expect(AnthropicFaults.fault(status: status, retryAfter: 7, body: bytes(body).span) == fault)
    }
}
