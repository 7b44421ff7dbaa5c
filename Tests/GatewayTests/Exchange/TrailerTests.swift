// What a stream has cost, behind its last chunk, for clients that take trailers.

import Adapters
import Sim
import Testing

@testable import Gateway
@testable import Reactor

@Suite struct TrailerTests {
    private static let field = "TE: trailers"

    private func text(_ client: Client) -> String { String(decoding: client.received, as: UTF8.self) }

    /// The end of a body that has cost so much.
    private func end(_ nanoUSD: Int64) -> String {
        let digits = String(nanoUSD)
        return "\r\n0\r\nx-tokenhub-cost-usd: 0.\(String(repeating: "0", count: 9 - digits.count))\(digits)\r\n\r\n"
    }

    @Test(arguments: Kernel.present, [Ask.chat(stream: true), .messages(stream: true), .responses(stream: true)])
    func aStreamTellsItsCostBehindItsLastChunk(kernel: Kernel, ask: Ask) throws {
        for field in [Self.field, "te: Trailers;q=0.5", "TE: deflate;q=0.5 , trailers"] {
            let gate = try Gate(kernel)
            let client = try gate.connect()
            client.send(ask.with(field))
            let reply = try gate.reply(to: client)
            #expect(reply.status == 200 && reply["trailer"] == "x-tokenhub-cost-usd", gate.place)
            #expect(!reply.events.isEmpty)
            let cost = try #require(try gate.settledRows(1)[0].record.costNanoUSD)
            #expect(cost > 0)
            #expect(text(client).hasSuffix(end(cost)), gate.place)
            // The connection goes on.
            client.send(.chat())
            #expect(try gate.reply(2, to: client).status == 200)
            try gate.finish()
        }
    }

    @Test(arguments: [false, true])
    func thePayloadIsTheSame(comesAtOnce: Bool) throws {
        var plan = Plan()
        plan.stands[0].script = Script.messages
        plan.stands[0].dialect = .anthropic
        plan.stands[0].credential = "sk"
        let gate = try Gate(.calm, comesAtOnce ? plan : Plan())
        let ask = Ask.messages(stream: true)
        let plain = try gate.ask(ask)
        #expect(plain["trailer"] == nil)
        let other = try gate.ask(ask.with(Self.field))
        #expect(other.events.count == plain.events.count)
        if comesAtOnce { #expect(other.body == plain.body) }
        try gate.finish()
    }

    @Test func aStreamThatWasKeptAliveHasItToo() throws {
        let gate = try Gate(.calm)
        let client = try gate.connect()
        client.send(Ask.chat(stream: true, sim: ["ttft-us: 20000000"]).with(Self.field))
        #expect(try gate.reply(to: client)["trailer"] == "x-tokenhub-cost-usd")
        #expect(text(client).hasSuffix(end(try #require(try gate.settledRows(1)[0].record.costNanoUSD))))
        try gate.finish()
    }

    @Test func whereNoPriceIsKnownThereIsNone() throws {
        var plan = Plan()
        plan.models[0].prices = Prices()
        let gate = try Gate(.calm, plan)
        let client = try gate.connect()
        client.send(Ask.chat(stream: true).with(Self.field))
        _ = try gate.reply(to: client)
        #expect(text(client).hasSuffix("\r\n0\r\n\r\n"))
        try gate.finish()
    }

    @Test func wholeAnswersOldClientsAndOtherCodingsHaveNone() throws {
        let gate = try Gate(.calm)
        var old = Ask.chat(stream: true).with(Self.field)
        old.version = "1.0"
        for ask in [Ask.chat().with(Self.field), old, Ask.chat(stream: true).with("TE: gzip, trailersome")] {
            #expect(try gate.ask(ask)["trailer"] == nil)
        }
        try gate.finish()
    }

    @Test func aStreamThatBreaksTellsNone() throws {
        let gate = try Gate(.calm)
        let client = try gate.connect()
        client.send(Ask.chat(stream: true, sim: ["fault: cut:3"]).with(Self.field))
        _ = try gate.reply(to: client)
        #expect(text(client).hasSuffix("\r\n0\r\n\r\n"))
        try gate.finish()
    }
}
