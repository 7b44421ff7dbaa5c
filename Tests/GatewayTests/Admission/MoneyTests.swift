// Budgets and rates in traffic, over one core and over several.

import Adapters
import Sim
import Testing

@testable import Gateway

@Suite struct MoneyTests {
    /// Nano-dollars that a request of `ask` with 100 tokens of answer at most is held for.
    private func estimate() -> Int64 {
        let prices = Prices(inputPer1K: 1_000_000, outputPer1K: 2_000_000)
        return prices.cost(of: Usage(inputTokens: 5, outputTokens: 100)) ?? 0
    }

    @Test(arguments: Kernel.present, [1, 3])
    func concurrentRequestsNeverPassABudget(kernel: Kernel, cores: Int) throws {
        var plan = Plan()
        let limit = estimate() * 5 + estimate() / 2
        plan.keys[0].budget = limit
        let gate = try Gate(kernel, plan, cores: cores)
        let clients = try (0..<32).map { _ in try gate.connect() }
        for client in clients {
            client.send(.chat(more: ",\"max_tokens\":100", sim: ["tokens: 100", "ttft-us: 300000"]))
        }
        var statuses: [Int] = []
        for client in clients {
            statuses.append(try gate.reply(to: client).status)
            #expect(gate.plan.keys[0].state.committedNanoUSD <= limit, gate.place)
        }
        #expect(statuses.filter { $0 == 200 }.count == 5, "\(gate.place) \(statuses)")
        #expect(statuses.filter { $0 == 429 }.count == 27)
        let spent = try gate.settledRows(32).reduce(0) { $0 + ($1.record.costNanoUSD ?? 0) }
        #expect(gate.plan.keys[0].state.committedNanoUSD == spent)
        #expect(spent > 0 && spent <= limit)
        try gate.finish()
    }

    @Test func aSpentBudgetIs429InTheShapeThatIsNotRetried() throws {
        var plan = Plan()
        plan.keys[0].budget = 1
        let gate = try Gate(.calm, plan)
        let reply = try gate.ask(.chat())
        #expect(reply.status == 429)
        #expect(reply.error("code") == "budget_exceeded")
        #expect(reply.error("message") == "monthly budget exceeded")
        #expect(reply["retry-after"] == nil)
        #expect(reply["x-should-retry"] == "false")
        #expect(gate.sims["alpha"]?.requestCount == 0)
        #expect(gate.plan.keys[0].state.committedNanoUSD == 0)
        try gate.finish()
    }

    @Test func anUnknownPriceCountsAsWhatWasHeldNeverAsNothing() throws {
        var plan = Plan.two()
        plan.models[0].prices = Prices()
        plan.keys[0].budget = 1_000_000_000
        let gate = try Gate(.calm, plan)
        let reply = try gate.ask(.chat(more: ",\"max_tokens\":100"))
        #expect(reply.status == 200)
        #expect(reply["x-tokenhub-cost-usd"] == nil)
        #expect(try gate.settledRows(1)[0].record.costNanoUSD == nil)
        // The dearest price known stands in for the unknown one.
        #expect(gate.plan.keys[0].state.committedNanoUSD == estimate())
        try gate.finish()
    }

    @Test func whatFailedCostsNothing() throws {
        var plan = Plan.one(.reset(afterEvents: 3))
        plan.keys[0].budget = 1_000_000_000
        let gate = try Gate(.calm, plan)
        #expect(try gate.ask(.chat()).status == 502)
        #expect(try gate.ask(.chat(more: ",\"n\":99")).status == 400)
        #expect(gate.plan.keys[0].state.committedNanoUSD == 0)
        try gate.finish()
    }

    @Test func theCostIsSaidInTheHeadAndInTheRow() throws {
        let gate = try Gate(.calm)
        let reply = try gate.ask(.chat(sim: ["tokens: 10"]))
        let row = try gate.settledRows(1)[0]
        let prices = gate.plan.models[0].prices
        #expect(row.record.usage.outputTokens == 10)
        #expect(row.record.costNanoUSD == prices.cost(of: row.record.usage))
        let cost = try #require(row.record.costNanoUSD)
        let dollars = "0." + String(repeating: "0", count: 9 - "\(cost)".count) + "\(cost)"
        #expect(reply["x-tokenhub-cost-usd"] == dollars)
        try gate.finish()
    }

    // MARK: Rates

    @Test(arguments: [1, 2])
    func aKeysRateHoldsOverAllCores(cores: Int) throws {
        var plan = Plan()
        plan.keys[0].rateLimitRPS = 5
        let gate = try Gate(.calm, plan, cores: cores)
        let clients = try (0..<30).map { _ in try gate.connect() }
        for client in clients { client.send(.chat()) }
        let replies = try clients.map { try gate.reply(to: $0) }
        // A burst of twice the rate, and at most one more for the time that has passed.
        let passed = replies.filter { $0.status == 200 }.count
        #expect(passed == 10 || passed == 11, "\(passed)")
        let refused = try #require(replies.first { $0.status == 429 })
        #expect(refused.error("code") == "rate_limit_exceeded")
        #expect(refused.error("message") == "api key rate limit exceeded")
        #expect(refused["retry-after"] == "1")
        #expect(Int(refused["retry-after-ms"] ?? "").map { $0 > 0 && $0 <= 200 } == true)
        try gate.pass(milliseconds: 1_000)
        #expect(try gate.ask(.chat()).status == 200)
        try gate.finish()
    }

    @Test func anAddressHasOneRateWhateverItsConnectionsAndKeys() throws {
        var plan = Plan()
        plan.settings.rateLimitRPS = 2
        plan.settings.rateLimitBurst = 4
        let gate = try Gate(.calm, plan)
        var statuses: [Int] = []
        for index in 0..<8 {
            statuses.append(
                try gate.ask(Ask.chat().keyed(index == 1 ? "tokenhub_nobody" : Plan.keyText)).status)
        }
        #expect(statuses == [200, 401, 200, 200, 429, 429, 429, 429])
        try gate.until("counted") { (gate.figures[0]?.rateLimitedCount ?? 0) == 4 }
        // What needs no key is not limited.
        #expect(try gate.ask(.get("/livez")).status == 200)
        try gate.finish()
    }
}
