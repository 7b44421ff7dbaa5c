// A second model is asked beside one that is slow: which of the two answers, what becomes of the other, and what it may cost.

import Adapters
import Sim
import Testing

@testable import Gateway
@testable import Reactor

@Suite struct HedgingTests {
    private static let free = Prices(inputPer1K: 0, outputPer1K: 0)
    private static let ms: Int64 = 1_000_000

    /// alpha comes first and takes `alpha` milliseconds to its first content, beta comes next and takes `beta`; after 200 the next is
    /// asked beside.
    private static func plan(alpha: Int64, beta: Int64, prices: Prices = free) -> Plan {
        var plan = Plan.two()
        for (index, delay) in [alpha, beta].enumerated() {
            plan.stands[index].profile.timeToFirst = .constant(nanoseconds: delay * ms)
            plan.models[index].prices = prices
        }
        plan.settings.policy.mode = .highConfidence
        plan.settings.hedging.delay = .milliseconds(200)
        return plan
    }

    private static func withGamma(_ plan: Plan, _ delay: Int64) -> Plan {
        var plan = plan
        var stand = Plan.Stand(id: "gamma")
        stand.profile.timeToFirst = .constant(nanoseconds: delay * ms)
        plan.stands.append(stand)
        plan.models.append(Plan.Model(id: "m-gamma", provider: "gamma", weight: 1, literal: "up-gamma", prices: free))
        return plan
    }

    private func ask(stream: Bool, _ more: String...) -> Ask {
        .chat(stream: stream, model: nil, sim: ["seed: 5"] + more)
    }

