// What bounds a body that passes through: time, memory, addresses, and clients who mean no good.

import Adapters
import Sim
import Testing
import Wire

@testable import Gateway
@testable import Reactor

@Suite struct PipeLimitTests {
    /// Sends a request in so many pieces, so many seconds apart.
    private func send(_ ask: Ask, pieces: Int, secondsApart: Int, _ client: Client, _ gate: Gate) throws {
        let all = ask.bytes
        let size = (all.count + pieces - 1) / pieces
        for start in stride(from: 0, to: all.count, by: size) {
            client.send(Array(all[start..<min(start + size, all.count)]))
            try gate.pass(milliseconds: secondsApart * 1_000)
        }
    }

    // MARK: Time

    @Test(arguments: [10_000, 40_000])
    func aClientMaySendMoreSlowlyThanItsProviderMayAnswer(audioBytes: Int) throws {
        var plan = Plan.media()
        plan.stands[0].firstByteMS = 10_000
        let gate = try Gate(.calm, plan)
        let client = try gate.connect()
        try send(.transcription(audioBytes: audioBytes), pieces: 5, secondsApart: 30, client, gate)
        #expect(try gate.reply(to: client).status == 200)
        #expect(try gate.health(of: "alpha").totalErrors == 0)
        try gate.finish()
    }

    @Test func aProviderHasItsTimeFromTheEndOfTheBodyOn() throws {
        var plan = Plan.media { _ in }
        plan.stands[0].firstByteMS = 10_000
        let gate = try Gate(.calm, plan)
        let client = try gate.connect()
        try send(.transcription(audioBytes: 40_000), pieces: 3, secondsApart: 30, client, gate)
        // The last thirty seconds were its own.
        let reply = try gate.reply(to: client)
        #expect(reply.status == 504 && reply.error("code") == "timeout")
        #expect(try gate.health(of: "alpha").totalErrors == 1)
        #expect(try gate.settledRows(1)[0].record.durationNS < 71_000_000_000)
        try gate.finish()
    }

    @Test func whoFallsSilentInTheMiddleIsToldSo() throws {
        let gate = try Gate(.calm, .media())
        let client = try gate.connect()
        client.send(Array(Ask.transcription(audioBytes: 400_000).bytes.prefix(100_000)))
        try gate.pass(milliseconds: 61_000)
        let reply = try gate.reply(to: client)
        #expect(reply.status == 408 && reply.error("code") == "request_timeout" && !reply.persists)
        #expect(reply.error("type") == "invalid_request_error")
        #expect(gate.loop.upstreamCount == 0)
        let row = try gate.settledRows(1)[0]
        #expect(row.record.status == 408 && row.error == "request_timeout" && !row.record.clientLeft)
        #expect(try gate.health(of: "alpha").totalErrors == 0)
        try gate.finish()
    }

    @Test func allOfItIsOverInTime() throws {
        var plan = Plan.media { _ in }
        plan.models[0].totalMS = 90_000
        plan.stands[0].firstByteMS = 300_000
        let gate = try Gate(.calm, plan)
        let start = gate.now
        let reply = try gate.ask(.rerank())
        #expect(reply.status == 504 && reply.error("code") == "timeout")
        #expect((90_000_000_000..<91_000_000_000).contains(gate.now - start))
        // A client that is not done by then is told that it was not.
        let client = try gate.connect()
        try send(.transcription(audioBytes: 40_000), pieces: 5, secondsApart: 30, client, gate)
        #expect(try gate.reply(to: client).status == 408)
        #expect(gate.loop.upstreamCount == 0)
        try gate.finish()
    }

    /// What waits for its model takes from the memory of all.
    @Test func whoDoesNotNameAModelInAMinuteIsToldSo() throws {
        let gate = try Gate(.calm, .media())
        let client = try gate.connect()
        let start = gate.now
        let form = Ask.form("m-alpha", audioBytes: 200_000, modelFirst: false)
        client.send(Array(Ask.media("/v1/images/edits", form).bytes.prefix(100_000)))
        try gate.pass(milliseconds: 40_000)
        client.send(".")
        try gate.until("over") { !client.replies.isEmpty }
        #expect(try gate.reply(to: client).error("code") == "request_timeout")
        #expect((60_000_000_000..<61_000_000_000).contains(gate.now - start))
        #expect(gate.loop.bodyBytesReserved == 0 && gate.loop.upstreamCount == 0)
        try gate.finish()
    }

