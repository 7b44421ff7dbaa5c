// Snapshots change while requests run, and cores drain.

import Adapters
import Sim
import Testing

@testable import Gateway
@testable import Reactor

@Suite struct ReloadTests {
    @Test(arguments: Kernel.present)
    func aStreamOutlivesItsProvidersRemoval(kernel: Kernel) throws {
        let gate = try Gate(kernel, .two())
        let ask = Ask.chat(stream: true, sim: ["seed: 2", "tokens: 60", "gap-us: 2000"])
        let client = try gate.connect()
        client.send(ask)
        try gate.until("content") { (client.partial?.events.count ?? 0) > 5 }
        try gate.republish { plan in
            plan.stands.removeFirst()
            plan.models.removeFirst()
        }
        #expect(try gate.reply(to: client).body == Expected.payload(ask), gate.place)
        #expect(try gate.ask(.chat())["x-tokenhub-provider"] == "beta")
        let rows = try gate.settledRows(2)
        // Indices are read in the snapshot they were made for.
        #expect(rows[0].provider == "alpha")
        #expect(rows[0].model == "m-alpha")
        #expect(rows[1].provider == "beta")
        #expect(gate.logText.contains("\"provider\":\"alpha\""))
        try gate.finish()
    }

    @Test func aFailoverMayGoToAProviderOfTheOldSnapshotOnlyWhereItStillStands() throws {
        var plan = Plan.two(.stall(afterEvents: 0))
        plan.stands[0].firstByteMS = 5_000
        plan.stands.append(Plan.Stand(id: "gamma"))
        plan.models.append(Plan.Model(id: "m-gamma", provider: "gamma", weight: 1, literal: "up-gamma"))
        plan.stands[1].credential = "beta-key"
        let gate = try Gate(.calm, plan)
        let client = try gate.connect()
        client.send(.chat())
        try gate.until("alpha asked") { gate.sims["alpha"]?.requestCount == 1 }
        // Beta moves: the old exchange holds the key that was meant for the old place.
        let moved = Plan.Stand(id: "beta")
        try gate.put(moved)
        try gate.republish { plan in plan.models.reverse() }
        let reply = try gate.reply(to: client)
        #expect(reply["x-tokenhub-provider"] == "gamma")
        #expect(gate.sims["beta"]?.requestCount == 0)
        #expect(try gate.health(of: "beta").totalErrors == 0)
        try gate.finish()
    }

