// A provider that was down is tried by one request, and what becomes of that one decides for all.

import Adapters
import Sim
import Testing

@testable import Gateway
@testable import Reactor

@Suite struct TrialTests {
    private let second: UInt64 = 1_000_000_000

    private func down() -> ProviderHealth {
        var health = ProviderHealth()
        for _ in 0..<5 { health.failed("transient", retryAfterNS: nil, now: second, wallClock: 5) }
        return health
    }

    @Test func whileOneTriesAProviderThatIsDownItStaysOutForAllOthers() {
        var health = down()
        #expect(!health.isAvailable(at: 30 * second))
        #expect(health.isAvailable(at: 31 * second))
        let trial = health.beginTrial(at: 31 * second)
        #expect(trial > 0)
        #expect(!health.isAvailable(at: 40 * second))
        // Nothing came of it that counts.
        health.endTrial(trial)
        #expect(health.isAvailable(at: 40 * second))
        // It failed.
        _ = health.beginTrial(at: 40 * second)
        health.failed("transient", retryAfterNS: nil, now: 41 * second, wallClock: 6)
        #expect(!health.isAvailable(at: 70 * second))
    }

    @Test func theEndOfAnOldTrialLeavesANewOneAlone() {
        var health = down()
        let old = health.beginTrial(at: 31 * second)
        health.succeeded(firstByteNS: 1, firstTokenNS: 1, now: 32 * second, wallClock: 6)
        #expect(health.beginTrial(at: 33 * second) == 0)
        for _ in 0..<5 { health.failed("transient", retryAfterNS: nil, now: 40 * second, wallClock: 7) }
        #expect(health.beginTrial(at: 70 * second) > 0)
        health.endTrial(old)
        #expect(!health.isAvailable(at: 71 * second))
    }

    @Test func aSuccessDoesNotEndTheRestThatAProviderAskedFor() {
        var health = ProviderHealth()
        health.failed("rate_limited", retryAfterNS: 7_000_000_000, now: second, wallClock: 1)
        // The end of an answer that had begun before.
        health.succeeded(firstByteNS: 1, firstTokenNS: 1, now: 2 * second, wallClock: 2)
        #expect(!health.isAvailable(at: 7 * second))
        #expect(health.isAvailable(at: 8 * second))
    }

    @Test func theCoresShareATrialAndItsResult() {
        var (a, b) = (down(), ProviderHealth())
        func merge() {
            let merged = ProviderHealth.merged(a, b)
            a.heed(merged)
            b.heed(merged)
        }
        merge()
        #expect(b.state == .down)
        #expect(!b.isAvailable(at: 30 * second))
        _ = a.beginTrial(at: 31 * second)
        #expect(b.isAvailable(at: 31 * second))
        merge()
        #expect(!b.isAvailable(at: 31 * second))
        a.recovered(wallClock: 9)
        merge()
        #expect(a.state == .healthy)
        #expect(b.state == .healthy)
        #expect(b.isAvailable(at: 31 * second))
        // An old success does not undo what this core has seen since.
        let merged = ProviderHealth.merged(a, b)
        for _ in 0..<5 { b.failed("transient", retryAfterNS: nil, now: 40 * second, wallClock: 12) }
        b.heed(merged)
        #expect(b.state == .down)
    }

    // MARK: In traffic

    /// Alpha, preferred, answers as `Stage.answer` says; beta is sound.
    private final class Stage {
        var requestCount = 0
        var answer: ((Client) -> Void) = { $0.send(Script.whole("{}", status: "500 Broken")) }
        private(set) var waiting: [Client] = []
        var gate: Gate!