    @Test func silenceInTheMiddleOfAnAnswerEndsIt() throws {
        var plan = Plan.media(
            Script.always("HTTP/1.1 200 OK\r\nContent-Type: audio/mpeg\r\nContent-Length: 1000\r\n\r\nabc"))
        plan.stands[0].betweenBytesMS = 20_000
        let gate = try Gate(.calm, plan)
        let client = try gate.connect()
        let start = gate.now
        client.send(Ask.rerank())
        try gate.until("over") { client.isOver }
        #expect((20_000_000_000..<21_000_000_000).contains(gate.now - start))
        #expect(client.replies.isEmpty && client.partial?.body == Array("abc".utf8))
        #expect(try gate.settledRows(1)[0].record.status == 504)
        try gate.finish()
    }

    // MARK: Memory

    @Test func uploadsTakeFromTheAllowanceForBodies() throws {
        let gate = try Gate(.calm, .media())
        let allowance = Reactor.Limits.bodyBytesTotalMax
        #expect(gate.loop.reserveBody(allowance))
        let reply = try gate.ask(.transcription(audioBytes: 400_000))
        #expect(reply.status == 503 && reply.error("code") == "overloaded" && reply["retry-after"] == "1")
        #expect(gate.rows.isEmpty)
        gate.loop.releaseBody(allowance)
        #expect(try gate.ask(.transcription(audioBytes: 400_000)).status == 200)
        #expect(gate.loop.bodyBytesReserved == 0)
        try gate.finish()
    }

    /// Whatever a body counts, on its way it takes no more than a few blocks.
    @Test func aBodyOfFiftyMegabytesIsNeverHere() throws {
        var taken = 0
        let gate = try Gate(
            .calm,
            .media { server in
                server.onChange = { server in
                    taken += server.takeReceived().count
                    if taken > 50 << 20 { server.send(Script.whole("{}")) }
                }
            })
        let client = try gate.connect()
        let named = Array(Ask.form("m-alpha", audioBytes: 0).utf8)
        let total = named.count + (50 << 20)
        var ask = Ask.transcription(audioBytes: 0)
        ask.body = ""
        client.send(ask.head("Content-Length: \(total)") + named)
        let piece = [UInt8](repeating: 0x2E, count: 1 << 20)
        var blocksMax = 0
        for _ in 0..<50 {
            client.send(piece)
            for _ in 0..<20 {
                try gate.turn()
                blocksMax = max(blocksMax, gate.loop.blocks.takenCount)
                #expect(gate.loop.bodyBytesReserved < 400_000)
                let upstream = gate.plane.openExchangeCount > 0 ? gate.plane.exchange(0)?.upstream : nil
                #expect(upstream?.queuedBytes ?? 0 < 400_000)
            }
        }
        #expect(try gate.reply(to: client).status == 200)
        #expect(blocksMax < 5)
        try gate.finish()
    }

    /// The front of a form may go to its provider once more, for as long as no answer has come.
    @Test func aFrontTakesFromTheAllowanceForAsLongAsItIsHere() throws {
        let gate = try Gate(.calm, .media { _ in })
        let client = try gate.connect()
        client.send(Ask.media("/v1/images/edits", Ask.form("m-alpha", audioBytes: 1_000_000, modelFirst: false)))
        try gate.until("asked") { gate.plane.pipes.values.contains { $0.isOpen } }
        try gate.pass(milliseconds: 1_000)
        #expect(gate.plane.exchange(0)?.kept != nil && gate.loop.bodyBytesReserved > 1_000_000)
        client.close()
        try gate.until("over") { gate.plane.openExchangeCount == 0 }
        #expect(gate.loop.bodyBytesReserved == 0)
        try gate.finish()
    }

    @Test func aFrontIsGoneOnceTheAnswerComes() throws {
        var server: Client?
        let gate = try Gate(.calm, .media { server = $0 })
        let client = try gate.connect()
        client.send(Ask.media("/v1/images/edits", Ask.form("m-alpha", audioBytes: 1_000_000, modelFirst: false)))
        try gate.until("asked") { server?.receivedCount ?? 0 > 1_000_000 }
        server?.send("HTTP/1.1 200 OK\r\nContent-Type: audio/mpeg\r\nContent-Length: 1000\r\n\r\nabc")
        try gate.until("answered") { client.partial != nil }
        #expect(gate.loop.bodyBytesReserved == 0 && gate.plane.exchange(0)?.kept == nil)
        client.close()
        try gate.finish()
    }

