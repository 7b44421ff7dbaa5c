// What a caller bounds is a limit, not a preference; a model named strictly answers or nobody does.

import Adapters
import Sim
import Testing
import Wire

@testable import Gateway

@Suite struct CallerLimitTests {
    private func policy(_ members: String, hint: String? = nil, content: String = "hello") -> Ask {
        .native(hint, content: content, more: ",\"policy\":{\(members)}")
    }

    @Test func aBudgetNobodyIsWithinIs402AndSaysWhoCostsWhat() throws {
        let gate = try Gate(.calm, .two())
        let reply = try gate.ask(policy(#""max_budget_usd":0.001"#))
        #expect(reply.status == 402)
        let price = "(estimated 0.001029000 USD, budget 0.001000000 USD)"
        #expect(
            reply.value("error")
                == "no model is within the limits of the request; m-alpha: budget_exceeded \(price), m-beta: budget_exceeded \(price)"
        )
        #expect(reply["retry-after"] == nil)
        // The same by a directive, in the other form.
        let chat = try gate.ask(.chat(model: "m-alpha", content: #"@@tokenhub budget=0.001\nhello"#))
        #expect(chat.status == 402)
        #expect(chat.error("code") == "max_budget_exceeded")
        #expect(gate.sims.values.allSatisfy { $0.requestCount == 0 })
        // The operator's is a preference.
        try gate.republish { $0.settings.policy.budgetNanoUSDMax = 1 }
        #expect(try gate.ask(.chat()).status == 200)
        try gate.finish()
    }

    @Test func aModelWithinTheLimitsIsTakenInPlaceOfTheOneNamed() throws {
        var plan = Plan.two()
        plan.models[0].prices.outputPer1K = 2_000_000_000
        let gate = try Gate(.calm, plan)
        #expect(try gate.ask(policy(#""max_budget_usd":0.01"#, hint: "m-alpha"))["x-tokenhub-model"] == "m-beta")
        #expect(try gate.ask(policy(#""min_weight":6"#, hint: "m-beta"))["x-tokenhub-model"] == "m-alpha")
        try gate.finish()
    }

    @Test func aWeightNobodyHasIs400() throws {
        let gate = try Gate(.calm, .two())
        let reply = try gate.ask(policy(#""min_weight":10"#))
        #expect(reply.status == 400)
        #expect(
            reply.value("error")
                == "no model is within the limits of the request; m-alpha: weight_below_minimum (weight 9, min_weight 10), m-beta: weight_below_minimum (weight 5, min_weight 10)"
        )
        try gate.finish()
    }

    @Test func aPromptThatFitsNoModelIs400AsOpenAIHasIt() throws {
        var plan = Plan.two()
        for index in 0..<2 { plan.models[index].context = 100 }
        let gate = try Gate(.calm, plan)
        let reply = try gate.ask(.chat(content: String(repeating: "word ", count: 400)))
        #expect(reply.status == 400)
        #expect(reply.error("code") == "context_length_exceeded")
        #expect(
            reply.error("message")?.contains("m-beta: context_overflow (100 tokens, about 405 in the request)") == true)
        // The caller's own count counts.
        #expect(try gate.ask(.native(parts: #","estimated_input_tokens":5000"#)).status == 400)
        try gate.finish()
    }

    @Test func theNearestModelDecidesWhichLimitIsAtFault() throws {
        var plan = Plan.two()
        plan.models[0].context = 1
        let gate = try Gate(.calm, plan)
        let reply = try gate.ask(policy(#""max_budget_usd":0.001"#, content: "hello there"))
        #expect(reply.status == 402)
        #expect(
            reply.value("error")?.contains(
                "m-alpha: context_overflow (1 tokens, about 7 in the request), m-beta: budget_exceeded") == true)
        try gate.finish()
    }

    @Test func aModelThatRestsIsWorthWaitingFor() throws {
        let gate = try Gate(.calm, .two(.status(429, retryAfterSeconds: 30)))
        #expect(try gate.ask(.chat()).status == 200)
        // Only the one that rests is within the limit.
        let reply = try gate.ask(policy(#""min_weight":6"#))
        #expect(reply.status == 502)
        #expect(reply["retry-after"] != nil)
        #expect(reply.value("error")?.contains("m-alpha: health_down") == true)
        try gate.finish()
    }

    // MARK: Strict names

    @Test(arguments: [true, false])
    func aNameNobodyHasIs404WhereNamesAreStrict(byOperator: Bool) throws {
        var plan = Plan.two()
        plan.models.append(Plan.Model(id: "m-off", provider: "beta", weight: 10, literal: "x", isEnabled: false))
        plan.settings.policy.isStrict = byOperator
        let gate = try Gate(.calm, plan)
        let more = byOperator ? "" : #","policy":{"strict":true}"#
        for hint in ["unknown", "m-off", "/m-beta"] {
            let native = try gate.ask(.native(hint, more: more))
            #expect(native.status == 404, "\(hint)")
            #expect(native.text == #"{"error":"the model does not exist"}"#)
            let chat = try gate.ask(
                byOperator ? .chat(model: hint) : .chat(model: hint, content: #"@@tokenhub strict=true\nx"#))
            #expect(chat.status == 404, "\(hint)")
            #expect(chat.error("code") == "model_not_found")
        }
        for hint in ["m-beta", "whoever/m-beta", "*", ""] {
            #expect(try gate.ask(.native(hint, more: more)).status == 200, "\(hint)")
        }
        #expect(try gate.ask(.native(nil, more: more)).status == 200)
        try gate.finish()
    }

    @Test func aNamedModelThatRestsIs503WithItsTime() throws {
        let gate = try Gate(.calm, .two(.status(429, retryAfterSeconds: 30)))
        let strict = #","policy":{"strict":true}"#
        // It is asked, and nobody in its place.
        let first = try gate.ask(.native(more: strict))
        #expect(first.status == 502)
        #expect(gate.sims["beta"]?.requestCount == 0)
        let reply = try gate.ask(.native(more: strict))
        #expect(reply.status == 503)
        #expect(reply.text == #"{"error":"the model named cannot be asked now; m-alpha: health_down"}"#)
        #expect(Int(reply["retry-after"] ?? "") ?? 0 > 20)
        let chat = try gate.ask(.chat(content: #"@@tokenhub strict=true\nx"#))
        #expect(chat.status == 503)
        #expect(chat["retry-after"] != nil)
        #expect(try gate.ask(.native()).status == 200)
        try gate.finish()
    }

    @Test func aNamedModelOutsideOfTheLimitsIsA4xx() throws {
        let gate = try Gate(.calm, .two())
        let reply = try gate.ask(policy(#""strict":true,"min_weight":6"#, hint: "m-beta"))
        #expect(reply.status == 400)
        #expect(
            reply.value("error")
                == "no model is within the limits of the request; m-beta: weight_below_minimum (weight 5, min_weight 6)"
        )
        try gate.finish()
    }
}
