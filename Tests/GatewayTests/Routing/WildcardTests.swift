// `*`: a pool whose models take turns, and beyond which no failover goes.

import Adapters
import Sim
import Testing
import Wire

@testable import Gateway

@Suite struct WildcardTests {
    /// Four models of two providers, one of them for vectors and one switched off.
    private func plan(_ change: (inout Plan) -> Void = { _ in }) -> Plan {
        var plan = Plan.two()
        plan.models.append(Plan.Model(id: "text-embed", provider: "beta", weight: 10, literal: "x"))
        plan.models.append(Plan.Model(id: "m-off", provider: "beta", weight: 10, literal: "x", isEnabled: false))
        plan.models.append(Plan.Model(id: "org/m-3", provider: "beta", weight: 1, literal: "y"))
        change(&plan)
        return plan
    }

    private func models(_ gate: Gate, _ count: Int) throws -> [String] {
        try (0..<count).map { _ in
            let reply = try gate.ask(.chat(model: "*"))
            #expect(reply["x-alias-from"] == "*")
            #expect(reply["x-tokenhub-reason"] == "routed-hint-exact")
            return reply["x-tokenhub-model"] ?? ""
        }
    }

    @Test func everyModelThatAnswersChatsTakesItsTurn() throws {
        let gate = try Gate(.calm, plan())
        #expect(try models(gate, 4) == ["m-alpha", "m-beta", "org/m-3", "m-alpha"])
        // A new snapshot does not begin anew.
        try gate.republish { $0.models[0].weight = 3 }
        #expect(try models(gate, 1) == ["m-beta"])
        #expect(try gate.ask(.native("*"))["x-alias-from"] == "*")
        #expect(try gate.ask(.chat(model: nil))["x-alias-from"] == nil)
        try gate.finish()
    }

    @Test func thePoolIsTheOperatorsChoice() throws {
        let gate = try Gate(.calm, plan { $0.wildcardModels = ["m-3", "nobody", "m-beta", "m-off", "m-beta"] })
        #expect(try models(gate, 3) == ["org/m-3", "m-beta", "org/m-3"])
        try gate.finish()
        // A pool of nobody is none.
        let empty = try Gate(.calm, plan { $0.wildcardModels = ["nobody"] })
        let reply = try empty.ask(.chat(model: "*"))
        #expect(reply["x-tokenhub-model"] == "m-alpha")
        #expect(reply["x-alias-from"] == nil)
        try empty.finish()
    }

    @Test func failoverStaysInThePool() throws {
        var failing = plan { $0.wildcardModels = ["m-beta", "m-3"] }
        failing.stands[1].profile.chances = [.init(.reset(afterEvents: 0), perMille: 1000)]
        let gate = try Gate(.calm, failing)
        let reply = try gate.ask(.chat(model: "*"))
        #expect(reply.status == 502)
        #expect(reply.error("message")?.contains("m-alpha") == false)
        #expect(gate.sims["alpha"]?.requestCount == 0)
        try gate.finish()
    }

    @Test func anAliasOfThisNameTakesThePoolsPlace() throws {
        let gate = try Gate(
            .calm,
            plan {
                $0.aliases = [
                    Plan.Alias(name: "*", variants: [("m-beta", 2), ("org/m-3", 1)], stickiness: .roundRobin)
                ]
            })
        #expect(try models(gate, 4) == ["m-beta", "m-beta", "org/m-3", "m-beta"])
        #expect(gate.plane.snapshot.wildcardPool.members == [1, 4])
        try gate.finish()
    }

    @Test func embeddingsHaveNoPool() throws {
        let gate = try Gate(.calm, plan())
        #expect(try gate.ask(.embeddings(model: "*")).status == 404)
        try gate.finish()
    }

    @Test func askingWhatANameStandsForMovesNothing() throws {
        let gate = try Gate(
            .calm,
            plan {
                $0.aliases = [
                    Plan.Alias(name: "turns", variants: [("m-beta", 1), ("m-alpha", 1)], stickiness: .roundRobin)
                ]
            })
        let snapshot = gate.plane.snapshot
        var turns = NameTurns(of: snapshot)
        func naming(_ name: String) -> Naming {
            let name = Array(name.utf8)
            return Naming(name.span, for: .chat, in: snapshot, requestKey: Span(), keyID: "", turns: turns)
        }
        for _ in 0..<3 { #expect(naming("*").model == 0) }
        for _ in 0..<3 { #expect(naming("turns").model == 1) }
        turns.advance(past: naming("*"))
        #expect(naming("*").model == 1)
        #expect(naming("turns").model == 1)
        turns.advance(past: naming("turns"))
        #expect(naming("turns").model == 0)
        #expect(naming("turns").alias == 0)
        #expect(naming("nobody") != Naming())
        #expect(naming(" ") == Naming())
        try gate.finish()
    }
}
