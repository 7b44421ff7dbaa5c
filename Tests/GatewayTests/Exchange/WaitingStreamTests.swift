// Streams that keep their client waiting, that drip, that bring too much at once or nothing but comments.

import Adapters
import Sim
import Testing

@testable import Gateway
@testable import Reactor

@Suite struct WaitingStreamTests {
    @Test func aSilentStreamIsKeptAliveAndThenAnswered() throws {
        let gate = try Gate(.calm)
        let ask = Ask.chat(stream: true, sim: ["seed: 3", "ttft-us: 25000000", "tokens: 4", "gap-us: 20000000"])
        let client = try gate.connect()
        client.send(ask)
        try gate.pass(milliseconds: 14_900)
        #expect(client.receivedCount == 0)
        try gate.pass(milliseconds: 200)
        let partial = try #require(client.partial)
        #expect(partial.status == 200)
        #expect(partial["content-type"] == "text/event-stream")
        #expect(partial["cache-control"] == "no-store")
        #expect(partial["x-accel-buffering"] == "no")
        #expect(partial["x-request-id"] != nil)
        // Who will answer is not known.
        #expect(partial["x-tokenhub-provider"] == nil)
        #expect(partial.text == ": keep-alive\n\n")
        let reply = try gate.reply(to: client)
        #expect(Expected.withoutComments(reply.body) == (try Expected.payload(ask)))
        // Once before the first token, and in each of the four gaps.
        #expect(reply.comments == 5)
        #expect(!client.isOver)
        #expect(try gate.settledRows(1)[0].record.status == 200)
        try gate.finish()
    }

    @Test func aFailureAfterTheHeadIsFollowedByAnotherProvidersAnswer() throws {
        var plan = Plan.two(.stall(afterEvents: 0))
        plan.stands[0].firstByteMS = 20_000
        let gate = try Gate(.calm, plan)
        var ask = Ask.chat(stream: true, sim: ["seed: 3"])
        let reply = try gate.ask(ask)
        ask.literal = "up-beta"
        #expect(reply.comments == 1)
        #expect(Expected.withoutComments(reply.body) == (try Expected.payload(ask)))
        try gate.finish()
    }

    @Test func aRefusalAfterTheHeadComesInTheProvidersWords() throws {
        let gate = try Gate(.calm, .one(.status(422, retryAfterSeconds: nil)))
        let client = try gate.connect()
        client.send(.chat(stream: true, sim: ["ttft-us: 16000000"]))
        let reply = try gate.reply(to: client)
        #expect(reply.status == 200)
        let event = try #require(reply.events.last)
        #expect(Reply.error("message", in: event) == "the simulated provider failed on command", "\(event)")
        #expect(Reply.error("type", in: event) == "invalid_request_error")
        try gate.until("closed") { client.isOver }
        #expect(try gate.settledRows(1)[0].record.status == 422)
        try gate.finish()
    }

    /// Agents shorten their conversation when they are told so in words they know.
    @Test(arguments: [Ask.chat(stream: true), .messages(stream: true)])
    func aPromptTooLongAfterTheHeadIsCalledSo(ask: Ask) throws {
        var plan = Plan()
        var asking: Client?
        plan.stands[0].script = Script.onRequest { asking = $0 }
        let gate = try Gate(.calm, plan)
        let client = try gate.connect()
        client.send(ask)
        try gate.pass(milliseconds: 15_100)
        #expect(client.partial?.status == 200)
        let words =
            #"{"error":{"message":"maximum context","type":"invalid_request_error","code":"context_length_exceeded"}}"#
        var count = 0
        while client.replies.isEmpty, count < 4 {
            count += 1
            asking?.send(Script.whole(words, status: "400 Bad Request"))
            asking = nil
            try gate.until("over or asked again") { !client.replies.isEmpty || asking != nil }
        }
        let event = try #require(gate.reply(to: client).events.last)
        if ask.path == "/v1/messages" {
            #expect(Reply.error("message", in: event) == "prompt is too long: maximum context", "\(event)")
            #expect(Reply.error("type", in: event) == "invalid_request_error")
        } else {
            #expect(Reply.error("code", in: event) == "context_length_exceeded", "\(event)")
        }
        try gate.finish()
    }

    @Test func everybodyFailingAfterTheHeadIsAnEventWithTheReasons() throws {
        var plan = Plan.bothFail(.stall(afterEvents: 0))
        plan.stands[0].firstByteMS = 20_000
        plan.stands[1].firstByteMS = 20_000
        let gate = try Gate(.calm, plan)
        let reply = try gate.ask(.chat(stream: true))
        let event = try #require(reply.events.last)
        #expect(reply.events.count == 1)
        #expect(Reply.error("message", in: event)?.contains("m-alpha: tried, m-beta: tried") == true, "\(event)")
        #expect(try gate.settledRows(1)[0].record.status == 504)
        try gate.finish()
    }

