// Which model answers: hints, weights, what a provider may be asked, and whose fault a refusal is.

import Adapters
import Sim
import Testing
import Wire

@testable import Gateway

@Suite struct HintTests {
    @Test(arguments: [
        ("m-beta", "beta", "routed-hint-exact"), ("m-alpha", "alpha", "routed-hint-exact"),
        ("beta/m-beta", "beta", "routed-hint-exact"), ("whoever/m-beta", "beta", "routed-hint-exact"),
        ("unknown", "alpha", "routed-weight-9"), ("/m-beta", "alpha", "routed-weight-9"),
        ("*", "alpha", "routed-hint-exact"), (" m-beta\\t", "beta", "routed-hint-exact"),
        ("", "alpha", "routed-weight-9"), ("M-BETA", "alpha", "routed-weight-9"),
        ("m-off", "alpha", "routed-weight-9"), ("m-small", "alpha", "routed-weight-9"),
        ("m\\u002dbeta", "beta", "routed-hint-exact"),
    ])
    func theModelNamedIsAskedAndElseTheHeaviest(hint: String, provider: String, reason: String) throws {
        var plan = Plan.two()
        plan.models.append(Plan.Model(id: "m-off", provider: "beta", weight: 10, literal: "x", isEnabled: false))
        plan.models.append(Plan.Model(id: "m-small", provider: "beta", weight: 10, literal: "x", context: 100))
        let gate = try Gate(.calm, plan)
        // Too much for the small one.
        var ask = Ask.chat(model: hint, content: String(repeating: "word ", count: 200), sim: ["seed: 1"])
        let reply = try gate.ask(ask)
        #expect(reply["x-tokenhub-provider"] == provider, "\(hint)")
        #expect(reply["x-tokenhub-reason"] == reason, "\(hint)")
        ask.literal = "up-\(provider)"
        #expect(reply.body == (try Expected.payload(ask)))
        let row = try gate.settledRows(1)[0].record
        var text = ByteBuffer()
        row.reason.write(into: &text)
        #expect(String(copying: text.bytes) == reason)
        try gate.finish()
    }

    @Test func aRequestWithoutModelIsRouted() throws {
        var plan = Plan.two()
        plan.settings.policy.mode = .highConfidence
        let gate = try Gate(.calm, plan)
        for stream in [false, true] {
            let ask = Ask.chat(stream: stream, model: nil, sim: ["seed: 1"])
            let reply = try gate.ask(ask)
            #expect(reply["x-negotiated-model"] == "m-alpha")
            #expect(reply.body == (try Expected.payload(ask)))
        }
        try gate.finish()
    }

    @Test func aDisabledProviderIsNotAsked() throws {
        var plan = Plan.two()
        plan.stands[0].isEnabled = false
        let gate = try Gate(.calm, plan)
        #expect(try gate.ask(.chat())["x-tokenhub-provider"] == "beta")
        #expect(gate.sims["alpha"]?.requestCount == 0)
        try gate.finish()
    }

    // MARK: Embeddings

    @Test func embeddingsComeFromTheModelThatWasMeantOrFromNone() throws {
        var plan = Plan.two()
        let gate = try Gate(.calm, plan)
        let ask = Ask.embeddings(input: #"["a","b"]"#)
        #expect(try gate.ask(ask).body == Expected.payload(ask))
        for model in ["unknown", "*", ""] {
            let reply = try gate.ask(.embeddings(model: model))
            #expect(reply.status == 404)
            #expect(reply.error("code") == "model_not_found")
        }
        plan.stands[0].profile.chances = [.init(.status(500, retryAfterSeconds: nil), perMille: 1000)]
        try gate.finish()

        // Its provider fails: vectors of another model are no substitute.
        let failing = try Gate(.calm, plan)
        #expect(try failing.ask(.embeddings()).status == 502)
        #expect(failing.sims["beta"]?.requestCount == 0)
        try failing.finish()
    }

    // MARK: The caller's fault

    @Test(arguments: Fault.cases(Fault.callers), [false, true])
    func theCallersFaultReachesHimAsItIsAndNobodyElse(fault: (Fault, Kernel), stream: Bool) throws {
        let (fault, kernel) = fault
        let gate = try Gate(kernel, .two(fault.fault))
        let ask = Ask.chat(stream: stream)
        let reply = try gate.ask(ask)
        let status = fault.text == "context_length_exceeded" ? 400 : Int(fault.text) ?? 0
        #expect(reply.status == status, gate.place)
        #expect(reply["content-type"] == "application/json")
        #expect(reply.body == (try Expected.payload(ask, gate.plan.stands[0].profile)), gate.place)
        #expect(gate.sims["alpha"]?.requestCount == 1)
        #expect(gate.sims["beta"]?.requestCount == 0)
        #expect(try gate.health(of: "alpha").totalErrors == 0)
        let row = try gate.settledRows(1)[0]
        #expect(Int(row.record.status) == status)
        #expect(row.error == (status == 400 && fault.text != "400" ? "context_overflow" : "client_fault"))
        #expect(row.record.costNanoUSD == 0)
        try gate.finish()
    }

    @Test func aPromptTooLongForTheModelChosenByUsIsTriedElsewhere() throws {
        let gate = try Gate(.calm, .two(.contextLength))
        #expect(try gate.ask(.chat(model: nil))["x-tokenhub-provider"] == "beta")
        #expect(try gate.health(of: "alpha").totalErrors == 0)
        try gate.finish()
    }

    @Test func aPromptTooLongForEveryModelIsSaidInTheProvidersWords() throws {
        let gate = try Gate(.calm, .bothFail(.contextLength))
        let reply = try gate.ask(.chat(model: nil))
        #expect(reply.status == 400)
        #expect(reply.error("code") == "context_length_exceeded")
        try gate.finish()
    }

    @Test func anErrorBodyTooLongToPassOnIsReplacedByOneThatIsWhole() throws {
        var plan = Plan()
        plan.stands[0].script = Script.onRequest { server in
            let body = "{\"error\":{\"message\":\"\(String(repeating: "x", count: 200_000))\"}}"
            server.send(Script.whole(body, status: "422 No"))
        }
        let gate = try Gate(.rough, plan)
        let reply = try gate.ask(.chat())
        #expect(reply.status == 422, gate.place)
        #expect(reply.error("code") == "client_fault")
        try gate.finish()
    }
}
