// How long each phase of an answer may take: the connection, the first byte, the first content, the next one, all of it.

import Adapters
import Sim
import Testing

@testable import Gateway
@testable import Reactor

@Suite struct PhaseLimitTests {
    private static let head =
        "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nContent-Length: 1000000\r\n\r\n"
    private static let content = "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"x\"}}]}\n\n"

    /// A provider that sends a head, `events`, and then a comment every two seconds.
    private static func murmuring(_ gate: @escaping () -> Gate?, _ events: String = "") -> (Client) -> Void {
        Script.onRequest { server in
            server.send(head + events)
            murmur(gate, server)
        }
    }

    private static func murmur(_ gate: @escaping () -> Gate?, _ server: Client) {
        gate()?.network?.after(2_000_000_000) {
            guard !server.isOver, !server.isClosed else { return }
            server.send(": busy\n\n")
            murmur(gate, server)
        }
    }

    /// A gate whose first provider murmurs, and the seconds it may do so.
    private func murmuringGate(_ events: String, alone: Bool, seconds: Int) throws -> Gate {
        let place = Box()
        var plan = Plan.two()
        plan.stands[0].script = PhaseLimitTests.murmuring({ place.gate }, events)
        plan.stands[0].firstByteMS = 5_000
        plan.stands[0].firstTokenMS = seconds * 1_000
        plan.stands[0].betweenBytesMS = seconds * 1_000
        if alone {
            plan.stands.removeLast()
            plan.models.removeLast()
        }
        let gate = try Gate(.calm, plan)
        place.gate = gate
        return gate
    }

    private final class Box { weak var gate: Gate? }

    @Test func aProviderThatOnlyMurmursHasUntilTheFirstContent() throws {
        let gate = try murmuringGate("", alone: false, seconds: 31)
        let start = gate.now
        let reply = try gate.ask(.chat(stream: true))
        #expect(reply.events.last == "[DONE]")
        #expect(gate.now - start > 30_900_000_000 && gate.now - start < 32_000_000_000)
        let row = try gate.settledRows(1)[0]
        #expect(row.provider == "beta")
        #expect(row.record.attemptCount == 2)
        #expect(try gate.health(of: "alpha").totalErrors == 1)
        try gate.finish()
    }

    @Test func aStreamThatOnlyMurmursAfterItsContentBreaks() throws {
        let gate = try murmuringGate(PhaseLimitTests.content, alone: true, seconds: 40)
        let start = gate.now
        let reply = try gate.ask(.chat(stream: true))
        #expect(Reply.error("code", in: reply.events.last ?? "") == "upstream_failed")
        #expect(gate.now - start > 39_900_000_000 && gate.now - start < 42_000_000_000)
        let row = try gate.settledRows(1)[0]
        #expect(row.error == "transient")
        #expect(row.record.usage.outputTokens == 1)
        #expect(gate.loop.upstreamCount == 0)
        try gate.finish()
    }

    @Test func aSlowReaderIsNotTakenForASilentProvider() throws {
        var plan = Plan()
        plan.stands[0].betweenBytesMS = 4_000
        let gate = try Gate(.calm, plan)
        let ask = Ask.chat(stream: true, sim: ["seed: 3", "tokens: 12000", "chunk-bytes: 100"])
        let client = try gate.connect()
        client.send(ask)
        try gate.until("content") { (client.partial?.events.count ?? 0) >= 2 }
        client.isReading = false
        try gate.pass(milliseconds: 15_000)
        client.isReading = true
        let isRight = try Expected.withoutComments(gate.reply(to: client).body) == Expected.payload(ask)
        #expect(isRight)
        try gate.finish()
    }

    @Test func thePolicyBoundsTheWholeAnswerAndTheFirstContentOfAStream() throws {
        var plan = Plan.two()
        plan.settings.policy.latencyMSMax = 2_000
        let gate = try Gate(.calm, plan)
        for stream in [false, true] {
            let start = gate.now
            let reply = try gate.ask(.chat(stream: stream, sim: ["ttft-us: 5000000"]))
            #expect(reply.status == 504)
            #expect(reply.error("code") == "timeout")
            #expect(gate.now - start >= 2_000_000_000 && gate.now - start < 2_200_000_000)
            #expect(gate.loop.upstreamCount == 0)
        }
        // A stream that has begun in time may go on.
        let ask = Ask.chat(stream: true, sim: ["seed: 1", "ttft-us: 1500000", "tokens: 10", "gap-us: 1000000"])
        #expect(try gate.ask(ask).body == Expected.payload(ask))
        let slow = Ask.chat(sim: ["seed: 1", "tokens: 10", "gap-us: 500000"])
        #expect(try gate.ask(slow).status == 504)
        try gate.finish()
    }

    @Test func aModelMayBoundTheWholeAnswerOfAStreamThatRuns() throws {
        var plan = Plan()
        plan.models[0].totalMS = 3_000
        let gate = try Gate(.calm, plan)
        let start = gate.now
        let reply = try gate.ask(.chat(stream: true, sim: ["seed: 1", "tokens: 10", "gap-us: 1000000"]))
        #expect(Reply.error("code", in: reply.events.last ?? "") == "timeout")
        #expect(gate.now - start >= 3_000_000_000 && gate.now - start < 3_200_000_000)
        #expect(gate.loop.upstreamCount == 0)
        try gate.finish()
    }

    @Test func limitsOfModelsTakeThePlaceOfTheirProviders() throws {
        let standard = PhaseLimits(firstByteMS: 7_000)
        let limits = try ModelLimits("o3 first_byte=2m ;gpt-4o:x first_token=1.5s total=90s; * connect=250ms ")
        let slow = limits.limits(of: "o3", standard: standard)
        #expect(slow.firstByteMS == 120_000 && slow.firstTokenMS == 120_000 && slow.connectMS == 5_000)
        let quick = limits.limits(of: "gpt-4o:x", standard: standard)
        #expect(quick.firstTokenMS == 1_500 && quick.totalMS == 90_000 && quick.firstByteMS == 7_000)
        #expect(limits.limits(of: "other", standard: standard).connectMS == 250)
        #expect(ModelLimits().limits(of: "other", standard: standard) == standard)
    }

    @Test(arguments: ["o3 total", "o3 total=0s", "o3 total=2h", "o3 patience=1s", "o3 total=1s=2s", "a; a"])
    func limitsOfModelsThatCannotBeReadStopTheStart(text: String) {
        #expect(throws: ConfigurationFault.self) { try Configuration(["TOKENHUB_MODEL_LIMITS": text]) }
    }

    @Test func eachProviderHasItsOwnTimeToConnectAndToTheFirstByte() throws {
        var plan = Plan.two()
        plan.stands[0].firstByteMS = 700
        plan.stands[1].firstByteMS = 3_000
        let gate = try Gate(.calm, plan)
        for stream in [false, true] {
            let start = gate.now
            let reply = try gate.ask(.chat(stream: stream, sim: ["ttft-us: 1000000"]))
            #expect(reply["x-tokenhub-provider"] == "beta")
            #expect(gate.now - start >= 1_700_000_000 && gate.now - start < 2_000_000_000)
        }
        try gate.finish()
    }
}
