// A simulated decision is the router's, with all it was chosen from, and leaves no trace.

import Store
import Testing
import Wire

@testable import Gateway

@Suite struct SimulationTests {
    private func desk() throws -> Desk {
        let desk = try Desk()
        for provider in ["alpha", "beta"] {
            #expect(
                desk.say("POST", "providers", #"{"id":"\#(provider)","type":"sim","base_url":"http://127.0.0.1:1"}"#)
                    .hasPrefix("200"))
        }
        for (id, provider, weight, price) in [
            ("m-a", "alpha", 9, 1.0), ("m-b", "beta", 4, 0.001), ("m-c", "beta", 2, 0.002),
        ] {
            let body =
                #"{"id":"\#(id)","provider_id":"\#(provider)","weight":\#(weight),"max_context_tokens":8000,"#
                + #""input_per_1k":\#(price),"output_per_1k":\#(price),"enabled":true}"#
            #expect(desk.say("POST", "models", body).hasPrefix("200"), "\(id)")
        }
        return desk
    }

    private func down() -> ProviderHealth {
        var health = ProviderHealth()
        for _ in 0..<5 { health.failed("transient", retryAfterNS: nil, now: 0, wallClock: 1) }
        return health
    }

    /// The numbers of all members of this name, in order.
    private func numbers(_ name: String, in text: String) -> [Double] {
        text.split(separator: "\"\(name)\":").dropFirst().compactMap { Double($0.prefix { !",}]".contains($0) }) }
    }

