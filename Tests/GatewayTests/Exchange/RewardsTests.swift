// Every attempt is rewarded; those that the router chose leave a row, and later choices follow from them.

import Adapters
import Sim
import Store
import Testing
import Wire

@testable import Gateway
@testable import Reactor

@Suite struct RewardsTests {
    private func plan(_ mode: RoutingMode, _ fault: SimFault = .none) -> Plan {
        var plan = Plan.two(fault)
        plan.settings.policy.mode = mode
        plan.settings.forgetting = Forgetting(halfLifeSeconds: 600)
        return plan
    }

    private func rewards(_ gate: Gate, _ count: Int) throws -> [RewardRow] {
        try gate.until("\(count) rewards, not \(gate.rewards.count)") { gate.rewards.count >= count }
        #expect(gate.rewards.count == count, gate.place)
        return gate.rewards
    }

    @Test(arguments: [false, true]) func anAnswerTellsWhatItWasChosenFrom(stream: Bool) throws {
        let gate = try Gate(.calm, plan(.thompson))
        let reply = try gate.ask(.chat(stream: stream, model: nil))
        #expect(reply.status == 200, gate.place)
        let row = try #require(try rewards(gate, 1).first)
        #expect(row.modelID == reply["x-tokenhub-model"] && row.requestID == reply["x-request-id"])
        #expect(row.isSuccess && row.mode == "thompson" && row.tokenBucket == "small" && row.apiKeyID == "key-1")
        #expect(row.reward > 0.4 && row.reward <= 1)
        // The heavier is the likelier, and neither is sure.
        #expect(
            row.modelID == "m-alpha" ? (0.5..<1).contains(row.probability) : (0.001..<0.5).contains(row.probability))
        let candidates = Array(row.candidates.utf8)
        try JSONScan.validate(candidates.span)
        for part in ["\"id\":\"m-alpha\"", "\"id\":\"m-beta\"", "\"alpha\":", "\"beta\":"] {
            #expect(row.candidates.contains(part), "\(part) in \(row.candidates)")
        }
        try gate.finish()
    }

    @Test func aDrawAmongSparesIsNoCertainty() throws {
        var plan = plan(.thompson)
        // The operator would rather not pay for either.
        plan.settings.policy.budgetNanoUSDMax = 1
        let gate = try Gate(.calm, plan)
        #expect(try gate.ask(.chat(model: nil)).status == 200, gate.place)
        let row = try #require(try rewards(gate, 1).first)
        #expect(row.candidates.contains("\"spare\":true"), "\(row.candidates)")
        #expect((0.001..<0.999).contains(row.probability), "\(row.probability), \(gate.place)")
        try gate.finish()
    }

    @Test func aFailureEarnsNothingAndTheNextAttemptItsOwn() throws {
        let gate = try Gate(.calm, plan(.normal, .status(500, retryAfterSeconds: nil)))
        let reply = try gate.ask(.chat(model: nil))
        #expect(reply.status == 200 && reply["x-tokenhub-provider"] == "beta", gate.place)
        let rows = try rewards(gate, 2)
        #expect(rows.map(\.modelID) == ["m-alpha", "m-beta"])
        #expect(rows[0].reward == 0 && !rows[0].isSuccess && rows[0].errorClass != "")
        #expect(rows[1].reward > 0.4 && rows[1].isSuccess && rows[1].probability == 1)
        try gate.finish()
    }

    @Test func theNamedModelIsLearntFromWithoutARow() throws {
        let gate = try Gate(.calm, plan(.normal))
        #expect(try gate.ask(.chat()).status == 200)
        try gate.until("learnt") { gate.arms.takeUnsaved()?.first?.count == 1 }
        #expect(gate.rewards.isEmpty, gate.place)
        try gate.finish()
    }

    @Test func whatIsDearIsChosenLessAndLess() throws {
        var plan = plan(.thompson)
        // Both as heavy; the one costs ten cents an answer and more, the other nothing to speak of.
        plan.models[0].weight = 5
        plan.models[0].prices = Prices(inputPer1K: 1_000_000_000_000, outputPer1K: 1_000_000_000_000)
        let gate = try Gate(.calm, plan)
        var cheap = 0
        for turn in 0..<160 {
            let reply = try gate.ask(.chat(model: nil))
            if turn >= 100, reply["x-tokenhub-model"] == "m-beta" { cheap += 1 }
            // A moment, so that what was learnt comes back from the control thread too.
            if turn % 20 == 0 { try gate.pass(milliseconds: 200) }
        }
        #expect(cheap > 45, "\(cheap) of 60, \(gate.place)")
        try gate.finish()
    }

    @Test func aSnapshotTakesTheBeliefsAlong() throws {
        let gate = try Gate(.calm, plan(.thompson))
        for _ in 0..<3 { #expect(try gate.ask(.chat()).status == 200) }
        try gate.pass(milliseconds: 300)
        try gate.republish { plan in
            plan.models.insert(Plan.Model(id: "m-new", provider: "beta", literal: "up-new"), at: 0)
        }
        try gate.pass(milliseconds: 10)
        let now = gate.loop.wallClock
        gate.plane.bandit.now = now
        let known = gate.plane.bandit.belief(of: 1, bucket: .small, weight: 5)
        let new = gate.plane.bandit.belief(of: 0, bucket: .small, weight: 5)
        #expect(known.alpha + known.beta > new.alpha + new.beta + 2, gate.place)
        try gate.finish()
    }
}
