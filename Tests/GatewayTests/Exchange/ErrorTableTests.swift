// What the gateway says when it cannot serve: each row of the table on each surface, as the client libraries of that surface read it.

import Adapters
import Sim
import Testing
import Wire

@testable import Gateway

@Suite struct ErrorTableTests {
    enum Wire: CaseIterable, Sendable {
        case chat, messages, responses, native

        var ask: Ask {
            switch self {
            case .chat: .chat()
            case .messages: .messages()
            case .responses: .responses()
            case .native: .native()
            }
        }

        /// Who speaks it as such.
        var dialect: Provider {
            switch self {
            case .chat, .native: .sim
            case .messages: .anthropic
            case .responses: .openAI
            }
        }
    }

    struct Row: CustomTestStringConvertible, Sendable {
        let testDescription: String
        let status: Int
        /// `error.type` and `error.code` of the OpenAI shape.
        let type: String
        let code: String
        /// `error.type` of the Anthropic shape.
        let anthropic: String
        /// Fields of the head with their values; nil: it is there, whatever it says.
        var fields: [String: String?] = [:]
        var absent: [String] = []
        /// Where the original's status is another one.
        var nativeStatus: Int?
        var without: [Wire] = []
        var change: @Sendable (inout Plan, inout Ask) -> Void

        init(
            _ name: String, _ status: Int, _ type: String, _ code: String, anthropic: String,
            fields: [String: String?] = [:], absent: [String] = [], nativeStatus: Int? = nil, without: [Wire] = [],
            change: @escaping @Sendable (inout Plan, inout Ask) -> Void
        ) {
            (testDescription, self.status, self.type, self.code) = (name, status, type, code)
            (self.anthropic, self.fields, self.absent) = (anthropic, fields, absent)
            (self.nativeStatus, self.without, self.change) = (nativeStatus, without, change)
        }
    }

    private static func answers(_ plan: inout Plan, _ status: String, _ fields: String = "") {
        plan.stands[0].script = Script.always(Script.whole("{}", status: status, fields: fields))
    }

    static let rows: [Row] = [
        Row(
            "no key", 401, "invalid_request_error", "missing_api_key", anthropic: "authentication_error",
            fields: ["x-should-retry": "false"]
        ) { $1.key = nil },
        Row(
            "a key of somebody else's", 401, "invalid_request_error", "invalid_api_key",
            anthropic: "authentication_error", fields: ["x-should-retry": "false"]
        ) { $1.key = "sk-ant-123" },
        Row(
            "an unknown key", 401, "invalid_request_error", "invalid_api_key", anthropic: "authentication_error"
        ) { $1.key = "tokenhub_" + String(repeating: "f", count: 64) },
        Row("scope", 403, "permission_error", "insufficient_scope", anthropic: "permission_error") { plan, _ in
            plan.keys[0].scopes = .embeddings
        },
        Row(
            "method", 405, "invalid_request_error", "method_not_allowed", anthropic: "invalid_request_error",
            fields: ["allow": "POST"]
        ) { $1.method = "PUT" },
        Row(
            "no JSON", 400, "invalid_request_error", "invalid_json", anthropic: "invalid_request_error",
            without: [.native]
        ) {
            $1.body = "{"
        },
        Row(
            "nothing to answer", 400, "invalid_request_error", "missing_required_parameter",
            anthropic: "invalid_request_error", without: [.native]
        ) { $1.body = "{\"model\":\"m-alpha\"}" },
        Row("unknown model", 404, "invalid_request_error", "model_not_found", anthropic: "not_found_error") {
            plan, ask in
            plan.settings.policy.isStrict = true
            plan.models[0].id = "another"
        },
        Row(
            "too long for every model", 400, "invalid_request_error", "context_length_exceeded",
            anthropic: "invalid_request_error", without: [.responses]
        ) { plan, ask in
            plan.models[0].context = 100
            let long = String(repeating: "word ", count: 1000)
            ask.body = ask.body.replacing("hello", with: long)
        },
        Row(
            "the request's budget", 402, "invalid_request_error", "max_budget_exceeded", anthropic: "billing_error",
            fields: ["x-should-retry": "false"], absent: ["retry-after", "retry-after-ms"]
        ) { plan, ask in
            plan.settings.policy.isBudgetOfCaller = true
            plan.settings.policy.budgetNanoUSDMax = 1
        },
        Row(
            "too large", 413, "invalid_request_error", "request_too_large", anthropic: "request_too_large",
            absent: ["retry-after", "x-should-retry"]
        ) { $1.body = String(repeating: " ", count: 1 << 20 + 1) },
        Row(
            "no path", 404, "invalid_request_error", "not_found", anthropic: "not_found_error",
            without: [.native, .responses]
        ) {
            $1.path += "/no-such"
        },
        Row(
            "month's budget", 429, "insufficient_quota", "budget_exceeded", anthropic: "rate_limit_error",
            fields: ["x-should-retry": "false"], absent: ["retry-after", "retry-after-ms"]
        ) { plan, _ in plan.keys[0].budget = 1 },
        Row("an encoding", 415, "invalid_request_error", "unsupported_encoding", anthropic: "invalid_request_error") {
            $1.fields.append("Content-Encoding: br")
        },
        Row("a broken encoding", 400, "invalid_request_error", "invalid_encoding", anthropic: "invalid_request_error") {
            $1.fields.append("Content-Encoding: gzip")
        },
        Row("the provider fails", 502, "server_error", "upstream_failed", anthropic: "api_error") { plan, _ in
            answers(&plan, "500 Internal Server Error")
        },
        Row("the provider refuses its key", 502, "server_error", "upstream_failed", anthropic: "api_error") { plan, _ in
            answers(&plan, "401 Unauthorized")
        },
        Row(
            "the provider's rate", 429, "rate_limit_error", "rate_limit_exceeded", anthropic: "rate_limit_error",
            fields: ["retry-after": "7", "retry-after-ms": nil], absent: ["x-should-retry"], nativeStatus: 502
        ) { plan, _ in answers(&plan, "429 Too Many Requests", "Retry-After: 7\r\n") },
        Row(
            "the provider is silent", 504, "server_error", "upstream_failed", anthropic: "timeout_error",
            nativeStatus: 502
        ) {
            plan, _ in plan.stands[0].script = { _ in }
        },
        Row(
            "nobody", 503, "server_error", "no_provider_available", anthropic: "overloaded_error",
            fields: ["retry-after": nil, "retry-after-ms": nil], nativeStatus: 502
        ) { plan, _ in plan.models[0].isEnabled = false },
    ]