    @Test func theDecisionIsShownWithItsRivals() throws {
        let desk = try desk()
        // 500 tokens in and 512 out for 1 dollar a thousand; the operator's bound of 5 cents is a preference.
        let text = desk.say("POST", "routing/simulate", #"{"mode":"cheap"}"#)
        #expect(
            text.hasPrefix(
                #"200 {"decision":{"model_id":"m-b","provider_id":"beta","estimated_cost_usd":0.001012,"#
                    + #""reason":"routed-weight-4","probability":0.96"#), "\(text)")
        #expect(text.contains(#"{"id":"m-b","provider_id":"beta","weight":4,"max_context_tokens":8000,"#))
        #expect(text.contains(#""enabled":true,"selected":true}"#) && text.contains(#""total":3"#))
        let probabilities = numbers("probability", in: text)
        #expect(probabilities.count == 4 && abs(probabilities.dropFirst().reduce(0, +) - 1) < 1e-12, "\(text)")
        #expect(probabilities[1] == 0, "the dear one is spare")
        let bytes = Array(text.utf8.dropFirst(4))
        #expect(throws: Never.self) { try SimulationTests.validate(bytes) }
    }

    private static func validate(_ json: [UInt8]) throws { try JSONScan.validate(json.span) }

    @Test(arguments: ["m-c", "beta/m-c"])
    func aHintIsObeyedAndTheChoiceShownAllTheSame(hint: String) throws {
        let text = try desk().say("POST", "routing/simulate", #"{"model_hint":"\#(hint)"}"#)
        #expect(
            text.contains(
                #""model_id":"m-c","provider_id":"beta","estimated_cost_usd":0.002024,"reason":"routed-hint-exact","probability":1.0"#
            ) || text.contains(#""reason":"routed-hint-exact","probability":1"#), "\(text)")
        #expect(numbers("probability", in: text) == [1, 0, 0, 1] && text.contains(#""total":3"#))
    }

    @Test func namesStandForWhatTheyDoInTraffic() throws {
        let desk = try desk()
        let alias =
            #"{"variants":[{"model_id":"m-b","weight":1},{"model_id":"m-c","weight":1}],"sticky_by":"round_robin"}"#
        #expect(desk.say("PUT", "aliases/fast", alias).hasPrefix("200"))
        func model(_ body: String) -> String? {
            desk.member("model_id", of: desk.ask("POST", "routing/simulate", body))
        }
        // No turn is taken.
        for _ in 0..<3 { #expect(model(#"{"model_hint":"fast"}"#) == "m-b") }
        #expect(model(#"{"model_hint":"*"}"#) == "m-a")
        #expect(model(#"{"model_hint":"unheard-of","mode":"cheap"}"#) == "m-b")
        #expect(
            desk.say("POST", "routing/simulate", #"{"model_hint":"unheard-of","strict":true}"#).hasPrefix(
                #"200 {"error":"no eligible models registered","eligible":[],"total":0"#))
        #expect(model(#"{"model_hint":"m-c","strict":true}"#) == "m-c")
    }

    @Test func limitsRejectWithTheirReason() throws {
        let desk = try desk()
        let limited = desk.say("POST", "routing/simulate", #"{"min_weight":3,"max_budget_usd":0.01}"#)
        #expect(
            limited.contains(#"{"id":"m-a","rejected":"budget_exceeded","provider_id":"alpha","probability":0"#),
            "\(limited)")
        #expect(limited.contains(#"{"id":"m-c","rejected":"weight_below_minimum","#))
        #expect(limited.contains(#""model_id":"m-b""#) && limited.contains(#""total":1"#))
        let none = desk.say("POST", "routing/simulate", #"{"token_count":7000}"#)
        #expect(
            none.hasPrefix(
                #"200 {"error":"no eligible models registered","eligible":[],"total":0,"candidates":[{"id":"m-a","rejected":"context_overflow""#
            ), "\(none)")
        #expect(desk.say("POST", "routing/simulate", #"{"estimated_input_tokens":7000}"#) == none)
        desk.live.routing = RoutingView(health: [ProviderHealth(), down()], now: 1)
        #expect(desk.say("POST", "routing/simulate").contains(#"{"id":"m-b","rejected":"health_down","#))
    }

    @Test func thompsonShowsWhatEachMayWin() throws {
        let desk = try desk()
        var arms = ArmTable(modelCount: 3)
        for _ in 0..<40 { arms[2, .small].add(0.9, at: 1, Forgetting(halfLifeSeconds: nil)) }
        desk.live.routing = RoutingView(arms: arms, now: 1, wallClock: 2)
        let body = #"{"mode":"thompson","max_budget_usd":10}"#
        let text = desk.say("POST", "routing/simulate", body)
        let probabilities = numbers("probability", in: text)
        #expect(
            abs(probabilities.dropFirst().reduce(0, +) - 1) < 1e-12 && probabilities.contains { $0 < 0.5 }, "\(text)")
        #expect(probabilities[3] == probabilities.dropFirst().max() && numbers("alpha", in: text).count == 3)
        // The draws are those of the seed.
        #expect(desk.say("POST", "routing/simulate", body) == text)
        let models = Set(
            (0..<200).map { seed in
                desk.member(
                    "model_id",
                    of: desk.ask(
                        "POST", "routing/simulate", #"{"mode":"thompson","max_budget_usd":10,"seed":\#(seed)}"#))
            })
        #expect(models.count > 1)
    }

    @Test func nothingIsLeftBehind() throws {
        let desk = try desk()
        let (audit, version) = (desk.say("GET", "audit"), desk.state.snapshot.version)
        let response = desk.ask("POST", "routing/simulate")
        #expect(response.status == 200 && !response.publish)
        #expect(desk.say("GET", "audit") == audit && desk.state.snapshot.version == version)
        #expect(try desk.state.database.rewards.newest(limit: 1).isEmpty)
    }

    @Test(arguments: [
        (#"{"mode":"fast"}"#, "unknown mode 'fast'"), (#"{"token_count":-1}"#, "token_count must be between"),
        (#"{"min_weight":11}"#, "min_weight must be between 0 and 10"),
        (#"{"model_hint":1}"#, "model_hint must be a string"),
        ("[", "bad json"),
    ])
    func whatIsNoQuestionIsRefused(body: String, reason: String) throws {
        #expect(try desk().say("POST", "routing/simulate", body).hasPrefix(#"400 {"error":"\#(reason)"#))
    }

    @Test func onlyAPostSimulates() throws {
        let desk = try Desk()
        #expect(desk.say("GET", "routing/simulate") == #"405 {"error":"method not allowed"}"#)
        #expect(
            desk.say("POST", "routing/simulate").hasPrefix(
                #"200 {"error":"no eligible models registered","eligible":[]"#))
    }
}
