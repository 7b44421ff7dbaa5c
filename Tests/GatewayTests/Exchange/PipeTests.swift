// Audio, images, moderations and rankings: bodies that pass through unread.

import Adapters
import Sim
import Testing
import Wire

@testable import Gateway
@testable import Reactor

@Suite struct PipeTests {
    @Test(arguments: Kernel.present, ["/v1/audio/transcriptions", "/v1/images/edits"])
    func aLargeFormArrivesByteForByte(kernel: Kernel, path: String) throws {
        let gate = try Gate(kernel, .media())
        let body = Ask.form("m-alpha", audioBytes: 300_000)
        let reply = try gate.ask(Ask.media(path, body, more: ["x-sim-echo: body"]))
        #expect(reply.status == 200 && reply.body == Array(body.utf8))
        #expect(reply["x-tokenhub-model"] == "m-alpha" && reply["x-tokenhub-relay"] == "exact")
        let row = try gate.settledRows(1)[0]
        #expect(row.record.operation == .media && row.record.status == 200 && row.provider == "alpha")
        #expect(gate.loop.blocks.takenCount == 0)
        try gate.finish()
    }

    @Test func aSmallObjectIsSentOnceMoreWhenAKeptConnectionHasEnded() throws {
        var plan = Plan.media()
        var served = 0
        plan.stands[0].script = Script.onRequest { server in
            served += 1
            // The second request finds the connection closed.
            server.send(Script.whole("{\"results\":[],\"usage\":{\"prompt_tokens\":7,\"total_tokens\":7}}"))
            if served == 1 { server.close() }
        }
        let gate = try Gate(.calm, plan)
        for number in 1...2 {
            let body = "{\"model\":\"m-alpha\",\"query\":\"q\",\"documents\":[\"a\"]}"
            let reply = try gate.ask(Ask.media("/v1/rerank", body, type: "application/json"))
            #expect(reply.status == 200, "request \(number)")
        }
        let rows = try gate.settledRows(2)
        #expect(rows.allSatisfy { $0.record.usage.inputTokens == 7 })
        try gate.finish()
    }

    @Test(arguments: [
        #"{"model":"m-alpha","model":"m-alpha"}"#, #"{"model":["m-alpha"]}"#, #"{"model":"m\u002dalpha"}"#,
    ])
    func aModelThatIsNotNamedPlainlyIsAskedFor(body: String) throws {
        let gate = try Gate(.calm, .media())
        let reply = try gate.ask(.rerank(body))
        #expect(reply.status == 400 && reply.error("param") == "model" && reply.error("code") == "unclear_model")
        #expect(reply.error("message")?.contains("16 KiB") == true)
        try gate.finish()
    }

