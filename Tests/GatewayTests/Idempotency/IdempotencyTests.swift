// The same request with the same `Idempotency-Key`: asked once, answered as often as it is sent.

import Sim
import Testing

@testable import Gateway
@testable import Reactor

@Suite struct IdempotencyTests {
    private static let field = "Idempotency-Key: 6f1c"
    private static let asks: [Ask] = [
        .chat(), .native(), .messages(), .responses(), .embeddings(),
        .chat(model: nil, content: "longer"),
    ]

    private func requests(_ gate: Gate) -> Int { gate.sims.values.reduce(0) { $0 + $1.requestCount } }

    /// What an answer says that is not about its own request.
    private func lines(_ reply: Reply) -> [String] {
        let own = [
            "x-request-id", "request-id", "idempotency-replay", "x-tokenhub-cost-usd", "x-tokenhub-overhead-us",
        ]
        return reply.fields.filter { !own.contains($0.name.lowercased()) }
            .map { "\($0.name.lowercased()): \($0.value)" }.sorted()
    }

    private func expectReplay(_ reply: Reply, of first: Reply, _ place: Comment) {
        #expect(first["idempotency-replay"] == nil, place)
        #expect(reply["idempotency-replay"] == "true", place)
        #expect(reply.status == first.status, place)
        #expect(reply.body == first.body, place)
        #expect(lines(reply) == lines(first), place)
        #expect(reply["x-request-id"] != first["x-request-id"], place)
    }

    @Test(arguments: Kernel.present)
    func aSecondRequestGetsTheFirstOnesAnswerAndCostsNothing(kernel: Kernel) throws {
        for ask in Self.asks {
            var plan = Plan()
            plan.keys[0].budget = 1_000_000_000
            let gate = try Gate(kernel, plan)
            let first = try gate.ask(ask.with(Self.field))
            #expect(first.status == 200, gate.place)
            let spent = gate.plan.keys[0].state.committedNanoUSD
            let client = try gate.connect()
            for count in 1...2 {
                client.send(ask.with(Self.field))
                expectReplay(try gate.reply(count, to: client), of: first, gate.place)
            }
            #expect(client.replies[1]["x-tokenhub-cost-usd"] == "0.000000000")
            #expect(requests(gate) == 1)
            #expect(gate.plan.keys[0].state.committedNanoUSD == spent)
            let rows = try gate.settledRows(3)
            #expect(rows.map(\.record.isReplay) == [false, true, true])
            #expect(rows[1].record.costNanoUSD == 0 && rows[1].record.attemptCount == 0)
            #expect(rows[1].key == "key-1" && rows[1].record.status == 200)
            #expect(gate.logText.contains("\"replay\":true"))
            try gate.finish()
        }
    }

