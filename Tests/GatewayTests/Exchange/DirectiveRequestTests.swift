// Directives in requests of both chat surfaces: what they decide, what the provider gets, what the client is told.

import Adapters
import Sim
import Testing
import Wire

@testable import Gateway

@Suite struct DirectiveRequestTests {
    private final class Heard { var bodies: [String] = [] }

    private func gate(_ change: (inout Plan) -> Void = { _ in }) throws -> (Gate, Heard) {
        let heard = Heard()
        var plan = Plan.two()
        for index in 0..<2 {
            plan.stands[index].script = Script.onRequest { server in
                let text = String(decoding: server.received, as: UTF8.self)
                heard.bodies.append(String(text.split(separator: "\r\n\r\n").last ?? ""))
                server.send(Script.whole())
            }
        }
        // The light one is the cheap one.
        plan.models[0].prices.outputPer1K = 20_000_000
        change(&plan)
        return (try Gate(.calm, plan), heard)
    }

    private func asks(_ content: String) -> [Ask] {
        [Ask.chat(model: nil, content: content), Ask.native(nil, content: content)]
    }

    @Test func theModeIsObeyedAndTheModelDoesNotSeeIt() throws {
        let (gate, heard) = try gate()
        for (index, ask) in asks(#"@@tokenhub mode=cheap\nhello"#).enumerated() {
            let reply = try gate.ask(ask)
            #expect(reply.status == 200)
            #expect(reply["x-tokenhub-model"] == "m-beta")
            #expect(reply["x-tokenhub-directive-warning"] == nil)
            #expect(heard.bodies[index] == #"{"model":"up-beta","messages":[{"role":"user","content":"hello"}]}"#)
        }
        for ask in asks(#"@@tokenhub\nmode=high_confidence\n@@end\nhello"#) {
            #expect(try gate.ask(ask)["x-tokenhub-model"] == "m-alpha")
        }
        #expect(try gate.settledRows(4).map(\.record.mode) == [.cheap, .cheap, .highConfidence, .highConfidence])
        try gate.finish()
    }

    @Test func whatIsWrongIsAWarningOrIsRefused() throws {
        let (gate, heard) = try gate()
        for ask in asks(#"@@tokenhub budget=lots mode=cheap tier=\u00e9\nhello"#) {
            let reply = try gate.ask(ask)
            #expect(reply.status == 200)
            #expect(reply["x-tokenhub-model"] == "m-beta")
            #expect(
                reply["x-tokenhub-directive-warning"]
                    == "budget must be between 0 and 100; tier is not a key of a directive")
        }
        for ask in asks(#"@@tokenhub budget=lots strict=true\nhello"#) {
            let reply = try gate.ask(ask)
            #expect(reply.status == 400)
            #expect(reply.text.contains("invalid directive: budget must be between 0 and 100"), "\(reply.text)")
        }
        try gate.republish { $0.settings.policy.isStrict = true }
        #expect(try gate.ask(asks("@@tokenhub latency=x")[0]).error("code") == "invalid_directive")
        #expect(try gate.ask(asks("@@tokenhub mode=vote")[0]).status == 200)
        let (policy, bad) = (#","policy":{"strict":true}"#, "@@tokenhub latency=x")
        try gate.republish { $0.settings.policy.isStrict = false }
        #expect(try gate.ask(.native(nil, content: bad, more: policy)).status == 400)
        #expect(heard.bodies.count == 3)
        try gate.finish()
    }

    @Test func aSchemaThatIsNoneIsRefusedOnTheNativeSurface() throws {
        let (gate, _) = try gate()
        let asks = asks("@@tokenhub output_schema={oops")
        #expect(try gate.ask(asks[0])["x-tokenhub-directive-warning"] == "output_schema must be valid JSON")
        let reply = try gate.ask(asks[1])
        #expect(reply.status == 400)
        #expect(reply.text == #"{"error":"invalid output_schema directive JSON"}"#)
        let bare = self.asks("@@tokenhub output_schema={}")
        #expect(try gate.ask(bare[0])["x-tokenhub-ignored"] == "output_schema")
        #expect(try gate.ask(bare[1]).text == #"{"error":"schema missing required \"type\" field"}"#)
        try gate.finish()
    }

    @Test func theDirectiveCountsMoreThanTheEnvelope() throws {
        let (gate, _) = try gate()
        let asked = Ask.native(
            nil, content: #"@@tokenhub output_schema={\"type\":\"array\"}"#,
            parts: #","output_schema":{"type":"string"}"#)
        #expect(try gate.ask(asked).text == #"{"error":"expected JSON array but got something else"}"#)
        let policy = #","policy":{"mode":"cheap"}"#
        #expect(try gate.ask(.native(nil, more: policy))["x-tokenhub-model"] == "m-beta")
        let ask = Ask.native(nil, content: "@@tokenhub mode=high_confidence", more: policy)
        #expect(try gate.ask(ask)["x-tokenhub-model"] == "m-alpha")
        try gate.finish()
    }

    @Test func anInvalidBodyIsRefusedAtTheByteTheClientWrote() throws {
        let (gate, _) = try gate()
        var ask = Ask.chat(content: "@@tokenhub mode=cheap")
        ask.body += "x"
        let reply = try gate.ask(ask)
        #expect(reply.error("message")?.hasPrefix("invalid JSON at byte \(ask.body.utf8.count - 1)") == true)
        try gate.finish()
    }
}
