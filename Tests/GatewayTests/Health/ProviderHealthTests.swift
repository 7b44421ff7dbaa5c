// What a provider's failures do to the requests that come after them.

import Adapters
import Sim
import Testing

@testable import Gateway
@testable import Reactor

@Suite struct ProviderHealthTests {
    private let second: UInt64 = 1_000_000_000

    @Test func fiveErrorsInARowTakeAProviderOutForThirtySeconds() {
        var health = ProviderHealth()
        for count in 1...5 {
            #expect(health.isAvailable(at: 10 * second))
            health.failed("transient", retryAfterNS: nil, now: 10 * second, wallClock: 1)
            #expect(health.state == (count < 2 ? .healthy : count < 5 ? .degraded : .down))
        }
        #expect(!health.isAvailable(at: 39 * second))
        #expect(health.isAvailable(at: 40 * second))
        health.failed("transient", retryAfterNS: nil, now: 41 * second, wallClock: 2)
        #expect(!health.isAvailable(at: 70 * second))
        health.succeeded(firstByteNS: 5, firstTokenNS: 5, now: 41 * second, wallClock: 3)
        #expect(health.isAvailable(at: 42 * second))
        #expect(health.state == .healthy)
        #expect(health.totalErrors == 6)
        #expect(health.totalRequests == 7)
    }

    @Test func aRetryAfterIsBelievedForTwoMinutesAtMost() {
        var health = ProviderHealth()
        health.failed("rate_limited", retryAfterNS: 7_000_000_000, now: second, wallClock: 1)
        #expect(!health.isAvailable(at: 7 * second))
        #expect(health.isAvailable(at: 8 * second))
        health.failed("rate_limited", retryAfterNS: 3_600_000_000_000, now: second, wallClock: 1)
        #expect(!health.isAvailable(at: 120 * second))
        #expect(health.isAvailable(at: 121 * second))
    }

    @Test func twoCoresSumWhatTheyKnow() {
        var (a, b) = (ProviderHealth(), ProviderHealth())
        for _ in 0..<5 { a.failed("transient", retryAfterNS: nil, now: second, wallClock: 5) }
        b.succeeded(firstByteNS: 100, firstTokenNS: 100, now: second, wallClock: 3)
        let merged = ProviderHealth.merged(a, b)
        #expect(merged.totalRequests == 6)
        #expect(merged.totalErrors == 5)
        #expect(merged.state == .down)
        b.heed(merged)
        #expect(!b.isAvailable(at: 2 * second))
        // Who has heard an answer since knows better.
        b.succeeded(firstByteNS: 100, firstTokenNS: 100, now: second, wallClock: 6)
        b.heed(merged)
        #expect(b.isAvailable(at: 2 * second))
    }

    // MARK: In traffic

    @Test(arguments: [429, 503])
    func aProviderThatAsksForTimeIsLeftAloneForThatTime(status: Int) throws {
        let gate = try Gate(.calm, .two(.status(status, retryAfterSeconds: 7)))
        #expect(try gate.ask(.chat())["x-tokenhub-attempts"] == "2")
        let start = gate.now
        for _ in 0..<3 {
            let reply = try gate.ask(.chat())
            #expect(reply["x-tokenhub-provider"] == "beta")
            #expect(reply["x-tokenhub-attempts"] == "1")
        }
        #expect(gate.now - start < 6_000_000_000)
        #expect(gate.sims["alpha"]?.requestCount == 1)
        try gate.pass(milliseconds: 7_000)
        #expect(try gate.ask(.chat())["x-tokenhub-attempts"] == "2")
        #expect(gate.sims["alpha"]?.requestCount == 2)
        try gate.finish()
    }

    @Test func aRateLimitedClientIsToldWhenToComeBack() throws {
        let gate = try Gate(.calm, .one(.status(429, retryAfterSeconds: 7)))
        let first = try gate.ask(.chat())
        #expect(first.status == 429)
        #expect(first["retry-after"] == "7")
        try gate.pass(milliseconds: 4_000)
        let second = try gate.ask(.chat())
        #expect(second.status == 503)
        #expect(second["retry-after"] == "3")
        #expect(gate.sims["alpha"]?.requestCount == 1)
        try gate.finish()
    }

    // MARK: Kept connections

    @Test(arguments: Kernel.simulated)
    func aKeptConnectionThatWasClosedMeanwhileIsNobodysFault(kernel: Kernel) throws {
        var plan = Plan()
        var servers: [Client] = []
        var requestCount = 0
        let script = Script.onRequest { server in
            requestCount += 1
            server.send(Script.whole())
        }
        plan.stands[0].script = { server in
            servers.append(server)
            script(server)
        }
        let gate = try Gate(kernel, plan)
        // Three connections at once, all kept.
        let clients = try (0..<3).map { _ in try gate.connect() }
        for client in clients { client.send(.chat()) }
        for client in clients { #expect(try gate.reply(to: client).status == 200) }
        try gate.pass(milliseconds: 100)
        #expect(gate.loop.upstreamCount == servers.count)
        // The provider restarts: each connection ends as soon as something is sent on it.
        for server in servers { server.onChange = { $0.close(abort: true) } }
        #expect(try gate.ask(.chat()).status == 200, gate.place)
        #expect(requestCount == 4)
        #expect(try gate.health(of: "alpha").totalErrors == 0)
        #expect(try gate.settledRows(4).allSatisfy { $0.record.attemptCount == 1 })
        servers = []
        try gate.finish()
    }

    @Test func aProviderThatDiesAtWorkIsNotAskedTheSameAgain() throws {
        var plan = Plan.two()
        var requestCount = 0
        var network: SimulatedNetwork?
        plan.stands[0].script = Script.onRequest { server in
            requestCount += 1
            if requestCount == 1 { return server.send(Script.whole()) }
            network?.after(5_000_000_000) { server.close(abort: true) }
        }
        let gate = try Gate(.calm, plan)
        network = gate.network
        #expect(try gate.ask(.chat())["x-tokenhub-provider"] == "alpha")
        #expect(try gate.ask(.chat())["x-tokenhub-provider"] == "beta")
        #expect(requestCount == 2)
        #expect(try gate.health(of: "alpha").totalErrors == 1)
        try gate.finish()
    }
}