        /// Alpha has failed five times and its cooldown is over.
        init() throws {
            var plan = Plan.two()
            plan.stands[0].script = Script.onRequest { [self] server in
                requestCount += 1
                answer(server)
            }
            gate = try Gate(.calm, plan)
            for _ in 0..<5 { #expect(try gate.ask(.chat())["x-tokenhub-attempts"] == "2", gate.place) }
            #expect(try gate.health(of: "alpha").state == .down)
            #expect(try gate.ask(.chat())["x-tokenhub-attempts"] == "1")
            try gate.pass(milliseconds: 30_000)
            #expect(requestCount == 5)
            answer = { [self] in waiting.append($0) }
        }

        /// Sends a request and waits until alpha has it.
        func askAlpha(stream: Bool = false) throws -> Client {
            let client = try gate.connect()
            let before = requestCount
            client.send(.chat(stream: stream))
            try gate.until("alpha asked") { requestCount > before }
            return client
        }
    }

    @Test func oneRequestTriesAndItsAnswerOpensTheProviderForAll() throws {
        let stage = try Stage()
        let gate = stage.gate!
        let trial = try stage.askAlpha()
        for _ in 0..<3 {
            let reply = try gate.ask(.chat())
            #expect(reply["x-tokenhub-provider"] == "beta")
            #expect(reply["x-tokenhub-attempts"] == "1")
        }
        #expect(stage.requestCount == 6)
        stage.answer = { $0.send(Script.whole()) }
        stage.waiting[0].send(Script.whole())
        #expect(try gate.reply(to: trial)["x-tokenhub-provider"] == "alpha")
        #expect(try gate.health(of: "alpha").state == .healthy)
        #expect(try gate.ask(.chat())["x-tokenhub-provider"] == "alpha")
        try gate.finish()
    }

    @Test func aTrialThatFailsIsAnsweredElsewhereAndRenewsTheCooldown() throws {
        let stage = try Stage()
        let gate = stage.gate!
        let trial = try stage.askAlpha()
        stage.waiting[0].send(Script.whole("{}", status: "500 Broken"))
        #expect(try gate.reply(to: trial)["x-tokenhub-provider"] == "beta")
        try gate.pass(milliseconds: 29_000)
        #expect(try gate.ask(.chat())["x-tokenhub-attempts"] == "1")
        #expect(stage.requestCount == 6)
        try gate.pass(milliseconds: 1_000)
        stage.answer = { $0.send(Script.whole()) }
        #expect(try gate.ask(.chat())["x-tokenhub-provider"] == "alpha")
        try gate.finish()
    }

    @Test(arguments: [true, false])
    func aTrialThatSaysNothingLeavesTheTrialToTheNext(clientLeaves: Bool) throws {
        let stage = try Stage()
        let gate = stage.gate!
        let trial = try stage.askAlpha()
        if clientLeaves {
            trial.close()
            try gate.until("the exchange over") { gate.plane.openExchangeCount == 0 }
        } else {
            stage.waiting[0].send(Script.whole(#"{"error":{"message":"no"}}"#, status: "400 Bad Request"))
            #expect(try gate.reply(to: trial).status == 400)
        }
        // Neither the caller's fault nor his leaving counts.
        #expect(try gate.health(of: "alpha").totalErrors == 5)
        #expect(try gate.health(of: "alpha").state == .down)
        let next = try stage.askAlpha()
        #expect(try gate.ask(.chat())["x-tokenhub-provider"] == "beta")
        stage.waiting[1].send(Script.whole())
        #expect(try gate.reply(to: next)["x-tokenhub-provider"] == "alpha")
        try gate.finish()
    }

    @Test func theFirstContentOfAStreamDecidesATrial() throws {
        let stage = try Stage()
        let gate = stage.gate!
        let trial = try stage.askAlpha(stream: true)
        #expect(try gate.ask(.chat())["x-tokenhub-provider"] == "beta")
        stage.answer = { $0.send(Script.whole()) }
        stage.waiting[0].send("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n")
        stage.waiting[0].send("data: {\"choices\":[{\"delta\":{\"content\":\"a\"}}]}\n\n")
        try gate.until("content") { trial.partial?.events.count == 1 }
        #expect(try gate.ask(.chat())["x-tokenhub-provider"] == "alpha")
        stage.waiting[0].send("data: [DONE]\n\n")
        #expect(try gate.reply(to: trial).status == 200)
        try gate.finish()
    }
}
