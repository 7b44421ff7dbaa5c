// What bad input gets, row by row of the issue's table.

import Adapters
import Sim
import Testing
import Wire

@testable import Gateway
@testable import Reactor

@Suite struct BadInputTests {
    struct Raw: CustomTestStringConvertible, Sendable {
        let name: String
        let bytes: String
        let status: Int
        init(_ name: String, _ bytes: String, _ status: Int = 400) {
            (self.name, self.bytes, self.status) = (name, bytes, status)
        }
        var testDescription: String { name }
    }

    static let ambiguous = [
        Raw("length and chunks", "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
        Raw("two lengths", "Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello"),
        Raw("a list of lengths", "Content-Length: 5, 6\r\n\r\nhello"),
        Raw("a length with a sign", "Content-Length: +5\r\n\r\nhello"),
        Raw("a bare line feed", "X: y\nContent-Length: 0\r\n\r\n"),
        Raw("a bare carriage return", "X: y\rz\r\nContent-Length: 0\r\n\r\n"),
        Raw("a space before the colon", "Content-Length : 0\r\n\r\n"),
        Raw("a folded line", "X: a\r\n b\r\nContent-Length: 0\r\n\r\n"),
        Raw("two hosts", "Host: other\r\nContent-Length: 0\r\n\r\n"),
        Raw("a bad chunk size", "Transfer-Encoding: chunked\r\n\r\nzz\r\nhello\r\n0\r\n\r\n"),
        Raw("a negative chunk size", "Transfer-Encoding: chunked\r\n\r\n-5\r\nhello\r\n0\r\n\r\n"),
        Raw("another coding", "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n", 501),
        Raw("an oversized head", "X: \(String(repeating: "x", count: 70_000))\r\n\r\n", 431),
        Raw("too many fields", String(repeating: "X: y\r\n", count: 200) + "\r\n", 431),
    ]

    @Test(arguments: ambiguous, Kernel.present)
    func ambiguousRequestsAreRefusedAndNothingBehindThemIsInterpreted(raw: Raw, kernel: Kernel) throws {
        let gate = try Gate(kernel)
        let client = try gate.connect()
        client.send("POST /v1/chat/completions HTTP/1.1\r\nHost: a\r\nx-api-key: \(Plan.keyText)\r\n\(raw.bytes)")
        client.send(.chat())
        let reply = try gate.reply(to: client)
        #expect(reply.status == raw.status || raw.status == 501 && reply.status == 400, "\(reply.status)")
        #expect(reply.error("type") == (reply.status < 500 ? "invalid_request_error" : "server_error"), "\(reply.text)")
        #expect(reply["connection"] == "close")
        #expect(reply["x-request-id"] != nil)
        try gate.until("the connection closed") { client.isOver }
        #expect(client.replies.count == 1, gate.place)
        #expect(gate.rows.isEmpty)
        #expect(gate.sims["alpha"]?.requestCount == 0)
        try gate.finish()
    }

    @Test func everyPieceOfAnAmbiguousHeadMayComeAlone() throws {
        for raw in BadInputTests.ambiguous where raw.bytes.utf8.count < 100 {
            let gate = try Gate(.calm)
            let client = try gate.connect()
            let start = "POST /v1/chat/completions HTTP/1.1\r\nHost: a\r\nx-api-key: \(Plan.keyText)\r\n"
            let bytes = Array("\(start)\(raw.bytes)".utf8)
            for byte in bytes where !client.isOver {
                client.send([byte])
                try gate.pass(milliseconds: 1)
            }
            let reply = try gate.reply(to: client)
            #expect(reply.status == raw.status || raw.status == 501 && reply.status == 400, "\(raw.name)")
            try gate.finish()
        }
    }

    // MARK: Requests

    @Test(arguments: [true, false])
    func aBodyAboveTheBoundIsRefusedBeforeItIsRead(chunked: Bool) throws {
        let gate = try Gate(.calm, bodyBytesMax: 100_000)
        let client = try gate.connect()
        let ask = Ask.chat()
        if chunked {
            client.send(ask.bytes(framing: "Transfer-Encoding: chunked", []))
            client.send(Array("30d40\r\n".utf8) + [UInt8](repeating: 0x20, count: 200_000))
        } else {
            client.send(ask.bytes(framing: "Content-Length: 100001\r\nExpect: 100-continue", []))
        }
        let reply = try gate.reply(to: client)
        #expect(reply.status == 413)
        #expect(reply.error("code") == "request_too_large")
        #expect(reply["connection"] == "close")
        try gate.finish()
    }

    struct Body: CustomTestStringConvertible, Sendable {
        let body: String
        let code: String
        let words: String
        var path = "/v1/chat/completions"
        var testDescription: String { "\(code) \(words)" }
    }

    private static let message = #""messages":[{"role":"user","content":"a"}]"#

    static let bodies: [Body] = [
        Body(body: #"{"model":"x","messages":[}"#, code: "invalid_json", words: "byte 25"),
        Body(body: #"{"model":"x""#, code: "invalid_json", words: "byte 12"),
        Body(body: "", code: "invalid_json", words: "byte 0"),
        Body(body: "[]", code: "invalid_json", words: "object"),
        Body(body: "{\(message)} {}", code: "invalid_json", words: "byte"),
        Body(body: String(repeating: "[", count: 200), code: "invalid_json", words: "byte"),
        Body(body: "{\"a\":\(String(repeating: "[", count: 300))", code: "invalid_json", words: "byte"),
        Body(body: #"{"model":"x"}"#, code: "missing_required_parameter", words: "messages is required"),
        Body(body: #"{"messages":[]}"#, code: "empty_array", words: "messages"),
        Body(body: #"{"messages":null}"#, code: "missing_required_parameter", words: "messages"),
        Body(body: #"{"messages":"a"}"#, code: "invalid_type", words: "messages must be an array"),
        Body(body: #"{"messages":[1]}"#, code: "invalid_type", words: "objects"),
        Body(body: "{\(message),\"model\":7}", code: "invalid_type", words: "model must be a string"),
        Body(body: "{\(message),\"stream\":\"yes\"}", code: "invalid_type", words: "stream must be a boolean"),
        Body(body: "{\(message),\"n\":17}", code: "integer_out_of_range", words: "between 1 and 16"),
        Body(body: "{\(message),\"n\":0}", code: "integer_out_of_range", words: "between 1 and 16"),
        Body(body: "{\(message),\"n\":99999999999999999999999}", code: "integer_out_of_range", words: "16"),
        Body(body: "{\(message),\"n\":1.5}", code: "invalid_type", words: "integer"),
        Body(body: "{\(message),\"max_tokens\":1000001}", code: "integer_out_of_range", words: "1000000"),
        Body(body: "{\(message),\"max_completion_tokens\":-1}", code: "integer_out_of_range", words: "1000000"),
        Body(
            body: "{\(message),\"stop\":[\(Array(repeating: "\"a\"", count: 17).joined(separator: ","))]}",
            code: "array_above_max_length", words: "stop may have at most 16"),
        Body(
            body: "{\(message),\"tools\":[\(Array(repeating: "{}", count: 513).joined(separator: ","))]}",
            code: "array_above_max_length", words: "tools may have at most 512"),
        Body(
            body: "{\"messages\":[\(Array(repeating: "{}", count: 10_001).joined(separator: ","))]}",
            code: "array_above_max_length", words: "messages may have at most 10000"),
        Body(body: "{\(message),\"model\":\"a\",\"model\":\"b\"}", code: "ambiguous_parameter", words: "model"),
        Body(body: "{\(message),\"Model\":\"a\"}", code: "ambiguous_parameter", words: "model"),
        Body(body: #"{"model":"x"}"#, code: "missing_required_parameter", words: "input", path: "/v1/embeddings"),
        Body(body: #"{"model":"x"}"#, code: "missing_required_parameter", words: "prompt", path: "/v1/completions"),
    ]

    @Test(arguments: bodies)
    func aBodyAtFaultIsAnsweredWith400ThatSaysWhatIsWrong(body: Body) throws {
        let gate = try Gate(.calm)
        var ask = Ask()
        (ask.path, ask.body) = (body.path, body.body)
        let client = try gate.connect()
        client.send(ask)
        let reply = try gate.reply(to: client)
        #expect(reply.status == 400, "\(reply.text)")
        #expect(reply.error("type") == "invalid_request_error")
        #expect(reply.error("code") == body.code, "\(reply.text)")
        #expect(reply.error("message")?.contains(body.words) == true, "\(reply.text)")
        // The request was whole, so the connection goes on.
        client.send(.chat())
        #expect(try gate.reply(2, to: client).status == 200)
        #expect(gate.sims["alpha"]?.requestCount == 1)
        try gate.finish()
    }

    @Test func unknownPathsAre404AndWrongMethods405WithAllow() throws {
        let gate = try Gate(.calm)
        for path in ["/v1/responses/", "/v1/chat/completions/", "/v1", "/V1/chat/completions", "/..", "/v1/models/"] {
            let reply = try gate.ask(.get(path, key: Plan.keyText))
            #expect(reply.status == 404, "\(path)")
            #expect(reply.error("code") == "not_found")
        }
        let methods = [
            ("/v1/chat/completions", "GET", "POST"), ("/v1/embeddings", "PUT", "POST"),
            ("/v1/completions", "DELETE", "POST"), ("/v1/models", "POST", "GET, HEAD"),
            ("/v1/models/m-alpha", "DELETE", "GET, HEAD"), ("/livez", "POST", "GET, HEAD"),
            ("/readyz", "PATCH", "GET, HEAD"), ("/healthz", "BREW", "GET, HEAD"), ("/metrics", "POST", "GET, HEAD"),
        ]
        for (path, method, allow) in methods {
            var ask = Ask.get(path, key: Plan.keyText)
            ask.method = method
            if method == "POST" { ask.body = "{}" }
            let reply = try gate.ask(ask)
            #expect(reply.status == 405, "\(method) \(path)")
            #expect(reply["allow"]?.hasPrefix(allow) == true, "\(method) \(path): \(reply["allow"] ?? "")")
            #expect(reply.error("code") == "method_not_allowed")
        }
        try gate.finish()
    }

    // MARK: Keys

    @Test func aKeyThatIsMissingMalformedUnknownDisabledOrExpiredIs401() throws {
        var plan = Plan()
        let disabled = "tokenhub_" + String(repeating: "d", count: 64)
        let expired = "tokenhub_" + String(repeating: "e", count: 64)
        plan.keys.append(Plan.Key(text: disabled, id: "disabled", isEnabled: false))
        // The simulated clock begins on 2026-01-01.
        plan.keys.append(Plan.Key(text: expired, id: "expired", expiresAt: 1_767_225_601))
        let gate = try Gate(.calm, plan)
        let unknown = "tokenhub_" + String(repeating: "f", count: 64)
        let cases: [(String?, String, String)] = [
            (nil, "missing_api_key", "authorization required"), ("", "missing_api_key", "authorization required"),
            ("sk-123", "invalid_api_key", "invalid api key format"),
            ("tokenhub_", "invalid_api_key", "invalid api key format"),
            ("TOKENHUB_" + String(repeating: "f", count: 64), "invalid_api_key", "invalid api key format"),
            (unknown, "invalid_api_key", "invalid api key"), (disabled, "invalid_api_key", "invalid api key"),
            (expired, "invalid_api_key", "invalid api key"),
            (Plan.keyText + "0", "invalid_api_key", "invalid api key"),
            (String(Plan.keyText.dropLast()), "invalid_api_key", "invalid api key"),
            ("tokenhub_" + String(repeating: "f", count: 4000), "invalid_api_key", "invalid api key format"),
        ]
        try gate.pass(milliseconds: 2_000)
        for (key, code, message) in cases {
            let reply = try gate.ask(Ask.chat().keyed(key))
            #expect(reply.status == 401, "\(key ?? "none")")
            #expect(reply.error("code") == code, "\(key ?? "none")")
            #expect(reply.error("message") == message)
            #expect(reply["content-type"] == "application/json")
        }
        #expect(gate.sims["alpha"]?.requestCount == 0)
        #expect(!gate.logText.contains("tokenhub_"))
        try gate.finish()
    }

    @Test func bothWaysToGiveAKeyAreUnderstood() throws {
        let gate = try Gate(.calm)
        for field in ["x-api-key: \(Plan.keyText)", "authorization: bearer \(Plan.keyText)"] {
            #expect(try gate.ask(Ask.chat().keyed(nil).with(field)).status == 200)
        }
        try gate.finish()
    }

    @Test func aKeyWithoutTheScopeIs403() throws {
        var plan = Plan()
        plan.keys[0].scopes = [.chat, .plan]
        plan.keys.append(Plan.Key(text: "tokenhub_" + String(repeating: "e", count: 64), scopes: [.embeddings]))
        let gate = try Gate(.calm, plan)
        let reply = try gate.ask(.embeddings())
        #expect(reply.status == 403)
        #expect(reply.error("code") == "insufficient_scope")
        #expect(reply.error("message") == "insufficient scope")
        #expect(try gate.ask(.chat()).status == 200)
        #expect(try gate.ask(Ask.chat().keyed(plan.keys[1].text)).status == 403)
        #expect(try gate.ask(Ask.embeddings().keyed(plan.keys[1].text)).status == 200)
        try gate.finish()
    }

    @Test func aBodyWithoutAValidKeyIsRefusedBeforeItIsSent() throws {
        let gate = try Gate(.calm)
        let client = try gate.connect()
        let framing = "Content-Length: 900000\r\nExpect: 100-continue"
        client.send(Ask.chat().keyed("tokenhub_nobody").bytes(framing: framing, []))
        let reply = try gate.reply(to: client)
        #expect(reply.status == 401)
        #expect(reply["connection"] == "close")
        #expect(gate.loop.bodyBytesReserved == 0)
        try gate.finish()
    }

    // MARK: Providers

    @Test func aRedirectIsNeverFollowedAndCountsAgainstTheProvider() throws {
        var plan = Plan()
        var visits = 0
        var requests: [String] = []
        plan.stands[0].credential = "secret-of-alpha"
        plan.stands[0].script = Script.onRequest { server in
            requests.append(String(decoding: server.received, as: UTF8.self))
            let place = "Location: http://10.2.0.2:443/v1/chat/completions\r\n"
            server.send(Script.whole("", status: "307 Temporary Redirect", fields: place))
        }
        plan.stands.append(Plan.Stand(id: "other", script: { _ in visits += 1 }))
        let gate = try Gate(.calm, plan)
        let reply = try gate.ask(.chat())
        #expect(reply.status == 502)
        #expect(reply["location"] == nil)
        #expect(requests.count == 1)
        #expect(requests[0].contains("Authorization: Bearer secret-of-alpha\r\n"))
        #expect(!requests[0].contains("tokenhub_"))
        #expect(visits == 0)
        #expect(try gate.health(of: "alpha").totalErrors == 1)
        #expect(!reply.text.contains("secret"))
        try gate.finish()
    }

    @Test func noProviderAtAllIs503WithRetryAfterAndTheReason() throws {
        var plan = Plan()
        plan.models[0].isEnabled = false
        let gate = try Gate(.calm, plan)
        let reply = try gate.ask(.chat())
        #expect(reply.status == 503)
        #expect(reply["retry-after"] == "1")
        #expect(reply.error("code") == "no_provider_available")
        #expect(reply.error("message")?.hasSuffix("; m-alpha: disabled") == true, "\(reply.text)")
        #expect(try gate.settledRows(1)[0].error == "no_provider")
        try gate.finish()
    }

    @Test func allProvidersDownIs503UntilTheFirstMayBeAskedAgain() throws {
        let gate = try Gate(.calm, .bothFail(.status(500, retryAfterSeconds: nil)))
        for _ in 0..<3 { #expect(try gate.ask(.chat()).status == 502) }
        #expect(try gate.health(of: "alpha").state == .down)
        let reply = try gate.ask(.chat())
        #expect(reply.status == 503)
        #expect(reply["retry-after"] == "30")
        #expect(
            reply.error("message")?.hasSuffix("; m-alpha: health_down, m-beta: health_down") == true, "\(reply.text)")
        #expect(gate.sims["alpha"]?.requestCount == 5)
        try gate.pass(milliseconds: 30_100)
        #expect(try gate.ask(.chat()).status == 502)
        #expect(gate.sims["alpha"]?.requestCount == 6)
        try gate.finish()
    }

    // MARK: Clients

    @Test func aSilentClientIsClosedAtTheDeadlineAndHoldsNoBlock() throws {
        let gate = try Gate(.calm)
        let silent = try gate.connect()
        let slow = try gate.connect()
        slow.send("POST /v1/chat/completions HTTP/1.1\r\nHo")
        let idle = try gate.connect()
        idle.send(.chat())
        _ = try gate.reply(to: idle)
        try gate.pass(milliseconds: 100)
        // The partial head alone needs memory.
        #expect(gate.loop.blocks.takenCount == 1)
        try gate.pass(milliseconds: 11_000)
        #expect(silent.isOver)
        #expect(try gate.reply(to: slow).status == 408)
        #expect(!idle.isOver)
        try gate.pass(milliseconds: 120_000)
        #expect(idle.isOver)
        try gate.finish()
    }

    @Test func aClientThatDoesNotReadIsClosedAndItsProviderReleased() throws {
        let gate = try Gate(.calm)
        let client = try gate.connect()
        client.isReading = false
        client.send(.chat(stream: true, sim: ["tokens: 40000", "chunk-bytes: 100"]))
        try gate.pass(milliseconds: 5_000)
        // It waits: the provider is not read on, and no more than the mark is held.
        #expect(gate.plane.openExchangeCount == 1)
        try gate.pass(milliseconds: 70_000)
        #expect(gate.plane.openExchangeCount == 0)
        #expect(gate.loop.upstreamCount == 0)
        #expect(gate.loop.blocks.takenCount == 0)
        let row = try gate.settledRows(1)[0]
        #expect(row.record.clientLeft)
        #expect(try gate.health(of: "alpha").totalErrors == 0)
        try gate.finish()
    }

    @Test func descriptorsRunningOutLeavesRunningStreamsUnharmed() throws {
        let gate = try Gate(.calm)
        let network = try #require(gate.network)
        let ask = Ask.chat(stream: true, sim: ["seed: 3", "tokens: 50", "gap-us: 20000"])
        let running = try gate.connect()
        running.send(ask)
        try gate.pass(milliseconds: 200)
        network.descriptorsMax = network.openCount
        let waiting = try gate.connect()
        waiting.send(.chat())
        try gate.pass(milliseconds: 300)
        #expect(waiting.replies.isEmpty)
        #expect(gate.loop.counters.acceptPauseCount > 0)
        #expect(try gate.reply(to: running).body == Expected.payload(ask))
        network.descriptorsMax = .max
        #expect(try gate.reply(to: waiting).status == 200)
        try gate.finish()
    }
}