    @Test func whatDiffersInAnythingIsAnotherRequest() throws {
        var plan = Plan()
        plan.keys.append(Plan.Key(text: "tokenhub_" + String(repeating: "ab", count: 32), id: "other"))
        let gate = try Gate(.calm, plan)
        let ask = Ask.chat().with(Self.field)
        var elsewhere = ask
        elsewhere.path += "?a=b"
        let asks = [
            ask, ask.keyed(plan.keys[1].text), elsewhere, Ask.chat(content: "other").with(Self.field),
            Ask.chat().with("Idempotency-Key: 6f1d"), Ask.chat(), Ask.chat().with("Idempotency-Key:"),
        ]
        for one in asks { #expect(try gate.ask(one)["idempotency-replay"] == nil) }
        #expect(requests(gate) == asks.count)
        #expect(try gate.ask(ask)["idempotency-replay"] == "true")
        try gate.finish()
    }

    @Test func whatAnAnswerSaysToAPageIsSaidToThePageThatAsks() throws {
        var plan = Plan()
        plan.origins = ["https://a.example", "https://b.example"]
        let gate = try Gate(.calm, plan)
        let ask = Ask.chat().with(Self.field)
        _ = try gate.ask(ask.with("Origin: https://a.example"))
        let other = try gate.ask(ask.with("Origin: https://b.example"))
        #expect(other["idempotency-replay"] == "true")
        #expect(other["access-control-allow-origin"] == "https://b.example")
        #expect(other.fields.count { $0.name.lowercased() == "vary" } == 1)
        let none = try gate.ask(ask)
        #expect(none["idempotency-replay"] == "true")
        #expect(none["access-control-allow-origin"] == nil && none["vary"] == nil)
        try gate.finish()
    }

    @Test func anAnswerIsForgottenAfterFiveMinutes() throws {
        let gate = try Gate(.calm)
        let ask = Ask.chat().with(Self.field)
        _ = try gate.ask(ask)
        try gate.pass(milliseconds: 299_000)
        #expect(try gate.ask(ask)["idempotency-replay"] == "true")
        try gate.pass(milliseconds: 2_000)
        #expect(try gate.ask(ask)["idempotency-replay"] == nil)
        #expect(requests(gate) == 2)
        // And its memory is free even when nobody asks.
        try gate.pass(milliseconds: 330_000)
        #expect(gate.plane.settings.answers.answerCount == 0)
        try gate.finish()
    }

    // MARK: While the first is under way

    @Test(arguments: Kernel.present)
    func whoComesWhileTheFirstIsAskedWaitsForItsAnswer(kernel: Kernel) throws {
        let gate = try Gate(kernel, cores: 2)
        let ask = Ask.chat(sim: ["ttft-us: 300000"]).with(Self.field)
        let clients = try (0..<8).map { _ in
            let client = try gate.connect()
            client.send(ask)
            return client
        }
        try gate.until("seven wait") { gate.planes.reduce(0) { $0 + $1.waitingCount } == 7 }
        let replies = try clients.map { try gate.reply(to: $0) }
        let first = try #require(replies.first { $0["idempotency-replay"] == nil })
        #expect(replies.count { $0["idempotency-replay"] == "true" } == 7)
        for reply in replies where reply["idempotency-replay"] != nil { expectReplay(reply, of: first, gate.place) }
        #expect(requests(gate) == 1)
        #expect(gate.planes.allSatisfy { $0.waitingCount == 0 })
        let waited = try gate.settledRows(8).filter(\.record.isReplay).map(\.record.durationNS)
        if kernel.isSimulated { #expect(waited.allSatisfy { (100_000_000..<1_000_000_000).contains($0) }, "\(waited)") }
        try gate.finish()
    }

    @Test(arguments: Kernel.present)
    func whoWaitsTakesThePlaceOfAFirstThatLeft(kernel: Kernel) throws {
        let gate = try Gate(kernel)
        let ask = Ask.chat(sim: ["ttft-us: 500000"]).with(Self.field)
        let clients = try (0..<3).map { _ in try gate.connect() }
        clients[0].send(ask)
        try gate.until("the first is asked") { gate.plane.openExchangeCount == 1 }
        for client in clients[1...] { client.send(ask) }
        try gate.until("two wait") { gate.plane.waitingCount == 2 && requests(gate) == 1 }
        clients[0].close(abort: true)
        let replies = try clients[1...].map { try gate.reply(to: $0) }
        #expect(replies.allSatisfy { $0.status == 200 })
        #expect(replies.count { $0["idempotency-replay"] == "true" } == 1)
        #expect(requests(gate) == 2)
        try gate.finish()
    }

    @Test(arguments: [Fault("503", 502), Fault("429:7", 429), Fault("reset", 502)])
    func afterAFailureThatMayPassTheNextAsksAnew(fault: Fault) throws {
        let gate = try Gate(.calm, .one(fault.fault))
        let ask = Ask.chat(sim: ["ttft-us: 500000"]).with(Self.field)
        let clients = try (0..<2).map { _ in try gate.connect() }
        for client in clients { client.send(ask) }
        for client in clients {
            let reply = try gate.reply(to: client)
            #expect(reply.status == fault.status || reply.status == 503, "\(reply.text)")
            #expect(reply["idempotency-replay"] == nil)
        }
        #expect(gate.plane.settings.answers.answerCount == 0)
        try gate.finish()
    }

    @Test(arguments: Fault.callers)
    func whatTheProviderHasAgainstARequestIsToldAgain(fault: Fault) throws {
        for ask in [Ask.chat(), Ask.messages(), Ask.native(), Ask.chat(stream: true)] {
            let gate = try Gate(.calm, .one(fault.fault))
            let first = try gate.ask(ask.with(Self.field))
            #expect((400..<500).contains(first.status))
            let count = requests(gate)
            expectReplay(try gate.ask(ask.with(Self.field)), of: first, gate.place)
            #expect(requests(gate) == count)
            try gate.finish()
        }
    }

    @Test func aRequestThatNobodyWasAskedForIsLookedAtAgain() throws {
        let gate = try Gate(.calm)
        var broken = Ask.chat().with(Self.field)
        broken.body = "{"
        for ask in [broken, Ask.embeddings(model: "nobody").with(Self.field)] {
            for _ in 0..<2 {
                let reply = try gate.ask(ask)
                #expect((400..<500).contains(reply.status) && reply["idempotency-replay"] == nil)
            }
        }
        #expect(gate.plane.settings.answers.answerCount == 0 && requests(gate) == 0)
        try gate.finish()
    }

    @Test(arguments: Kernel.simulated)
    func aStreamIsNotKeptAndItsDoubleIsTurnedAway(kernel: Kernel) throws {
        for ask in [Ask.chat(stream: true), .messages(stream: true), .responses(stream: true)] {
            let gate = try Gate(kernel)
            let client = try gate.connect()
            client.send(ask.with(Self.field, "x-sim-gap-us: 200000"))
            try gate.until("content") { (client.partial?.events.count ?? 0) >= 2 }
            let double = try gate.ask(ask.with(Self.field, "x-sim-gap-us: 200000"))
            #expect(double.status == 409, gate.place)
            #expect(double["retry-after"] == "1")
            #expect(double.text.contains("still being answered"))
            #expect(try gate.reply(to: client).status == 200)
            #expect(try gate.ask(ask.with(Self.field))["idempotency-replay"] == nil)
            #expect(requests(gate) == 2)
            try gate.finish()
        }
    }

    @Test func anAnswerAboveTheBoundIsAskedForAgain() throws {
        let text = String(repeating: "long ", count: Gateway.Limits.storedAnswerBytesMax / 5)
        let answer = #"{"id":"a","choices":[{"message":{"content":"\#(text)"}}]}"#
        var plan = Plan()
        var count = 0
        plan.stands[0].script = Script.onRequest { server in
            count += 1
            server.send(Script.whole(answer))
        }
        let gate = try Gate(.calm, plan)
        let ask = Ask.chat().with(Self.field)
        for _ in 0..<2 {
            let reply = try gate.ask(ask)
            #expect(reply.status == 200 && reply["idempotency-replay"] == nil)
        }
        #expect(count == 2)
        try gate.finish()
    }

    // MARK: Waiting

    @Test func aKeyThatIsRevokedMeanwhileGetsNothing() throws {
        let gate = try Gate(.calm)
        let ask = Ask.chat(sim: ["ttft-us: 5000000"]).with(Self.field)
        let clients = try (0..<2).map { _ in try gate.connect() }
        for client in clients { client.send(ask) }
        try gate.until("one waits") { gate.plane.waitingCount == 1 }
        try gate.republish { $0.keys[0].isEnabled = false }
        let statuses = try clients.map { try gate.reply(to: $0).status }.sorted()
        #expect(statuses == [200, 401])
        try gate.finish()
    }

    @Test func nobodyWaitsLongerThanARequestMayTake() throws {
        var plan = Plan()
        plan.stands[0].firstByteMS = 3_600_000
        let gate = try Gate(.calm, plan)
        let ask = Ask.chat(sim: ["ttft-us: 4000000000"]).with(Self.field)
        let start = gate.now
        var clients: [Client] = []
        for _ in 0..<3 {
            clients.append(try gate.connect())
            clients.last?.send(ask)
            try gate.pass(milliseconds: 100_000)
        }
        // The first takes its 600 s, then the second asks; the third came at 200 s.
        #expect(try gate.reply(to: clients[0]).status == 504)
        let third = try gate.reply(to: clients[2])
        #expect(third.status == 409)
        let seconds = (gate.now - start) / 1_000_000_000
        #expect((799...802).contains(seconds), "\(seconds)")
        #expect(clients[1].replies.isEmpty)
        try gate.finish()
    }

    @Test func clientsThatLeaveWhileWaitingLeaveNothingBehind() throws {
        let gate = try Gate(.calm)
        let ask = Ask.chat(sim: ["ttft-us: 5000000"]).with(Self.field)
        let clients = try (0..<5).map { _ in try gate.connect() }
        for client in clients { client.send(ask) }
        try gate.until("four wait") { gate.plane.waitingCount == 4 }
        for client in clients { client.close() }
        try gate.until("they left") { gate.loop.clientCount == 0 }
        #expect(gate.plane.waitingCount == 0 && gate.plane.claims.isEmpty)
        try gate.finish()
    }

    @Test func moreThanThereIsRoomForIsTurnedAway() throws {
        let gate = try Gate(.calm, bodyBytesMax: 4 << 20)
        let text = String(repeating: "long ", count: 700_000)
        let ask = Ask.chat(content: text, sim: ["ttft-us: 50000000"]).with(Self.field)
        let clients = try (0..<12).map { _ in try gate.connect() }
        for client in clients { client.send(ask) }
        // The first is asked, nine times 3.5 MB wait.
        try gate.until("the others") { clients.count { !$0.replies.isEmpty } == 2 }
        #expect(clients.compactMap(\.replies.first?.status) == [409, 409])
        #expect(gate.plane.waitingCount == 9)
        try gate.finish()
    }

    @Test func waitingCostsNoShareOfTheRate() throws {
        var plan = Plan()
        plan.keys[0].rateLimitRPS = 1
        let gate = try Gate(.calm, plan)
        let ask = Ask.chat(sim: ["ttft-us: 100000"]).with(Self.field)
        // Two may come at once.
        let clients = try (0..<2).map { _ in try gate.connect() }
        for client in clients { client.send(ask) }
        for client in clients { #expect(try gate.reply(to: client).status == 200) }
        try gate.finish()
    }
}