    @Test(arguments: [true, false])
    func noAnswerTakesLongerThanTenMinutesAndNoStreamLongerThanAnHour(stream: Bool) throws {
        var plan = Plan()
        plan.keys[0].budget = 1_000_000_000_000
        plan.stands[0].firstByteMS = 3_600_000
        let gate = try Gate(.calm, plan)
        let start = gate.now
        let sim = stream ? ["tokens: 10000", "gap-us: 1000000"] : ["ttft-us: 1000000000"]
        let reply = try gate.ask(.chat(stream: stream, sim: sim))
        let most: UInt64 = stream ? 3_600_000_000_000 : 600_000_000_000
        #expect(gate.now - start > most - 1_000_000_000)
        #expect(gate.now - start < most + 1_000_000_000)
        let row = try gate.settledRows(1)[0]
        #expect(row.record.status == 504)
        #expect(row.error == "timeout")
        #expect(gate.loop.upstreamCount == 0)
        if stream {
            #expect(Reply.error("code", in: reply.events.last ?? "") == "timeout")
            #expect(row.record.usage.outputTokens > 3_000)
            #expect(gate.plan.keys[0].state.committedNanoUSD == row.record.costNanoUSD)
        } else {
            #expect(reply.status == 504)
            #expect(reply.error("code") == "timeout")
        }
        try gate.finish()
    }

    @Test func aRequestThatWaitsDoesNotKeepItsCoreBusy() throws {
        let gate = try Gate(.calm)
        let client = try gate.connect()
        client.send(.chat(sim: ["ttft-us: 25000000"]))
        try gate.pass(milliseconds: 16_000)
        let before = gate.loop.counters.tickCount
        try gate.pass(milliseconds: 5_000)
        // Twenty merges a second, on three drivers that share a clock.
        #expect(gate.loop.counters.tickCount - before < 1_000)
        #expect(try gate.reply(to: client).status == 200)
        try gate.finish()
    }

    @Test(arguments: Kernel.present)
    func anEventOfAMegabyteComesThroughWhole(kernel: Kernel) throws {
        let gate = try Gate(kernel)
        let ask = Ask.chat(stream: true, sim: ["seed: 3", "fault: huge-event:1200000", "tokens: 5"])
        let reply = try gate.ask(ask)
        #expect(reply.body == (try Expected.payload(ask)), gate.place)
        #expect(reply.body.count > 1_200_000)
        try gate.finish()
    }

    @Test func anEventAboveTheBoundIsTheProvidersFault() throws {
        let gate = try Gate(.calm, .two(.hugeEvent(bytes: 17 << 20)))
        let reply = try gate.ask(.chat(stream: true))
        #expect(reply["x-tokenhub-provider"] == "beta")
        #expect(try gate.health(of: "alpha").totalErrors == 1)
        try gate.finish()
    }

    @Test(arguments: [true, false])
    func anAnswerThatDripsByteByByteArrives(stream: Bool) throws {
        let gate = try Gate(.calm)
        let ask = Ask.chat(stream: stream, sim: ["seed: 3", "fault: drip:20", "tokens: 3"])
        let reply = try gate.ask(ask)
        let body = stream ? Expected.withoutComments(reply.body) : reply.body
        #expect(body == (try Expected.payload(ask)))
        try gate.finish()
    }

    @Test func commentsOfTheProviderComeWithTheContent() throws {
        let gate = try Gate(.rough)
        let ask = Ask.chat(stream: true, sim: ["seed: 3", "fault: comments:50", "tokens: 3"])
        let reply = try gate.ask(ask)
        #expect(reply.body == (try Expected.payload(ask)), gate.place)
        #expect(reply.comments == 50)
        try gate.finish()
    }

    @Test func anAnswerWithoutContentIsAnAnswerAndATerminatorAloneIsNone() throws {
        let gate = try Gate(.rough)
        let ask = Ask.chat(stream: true, sim: ["seed: 3", "tokens: 0"])
        #expect(try gate.ask(ask).body == Expected.payload(ask), gate.place)
        try gate.finish()

        var plan = Plan.two()
        plan.stands[0].script = Script.onRequest { server in
            server.send(
                "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nContent-Length: 14\r\n\r\ndata: [DONE]\n\n")
        }
        let hollow = try Gate(.rough, plan)
        #expect(try hollow.ask(.chat(stream: true))["x-tokenhub-provider"] == "beta", hollow.place)
        #expect(try hollow.health(of: "alpha").totalErrors == 1)
        try hollow.finish()
    }

    @Test(arguments: Kernel.simulated)
    func aSlowReaderGetsEverythingWhileItsProviderWaits(kernel: Kernel) throws {
        let gate = try Gate(kernel)
        let ask = Ask.chat(stream: true, sim: ["seed: 3", "tokens: 12000", "chunk-bytes: 100"])
        let client = try gate.connect()
        client.send(ask)
        var pauses = 0
        while client.replies.isEmpty {
            client.isReading = false
            try gate.pass(milliseconds: 300)
            pauses += 1
            client.isReading = true
            try gate.pass(milliseconds: 1)
        }
        #expect(pauses > 2)
        #expect(client.replies[0].body == (try Expected.payload(ask)), gate.place)
        try gate.finish()
    }
}
