import Testing

@testable import Gateway
@testable import Reactor

/// Requests of web pages (CORS).
@Suite struct OriginTests {
    private func plan(_ origins: [String]) -> Plan {
        var plan = Plan()
        plan.origins = origins
        return plan
    }

    @Test func answersOfEveryKindSayWhoMayReadThem() throws {
        let gate = try Gate(.calm, plan(["https://a.example", "https://b.example"]))
        let asks: [(Ask, Int)] = [
            (.chat(), 200), (.chat(stream: true), 200), (.embeddings(), 200), (.get("/v1/models"), 200),
            (.get("/v1/models/none"), 404), (Ask.chat().keyed(nil), 401), (.get("/v1/embeddings"), 405),
            (Ask.chat(model: "m-alpha", more: ",\"n\":1000"), 400), (.chat(sim: ["fault: error-object"]), 502),
        ]
        for (ask, status) in asks {
            let reply = try gate.ask(ask.with("Origin: https://B.example"))
            #expect(reply.status == status, "\(ask.path)")
            #expect(reply["access-control-allow-origin"] == "https://b.example", "\(ask.path) \(reply.text)")
            #expect(reply["vary"] == "Origin")
            #expect(reply["access-control-expose-headers"]?.contains("x-tokenhub-model") == true)
            #expect(try gate.ask(ask)["access-control-allow-origin"] == nil)
            #expect(try gate.ask(ask.with("Origin: https://c.example"))["access-control-allow-origin"] == nil)
        }
        try gate.finish()
    }

    @Test func starLetsEveryPageIn() throws {
        let gate = try Gate(.calm)
        let reply = try gate.ask(Ask.chat().with("Origin: null"))
        #expect(reply.status == 200 && reply["access-control-allow-origin"] == "*" && reply["vary"] == nil)
        #expect(reply["access-control-allow-credentials"] == nil)
        try gate.finish()
    }

    @Test func preflightAllowsWhatThePageWantsToSend() throws {
        let gate = try Gate(.calm, plan(["https://a.example"]))
        var ask = Ask.get("/v1/chat/completions")
        ask.method = "OPTIONS"
        let wanted = ask.with(
            "Origin: https://a.example", "Access-Control-Request-Method: POST",
            "Access-Control-Request-Headers: authorization, content-type, x-stainless-os")
        let client = try gate.connect()
        client.send(wanted)
        let reply = try gate.reply(to: client)
        #expect(reply.status == 204 && reply.body.isEmpty)
        #expect(reply["access-control-allow-origin"] == "https://a.example")
        #expect(reply["access-control-allow-methods"] == "GET, POST, OPTIONS")
        #expect(reply["access-control-allow-headers"] == "authorization, content-type, x-stainless-os")
        #expect(reply["access-control-max-age"] == "300")
        // The connection goes on.
        client.send(Ask.chat())
        #expect(try gate.reply(2, to: client).status == 200)
        #expect(try gate.ask(ask).status == 405)
        #expect(try gate.ask(ask.with("Origin: https://b.example")).status == 405)
        try gate.finish()
    }

    @Test func whatClientLibrariesSendAPageMaySend() throws {
        let gate = try Gate(.calm)
        let names = [
            "accept", "authorization", "content-type", "x-request-id", "x-api-key", "anthropic-version",
            "anthropic-beta",
            "anthropic-dangerous-direct-browser-access", "idempotency-key", "openai-organization",
            "x-stainless-retry-count",
        ]
        var ask = Ask.get("/v1/messages")
        ask.method = "OPTIONS"
        let reply = try gate.ask(
            ask.with(
                "Origin: https://a.example", "Access-Control-Request-Method: POST",
                "Access-Control-Request-Headers: \(names.joined(separator: ","))"))
        #expect(reply.status == 204)
        #expect(reply["access-control-allow-headers"]?.split(separator: ",").map(String.init) == names)
        let sent = try gate.ask(
            Ask.messages().keyed(nil).with(
                "Origin: https://a.example", "x-api-key: \(Plan.keyText)", "anthropic-version: 2023-06-01",
                "Idempotency-Key: 1"))
        #expect(sent.status == 200)
        let exposed = sent["access-control-expose-headers"] ?? ""
        for name in ["X-Negotiated-Model", "X-Alias-From", "Idempotency-Replay", "retry-after", "x-request-id"] {
            #expect(exposed.contains(name), "\(name)")
        }
        try gate.finish()
    }

    @Test func nothingOutsideOfV1TakesPart() throws {
        let gate = try Gate(.calm)
        for path in ["/healthz", "/livez", "/v2/models"] {
            let reply = try gate.ask(Ask.get(path).with("Origin: https://a.example"))
            #expect(reply["access-control-allow-origin"] == nil, "\(path)")
        }
        try gate.finish()
    }
}
