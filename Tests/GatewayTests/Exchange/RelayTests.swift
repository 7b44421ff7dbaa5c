// What a sound provider says is what the client gets.

import Adapters
import Sim
import Testing

@testable import Gateway

@Suite struct RelayTests {
    @Test(arguments: Kernel.present)
    func aWholeAnswerReachesTheClientByteForByte(kernel: Kernel) throws {
        let gate = try Gate(kernel)
        let ask = Ask.chat(sim: ["seed: 7"])
        let reply = try gate.ask(ask)
        #expect(reply.status == 200)
        #expect(reply.body == (try Expected.payload(ask)))
        #expect(reply["content-type"] == "application/json")
        #expect(reply["x-tokenhub-model"] == "m-alpha")
        #expect(reply["x-tokenhub-provider"] == "alpha")
        #expect(reply["x-tokenhub-reason"] == "routed-hint-exact")
        #expect(reply["x-tokenhub-relay"] == "exact")
        let row = try #require(try gate.settledRows(1).first)
        #expect(row.record.status == 200)
        #expect(row.model == "m-alpha")
        #expect(row.provider == "alpha")
        #expect(row.key == "key-1")
        #expect(row.record.costNanoUSD != nil)
        try gate.finish()
    }

    @Test(arguments: Kernel.present, [true, false])
    func aStreamReachesTheClientByteForByte(kernel: Kernel, asksUsage: Bool) throws {
        let gate = try Gate(kernel)
        let ask = Ask.chat(stream: true, usage: asksUsage, sim: ["seed: 8", "tokens: 40"])
        let reply = try gate.ask(ask)
        #expect(reply.status == 200)
        #expect(reply.body == (try Expected.payload(ask)))
        #expect(reply["content-type"]?.hasPrefix("text/event-stream") == true)
        #expect(reply["cache-control"] == "no-store")
        #expect(reply["x-accel-buffering"] == "no")
        #expect(reply.events.last == "[DONE]")
        #expect(reply.events.contains { $0.contains("\"choices\":[],") } == asksUsage)
        let row = try #require(try gate.settledRows(1).first)
        #expect(row.record.usage.outputTokens == 40)
        #expect(row.record.eventCount >= 40)
        #expect(row.record.isStream)
        try gate.finish()
    }
}
