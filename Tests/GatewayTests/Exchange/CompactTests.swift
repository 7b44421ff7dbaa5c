// Conversations made shorter: the provider's own doing where it can, a plain word where it cannot.

import Adapters
import Testing
import Wire

@testable import Gateway

@Suite struct CompactTests {
    private static let answer =
        #"{"id":"cmp_1","object":"response.compaction","created_at":1764967971,"output":[{"type":"message","role":"user","#
        + #""content":[{"type":"input_text","text":"hello"}]},{"id":"cmp_2","type":"compaction","encrypted_content":"gAAA"}],"#
        + #""usage":{"input_tokens":100,"input_tokens_details":{"cached_tokens":10},"output_tokens":20,"total_tokens":120}}"#

    private func plan(_ dialect: Provider, _ answer: String = Script.whole(CompactTests.answer)) -> Plan {
        var plan = Plan()
        plan.stands[0].dialect = dialect
        plan.stands[0].credential = "sk-own"
        plan.stands[0].script = Script.always(answer)
        return plan
    }

    private var ask: Ask {
        var ask = Ask.responses(more: #","instructions":"be brief","prompt_cache_key":"k","unknown":{"a":[1.50]}"#)
        ask.path = "/v1/responses/compact"
        return ask
    }

    @Test(arguments: Kernel.present)
    func aProviderOfTheWireIsAskedOnItsOwnPathByteForByte(kernel: Kernel) throws {
        var asked = ""
        var plan = plan(.openAI)
        plan.keys[0].budget = 1_000_000_000
        plan.stands[0].script = { server in
            Script.always(Script.whole(Self.answer))(server)
            let answer = server.onChange
            server.onChange = { server in
                asked = String(decoding: server.received, as: UTF8.self)
                answer?(server)
            }
        }
        let gate = try Gate(kernel, plan)
        let reply = try gate.ask(ask)
        #expect(reply.status == 200 && reply.text == Self.answer, "\(reply.text)")
        #expect(reply["x-tokenhub-relay"] == "exact" && reply["x-tokenhub-model"] == "m-alpha")
        #expect(reply["x-tokenhub-cost-usd"] != nil)
        #expect(asked.hasPrefix("POST /v1/responses/compact HTTP/1.1\r\n"))
        #expect(asked.contains("\r\nAuthorization: Bearer sk-own\r\n") && !asked.contains(Plan.keyText))
        #expect(asked.hasSuffix("\r\n\r\n" + ask.upstreamBody))
        let row = try gate.settledRows(1)[0]
        #expect(row.record.operation == .compact && !row.record.isStream)
        #expect(row.record.usage.inputTokens == 100 && row.record.usage.cachedTokens == 10)
        #expect(row.record.usage.outputTokens == 20)
        #expect(gate.plan.keys[0].state.committedNanoUSD == row.record.costNanoUSD)
        try gate.finish()
    }

    @Test func whatIsCompactedMayBeAnEarlierResponse() throws {
        let gate = try Gate(.calm, plan(.openAI))
        for body in [
            #"{"model":"m-alpha","previous_response_id":"resp_1"}"#,
            #"{"model":"m-alpha","input":null,"previous_response_id":"resp_1","stream":true}"#,
        ] {
            var ask = ask
            ask.body = body
            #expect(try gate.ask(ask).status == 200, "\(body)")
        }
        try gate.finish()
    }

    @Test(arguments: [Provider.anthropic, .vllm, .compatible(.openRouter)])
    func whoCannotIsNamed(dialect: Provider) throws {
        var plan = plan(dialect)
        // Another that could would make an item that the one meant does not understand.
        plan.stands.append(Plan.Stand(id: "beta", script: Script.always(Script.whole(Self.answer)), dialect: .openAI))
        plan.models.append(Plan.Model(id: "m-beta", provider: "beta", weight: 5, literal: "up-beta"))
        let gate = try Gate(.calm, plan)
        let reply = try gate.ask(ask)
        #expect(reply.status == 404, "\(reply.text)")
        #expect(reply.error("type") == "invalid_request_error")
        #expect(reply.error("code") == "compaction_not_supported")
        #expect(reply.error("param") == "model")
        #expect(reply.error("message")?.contains("m-alpha") == true)
        #expect(reply["retry-after"] == nil && reply["x-request-id"] != nil)
        #expect(try gate.settledRows(1)[0].record.costNanoUSD == 0)
        try gate.finish()
    }

    @Test func itIsAskedForLikeAnyResponse() throws {
        var plan = plan(.openAI)
        let gate = try Gate(.calm, plan)
        #expect(try gate.ask(ask.keyed(nil)).status == 401)
        var wrong = ask
        wrong.method = "GET"
        #expect(try gate.ask(wrong).status == 405)
        wrong = ask
        wrong.body = #"{"input":"hello"}"#
        let nameless = try gate.ask(wrong)
        #expect(nameless.status == 404 && nameless.error("code") == "model_not_found", "\(nameless.text)")
        wrong.body = #"{"model":"m-alpha"#
        #expect(try gate.ask(wrong).error("code") == "invalid_json")
        try gate.finish()
        plan.keys[0].scopes = .embeddings
        let foreign = try Gate(.calm, plan)
        #expect(try foreign.ask(ask).status == 403)
        try foreign.finish()
    }

    @Test func anAnswerWithoutItemsIsNoneAndARefusalComesAsItIs() throws {
        let hollow = try Gate(.calm, plan(.openAI, Script.whole(#"{"object":"response.compaction","output":[]}"#)))
        #expect(try hollow.ask(ask).status == 502)
        try hollow.finish()
        let words =
            #"{"error":{"message":"too long","type":"invalid_request_error","param":null,"code":"context_length_exceeded"}}"#
        let long = try Gate(.calm, plan(.openAI, Script.whole(words, status: "400 Bad Request")))
        let reply = try long.ask(ask)
        #expect(reply.status == 400 && reply.text == words)
        try long.finish()
    }
}
