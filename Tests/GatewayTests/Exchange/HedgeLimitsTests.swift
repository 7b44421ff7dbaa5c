// When a second model is asked beside a slow one, which, and how much money may go that way.

import Adapters
import Sim
import Testing

@testable import Gateway
@testable import Reactor

@Suite struct HedgeLimitsTests {
    private static let ms: Int64 = 1_000_000

    /// alpha comes first and is slow, beta answers at once. A thousand tokens cost a milli-dollar in, two out.
    private static func plan(alpha: Int64 = 1_000, share: Double = 0.05) -> Plan {
        var plan = Plan.two()
        plan.stands[0].profile.timeToFirst = .constant(nanoseconds: alpha * ms)
        plan.settings.policy.mode = .highConfidence
        plan.settings.hedging.delay = .milliseconds(200)
        plan.settings.hedging.spendShare = share
        return plan
    }

    private static func ask(stream: Bool = false, model: String? = nil, _ more: String...) -> Ask {
        .chat(stream: stream, model: model, more: ",\"max_tokens\":20", sim: ["seed: 5"] + more)
    }

    private static func free(_ plan: Plan) -> Plan {
        var plan = plan
        for index in plan.models.indices { plan.models[index].prices = Prices(inputPer1K: 0, outputPer1K: 0) }
        return plan
    }

    // MARK: Money

    @Test(arguments: [false, true])
    func noMoreThanTheShareOfTheSpendGoesToAnswersThrownAway(stream: Bool) throws {
        let gate = try Gate(.calm, HedgeLimitsTests.plan(share: 0.25))
        let client = try gate.connect()
        var hedged: [Int] = []
        for turn in 1...40 {
            client.send(HedgeLimitsTests.ask(stream: stream))
            if try gate.reply(turn, to: client)["x-tokenhub-reason"] == "hedged-dispatch" { hedged.append(turn) }
            let rows = try gate.settledRows(turn).map(\.record)
            let spent = rows.reduce(0) { $0 + ($1.costNanoUSD ?? 0) }
            let lost = rows.reduce(0) { $0 + $1.lostNanoUSD }
            #expect(Double(lost) <= 0.25 * Double(spent), "turn \(turn)")
        }
        // Not before something is earned, then again and again.
        #expect(hedged.first.map { $0 > 1 } ?? false)
        #expect(hedged.count >= 4, "\(hedged)")
        let lost = gate.rows.filter { $0.record.hedgeCount > 0 }.map(\.record.lostNanoUSD)
        #expect(lost.allSatisfy { $0 > 0 })
        // What was thrown away is no part of what the request cost.
        #expect(Set(gate.rows.map(\.record.costNanoUSD)).count == 1)
        #expect(gate.logText.contains("\"lost_nano_usd\":\(lost[0])"))
        try gate.finish()
    }