    @Test func healthAndKeptConnectionsMoveWithTheirProvider() throws {
        var plan = Plan.two(.status(500, retryAfterSeconds: nil))
        plan.settings.policy.mode = .highConfidence
        let gate = try Gate(.calm, plan)
        for _ in 0..<5 { #expect(try gate.ask(.chat()).status == 200) }
        let connects = gate.loop.counters.connectCount
        try gate.put(Plan.Stand(id: "gamma"))
        try gate.republish { plan in
            plan.stands.insert(Plan.Stand(id: "gamma"), at: 0)
            plan.stands.reverse()
            plan.models.insert(Plan.Model(id: "m-gamma", provider: "gamma", weight: 1, literal: "up-gamma"), at: 0)
        }
        #expect(try gate.health(of: "alpha").state == .down)
        #expect(try gate.health(of: "gamma").totalRequests == 0)
        let reply = try gate.ask(.chat())
        #expect(reply["x-tokenhub-provider"] == "beta")
        #expect(reply["x-tokenhub-attempts"] == "1")
        #expect(gate.loop.counters.connectCount == connects)
        try gate.finish()
    }

    @Test func aRevokedKeyStopsAtOnceAndItsStreamsRunOn() throws {
        let gate = try Gate(.calm)
        let ask = Ask.chat(stream: true, sim: ["seed: 2", "tokens: 30", "gap-us: 20000"])
        let client = try gate.connect()
        client.send(ask)
        try gate.until("content") { (client.partial?.events.count ?? 0) > 2 }
        let kept = try gate.connect()
        kept.send(.chat())
        #expect(try gate.reply(to: kept).status == 200)
        try gate.republish { $0.keys[0].isEnabled = false }
        kept.send(.chat())
        #expect(try gate.reply(2, to: kept).status == 401)
        #expect(try gate.reply(to: client).body == Expected.payload(ask))
        try gate.finish()
    }

    @Test func aBudgetIsSettledOverASwap() throws {
        var plan = Plan()
        plan.keys[0].budget = 1_000_000_000
        let gate = try Gate(.calm, plan)
        let client = try gate.connect()
        client.send(.chat(stream: true, sim: ["tokens: 20", "gap-us: 20000"]))
        try gate.until("content") { (client.partial?.events.count ?? 0) > 2 }
        #expect(gate.plan.keys[0].state.committedNanoUSD > 0)
        try gate.republish { plan in
            plan.keys.insert(Plan.Key(text: "tokenhub_" + String(repeating: "a", count: 64), id: "key-0"), at: 0)
        }
        _ = try gate.reply(to: client)
        let row = try gate.settledRows(1)[0]
        #expect(row.key == "key-1")
        #expect(gate.plan.keys[1].state.committedNanoUSD == row.record.costNanoUSD)
        try gate.finish()
    }

    @Test(arguments: Kernel.simulated)
    func snapshotsMayComeAllTheTime(kernel: Kernel) throws {
        let gate = try Gate(kernel, .two(.reset(afterEvents: 0)), cores: 2)
        let asks = (0..<40).map { Ask.chat(stream: $0 % 2 == 0, sim: ["seed: \($0)", "tokens: 20", "gap-us: 1000"]) }
        let clients = try asks.map { ask in
            let client = try gate.connect()
            client.send(ask)
            return client
        }
        for round in 0..<30 {
            try gate.republish { plan in
                plan.stands.reverse()
                if round % 3 == 0 { plan.models.reverse() }
            }
            try gate.pass(milliseconds: 2)
        }
        for (ask, client) in zip(asks, clients) {
            var ask = ask
            ask.literal = "up-beta"
            #expect(try gate.reply(to: client).body == Expected.payload(ask), gate.place)
        }
        #expect(try gate.settledRows(40).allSatisfy { $0.provider == "beta" })
        try gate.finish()
    }

    // MARK: Draining

    @Test(arguments: Kernel.present)
    func aDrainLetsStreamsFinishAndTakesNothingNew(kernel: Kernel) throws {
        let gate = try Gate(kernel)
        let ask = Ask.chat(stream: true, sim: ["seed: 2", "tokens: 40", "gap-us: 2000"])
        let client = try gate.connect()
        client.send(ask)
        let idle = try gate.connect()
        idle.send(.get("/readyz"))
        #expect(try gate.reply(to: idle).status == 200)
        try gate.until("content") { (client.partial?.events.count ?? 0) > 2 }
        gate.loop.mailbox.post(.drain(withinMS: 30_000))
        try gate.until("the idle one closed") { idle.isOver }
        let late = try gate.connect()
        late.send(.chat())
        #expect(try gate.reply(to: client).body == Expected.payload(ask), gate.place)
        try gate.until("drained") { gate.drainedCores.count == 1 }
        #expect(late.replies.isEmpty)
        #expect(try gate.settledRows(1)[0].record.status == 200)
        #expect(gate.loop.blocks.takenCount == 0)
        try gate.finish()
    }

    @Test func aDrainThatTakesTooLongCutsStreamsVisibly() throws {
        let gate = try Gate(.calm)
        let client = try gate.connect()
        client.send(.chat(stream: true, sim: ["tokens: 1000", "gap-us: 100000"]))
        try gate.until("content") { (client.partial?.events.count ?? 0) > 2 }
        gate.loop.mailbox.post(.drain(withinMS: 2_000))
        try gate.until("drained") { gate.drainedCores.count == 1 }
        try gate.until("cut") { client.isOver }
        #expect(client.replies.isEmpty)
        #expect(client.partial?.events.contains("[DONE]") == false)
        #expect(try gate.settledRows(1)[0].record.usage.outputTokens > 10)
        #expect(gate.loop.blocks.takenCount == 0)
        try gate.finish()
    }
}
