// Prompts that do not fit their model, as its provider says.

import Adapters
import Sim
import Testing

@testable import Gateway

@Suite struct OverflowTests {
    /// A provider that finds every prompt too long unless the answer is bounded by at most `room` tokens.
    private static func narrow(_ room: Int) -> (Client) -> Void {
        Script.onRequest { server in
            let text = String(decoding: server.received, as: UTF8.self)
            let bound = text.ranges(of: "\"max_tokens\":").last.map { text[$0.upperBound...].prefix { $0.isNumber } }
            if let bound, let tokens = Int(bound), tokens <= room {
                server.send(Script.whole())
            } else {
                server.send(Script.whole(overflow, status: "400 Bad Request"))
            }
        }
    }

    private static let overflow = #"{"error":{"message":"too long","code":"context_length_exceeded"}}"#

    /// 1,000 tokens by the estimate, and what goes with them.
    private static func long(_ more: String = "", model: String? = "m-alpha") -> Ask {
        .chat(model: model, more: more, content: String(repeating: "word ", count: 994))
    }

    /// alpha takes 1,500 tokens and says so; beta takes `beta`, gamma `gamma`.
    private static func plan(alphaRoom: Int, beta: Int, gamma: Int) -> Plan {
        var plan = Plan.two()
        plan.stands[0].script = narrow(alphaRoom)
        plan.stands.append(Plan.Stand(id: "gamma"))
        plan.models.append(Plan.Model(id: "m-gamma", provider: "gamma", weight: 1, literal: "up-gamma"))
        for (index, context) in [1_500, beta, gamma].enumerated() { plan.models[index].context = context }
        return plan
    }

