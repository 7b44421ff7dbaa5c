// Many clients, failing providers, bad weather and changing snapshots at once. Whatever happens, every client gets a whole
// answer that is right, an error that is well formed, or a break that it can see; and the books balance.

import Adapters
import Glibc
import Sim
import Testing

@testable import Gateway
@testable import Reactor

@Suite struct SoakTests {
    static let isSoaking = unsafe getenv("TOKENHUB_SOAK") != nil
    static let rounds = isSoaking ? 600 : 8
    private static let keyCount = 3

    @Test(arguments: 0..<rounds)
    func everyClientGetsAnAnswerAnErrorOrABreakItCanSee(round: Int) throws {
        let seed = UInt64.random(in: 0..<1 << 32)
        var random = SimulatedRandom(seed: seed)
        var weather = [SimulatedWeather.calm, .rough, .rough, .stormy][round % 4]
        weather.resets = min(weather.resets, 2)
        if round % 4 != 0 { weather.pipeBytesMax = [2_000, 8_000, 64_000].randomElement(using: &random) ?? 8_000 }
        let gate = try Gate(.rough, plan(&random), cores: round % 3 + 1, seed: seed, weather: weather)
        let network = try #require(gate.network)

        let guests = try (0..<60).map { number in
            let mood = Guest.Mood.allCases.randomElement(using: &random) ?? .patient
            let wishes = (0..<Int.random(in: 1...4, using: &random)).map { wish("\(number)-\($0)", &random) }
            return Guest(try gate.connect(), mood, wishes)
        }
        for guest in guests {
            guest.client.onChange = { [weak guest] _ in guest?.goOn() }
            network.after(UInt64.random(in: 0...600_000_000, using: &random)) { guest.goOn() }
            guest.act(network, &random)
        }
        for _ in 0..<Int.random(in: 0...6, using: &random) {
            try gate.pass(milliseconds: Int.random(in: 1...200, using: &random))
            try gate.republish { change(&$0, &random) }
        }
        try gate.until("every guest done") { guests.allSatisfy(\.isDone) }

        for guest in guests {
            for (wish, reply) in zip(guest.wishes, guest.client.replies) { try judge(wish, reply, gate) }
            if let partial = guest.client.partial, partial.events.contains("[DONE]") {
                // The storm took the last bytes of the framing alone.
                try judge(guest.wishes[guest.client.replies.count], partial, gate)
            }
            #expect(guest.client.readFault == nil, gate.place)
            // In fair weather only those who left, or whose stream broke, go without.
            let isBroken = guest.client.replies.contains { !$0.persists || isBrokenStream($0) }
            if weather.resets == 0, !guest.client.isClosed, !isBroken, guest.mood != .dawdling {
                #expect(guest.client.replies.count == guest.wishes.count, gate.place)
            }
            guest.client.onChange = nil
            guest.client.close()
        }
        try gate.until("every exchange over") { gate.planes.allSatisfy { $0.openExchangeCount == 0 } }
        try gate.pass(milliseconds: 200)
        #expect(gate.planes.allSatisfy { $0.waitingCount == 0 && $0.claims.isEmpty }, gate.place)
        try balance(gate, guests)
        try gate.finish()
    }

    // MARK: The set-up

    private static let faults = [
        "500", "503:1", "429", "429:2", "401", "400", "422", "context_length_exceeded", "stall", "stall:2",
        "stall-head", "reset", "reset:2", "close", "close:4", "cut:0", "cut:3", "error-event:0", "error-event:2",
        "malformed:0", "malformed:5", "bad-chunk:0", "bad-chunk:3", "huge-event:70000", "comments:20", "empty",
        "empty-object", "html", "redirect", "garbage", "wrong-length:7", "drip:1",
    ].map { Fault($0).fault }

    private func plan(_ random: inout SimulatedRandom) -> Plan {
        var plan = Plan()
        (plan.stands, plan.models, plan.keys) = ([], [], [])
        for (index, name) in ["alpha", "beta", "gamma"].enumerated() {
            var stand = Plan.Stand(id: name)
            (stand.connectMS, stand.firstByteMS, stand.betweenBytesMS) = (2_000, 4_000, 4_000)
            stand.profile.timeToFirst = .exponential(meanNanoseconds: 20_000_000)
            stand.profile.betweenTokens = .exponential(meanNanoseconds: 2_000_000)
            stand.profile.chances = (0..<4).compactMap { _ in
                SoakTests.faults.randomElement(using: &random).map { SimProfile.Chance($0, perMille: 60) }
            }
            stand.asksForUsage = index != 2
            plan.stands.append(stand)
            plan.models.append(Plan.Model(id: "m-\(name)", provider: name, weight: 9 - index, literal: "up-\(name)"))
        }
        plan.models[2].prices = Prices()
        if Bool.random(using: &random) {
            plan.settings.hedging.delay = .milliseconds(Int.random(in: 1...40, using: &random))
            plan.settings.hedging.spendShare = 1
        }
        for index in 0..<SoakTests.keyCount {
            var key = Plan.Key(text: SoakTests.key(index), id: "key-\(index)")
            key.budget = index == 0 ? nil : index == 1 ? 400_000 : 1_000_000_000
            plan.keys.append(key)
        }
        return plan
    }

    private static func key(_ index: Int) -> String { "tokenhub_" + String(repeating: "\(index)a", count: 32) }

