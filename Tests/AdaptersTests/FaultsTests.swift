import Adapters
import Testing
import Wire

struct FaultsTests {
    struct Case: CustomTestStringConvertible, Sendable {
        let provider: Provider
        let status: Int
        let body: String
        let fault: AttemptFault
        var testDescription: String { "\(provider) \(status) \(body.prefix(40))" }

        init(_ provider: Provider, _ status: Int, _ body: String, _ fault: AttemptFault) {
            (self.provider, self.status, self.body, self.fault) = (provider, status, body, fault)
        }
    }

    static let cases = [
        Case(.openAI, 400, #"{"error":{"message":"bad tool"}}"#, .clientFault(status: 400)),
        Case(.openAI, 404, #"{"error":{"code":"model_not_found"}}"#, .clientFault(status: 404)),
        Case(.openAI, 413, "", .clientFault(status: 413)),
        Case(.anthropic, 400, #"{"error":{"message":"max_tokens: required"}}"#, .clientFault(status: 400)),
        Case(.anthropic, 400, "prompt is too long: 201000 tokens > 200000 maximum", .contextOverflow(status: 400)),
        Case(.anthropic, 400, "input length and `max_tokens` exceed context limit", .contextOverflow(status: 400)),
        Case(.anthropic, 400, "Your credit balance is too low to access the API", .budgetExceeded),
        Case(.anthropic, 429, #"{"error":{"details":{"error_code":"enforced_spend_limit_reached"}}}"#, .budgetExceeded),
        Case(.anthropic, 429, "", .rateLimited(retryAfter: 7_000_000_000)),
        Case(.anthropic, 529, "", .rateLimited(retryAfter: 7_000_000_000)),
        Case(.anthropic, 401, "", .credentialRefused(status: 401)),
        Case(.anthropic, 500, "", .transient(.status(500))),
        Case(
            .compatible(.mistral), 400, "Prompt contains 9 tokens, too large for model with maximum context length",
            .contextOverflow(status: 400)),
        Case(.compatible(.groq), 413, "Request too large", .clientFault(status: 413)),
        Case(.openAI, 422, "", .clientFault(status: 422)),
        Case(.openAI, 451, "", .clientFault(status: 451)),
        Case(.openAI, 400, #"{"error":{"code":"context_length_exceeded"}}"#, .contextOverflow(status: 400)),
        Case(.openAI, 400, "This model's maximum Context Length is 8192", .contextOverflow(status: 400)),
        Case(.openAI, 400, "max_tokens is too large: 5", .contextOverflow(status: 400)),
        Case(.openAI, 400, "prompt is too long", .clientFault(status: 400)),
        Case(.openAI, 400, #"{"error":{"code":"budget_exceeded"}}"#, .budgetExceeded),
        Case(.openAI, 402, "", .budgetExceeded),
        Case(.openAI, 429, #"{"error":{"type":"insufficient_quota"}}"#, .budgetExceeded),
        Case(.openAI, 429, #"{"error":{"type":"requests"}}"#, .rateLimited(retryAfter: 7_000_000_000)),
        Case(.openAI, 529, "", .rateLimited(retryAfter: 7_000_000_000)),
        Case(.openAI, 401, "", .credentialRefused(status: 401)),
        Case(.openAI, 403, "", .credentialRefused(status: 403)),
        Case(.openAI, 407, "", .credentialRefused(status: 407)),
        Case(.openAI, 301, "", .fatal(.redirect(301))),
        Case(.openAI, 307, "context_length_exceeded", .fatal(.redirect(307))),
        Case(.openAI, 405, "", .fatal(.status(405))),
        Case(.openAI, 204, "", .fatal(.status(204))),
        Case(.openAI, 206, "", .fatal(.status(206))),
        Case(.openAI, 408, "", .transient(.status(408))),
        Case(.openAI, 409, "", .clientFault(status: 409)),
        Case(.openAI, 500, "", .transient(.status(500))),
        Case(.openAI, 502, "max_tokens too large", .transient(.status(502))),
        Case(.openAI, 503, "", .transient(.status(503))),
        Case(.vllm, 400, "The Prompt Is Too Long for this model", .contextOverflow(status: 400)),
        Case(.vllm, 400, "too many tokens", .contextOverflow(status: 400)),
        Case(.vllm, 400, "this exceeds the available context size, try", .contextOverflow(status: 400)),
        Case(.vllm, 400, "maximum context", .contextOverflow(status: 400)),
        Case(.vllm, 400, "temperature must be positive", .clientFault(status: 400)),
        Case(.vllm, 500, "", .transient(.status(500))),
        Case(.sim, 429, "", .rateLimited(retryAfter: 7_000_000_000)),
        Case(.sim, 400, "context_length_exceeded", .contextOverflow(status: 400)),
    ]

    @Test(arguments: cases)
    func anErrorAnswerIsClassified(example: Case) throws {
        let head = bytes("HTTP/1.1 \(example.status) X\r\nRetry-After: 7\r\n\r\n")
        var parser = ResponseParser()
        _ = try parser.parse(head.span, scanned: 0, requestMethodIsHead: false)
        let body = bytes(example.body)
        let fault = example.provider.fault(
            status: parser.status, fields: parser.fields, head: head.span, body: body.span, now: 0)
        #expect(fault == example.fault)
    }

    @Test func status200IsNoFaultOfItsOwn() {
        for provider in Provider.allCases {
            let none: [UInt8] = []
            let fields = HeaderFields()
            #expect(provider.fault(status: 200, fields: fields, head: none.span, body: none.span, now: 0) == nil)
        }
    }

    @Test func everyFaultHasItsAction() {
        let actions: [(AttemptFault, AttemptFault.Action)] = [
            (.contextOverflow(status: 400), .makeRoom), (.rateLimited(retryAfter: nil), .elsewhere),
            (.credentialRefused(status: 401), .elsewhere), (.transient(.timeout), .elsewhere),
            (.fatal(.redirect(307)), .elsewhere), (.transient(.status(500)), .again),
            (.transient(.unreachable), .again), (.budgetExceeded, .disable), (.clientFault(status: 422), .passOn),
        ]
        for (fault, action) in actions { #expect(fault.action == action, "\(fault)") }
        // Only what the caller has to answer for is told in the provider's words, and only that is not counted.
        for fault in Self.cases.map(\.fault) {
            #expect((fault.action == .makeRoom || fault.action == .passOn) == (fault.blame == .caller), "\(fault)")
        }
    }

    @Test func theReasonIsOnlySoughtInTheFirstBytes() {
        let fields = HeaderFields()
        let none: [UInt8] = []
        let late = bytes(String(repeating: " ", count: 20_000) + "context_length_exceeded")
        let fault = Provider.openAI.fault(status: 400, fields: fields, head: none.span, body: late.span, now: 0)
        #expect(fault == .clientFault(status: 400))
    }
}