    @Test func anObjectIsNotGatheredForItsModel() throws {
        let gate = try Gate(.calm, .media())
        let query = String(repeating: "q", count: 100_000)
        let reply = try gate.ask(.rerank(#"{"query":"\#(query)","model":"m-alpha"}"#))
        #expect(reply.error("code") == "unclear_model")
        try gate.finish()
    }

    /// As curl and some SDKs write it.
    @Test(arguments: Kernel.present, [30_000, 2_000_000])
    func theModelOfAFormMayStandBehindItsFile(kernel: Kernel, audioBytes: Int) throws {
        var plan = Plan()
        plan.models[0].literal = "another"
        let gate = try Gate(kernel, plan)
        let here = Ask.form("m-alpha", audioBytes: audioBytes, modelFirst: false)
        let there = Ask.form("another", audioBytes: audioBytes, modelFirst: false)
        let reply = try gate.ask(.media("/v1/images/edits", here, more: ["x-sim-echo: body"]))
        #expect(reply.status == 200 && reply.body == Array(there.utf8))
        #expect(gate.loop.bodyBytesReserved == 0)
        try gate.finish()
    }

    @Test func aFormWaitsForItsModelWithinTheAllowance() throws {
        let gate = try Gate(.calm, .media())
        let client = try gate.connect()
        let body = Ask.form("m-alpha", audioBytes: 18 << 20, modelFirst: false)
        client.send(Ask.media("/v1/images/edits", body))
        try gate.until("looking further") { gate.loop.bodyBytesReserved > 1 << 20 }
        #expect(gate.loop.upstreamCount == 0)
        #expect(try gate.reply(to: client).error("code") == "unclear_model")
        let rest = Reactor.Limits.bodyBytesTotalMax - 500_000
        #expect(gate.loop.reserveBody(rest))
        let reply = try gate.ask(.media("/v1/images/edits", body))
        #expect(reply.status == 503 && reply.error("code") == "overloaded")
        gate.loop.releaseBody(rest)
        try gate.finish()
    }

    @Test func thePriceOfWhatNobodyCountedIsUnknownAndCountsAsWhatWasHeld() throws {
        var plan = Plan.media()
        plan.keys[0].budget = 1_000_000_000
        plan.stands[0].script = Script.always(
            "HTTP/1.1 200 OK\r\nContent-Type: audio/mpeg\r\nContent-Length: 3\r\n\r\nabc")
        let gate = try Gate(.calm, plan)
        let speech = Ask.media("/v1/audio/speech", "{\"model\":\"m-alpha\"}", type: "application/json")
        #expect(try gate.ask(speech).status == 200)
        let row = try gate.settledRows(1)[0]
        #expect(row.record.costNanoUSD == nil && row.record.assumedNanoUSD > 0)
        #expect(gate.plan.keys[0].state.committedNanoUSD == row.record.assumedNanoUSD)
        try gate.finish()
    }

    @Test func whatIsHeldIsOfTheModelThatIsAsked() throws {
        var plan = Plan.media(Script.always(Script.whole(#"{"results":[]}"#)))
        plan.keys[0].budget = 1_000_000_000
        plan.models.append(Plan.Model(id: "m-dear", provider: "alpha", literal: "dear"))
        plan.models[1].prices = Prices(inputPer1K: 1_000_000, outputPer1K: 200_000_000)
        let gate = try Gate(.calm, plan)
        #expect(try gate.ask(.rerank()).status == 200)
        #expect(try gate.settledRows(1)[0].record.assumedNanoUSD == Gateway.Limits.outputTokensAssumed * 2_000)
        #expect(gate.plan.keys[0].state.committedNanoUSD == Gateway.Limits.outputTokensAssumed * 2_000)
        try gate.finish()
    }

    @Test func theOperatorsOwnTroubleIsNotTheClients() throws {
        var plan = Plan.media()
        plan.stands[0].script = Script.always(Script.whole("{\"error\":\"key sk-1\"}", status: "401 Unauthorized"))
        let gate = try Gate(.calm, plan)
        let reply = try gate.ask(Ask.media("/v1/audio/transcriptions", Ask.form("m-alpha", audioBytes: 100)))
        #expect(reply.status == 502 && !String(decoding: reply.body, as: UTF8.self).contains("sk-1"))
        #expect(try gate.health(of: "alpha").totalErrors == 1)
        try gate.finish()
    }

    @Test func whatAProviderHasAgainstTheClientsFormDoesNotCount() throws {
        var plan = Plan.media()
        plan.stands[0].script = Script.always(Script.whole("{}", status: "415 Unsupported"))
        let gate = try Gate(.calm, plan)
        #expect(try gate.ask(Ask.media("/v1/images/edits", Ask.form("m-alpha", audioBytes: 100))).status == 415)
        #expect(try gate.health(of: "alpha").totalErrors == 0)
        try gate.finish()
    }

    @Test func whoNamesNoModelGetsTheProvidersOwn() throws {
        let gate = try Gate(.calm, .media())
        let reply = try gate.ask(Ask.media("/v1/moderations", "{\"input\":\"x\"}", type: "application/json"))
        #expect(reply.status == 200)
        #expect(reply["x-tokenhub-provider"] == "alpha")
        try gate.finish()
    }

    @Test func aModelThatNobodyHasIsRefused() throws {
        let gate = try Gate(.calm, Plan())
        let reply = try gate.ask(.transcription("nobody", audioBytes: 100))
        #expect(reply.status == 404 && reply.error("code") == "model_not_found")
        // Large ones are refused before they have come whole; what follows is not read as a request.
        let client = try gate.connect()
        client.send(Ask.media("/v1/audio/transcriptions", Ask.form("nobody", audioBytes: 200_000)))
        #expect(try gate.reply(to: client).status == 404)
        try gate.until("closed") { client.isOver }
        try gate.finish()
    }

    @Test func whoHasNoKeyIsRefusedBeforeTheBody() throws {
        let gate = try Gate(.calm, .media())
        let client = try gate.connect()
        client.send("POST /v1/audio/speech HTTP/1.1\r\nHost: a\r\nContent-Length: 400000000\r\n\r\n")
        let reply = try gate.reply(to: client)
        #expect(reply.status == 401 && reply.error("code") == "missing_api_key")
        try gate.until("closed") { client.isOver }
        try gate.finish()
    }

    @Test func aProvidersRefusalIsPassedOnAndCounted() throws {
        var plan = Plan.media()
        plan.stands[0].script = Script.always(
            "HTTP/1.1 429 Too Many\r\nContent-Type: application/json\r\nRetry-After: 7\r\nContent-Length: 2\r\n\r\n{}")
        let gate = try Gate(.calm, plan)
        let reply = try gate.ask(Ask.media("/v1/audio/transcriptions", Ask.form("m-alpha", audioBytes: 100)))
        #expect(reply.status == 429 && reply["retry-after"] == "7" && reply.body == Array("{}".utf8))
        let row = try gate.settledRows(1)[0]
        #expect(row.record.status == 429 && row.record.costNanoUSD == 0)
        #expect(try gate.health(of: "alpha").totalErrors == 1)
        try gate.finish()
    }

    @Test func aClientThatLeavesInTheMiddleTakesItsUploadAlong() throws {
        let gate = try Gate(.calm, .media())
        let client = try gate.connect()
        client.send(
            Array(Ask.media("/v1/audio/transcriptions", Ask.form("m-alpha", audioBytes: 400_000)).bytes.prefix(100_000))
        )
        try gate.until("under way") { gate.loop.upstreamCount == 1 }
        client.close()
        try gate.until("gone") { gate.loop.upstreamCount == 0 && gate.plane.openExchangeCount == 0 }
        let row = try gate.settledRows(1)[0]
        #expect(row.record.clientLeft && row.record.status == 499)
        #expect(gate.loop.blocks.takenCount == 0 && gate.plane.pipes.isEmpty)
        #expect(try gate.health(of: "alpha").totalErrors == 0)
        try gate.finish()
    }

    @Test func anAnswerThatBreaksOffCannotPassForAWholeOne() throws {
        var plan = Plan.media()
        plan.stands[0].script = Script.onRequest { server in
            server.send("HTTP/1.1 200 OK\r\nContent-Type: audio/mpeg\r\nContent-Length: 1000\r\n\r\nabc")
            server.close()
        }
        let gate = try Gate(.calm, plan)
        let client = try gate.connect()
        client.send(Ask.media("/v1/audio/speech", "{\"model\":\"m-alpha\"}", type: "application/json"))
        try gate.until("over") { client.isOver }
        #expect(client.replies.isEmpty)
        #expect(try gate.settledRows(1)[0].error == "upstream_failed")
        try gate.finish()
    }

    @Test(arguments: ["/v1/audio/../models", "/v1/audio/", "/v1/images/a/b", "/v1/audio/a%2Fb", "/v1/rerank/x"])
    func onlyPlainPathsArePassedOn(path: String) throws {
        let gate = try Gate(.calm, .media())
        #expect(try gate.ask(Ask.media(path, "{}")).status == 404)
        try gate.finish()
    }

    // MARK: Names

    /// A provider that knows the model as `up "alpha"`.
    private func renaming(_ kernel: Kernel) throws -> Gate {
        var plan = Plan()
        plan.models[0].literal = #"up "alpha""#
        return try Gate(kernel, plan)
    }

    @Test(arguments: Kernel.present, [100, 300_000])
    func aFormNamesTheModelAsTheProviderDoes(kernel: Kernel, audioBytes: Int) throws {
        let gate = try renaming(kernel)
        let (here, there) = (
            Ask.form("m-alpha", audioBytes: audioBytes), Ask.form(#"up "alpha""#, audioBytes: audioBytes)
        )
        let client = try gate.connect()
        client.send(Ask.media("/v1/images/edits", here, more: ["x-sim-echo: body"]))
        #expect(try gate.reply(to: client).body == Array(there.utf8))
        let chunks = "\(String(here.utf8.count, radix: 16))\r\n\(here)\r\n0\r\n\r\n"
        let ask = Ask.media("/v1/images/edits", "", more: ["x-sim-echo: body"])
        client.send(ask.bytes(framing: "Transfer-Encoding: chunked", Array(chunks.utf8)))
        #expect(try gate.reply(2, to: client).body == Array(there.utf8))
        try gate.finish()
    }

    @Test(arguments: Kernel.present, [0, 300_000])
    func anObjectNamesTheModelAsTheProviderDoes(kernel: Kernel, documentBytes: Int) throws {
        let gate = try renaming(kernel)
        let rest = #"","documents":[""# + String(repeating: "d", count: documentBytes) + #""]}"#
        let ask = Ask.rerank(#"{"query":"m-alpha","model":"m-alpha"# + rest, more: ["x-sim-echo: body"])
        let reply = try gate.ask(ask)
        #expect(reply.body == Array((#"{"query":"m-alpha","model":"up \"alpha\""# + rest).utf8))
        #expect(reply["x-tokenhub-model"] == "m-alpha")
        try gate.finish()
    }
}