    /// The answer of `provider` to `ask`, whole and nothing else.
    private func expect(_ reply: Reply, _ asked: Ask, from provider: String, _ gate: Gate) throws {
        var ask = asked
        ask.literal = "up-\(provider)"
        #expect(reply.status == 200, gate.place)
        let body = ask.isStream ? Expected.withoutComments(reply.body) : reply.body
        #expect(body == (try Expected.payload(ask)), gate.place)
        if reply.comments == 0 { #expect(reply["x-tokenhub-provider"] == provider, gate.place) }
    }

    // MARK: Who answers

    @Test(arguments: Kernel.simulated, [false, true])
    func theSecondAnswersWhereTheFirstIsSlow(kernel: Kernel, stream: Bool) throws {
        let gate = try Gate(kernel, HedgingTests.plan(alpha: 9_000, beta: 100))
        let start = gate.now
        let ask = ask(stream: stream)
        let reply = try gate.ask(ask)
        try expect(reply, ask, from: "beta", gate)
        #expect(reply["x-tokenhub-reason"] == "hedged-dispatch")
        #expect(reply["x-tokenhub-attempts"] == "2")
        #expect(gate.now - start < 900_000_000, gate.place)
        let row = try gate.settledRows(1)[0]
        #expect(row.model == "m-beta")
        #expect(row.record.reason == .hedged)
        #expect(row.record.hedgeCount == 1)
        #expect(row.record.attemptCount == 2)
        #expect(gate.logText.contains("\"hedges\":1"))
        // Neither a success nor a failure, but the router hears how slow it was.
        #expect(try gate.health(of: "alpha").totalRequests == 0)
        #expect(try gate.health(of: "alpha").latencyNS >= 300_000_000)
        try gate.until("the slow one told") { gate.sims["alpha"]?.abandonedCount == 1 }
        try gate.finish()
    }

    @Test(arguments: Kernel.simulated, [false, true])
    func theFirstAnswersWhereItIsSoonEnough(kernel: Kernel, stream: Bool) throws {
        let gate = try Gate(kernel, HedgingTests.plan(alpha: 400, beta: 2_000))
        let ask = ask(stream: stream)
        let reply = try gate.ask(ask)
        try expect(reply, ask, from: "alpha", gate)
        #expect(reply["x-tokenhub-reason"] == "routed-weight-9")
        let row = try gate.settledRows(1)[0]
        #expect(row.model == "m-alpha")
        #expect(row.record.hedgeCount == 1)
        try gate.until("the other told") { gate.sims["beta"]?.abandonedCount == 1 }
        try gate.finish()
    }

    @Test(arguments: [false, true])
    func whoAnswersInTimeIsNotHedged(stream: Bool) throws {
        let gate = try Gate(.calm, HedgingTests.plan(alpha: 150, beta: 0))
        let ask = ask(stream: stream, "tokens: 20", "gap-us: 100000")
        try expect(try gate.ask(ask), ask, from: "alpha", gate)
        // Of a stream the first content counts, a whole answer must be there.
        #expect(gate.sims["beta"]?.requestCount == (stream ? 0 : 1))
        try gate.finish()
    }

    @Test(arguments: [false, true])
    func theLoserIsGoneInTheTickOfTheFirstContent(stream: Bool) throws {
        let gate = try Gate(.calm, HedgingTests.plan(alpha: 9_000, beta: 500))
        let client = try gate.connect()
        client.send(ask(stream: stream, "gap-us: 100000"))
        try gate.until("two under way") { gate.loop.upstreamCount == 2 }
        try gate.until("content sent") {
            // The connection of the one that answers is kept.
            if client.receivedCount > 0 { return true }
            return gate.loop.upstreamCount == 1
        }
        #expect(gate.loop.upstreamCount == 1)
        _ = try gate.reply(to: client)
        try gate.finish()
    }

    @Test(arguments: [false, true], 0..<12)
    func bothAnswerInTheSameTick(stream: Bool, seed: Int) throws {
        // Dispatched 200 ms apart; the network adds what it adds.
        var plan = HedgingTests.plan(alpha: 400, beta: 200)
        if seed % 2 == 0 { plan.stands[1].profile.timeToFirst = .constant(nanoseconds: 199_500_000) }
        let gate = try Gate(seed < 6 ? .calm : .rough, plan, seed: UInt64(seed))
        let ask = ask(stream: stream, "tokens: 0")
        let reply = try gate.ask(ask)
        let winner = try #require(reply["x-tokenhub-provider"])
        try expect(reply, ask, from: winner, gate)
        #expect(try gate.settledRows(1)[0].record.hedgeCount == 1)
        try gate.finish()
    }

    @Test func bothAnswersStandInOneTick() throws {
        // Both scripts send in the moment that the second has been asked.
        final class Box { var servers: [Client] = [] }
        let box = Box()
        let script = Script.onRequest { server in
            box.servers.append(server)
            if box.servers.count == 2 { for server in box.servers { server.send(Script.whole()) } }
        }
        var plan = HedgingTests.plan(alpha: 0, beta: 0)
        plan.stands[0].script = script
        plan.stands[1].script = script
        let gate = try Gate(.calm, plan)
        let reply = try gate.ask(ask(stream: false))
        #expect(reply.status == 200)
        #expect(reply.text == Script.answer)
        try gate.finish()
    }

    // MARK: Failures

    @Test(
        arguments: ["500", "reset", "429:3", "400", "context_length_exceeded", "error-object", "garbage"],
        [false, true])
    func whatTheSecondHasToSayAgainstItDoesNotHurtTheFirst(fault: String, stream: Bool) throws {
        var plan = HedgingTests.plan(alpha: 2_000, beta: 50)
        plan.stands[1].profile.chances = [.init(Fault(fault).fault, perMille: 1000)]
        let gate = try Gate(.calm, plan)
        let ask = ask(stream: stream)
        let reply = try gate.ask(ask)
        try expect(reply, ask, from: "alpha", gate)
        let row = try gate.settledRows(1)[0]
        #expect(row.error == "")
        #expect(row.record.lostNanoUSD == 0)
        let isCallers = fault == "400" || fault == "context_length_exceeded"
        #expect(try gate.health(of: "beta").totalErrors == (isCallers ? 0 : 1))
        try gate.finish()
    }

    @Test(arguments: ["500", "reset", "stall", "context_length_exceeded", "insufficient_quota"], [false, true])
    func theSecondAnswersWhereTheFirstFailsLater(fault: String, stream: Bool) throws {
        var plan = HedgingTests.plan(alpha: 500, beta: 2_000)
        plan.stands[0].profile.chances = [.init(Fault(fault).fault, perMille: 1000)]
        plan.stands[0].firstByteMS = 800
        let gate = try Gate(.calm, plan)
        let ask = ask(stream: stream)
        let reply = try gate.ask(ask)
        try expect(reply, ask, from: "beta", gate)
        #expect(reply["x-tokenhub-attempts"] == "2")
        #expect(gate.sims["beta"]?.requestCount == 1)
        #expect(try gate.settledRows(1)[0].model == "m-beta")
        try gate.finish()
    }

    @Test(arguments: [false, true])
    func theNextIsAskedAtOnceWhenOneOfTwoFails(stream: Bool) throws {
        var plan = HedgingTests.withGamma(HedgingTests.plan(alpha: 500, beta: 9_000), 100)
        plan.stands[0].profile.chances = [.init(.reset(afterEvents: 0), perMille: 1000)]
        let gate = try Gate(.calm, plan)
        let start = gate.now
        let ask = ask(stream: stream)
        let reply = try gate.ask(ask)
        try expect(reply, ask, from: "gamma", gate)
        #expect(gate.now - start < 900_000_000)
        let row = try gate.settledRows(1)[0]
        #expect(row.record.attemptCount == 3)
        #expect(row.record.hedgeCount == 2)
        try gate.finish()
    }

    @Test func noMoreAreAskedThanMayBe() throws {
        var plan = HedgingTests.withGamma(HedgingTests.plan(alpha: 500, beta: 3_000), 100)
        plan.stands[0].profile.chances = [.init(.reset(afterEvents: 0), perMille: 1000)]
        plan.settings.hedging.attemptsMax = 2
        let two = try Gate(.calm, plan)
        #expect(try two.ask(ask(stream: false))["x-tokenhub-provider"] == "beta")
        #expect(two.sims["gamma"]?.requestCount == 0)
        try two.finish()

        plan.settings.hedging.attemptsMax = 1
        plan.stands[0].profile.chances = []
        let one = try Gate(.calm, plan)
        #expect(try one.ask(ask(stream: true))["x-tokenhub-provider"] == "alpha")
        #expect(one.sims["beta"]?.requestCount == 0)
        try one.finish()
    }

    @Test(arguments: [false, true])
    func whatTheFirstSaysAgainstTheRequestCounts(stream: Bool) throws {
        var plan = HedgingTests.plan(alpha: 500, beta: 9_000)
        plan.stands[0].profile.chances = [.init(.status(422, retryAfterSeconds: nil), perMille: 1000)]
        let gate = try Gate(.calm, plan)
        #expect(try gate.ask(ask(stream: stream)).status == 422)
        let row = try gate.settledRows(1)[0]
        #expect(row.model == "m-alpha")
        #expect(row.error == "client_fault")
        try gate.until("the other told") { gate.sims["beta"]?.abandonedCount == 1 }
        try gate.finish()
    }

    @Test func bothFailAndTheThirdAnswers() throws {
        var plan = HedgingTests.withGamma(HedgingTests.plan(alpha: 500, beta: 500), 0)
        plan.settings.hedging.attemptsMax = 2
        for index in 0...1 { plan.stands[index].profile.chances = [.init(.emptyBody, perMille: 1000)] }
        let gate = try Gate(.calm, plan)
        let reply = try gate.ask(ask(stream: false))
        #expect(reply["x-tokenhub-provider"] == "gamma")
        #expect(reply["x-tokenhub-attempts"] == "3")
        try gate.finish()

        plan.stands[2].profile.chances = plan.stands[0].profile.chances
        let none = try Gate(.calm, plan)
        #expect(try none.ask(ask(stream: true)).status == 502)
        try none.finish()
    }

    // MARK: The end with two under way

    @Test(arguments: [false, true])
    func aClientThatLeavesEndsBoth(stream: Bool) throws {
        let gate = try Gate(.calm, HedgingTests.plan(alpha: 9_000, beta: 9_000))
        let client = try gate.connect()
        client.send(ask(stream: stream))
        try gate.pass(milliseconds: 1_000)
        #expect(gate.loop.upstreamCount == 2)
        client.close()
        while gate.plane.openExchangeCount > 0 {
            #expect(gate.loop.upstreamCount == 2)
            try gate.turn()
        }
        #expect(gate.loop.upstreamCount == 0)
        #expect(gate.loop.blocks.takenCount == 0)
        let row = try gate.settledRows(1)[0]
        #expect(row.record.status == 499)
        #expect(row.model == "m-alpha")
        for sim in ["alpha", "beta"] {
            #expect(try gate.health(of: sim).totalErrors == 0)
            try gate.until("\(sim) told") { gate.sims[sim]?.abandonedCount == 1 }
        }
        try gate.finish()
    }

    @Test(arguments: [false, true])
    func theTimeOfTheRequestEndsBoth(stream: Bool) throws {
        var plan = HedgingTests.plan(alpha: 20_000, beta: 20_000)
        plan.settings.policy.latencyMSMax = 17_000
        let gate = try Gate(.calm, plan)
        let reply = try gate.ask(ask(stream: stream))
        // A stream was kept alive meanwhile, so its head has been sent.
        #expect(reply.status == (stream ? 200 : 504))
        if stream { #expect(Reply.error("code", in: reply.events.last ?? "") == "timeout") }
        #expect(gate.loop.upstreamCount == 0)
        #expect(try gate.settledRows(1)[0].record.status == 504)
        try gate.finish()
    }

    @Test func aStreamIsKeptAliveWhileBothAreSilent() throws {
        for (alpha, beta, winner) in [(20_000, 30_000, "alpha"), (30_000, 20_000, "beta")] as [(Int64, Int64, String)] {
            var plan = HedgingTests.plan(alpha: alpha, beta: beta)
            for index in 0...1 { plan.stands[index].firstByteMS = 60_000 }
            let gate = try Gate(.calm, plan)
            let ask = ask(stream: true)
            let reply = try gate.ask(ask)
            #expect(reply.comments == 1)
            try expect(reply, ask, from: winner, gate)
            try gate.finish()
        }
    }

    @Test func eachOfTwoHasItsOwnTimeToTheFirstContent() throws {
        var plan = HedgingTests.plan(alpha: 60_000, beta: 3_000)
        plan.stands[0].firstByteMS = 1_000
        plan.stands[1].firstByteMS = 4_000
        let gate = try Gate(.calm, plan)
        let ask = ask(stream: true)
        try expect(try gate.ask(ask), ask, from: "beta", gate)
        #expect(try gate.health(of: "alpha").totalErrors == 1)
        try gate.finish()
    }

    @Test func aSlowReaderOfTheWinnersStreamGetsAllOfIt() throws {
        let gate = try Gate(.rough, HedgingTests.plan(alpha: 9_000, beta: 100))
        var ask = ask(stream: true, "tokens: 6000", "chunk-bytes: 100")
        let client = try gate.connect()
        client.send(ask)
        while client.replies.isEmpty {
            client.isReading = false
            try gate.pass(milliseconds: 300)
            client.isReading = true
            try gate.pass(milliseconds: 1)
        }
        ask.literal = "up-beta"
        #expect(client.replies[0].body == (try Expected.payload(ask)), gate.place)
        try gate.finish()
    }

    @Test(arguments: [false, true])
    func aDrainEndsBoth(stream: Bool) throws {
        let gate = try Gate(.calm, HedgingTests.plan(alpha: 9_000, beta: 9_000))
        let client = try gate.connect()
        client.send(ask(stream: stream))
        try gate.pass(milliseconds: 1_000)
        #expect(gate.loop.upstreamCount == 2)
        for loop in gate.loops { loop.mailbox.post(.drain(withinMS: 50)) }
        try gate.until("drained") { gate.drainedCores.count == 1 }
        #expect(gate.loop.upstreamCount == 0)
        #expect(gate.loop.blocks.takenCount == 0)
    }

    @Test func providersMayChangeWhileTwoAreUnderWay() throws {
        let gate = try Gate(.calm, HedgingTests.plan(alpha: 5_000, beta: 1_000))
        let client = try gate.connect()
        let ask = ask(stream: true)
        client.send(ask)
        try gate.pass(milliseconds: 500)
        try gate.republish { plan in
            plan.stands.reverse()
            plan.models.reverse()
        }
        try expect(try gate.reply(to: client), ask, from: "beta", gate)
        try gate.finish()
    }
}
