// A stream breaks after its first content: the client sees it break, and never takes what it has for the whole.

import Adapters
import Testing

@testable import Gateway
@testable import Sim

@Suite struct BrokenStreamTests {
    @Test(arguments: Fault.cases(Fault.afterContent), [0, 5_000])
    func aStreamThatBreaksAfterContentEndsWithAnErrorEvent(fault: (Fault, Kernel), gapUS: Int) throws {
        let (fault, kernel) = fault
        // A reset overtakes what was sent just before: without a gap there may be no content yet.
        let resets = fault.text.hasPrefix("reset")
        if resets, gapUS == 0 { return }
        // Another sound provider must not be asked: its words would not follow on those of the first.
        let gate = try Gate(kernel, .two(fault.fault))
        let ask = Ask.chat(stream: true, sim: ["seed: 6", "gap-us: \(gapUS)", "tokens: 12"])
        let client = try gate.connect()
        client.send(ask)
        let reply = try gate.reply(to: client)
        #expect(reply.status == 200, gate.place)
        let events = reply.events
        #expect(Reply.error("code", in: events.last ?? "") == "upstream_failed", "\(gate.place) \(events)")
        #expect(!events.contains { $0.hasPrefix("[DONE]") }, gate.place)
        #expect(!reply.text.contains("\"finish_reason\":\"stop\""), gate.place)
        // What came before it came as it was sent.
        let whole = try Expected.payload(ask)
        let sentCount = (fault.fault.afterEvents ?? 0) + 1
        let count = resets ? events.count - 1 : sentCount
        #expect(count > 1 && count <= sentCount, gate.place)
        let expected = Reply.events(whole).prefix(count).compactMap(\.data)
        #expect(Array(events.dropLast()) == expected, gate.place)
        try gate.until("the connection closed") { client.isOver }
        #expect(gate.sims["beta"]?.requestCount == 0)
        let row = try #require(try gate.settledRows(1).first)
        #expect(row.record.status == 502, gate.place)
        #expect(row.error == "transient" || row.error == "fatal")
        #expect(row.provider == "alpha")
        // Billed for what arrived.
        #expect(row.record.usage.outputTokens == Int64(count - 1), gate.place)
        #expect((row.record.costNanoUSD ?? 0) > 0)
        #expect(try gate.health(of: "alpha").totalErrors == 1, gate.place)
        try gate.finish()
    }

    @Test func aProviderThatFallsSilentIsWaitedForNoLongerThanAgreed() throws {
        let gate = try Gate(.calm, .one(.stall(afterEvents: 3)))
        let start = gate.now
        let reply = try gate.ask(.chat(stream: true))
        #expect(gate.now - start > 119_000_000_000)
        #expect(gate.now - start < 122_000_000_000)
        // 120 s of silence, a comment every 15.
        #expect(reply.comments == 7 || reply.comments == 8, "\(reply.comments)")
        try gate.finish()
    }
}