    @Test func noLargeFrontStaysBehindInWhatAllRequestsAreWrittenWith() throws {
        let gate = try Gate(.calm, .media())
        let body = Ask.form("m-alpha", audioBytes: 2_000_000, modelFirst: false)
        let chunks = "\(String(body.utf8.count, radix: 16))\r\n\(body)\r\n0\r\n\r\n"
        let client = try gate.connect()
        let ask = Ask.media("/v1/images/edits", "", more: ["x-sim-echo: body"])
        client.send(ask.bytes(framing: "Transfer-Encoding: chunked", Array(chunks.utf8)))
        #expect(try gate.reply(to: client).body == Array(body.utf8))
        #expect(gate.loop.draft.bytes.bytesHeld < 500_000)
        try gate.finish()
    }

    // MARK: Addresses

    private static func twoPlaces(_ script: ((Client) -> Void)? = nil) -> Plan {
        var plan = Plan.media(script)
        plan.stands[0].alsoAt = ["second"]
        plan.stands.append(Plan.Stand(id: "second"))
        return plan
    }

    /// Until a connection stands nothing of the body has been sent, so another address may get all of it.
    @Test func aLargeBodyGoesToAnotherAddressWhereOneIsGone() throws {
        let gate = try Gate(.calm, Self.twoPlaces())
        try #require(gate.network).vacate(try #require(gate.addresses["alpha"]), silently: true)
        for _ in 0..<3 { #expect(try gate.ask(.transcription(audioBytes: 400_000)).status == 200) }
        #expect(gate.sims["second"]?.requestCount == 3)
        #expect(try gate.health(of: "alpha").totalErrors == 0)
        try gate.finish()
    }

    @Test func noAddressIsAskedForEver() throws {
        let gate = try Gate(.calm, Self.twoPlaces())
        for stand in ["alpha", "second"] { try #require(gate.network).vacate(try #require(gate.addresses[stand])) }
        #expect(try gate.ask(.transcription(audioBytes: 400_000)).status == 502)
        #expect(gate.loop.counters.connectCount == 2)
        // A provider that is down is left alone.
        for _ in 0..<6 { _ = try gate.ask(.rerank()) }
        let before = gate.loop.counters.connectCount
        let reply = try gate.ask(.rerank())
        #expect(reply.status == 503 && reply.error("code") == "no_provider_available")
        #expect(gate.loop.counters.connectCount == before)
        try gate.finish()
    }

    @Test func aProviderThatWasDownIsTriedByOneRequest() throws {
        let gate = try Gate(.calm, .media())
        let network = try #require(gate.network)
        let address = try #require(gate.addresses["alpha"])
        network.vacate(address, silently: true)
        for _ in 0..<5 { #expect(try gate.ask(.rerank()).status == 504) }
        try gate.pass(milliseconds: 31_000)
        let client = try gate.connect()
        client.send(Ask.rerank())
        try gate.until("under way") { gate.loop.upstreamCount == 1 }
        #expect(try gate.ask(.rerank()).status == 503)
        client.close()
        try gate.finish()
    }

    /// What a provider has seen of a body is not sent to another.
    @Test func aBodyThatIsUnderWayStaysWhereItIs() throws {
        var plan = Self.twoPlaces { server in
            server.onChange = { server in if server.receivedCount > 100_000 { server.close(abort: true) } }
        }
        plan.stands[1].script = { _ in Issue.record("asked as well") }
        let gate = try Gate(.calm, plan)
        #expect(try gate.ask(.transcription(audioBytes: 400_000)).status == 502)
        #expect(try gate.settledRows(1)[0].error == "upstream_failed")
        try gate.finish()
    }

    // MARK: Providers

    /// A provider may end what a client does not finish: that says nothing about the provider.
    @Test(arguments: [nil, "408 Request Timeout"])
    func aProviderThatEndsAnUnfinishedUploadIsSound(status: String?) throws {
        var isOver = false
        let gate = try Gate(
            .calm,
            .media { server in
                server.onChange = { server in
                    guard server.receivedCount > 50_000, !isOver else { return }
                    isOver = true
                    if let status { server.send(Script.whole("{}", status: status)) } else { server.close(abort: true) }
                }
            })
        let client = try gate.connect()
        client.send(Array(Ask.transcription(audioBytes: 400_000).bytes.prefix(100_000)))
        #expect(try gate.reply(to: client).status == (status == nil ? 502 : 408))
        #expect(try gate.settledRows(1)[0].error == (status == nil ? "upstream_failed" : "refused"))
        #expect(try gate.health(of: "alpha").totalErrors == 0)
        try gate.finish()
    }

    /// Nobody has it run what the gateway has not looked for.
    @Test(arguments: [true, false])
    func aSecondModelFarBehindTheFirstEndsTheUpload(isForm: Bool) throws {
        var seen: [UInt8] = []
        let gate = try Gate(
            .calm, .media { server in server.onChange = { server in seen += server.takeReceived() } })
        let query = String(repeating: "q", count: 300_000)
        let form = Ask.form("m-alpha", audioBytes: 300_000).dropLast("--xyz--\r\n".utf8.count)
        let ask: Ask =
            isForm
            ? .media("/v1/images/edits", form + Ask.form("secret", audioBytes: 0))
            : .rerank(#"{"model":"m-alpha","query":"\#(query)","model":"secret"}"#)
        let client = try gate.connect()
        client.send(ask)
        let reply = try gate.reply(to: client)
        #expect(reply.status == 400 && reply.error("code") == "unclear_model")
        #expect(gate.loop.counters.connectCount == 1 && !String(decoding: seen, as: UTF8.self).contains("secret"))
        #expect(try gate.health(of: "alpha").totalErrors == 0 && gate.loop.upstreamCount == 0)
        try gate.finish()
    }

    // MARK: Requests that mean no good

    @Test func aBodyWithoutALengthIsNone() throws {
        let gate = try Gate(.calm, .media())
        let client = try gate.connect()
        var ask = Ask.rerank()
        ask.body = ""
        client.send(ask.head("X-Nothing: here"))
        // There is nothing behind the head but the next request.
        client.send(Ask.rerank())
        #expect(try gate.reply(2, to: client).status == 200)
        try gate.finish()
    }

    @Test(arguments: Kernel.simulated)
    func aBodyThatEndsTooSoonIsNoneForTheProvider(kernel: Kernel) throws {
        var isCut = false
        let gate = try Gate(
            kernel,
            .media { server in
                server.onChange = { server in if server.isOver { isCut = server.fault != 0 } }
            })
        let client = try gate.connect()
        client.send(Array(Ask.transcription(audioBytes: 400_000).bytes.prefix(390_000)))
        try gate.until("under way") { gate.loop.upstreamCount == 1 }
        client.finish()
        try gate.until("reset") { isCut }
        let row = try gate.settledRows(1)[0]
        #expect(row.record.clientLeft && row.record.status == 499 && row.record.costNanoUSD == 0)
        try gate.finish()
    }

    @Test func whatIsLongerThanItSaysIsAnotherRequest() throws {
        let gate = try Gate(.calm, .media())
        let client = try gate.connect()
        client.send(Ask.transcription(audioBytes: 40_000).bytes + Array("more\r\n\r\n".utf8))
        #expect(try gate.reply(to: client).status == 200)
        #expect(try gate.reply(2, to: client).status == 400)
        try gate.finish()
    }

    @Test func whatIsTooLongIsRefusedAtTheHead() throws {
        let gate = try Gate(.calm, .media())
        let client = try gate.connect()
        client.send(Ask.transcription(audioBytes: 0).head("Content-Length: \(600 << 20)"))
        let reply = try gate.reply(to: client)
        #expect(reply.status == 413 && reply.error("code") == "request_too_large")
        try gate.finish()
    }

    @Test func aBrokenChunkIsRefusedThoughTheBodyIsUnderWay() throws {
        var isCut = false
        let gate = try Gate(
            .calm,
            .media { server in
                server.onChange = { server in if server.isOver { isCut = server.fault != 0 } }
            })
        let client = try gate.connect()
        let body = Ask.form("m-alpha", audioBytes: 50_000)
        let chunk = "\(String(body.utf8.count, radix: 16))\r\n\(body)\r\n"
        client.send(Ask.transcription(audioBytes: 0).head("Transfer-Encoding: chunked") + Array(chunk.utf8))
        try gate.until("under way") { gate.loop.upstreamCount == 1 }
        try gate.pass(milliseconds: 100)
        client.send("no size\r\n")
        let reply = try gate.reply(to: client)
        #expect(reply.status == 400 && reply.error("code") == "malformed_request")
        try gate.until("reset") { isCut }
        let row = try gate.settledRows(1)[0]
        #expect(row.record.status == 400 && row.error == "malformed_request")
        #expect(try gate.health(of: "alpha").totalErrors == 0)
        try gate.finish()
    }

    @Test(arguments: ["multipart/form-data", "multipart/form-data; boundary=", "multipart/form-data; boundary=\"\""])
    func aFormWithoutABoundaryIsRefused(type: String) throws {
        let gate = try Gate(.calm, .media { _ in Issue.record("asked") })
        let form = Ask.form("m-alpha", audioBytes: 100)
        let reply = try gate.ask(.media("/v1/audio/transcriptions", form, type: type))
        #expect(reply.status == 400 && reply.error("code") == "unclear_model")
        try gate.finish()
    }
}
