// What can be named, in the shape of whoever asks.

import Testing

@testable import Gateway

@Suite struct ModelListTests {
    private static var plan: Plan {
        var plan = Plan.two()
        plan.models[0].id = "claude-x"
        plan.aliases = [
            Plan.Alias(name: "claude-fast", variants: [("m-beta", 1)]),
            Plan.Alias(name: "*", variants: [("m-beta", 1)]),
            Plan.Alias(name: "dead", variants: [("none", 1)]),
        ]
        return plan
    }

    private func ask(_ path: String, _ fields: String...) -> Ask {
        var ask = Ask.get(path)
        ask.fields = fields
        return ask
    }

    @Test(arguments: ["anthropic-version: 2023-06-01", "x-api-key: whatever"])
    func whoSpeaksTheMessagesWireGetsItsShape(field: String) throws {
        let gate = try Gate(.calm, Self.plan)
        func model(_ id: String) -> String {
            #"{"type":"model","id":"\#(id)","display_name":"\#(id)","created_at":"1970-01-01T00:00:00Z"}"#
        }
        let reply = try gate.ask(ask("/v1/models?limit=1000", field))
        let data = ["claude-fast", "claude-x", "m-beta"].map(model).joined(separator: ",")
        #expect(reply.text == #"{"data":[\#(data)],"has_more":false,"first_id":"claude-fast","last_id":"m-beta"}"#)
        #expect(reply["request-id"] != nil)
        #expect(try gate.ask(ask("/v1/models/claude-fast", field)).text == model("claude-fast"))
        let none = try gate.ask(ask("/v1/models/dead", field))
        #expect(none.status == 404)
        #expect(none.error("type") == "not_found_error")
        try gate.republish { $0.models = [] }
        #expect(
            try gate.ask(ask("/v1/models", field)).text
                == #"{"data":[],"has_more":false,"first_id":null,"last_id":null}"#)
        try gate.finish()
    }

    @Test func everybodyElseGetsThatOfOpenAIWithAliases() throws {
        let gate = try Gate(.calm, Self.plan)
        let reply = try gate.ask(ask("/v1/models"))
        #expect(reply.text.contains(#"{"id":"claude-fast","object":"model","created":0,"owned_by":"tokenhub"}"#))
        #expect(!reply.text.contains("dead") && !reply.text.contains("\"*\""))
        #expect(reply["request-id"] == nil)
        #expect(try gate.ask(ask("/v1/models/claude-fast")).value("object") == "model")
        try gate.finish()
    }
}