    @Test(arguments: rows, Wire.allCases)
    func eachRowIsWhatTheClientLibrariesOfItsSurfaceRead(row: Row, wire: Wire) throws {
        if row.without.contains(wire) { return }
        var plan = Plan()
        plan.stands[0].dialect = wire.dialect
        var ask = wire.ask
        row.change(&plan, &ask)
        let gate = try Gate(.calm, plan)
        let reply = try gate.ask(ask)
        try expect(reply, row, wire)
        try gate.finish()
    }

    private func expect(_ reply: Reply, _ row: Row, _ wire: Wire) throws {
        #expect(reply.status == (wire == .native ? row.nativeStatus ?? row.status : row.status), "\(reply.text)")
        #expect(reply["content-type"] == "application/json")
        try JSONScan.validate(reply.body.span)
        let id = try #require(reply["x-request-id"])
        #expect(reply["request-id"] == (wire == .messages ? id : nil))
        switch wire {
        case .chat, .responses:
            #expect(reply.error("type") == row.type)
            #expect(reply.error("code") == row.code)
            #expect(reply.error("message")?.isEmpty == false)
            #expect(reply.error("param") != nil)
        case .messages:
            #expect(reply.value("type") == "error")
            #expect(reply.error("type") == row.anthropic)
            #expect(reply.error("message")?.isEmpty == false)
            #expect(reply.value("request_id") == id)
        case .native: #expect(reply.value("error")?.isEmpty == false)
        }
        if wire == .native, row.nativeStatus != nil { return }
        for (name, value) in row.fields {
            #expect(reply[name] != nil, "\(name)")
            if let value { #expect(reply[name] == value, "\(name)") }
        }
        for name in row.absent { #expect(reply[name] == nil, "\(name)") }
    }

    @Test func clientsOfTheMessagesWireHearOfASpendLimitAndOfALongPromptInTheirWords() throws {
        var plan = Plan()
        plan.stands[0].dialect = .anthropic
        plan.keys[0].budget = 1
        let spent = try Gate(.calm, plan)
        #expect(try spent.ask(.messages()).value("error.details.error_code") == "enforced_spend_limit_reached")
        try spent.finish()
        plan.keys[0].budget = nil
        plan.models[0].context = 100
        let short = try Gate(.calm, plan)
        let reply = try short.ask(.messages(content: String(repeating: "word ", count: 1000)))
        #expect(reply.error("message")?.hasPrefix("prompt is too long: ") == true, "\(reply.text)")
        try short.finish()
    }

    @Test(arguments: Wire.allCases)
    func whoAsksTooOftenIsToldWhenToComeBack(wire: Wire) throws {
        var plan = Plan()
        plan.stands[0].dialect = wire.dialect
        plan.stands[0].script = Script.always(Script.whole())
        plan.keys[0].rateLimitRPS = 1
        let gate = try Gate(.calm, plan)
        for _ in 0..<2 { #expect(try gate.ask(wire.ask).status != 429) }
        let reply = try gate.ask(wire.ask)
        try expect(
            reply,
            Row(
                "", 429, "rate_limit_error", "rate_limit_exceeded", anthropic: "rate_limit_error",
                fields: ["retry-after": "1", "retry-after-ms": nil], absent: ["x-should-retry"]
            ) { _, _ in }, wire)
        if wire == .messages {
            #expect(reply["anthropic-ratelimit-requests-limit"] == "2")
            #expect(reply["anthropic-ratelimit-requests-remaining"] == "0")
            let reset = try #require(reply["anthropic-ratelimit-requests-reset"])
            #expect(reset.count == 20 && reset.hasSuffix("Z"), "\(reset)")
            #expect(reply["x-ratelimit-limit-requests"] == nil)
        } else {
            #expect(reply["x-ratelimit-limit-requests"] == "2")
            #expect(reply["x-ratelimit-remaining-requests"] == "0")
            let reset = try #require(reply["x-ratelimit-reset-requests"])
            #expect(reset.hasSuffix("ms") || reset == "1s", "\(reset)")
        }
        try gate.finish()
    }

    @Test func storedResponsesAreNone() throws {
        let gate = try Gate(.calm)
        for method in ["GET", "DELETE", "POST"] {
            var ask = Ask.get("/v1/responses/resp_1", key: Plan.keyText)
            ask.method = method
            let reply = try gate.ask(ask)
            #expect(reply.status == 404)
            #expect(reply.error("code") == "response_not_stored")
            ask.key = nil
            #expect(try gate.ask(ask).status == 401)
        }
        var wrong = Ask.get("/v1/responses/resp_1", key: Plan.keyText)
        wrong.method = "PATCH"
        #expect(try gate.ask(wrong).status == 405)
        let unknown = try gate.ask(.get("/v1/messages/batches"))
        #expect(unknown.status == 404)
        #expect(unknown.error("type") == "not_found_error")
        try gate.finish()
    }
}