    @Test(arguments: ["", #","max_tokens":4000"#, #","max_completion_tokens":4000"#, #","max_tokens":null"#])
    func theSameModelIsAskedForAShorterAnswerOnce(more: String) throws {
        var plan = Plan()
        plan.stands[0].script = Script.onRequest { server in
            let text = String(decoding: server.received, as: UTF8.self)
            // 1,500 - 1,000 - 256
            let isShort = text.contains("tokens\":244")
            server.send(isShort ? Script.whole() : Script.whole(OverflowTests.overflow, status: "400 Bad Request"))
        }
        plan.models[0].context = 1_500
        let gate = try Gate(.rough, plan)
        let reply = try gate.ask(OverflowTests.long(more))
        #expect(reply.status == 200, gate.place)
        #expect(reply["x-tokenhub-reason"] == "reduced-max-tokens")
        #expect(reply["x-tokenhub-attempts"] == "2")
        let row = try gate.settledRows(1)[0]
        #expect(row.record.reason == .reducedMaxTokens)
        #expect(row.record.attemptCount == 2)
        #expect(row.error == "")
        #expect(try gate.health(of: "alpha").totalErrors == 0)
        try gate.finish()
    }

    @Test func aShorterAnswerThatIsTooLongAsWellGoesToTheSmallestLargerModel() throws {
        let gate = try Gate(.calm, OverflowTests.plan(alphaRoom: 0, beta: 9_000, gamma: 3_000))
        let reply = try gate.ask(OverflowTests.long())
        #expect(reply.status == 200)
        #expect(reply["x-tokenhub-model"] == "m-gamma")
        #expect(reply["x-tokenhub-reason"] == "escalated-context-overflow")
        #expect(reply["x-tokenhub-attempts"] == "3")
        #expect(gate.sims["beta"]?.requestCount == 0)
        try gate.finish()
    }

    @Test func anAnswerThatFitsAlreadyIsNotMadeShorter() throws {
        let gate = try Gate(.calm, OverflowTests.plan(alphaRoom: 0, beta: 3_000, gamma: 9_000))
        let reply = try gate.ask(OverflowTests.long(#","max_tokens":200"#))
        #expect(reply["x-tokenhub-model"] == "m-beta")
        #expect(reply["x-tokenhub-attempts"] == "2")
        try gate.finish()
    }

    @Test func aModelWithoutRoomForAnAnswerIsLeftAtOnce() throws {
        var plan = OverflowTests.plan(alphaRoom: 10_000, beta: 3_000, gamma: 9_000)
        // 63 tokens would be left; the prompt alone is within the bound of eligibility.
        plan.models[0].context = 1_319
        let gate = try Gate(.calm, plan)
        #expect(try gate.ask(OverflowTests.long())["x-tokenhub-model"] == "m-beta")
        try gate.finish()
    }

    @Test func withoutALargerModelTheProviderHasTheWord() throws {
        // Twice the prompt is 2,000 tokens.
        let gate = try Gate(.calm, OverflowTests.plan(alphaRoom: 0, beta: 1_999, gamma: 1_400))
        let reply = try gate.ask(OverflowTests.long())
        #expect(reply.status == 400)
        #expect(reply.text == OverflowTests.overflow)
        #expect(try gate.settledRows(1)[0].error == "context_overflow")
        try gate.finish()
    }

    @Test func aLargerModelMayFindItTooLongAsWell() throws {
        var plan = OverflowTests.plan(alphaRoom: 0, beta: 3_000, gamma: 9_000)
        plan.stands[1].profile.chances = [.init(.contextLength, perMille: 1000)]
        let gate = try Gate(.calm, plan)
        let reply = try gate.ask(OverflowTests.long(#","max_tokens":100"#))
        #expect(reply["x-tokenhub-model"] == "m-gamma")
        #expect(reply["x-tokenhub-attempts"] == "3")
        try gate.finish()
    }

    @Test func whoInsistsOnAModelGetsNoOther() throws {
        var plan = OverflowTests.plan(alphaRoom: 0, beta: 3_000, gamma: 9_000)
        plan.settings.policy.isStrict = true
        let gate = try Gate(.calm, plan)
        let reply = try gate.ask(OverflowTests.long())
        #expect(reply.status == 400)
        #expect(reply.text == OverflowTests.overflow)
        #expect(gate.sims["beta"]?.requestCount == 0)
        try gate.finish()
    }

    @Test func anEscalationKeepsTheBoundOfTheClient() throws {
        let gate = try Gate(.calm, OverflowTests.plan(alphaRoom: 0, beta: 9_000, gamma: 3_000))
        var ask = OverflowTests.long(#","max_tokens":900"#).with("x-sim-echo: body", "x-sim-seed: 1")
        ask.literal = "up-gamma"
        let reply = try gate.ask(ask)
        #expect(reply["x-tokenhub-attempts"] == "3")
        #expect(reply.body == (try Expected.payload(ask)))
        try gate.finish()
    }

    // MARK: No money at the provider

    @Test func aModelWithoutBudgetIsReportedAndAnotherAnswers() throws {
        let gate = try Gate(.calm, .two(.quota))
        #expect(try gate.ask(.chat())["x-tokenhub-model"] == "m-beta")
        _ = try gate.settledRows(1)
        #expect(gate.modelsWithoutBudget == ["m-alpha"])
        try gate.republish { $0.models[0].isEnabled = false }
        let reply = try gate.ask(.chat())
        #expect(reply["x-tokenhub-model"] == "m-beta")
        #expect(reply["x-tokenhub-attempts"] == "1")
        try gate.finish()
    }

    // MARK: Another wire

    private static let tooLong =
        #"{"type":"error","error":{"type":"invalid_request_error","message":"prompt is too long: 9999 tokens > 3256 maximum"}}"#

    /// Thoughts are a part of the answer: what bounds it bounds them, in the words of either wire.
    @Test(arguments: [true, false])
    func aShorterAnswerHasFewerThoughts(isTranslated: Bool) throws {
        var asked: [Substring] = []
        var plan = Plan()
        plan.stands[0].dialect = .anthropic
        plan.stands[0].credential = "sk-ant"
        plan.models[0].context = 3_256
        plan.stands[0].script = Script.onRequest { server in
            let text = String(decoding: server.received, as: UTF8.self)
            asked.append(text[(text.ranges(of: "POST /").last?.lowerBound ?? text.startIndex)...])
            let isShort = asked.last?.contains("\"max_tokens\":9000") == false
            server.send(
                isShort
                    ? Script.whole(Script.message) : Script.whole(OverflowTests.tooLong, status: "400 Bad Request"))
        }
        let gate = try Gate(.calm, plan)
        let text = String(repeating: "word ", count: 994)
        var ask = Ask.chat(more: #","max_tokens":9000,"reasoning_effort":"medium""#, content: text)
        if !isTranslated {
            ask = .messages(more: #","thinking":{"type":"enabled","budget_tokens":4096}"#, content: text)
            ask.body.replace("\"max_tokens\":64", with: "\"max_tokens\":9000")
        }
        let reply = try gate.ask(ask)
        #expect(reply.status == 200, "\(reply.text)")
        #expect(reply["x-tokenhub-reason"] == "reduced-max-tokens")
        #expect(reply["x-tokenhub-relay"] == (isTranslated ? "translated" : "exact"))
        func number(_ name: String, _ text: Substring?) -> Int? {
            text.flatMap { text in
                text.ranges(of: "\"\(name)\":").last.flatMap { Int(text[$0.upperBound...].prefix { $0.isNumber }) }
            }
        }
        #expect(asked.count == 2 && number("budget_tokens", asked.first) == 4096, "\(asked)")
        let most = try #require(number("max_tokens", asked.last))
        let budget = try #require(number("budget_tokens", asked.last))
        // 3,256 - 1,000 - 256, and what stands around the prompt on the wire.
        #expect(most < 2_100 && most > 1_800 && budget == most - 1, "\(most) \(budget)")
        try gate.finish()
    }
}
