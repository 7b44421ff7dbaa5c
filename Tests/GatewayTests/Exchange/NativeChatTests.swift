// The native `POST /v1/chat`: the envelope on the way in, the envelope on the way out, and its errors.

import Adapters
import Sim
import TestSupport
import Testing
import Wire

@testable import Gateway
@testable import Reactor

@Suite struct NativeChatTests {
    private static let answer =
        #"{ "id":"a","choices":[{"message":{"content":"b\u00e9"}}],"usage":{"prompt_tokens":1000,"completion_tokens":500} }"#
    private static let stream =
        "data: {\"choices\":[{\"delta\":{\"content\":\"a\"}}]}\n\n: note\n\ndata: {\"choices\":[{\"delta\":{},\"finish_reason\":\"stop\"}]}\n\n"
        + "data: [DONE]\n\n"

    private final class Heard { var bodies: [String] = [] }

    /// One provider that answers this, and what it was asked.
    private func gate(_ answer: String, _ change: (inout Plan) -> Void = { _ in }) throws -> (Gate, Heard) {
        let heard = Heard()
        var plan = Plan()
        plan.stands[0].asksForUsage = false
        plan.stands[0].script = Script.onRequest { server in
            let text = String(decoding: server.received, as: UTF8.self)
            heard.bodies.append(String(text.split(separator: "\r\n\r\n").last ?? ""))
            server.send(answer)
        }
        change(&plan)
        return (try Gate(.calm, plan), heard)
    }