    private func wish(_ id: String, _ random: inout SimulatedRandom) -> Guest.Wish {
        let key = SoakTests.key(Int.random(in: 0..<SoakTests.keyCount, using: &random))
        let model = ["m-alpha", "m-beta", "m-gamma", "unknown", nil].randomElement(using: &random) ?? nil
        let seed = "seed: \(Int.random(in: 0...1_000_000, using: &random))"
        let tokens = "tokens: \(Int.random(in: 0...60, using: &random))"
        var wish: Guest.Wish
        switch Int.random(in: 0..<20, using: &random) {
        case 0: wish = Guest.Wish(ask: Ask.chat(more: ",\"n\":99"), id: id, isRefused: true)
        case 1: wish = Guest.Wish(ask: Ask.chat().keyed("tokenhub_nobody"), id: id, isRefused: true)
        case 2: wish = Guest.Wish(ask: .get("/v1/models"), id: id, isRefused: true)
        case 3, 4: wish = Guest.Wish(ask: Ask.embeddings(model: model ?? "m-alpha").keyed(key), id: id)
        case 5..<8:
            // Many ask the same: one is asked, the others wait, take its place or get its answer.
            let twin = Int.random(in: 0..<3, using: &random)
            let ask = Ask.chat(model: twin == 0 ? nil : "m-alpha", sim: ["seed: \(twin)", "tokens: \(twin * 9)"])
            wish = Guest.Wish(ask: ask.keyed(key).with("Idempotency-Key: \(twin)"), id: id)
        case 8..<12:
            wish = Guest.Wish(ask: Ask.chat(model: model, sim: [seed, tokens]).keyed(key), id: id)
        default:
            let asks = Bool.random(using: &random)
            let ask = Ask.chat(stream: true, usage: asks, model: model, sim: [seed, tokens])
            wish = Guest.Wish(ask: ask.keyed(key), id: id)
        }
        return Guest.Wish(ask: wish.ask.with("X-Request-Id: \(id)"), id: id, isRefused: wish.isRefused)
    }

    private func change(_ plan: inout Plan, _ random: inout SimulatedRandom) {
        switch Int.random(in: 0..<4, using: &random) {
        case 0: plan.stands.shuffle(using: &random)
        case 1: plan.models.shuffle(using: &random)
        case 2: plan.keys.shuffle(using: &random)
        default:
            let index = Int.random(in: 0..<plan.models.count, using: &random)
            plan.models[index].weight = Int.random(in: 1...10, using: &random)
        }
    }

    // MARK: The judgement

    private func isBrokenStream(_ reply: Reply) -> Bool {
        reply.events.last.map { Reply.error("message", in: $0) != nil } ?? false
    }

    private func judge(_ wish: Guest.Wish, _ reply: Reply, _ gate: Gate) throws {
        if reply["x-request-id"] != wish.id, wish.ask.method == "POST" {
            Issue.record("\(gate.place): \(wish.id) was answered as \(reply["x-request-id"] ?? "nobody")")
        }
        guard reply.status == 200 else {
            #expect(reply.error("message") != nil, "\(gate.place) \(reply.status) \(reply.text)")
            return
        }
        #expect(!wish.isRefused || wish.ask.method == "GET", gate.place)
        if wish.ask.method == "GET" { return }
        if isBrokenStream(reply) { return expectNoEnd(reply, gate) }
        // Whole, and word for word what one of the providers says to this request.
        let body = wish.ask.isStream ? Expected.withoutComments(reply.body) : reply.body
        let isRight = try gate.plan.stands.contains { stand in
            var ask = wish.ask
            ask.literal = "up-\(stand.id)"
            ask.gatewayAsksUsage = stand.asksForUsage
            let said = try Expected.payload(ask, stand.profile)
            return body == (ask.isStream ? Expected.withoutComments(said) : said)
        }
        #expect(isRight, "\(gate.place) \(wish.id): \(reply.text)")
    }

    /// What broke off does not look like a whole.
    private func expectNoEnd(_ reply: Reply, _ gate: Gate) {
        #expect(!reply.events.contains { $0.hasPrefix("[DONE]") }, "\(gate.place) \(reply.text)")
    }

    /// One row for each exchange, what clients saw is what rows say, and every key owes what its rows sum up to.
    private func balance(_ gate: Gate, _ guests: [Guest]) throws {
        let rows = Dictionary(grouping: gate.rows, by: \.record.requestID.string)
        #expect(rows.values.allSatisfy { $0.count == 1 }, gate.place)
        for guest in guests {
            for (index, wish) in guest.wishes.enumerated() {
                let row = rows[wish.id]?.first?.record
                if wish.isRefused { #expect(row == nil, "\(gate.place) \(wish.id)") }
                guard index < guest.client.replies.count, !wish.isRefused else { continue }
                let reply = guest.client.replies[index]
                let status = try #require(row, "\(gate.place): no row of \(wish.id)").status
                // A stream that broke was begun with 200.
                if !isBrokenStream(reply) { #expect(Int(status) == reply.status, "\(gate.place) \(wish.id)") }
            }
        }
        for key in gate.plan.keys {
            let owed = gate.rows.filter { $0.key == key.id }
                .reduce(0) { $0 + ($1.record.costNanoUSD ?? $1.record.assumedNanoUSD) }
            #expect(key.state.committedNanoUSD == owed, "\(gate.place) \(key.id)")
        }
    }
}