    @Test func withoutAShareNothingIsThrownAway() throws {
        let gate = try Gate(.calm, HedgeLimitsTests.plan(share: 0))
        for _ in 0..<4 { #expect(try gate.ask(HedgeLimitsTests.ask())["x-tokenhub-provider"] == "alpha") }
        #expect(gate.sims["beta"]?.requestCount == 0)
        try gate.finish()
    }

    @Test(arguments: [0, 1])
    func anUnknownPriceIsNotHedgedWith(unpriced: Int) throws {
        var plan = HedgeLimitsTests.free(HedgeLimitsTests.plan())
        plan.models[unpriced].prices = Prices()
        let gate = try Gate(.calm, plan)
        #expect(try gate.ask(HedgeLimitsTests.ask())["x-tokenhub-attempts"] == "1")
        try gate.finish()
    }

    @Test func aSecondAskedInVainCostsNothing() {
        var budget = HedgeBudget()
        var held = [budget.hold(1)]
        budget.earn(1_000, share: 0.05)
        held += [budget.hold(50), budget.hold(1)]
        budget.settle(held: 50, cost: 0)
        held.append(budget.hold(50))
        budget.settle(held: 50, cost: 80)
        // More than was held: first the debt is paid.
        budget.earn(1_000, share: 0.05)
        held += [budget.hold(21), budget.hold(20)]
        budget.earn(Int64.max / 2, share: 1)
        held += [budget.hold(Limits.hedgeHeldNanoUSDMax), budget.hold(1)]
        #expect(held == [false, true, false, true, false, true, true, false])
    }

    @Test func aModelThatCostsNothingIsBoundByTheRetryBudget() throws {
        let gate = try Gate(.calm, HedgeLimitsTests.free(HedgeLimitsTests.plan()))
        let clients = try (0..<20).map { _ in try gate.connect() }
        for wave in 1...10 {
            for client in clients { client.send(HedgeLimitsTests.ask()) }
            try gate.until("wave \(wave)") { clients.allSatisfy { $0.replies.count == wave } }
        }
        let hedges = try gate.settledRows(200).reduce(0) { $0 + Int($1.record.hedgeCount) }
        #expect(Double(hedges) <= Limits.retriesHeldMax + Limits.retryShare * 200)
        #expect(Double(hedges) >= Limits.retriesHeldMax)
        try gate.finish()
    }

    // MARK: Which requests

    @Test(arguments: [false, true])
    func whoNamesAModelGetsThatOne(stream: Bool) throws {
        let gate = try Gate(.calm, HedgeLimitsTests.free(HedgeLimitsTests.plan()))
        let reply = try gate.ask(HedgeLimitsTests.ask(stream: stream, model: "m-alpha"))
        #expect(reply["x-tokenhub-reason"] == "routed-hint-exact")
        #expect(gate.sims["beta"]?.requestCount == 0)
        try gate.finish()
    }

    @Test(arguments: [false, true])
    func anAliasIsHedgedWithItsOtherVariantsOnly(stream: Bool) throws {
        var plan = HedgeLimitsTests.free(HedgeLimitsTests.plan())
        plan.stands.append(Plan.Stand(id: "gamma"))
        let prices = plan.models[0].prices
        plan.models.append(
            Plan.Model(id: "m-gamma", provider: "gamma", weight: 1, literal: "up-gamma", prices: prices))
        plan.aliases = [
            Plan.Alias(name: "pair", variants: [("m-alpha", 1), ("m-gamma", 1)], stickiness: .roundRobin),
            Plan.Alias(name: "alone", variants: [("m-alpha", 1)]),
        ]
        let gate = try Gate(.calm, plan)
        let reply = try gate.ask(HedgeLimitsTests.ask(stream: stream, model: "pair"))
        #expect(reply["x-tokenhub-model"] == "m-gamma")
        #expect(reply["x-tokenhub-reason"] == "hedged-dispatch")
        #expect(reply["x-alias-from"] == "pair")
        let alone = try gate.ask(HedgeLimitsTests.ask(stream: stream, model: "alone"))
        #expect(alone["x-tokenhub-model"] == "m-alpha")
        #expect(gate.sims["beta"]?.requestCount == 0)
        try gate.finish()
    }

    @Test func vectorsAreNotHedged() throws {
        var plan = HedgeLimitsTests.free(HedgeLimitsTests.plan())
        plan.aliases = [Plan.Alias(name: "vectors", variants: [("m-alpha", 1_000_000), ("m-beta", 1)])]
        let gate = try Gate(.calm, plan)
        #expect(try gate.ask(.embeddings(model: "vectors")).status == 200)
        #expect(try gate.settledRows(1)[0].record.hedgeCount == 0)
        try gate.finish()
    }

    // MARK: The learned delay

    @Test(arguments: [false, true])
    func theDelayIsWhatNineOfTenAnswersTake(stream: Bool) throws {
        var plan = HedgeLimitsTests.free(HedgeLimitsTests.plan(alpha: 300))
        plan.settings.hedging.delay = .learned
        let gate = try Gate(.calm, plan)
        let client = try gate.connect()
        // As long as nothing is known nothing is asked beside, however long it takes.
        client.send(HedgeLimitsTests.ask(stream: stream, "ttft-us: 10000000"))
        #expect(try gate.reply(1, to: client)["x-tokenhub-provider"] == "alpha")
        for turn in 2...40 {
            client.send(HedgeLimitsTests.ask(stream: stream))
            _ = try gate.reply(turn, to: client)
        }
        #expect(gate.sims["beta"]?.requestCount ?? 0 <= 8)
        let known = try #require(try gate.health(of: "alpha").slowNS(isStream: stream))
        #expect(known > 250_000_000 && known < 370_000_000, "\(known)")
        #expect(try gate.health(of: "alpha").slowNS(isStream: !stream) == nil)
        // One that takes much longer: the other is asked after that time.
        let start = gate.now
        client.send(HedgeLimitsTests.ask(stream: stream, "ttft-us: 2000000"))
        let before = gate.sims["beta"]?.requestCount ?? 0
        try gate.until("the other asked") { gate.sims["beta"]?.requestCount == before + 1 }
        #expect(gate.now - start > 250_000_000 && gate.now - start < 400_000_000)
        _ = try gate.reply(41, to: client)
        try gate.finish()
    }
}