    @Test func theAnswerStandsUntouchedInTheEnvelope() throws {
        let (gate, heard) = try gate(Script.whole(Self.answer))
        let reply = try gate.ask(
            .native(parts: #","parameters":{"temperature":0.50,"model":"no"},"meta":{"team":"x"}"#))
        #expect(reply.status == 200)
        #expect(
            reply.text
                == #"{"negotiated_model":"m-alpha","estimated_cost_usd":0.002000000,"routing_reason":"routed-hint-exact","response":"#
                + Self.answer + "}")
        try JSONScan.validate(reply.body.span)
        #expect(
            heard.bodies == [#"{"model":"up-alpha","messages":[{"role":"user","content":"hello"}],"temperature":0.50}"#]
        )
        #expect(reply["content-type"] == "application/json")
        #expect(reply["x-negotiated-model"] == "m-alpha")
        #expect(reply["x-tokenhub-model"] == "m-alpha")
        #expect(reply["x-tokenhub-provider"] == "alpha")
        #expect(reply["x-tokenhub-reason"] == "routed-hint-exact")
        #expect(reply["x-tokenhub-attempts"] == "1")
        #expect(reply["x-tokenhub-cost-usd"] == "0.002000000")
        #expect(reply["x-tokenhub-overhead-us"] != nil)
        #expect(reply["x-tokenhub-relay"] == "translated")
        #expect(reply["x-tokenhub-ignored"] == nil)
        let row = try gate.settledRows(1)[0]
        #expect(row.record.costNanoUSD == 2_000_000)
        try gate.finish()
    }

    @Test(arguments: Kernel.present)
    func answersOfEverySizeAreWhole(kernel: Kernel) throws {
        let gate = try Gate(kernel, .two())
        for words in [1, 3_000] {
            let reply = try gate.ask(.native(content: "go").with("x-sim-seed: 1", "x-sim-tokens: \(words)"))
            #expect(reply.status == 200, gate.place)
            try JSONScan.validate(reply.body.span)
            #expect(reply.value("response.choices.0.message.role") == "assistant", gate.place)
        }
        try gate.finish()
    }

    @Test func aProviderThatDoesNotCountLeavesTheEstimate() throws {
        let (gate, _) = try gate(Script.whole()) { $0.models[0].prices.outputPer1K = 1_000_000 }
        let reply = try gate.ask(.native(parts: #","estimated_input_tokens":488"#))
        // 488 of prompt and 512 of answer.
        #expect(reply.value("estimated_cost_usd") == "0.001000000")
        try gate.finish()
        let (dark, _) = try self.gate(Script.whole()) { $0.models[0].prices.outputPer1K = nil }
        #expect(try dark.ask(.native()).value("estimated_cost_usd") == "null")
        try dark.finish()
    }

    @Test func aStreamIsTheProvidersOwn() throws {
        let head =
            "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nContent-Length: \(Self.stream.utf8.count)\r\n\r\n"
        let (gate, heard) = try gate(head + Self.stream)
        let reply = try gate.ask(.native(parts: #","stream":true,"parameters":{"stream":false}"#))
        #expect(reply.text == Self.stream)
        #expect(reply["content-type"] == "text/event-stream")
        #expect(reply["x-negotiated-model"] == "m-alpha")
        #expect(reply["x-tokenhub-relay"] == "exact")
        #expect(heard.bodies.allSatisfy { $0.hasSuffix(#","stream":true}"#) })
        try gate.finish()
    }

    /// An answer with this text, as JSON has it between quotes.
    private static func saying(_ text: String) -> String {
        answer.replacing(#"b\u00e9"#, with: text)
    }

    @Test(arguments: [
        (#"{"type":"json"}"#, #"see ```json\n{\"a\":1}\n``` there"#, #"{\"a\":1}"#),
        (#"{"strip_think":true}"#, #"<think>hm\n</think>\n yes"#, "yes"),
        (#"{"max_tokens":1}"#, #"ab\u20accd"#, "ab..."),
        (#"{"type":"text","strip_think":null,"max_tokens":null}"#, "# A **b**", "A b"),
        (#"{"type":"other"}"#, #" \u00e9"#, #" \u00e9"#), ("{}", #" \u00e9"#, #" \u00e9"#),
    ])
    func theTextIsPutInFormAndNothingElse(form: String, said: String, heard: String) throws {
        let (gate, _) = try gate(Script.whole(Self.saying(said)))
        let reply = try gate.ask(.native(more: #","output_format":\#(form)"#))
        #expect(reply.status == 200)
        #expect(reply.text.hasSuffix(#""response":"# + Self.saying(heard) + "}"), "\(reply.text)")
        #expect(reply["x-tokenhub-ignored"] == nil)
        #expect(try gate.settledRows(1)[0].record.costNanoUSD == 2_000_000)
        // The connection's next answer has no form.
        #expect(try gate.ask(.native()).text.hasSuffix(Self.saying(said) + "}"))
        try gate.finish()
    }

    @Test(arguments: [
        (#","output_schema":\#(order)"#, ""), ("", #","output_format":{"schema":\#(order)}"#),
        (#","output_schema":\#(order)"#, #","output_format":{"schema":{"type":"null"},"strip_think":true}"#),
    ])
    func anAnswerFitsItsSchemaOrIsPaidForAndRefused(parts: String, more: String) throws {
        let fitting = Self.saying(#"{\"items\":[{\"price\":1}]}"#)
        let (gate, _) = try gate(Script.whole(fitting))
        #expect(try gate.ask(.native(parts: parts, more: more)).text.hasSuffix(fitting + "}"))
        try gate.finish()
        let unfit = Self.saying(#"{\"items\":[{\"price\":\"1\"}]}"#)
        let (other, heard) = try self.gate(Script.whole(unfit)) {
            $0.models.append($0.models[0])
            $0.models[1].id = "m-other"
        }
        let reply = try other.ask(.native(parts: parts, more: more))
        #expect(reply.status == 502)
        #expect(
            reply.text == #"{"error":"at /items/0/price: expected JSON number but got something else"}"#)
        #expect(reply["content-type"] == "application/json")
        #expect(reply["x-tokenhub-cost-usd"] == "0.002000000")
        #expect(reply["x-tokenhub-attempts"] == "1")
        #expect(heard.bodies.count == 1)
        let row = try other.settledRows(1)[0]
        #expect(row.error == "output_schema_validation_failed")
        #expect(row.record.status == 502)
        #expect(row.record.costNanoUSD == 2_000_000)
        #expect(row.record.usage.outputTokens == 500)
        try other.finish()
    }

    private static let order =
        #"{"type":"object","properties":{"items":{"items":{"properties":{"price":{"type":"number"}}}}}}"#

    @Test func theAnswerOfAnotherWireIsPutInFormToo() throws {
        let (gate, _) = try gate(Script.whole(Script.message)) { $0.stands[0].dialect = .anthropic }
        let reply = try gate.ask(.native(more: #","output_format":{"max_tokens":1}"#))
        #expect(reply.value("response.choices.0.message.content") == "Hell...")
        #expect(reply.value("response.usage.prompt_tokens") == "7")
        let misfit = try gate.ask(.native(parts: #","output_schema":{"type":"object"}"#))
        #expect(misfit.text == #"{"error":"expected JSON object but got something else"}"#)
        try gate.finish()
    }

    @Test func anAnswerWithoutATextFitsEverySchema() throws {
        let calls = #"{"choices":[{"message":{"content":null,"tool_calls":[]}}]}"#
        let (gate, _) = try gate(Script.whole(calls))
        let reply = try gate.ask(
            .native(parts: #","output_schema":{"type":"null"}"#, more: #","output_format":{"type":"json"}"#))
        #expect(reply.text.hasSuffix(calls + "}"))
        try gate.finish()
    }

    @Test(arguments: [
        ("{}", #"schema missing required \"type\" field"#),
        ("5", "schema is not valid JSON: the text is not an object"),
        (
            #"{"type":"object","required":[1]}"#, #"schema \"required\" must be a list of strings"#
        ),
    ])
    func aSchemaThatIsNoneIsRefusedBeforeAnybodyIsAsked(schema: String, message: String) throws {
        let (gate, heard) = try gate(Script.whole())
        for ask in [
            Ask.native(parts: ",\"output_schema\":\(schema)"),
            .native(more: ",\"output_format\":{\"schema\":\(schema)}"),
        ] {
            let reply = try gate.ask(ask)
            #expect(reply.status == 400)
            #expect(reply.text == "{\"error\":\"\(message)\"}")
        }
        #expect(heard.bodies == [])
        try gate.finish()
    }

    @Test func whatAStreamsFormIsToBeIsNamedAsNotHeeded() throws {
        let head =
            "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nContent-Length: \(Self.stream.utf8.count)\r\n\r\n"
        let (gate, _) = try gate(head + Self.stream)
        let reply = try gate.ask(
            .native(
                parts: #","stream":true,"output_schema":{}"#, more: #","output_format":{"type":"json","schema":{}}"#))
        #expect(reply.text == Self.stream)
        #expect(
            reply.fields.filter { $0.name == "x-tokenhub-ignored" }.map(\.value) == ["output_format", "output_schema"])
        let form = try gate.ask(.native(parts: #","stream":true"#, more: #","output_format":{"schema":{}}"#))
        #expect(form.fields.filter { $0.name == "x-tokenhub-ignored" }.map(\.value) == ["output_format"])
        try gate.finish()
    }

    @Test(arguments: [
        ("{", "bad json"), (#"{"request":{}}"#, "messages required"),
        (#"{"request":{"messages":[{}]},"policy":{"max_budget_usd":101}}"#, "max_budget_usd must be between 0 and 100"),
        (
            #"{"request":{"messages":[{}]},"policy":{"max_latency_ms":-1}}"#,
            "max_latency_ms must be between 0 and 300000"
        ),
        (#"{"request":{"messages":[{}]},"policy":{"min_weight":11}}"#, "min_weight must be between 0 and 10"),
        (#"{"request":{"messages":[5]}}"#, "messages must be an array of objects"),
        (#"{"request":{"messages":[{}],"parameters":{"n":0}}}"#, "n must be between 1 and 16"),
    ])
    func aBadEnvelopeIsRefusedInTheOriginalsWords(body: String, message: String) throws {
        let (gate, heard) = try gate(Script.whole())
        var ask = Ask.native()
        ask.body = body
        let reply = try gate.ask(ask)
        #expect(reply.status == 400)
        #expect(reply.text == "{\"error\":\"\(message)\"}")
        #expect(reply["content-type"] == "application/json")
        #expect(heard.bodies == [])
        try gate.finish()
    }

    @Test func everyErrorHasTheNativeForm() throws {
        let (gate, _) = try gate(Script.whole(#"{"error":{"message":"say \"please\""}}"#, status: "422 No"))
        #expect(try gate.ask(.native().keyed(nil)).text == #"{"error":"authorization required"}"#)
        #expect(try gate.ask(.native().keyed("x")).status == 401)
        #expect(try gate.ask(.get("/v1/chat")).text == #"{"error":"method not allowed"}"#)
        let reply = try gate.ask(.native())
        #expect(reply.status == 422)
        #expect(reply.text == #"{"error":"say \"please\""}"#)
        #expect(reply["x-tokenhub-provider"] == "alpha")
        try gate.finish()
        let (plain, _) = try self.gate(Script.whole("no way", status: "404 No"))
        #expect(try plain.ask(.native()).text == #"{"error":"no way"}"#)
        try plain.finish()
    }

    @Test(arguments: [false, true])
    func whoCannotBeServedHearsTheOriginalsWords(stream: Bool) throws {
        let parts = stream ? #","stream":true"# : ""
        let failing = try Gate(.calm, .bothFail(.status(500, retryAfterSeconds: nil)))
        let reply = try failing.ask(.native(parts: parts))
        #expect(reply.status == 502)
        #expect(
            reply.value("error")?.hasPrefix(stream ? "all providers failed for streaming: " : "all providers failed")
                == true)
        try failing.finish()
        let (empty, _) = try gate("") { $0.models[0].isEnabled = false }
        let none = try empty.ask(.native(parts: parts))
        #expect(none.status == 502)
        #expect(none.text == #"{"error":"no eligible models registered; m-alpha: disabled"}"#)
        try empty.finish()
    }

    @Test func anAliasGoesByTheIdInTheEnvelope() throws {
        var plan = Plan.two()
        plan.aliases = [Plan.Alias(name: "both", variants: [("m-alpha", 1), ("m-beta", 1)])]
        let gate = try Gate(.calm, plan)
        for id in ["a", "b", "c", "d", "req-1", "req-2"] {
            let index = Int(FNV.hash32(Array(id.utf8).span) % 2)
            let reply = try gate.ask(.native("both", parts: ",\"id\":\"\(id)\"").with("x-request-id: other"))
            #expect(reply["x-negotiated-model"] == ["m-alpha", "m-beta"][index], "\(id)")
            #expect(reply["x-alias-from"] == "both")
            #expect(reply["x-request-id"] == "other")
        }
        try gate.finish()
    }

    @Test func compressedEnvelopesAreOpened() throws {
        let (gate, heard) = try gate(Script.whole())
        let client = try gate.connect()
        let ask = Ask.native().with("Content-Encoding: gzip")
        let body = Compressed.gzip(Array(ask.body.utf8))
        client.send(ask.bytes(framing: "Content-Length: \(body.count)", body))
        #expect(try gate.reply(to: client).status == 200)
        #expect(heard.bodies.count == 1)
        client.close()
        try gate.finish()
    }
}
