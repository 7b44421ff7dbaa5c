// How clients speak: framing, versions, methods, ids, browsers, and leaving in the middle.

import Adapters
import Sim
import TestSupport
import Testing
import Wire

@testable import Gateway
@testable import Reactor

@Suite struct ClientTests {
    // MARK: Leaving

    @Test(arguments: Kernel.present, ["before the head", "before content", "in the stream", "while gathering"])
    func aClientThatLeavesCancelsItsProviderInTheSameTick(kernel: Kernel, moment: String) throws {
        var plan = Plan()
        plan.keys[0].budget = 1_000_000_000
        let gate = try Gate(kernel, plan)
        let client = try gate.connect()
        switch moment {
        case "before the head": client.send(.chat(stream: true, sim: ["ttft-us: 60000000"]))
        case "before content": client.send(.chat(stream: true, sim: ["fault: comments:3", "gap-us: 60000000"]))
        case "in the stream":
            client.send(.chat(stream: true, sim: ["tokens: 100000", "gap-us: 1000", "chunk-bytes: 20"]))
        default: client.send(.chat(sim: ["fault: drip:20"]))
        }
        try gate.until("the provider asked") { gate.sims["alpha"]?.requestCount == 1 }
        if moment == "in the stream" {
            try gate.until("ten events") { (client.partial?.events.count ?? 0) >= 10 }
        } else {
            try gate.until("the provider's head", { gate.loop.upstreamCount == 1 })
            for _ in 0..<20 { try gate.turn() }
        }
        #expect(gate.plane.openExchangeCount == 1)
        client.close(abort: moment == "in the stream")
        while gate.plane.openExchangeCount > 0 {
            #expect(gate.loop.upstreamCount == 1)
            try gate.turn()
        }
        // The turn in which the core heard of it.
        #expect(gate.loop.upstreamCount == 0)
        #expect(gate.loop.blocks.takenCount == 0)
        let row = try gate.settledRows(1)[0]
        #expect(row.record.clientLeft)
        #expect(row.record.status == 499)
        #expect(try gate.health(of: "alpha").totalErrors == 0)
        #expect(gate.logText.contains("\"client_left\":true"))
        if moment == "in the stream" {
            #expect(row.record.usage.outputTokens >= 9)
            #expect((row.record.costNanoUSD ?? 0) > 0)
        }
        // Only what arrived is paid for, and nothing is held any more.
        #expect(gate.plan.keys[0].state.committedNanoUSD == row.record.costNanoUSD)
        try gate.until("the provider told") { gate.sims["alpha"]?.abandonedCount == 1 }
        try gate.finish()
    }

    @Test func theProviderHearsOfItWithinFiftyMilliseconds() throws {
        let gate = try Gate(.calm)
        let client = try gate.connect()
        client.send(.chat(stream: true, sim: ["tokens: 100000", "gap-us: 500000"]))
        try gate.until("content") { (client.partial?.events.count ?? 0) >= 2 }
        let start = gate.now
        client.close()
        try gate.until("the provider told") { gate.sims["alpha"]?.abandonedCount == 1 }
        #expect(gate.now - start < 50_000_000)
        try gate.finish()
    }

    // MARK: Framing

    @Test(arguments: Kernel.present)
    func requestsInAPipelineAreAnsweredInOrder(kernel: Kernel) throws {
        let gate = try Gate(kernel)
        let client = try gate.connect()
        let asks = (0..<6).map { index in
            index % 3 == 2 ? Ask.get("/livez") : Ask.chat(stream: index % 3 == 1, sim: ["seed: \(index)"])
        }
        client.send(asks.flatMap(\.bytes))
        for (index, ask) in asks.enumerated() {
            let reply = try gate.reply(index + 1, to: client)
            #expect(reply.status == 200, gate.place)
            #expect(reply.body == (ask.method == "GET" ? Array("ok\n".utf8) : try Expected.payload(ask)), gate.place)
        }
        #expect(!client.isOver)
        try gate.finish()
    }

    @Test(arguments: Kernel.present)
    func aRequestBodyMayComeInChunksAndInPieces(kernel: Kernel) throws {
        let gate = try Gate(kernel)
        let ask = Ask.chat(content: String(repeating: "long ", count: 20_000), sim: ["seed: 2"])
        let body = Array(ask.body.utf8)
        var chunks: [UInt8] = []
        var offset = 0
        while offset < body.count {
            let count = min(1 + offset % 7_000, body.count - offset)
            chunks += Array("\(String(count, radix: 16))\r\n".utf8) + body[offset..<offset + count] + [13, 10]
            offset += count
        }
        let client = try gate.connect()
        client.send(ask.bytes(framing: "Transfer-Encoding: chunked\r\nExpect: 100-continue", []))
        #expect(try gate.reply(to: client).status == 100)
        client.send(chunks + Array("0\r\n\r\n".utf8))
        let reply = try gate.reply(2, to: client)
        #expect(reply.body == (try Expected.payload(ask)), gate.place)
        try gate.finish()
    }

    @Test(arguments: ["gzip", "zstd", "identity"])
    func aRequestBodyMayBeCompressed(coding: String) throws {
        let gate = try Gate(.rough)
        let ask = Ask.chat(content: String(repeating: "compress me ", count: 2_000), sim: ["seed: 2"])
        let plain = Array(ask.body.utf8)
        let body = coding == "gzip" ? Compressed.gzip(plain) : coding == "zstd" ? Compressed.zstd(plain) : plain
        let client = try gate.connect()
        client.send(ask.bytes(framing: "Content-Encoding: \(coding)\r\nContent-Length: \(body.count)", body))
        #expect(try gate.reply(to: client).body == Expected.payload(ask), gate.place)
        try gate.finish()
    }

    @Test func aCompressedBodyThatIsDamagedUnknownOrABombIsRefused() throws {
        let gate = try Gate(.calm, bodyBytesMax: 1 << 20)
        let bomb = Compressed.zstd([UInt8](repeating: 0x20, count: 4 << 20))
        let cases: [(String, [UInt8], [Int])] = [
            ("gzip", Array("not gzip at all".utf8), [400]), ("zstd", bomb, [400, 413]),
            ("gzip", Compressed.gzip([UInt8](repeating: 0x20, count: 4 << 20)), [400, 413]),
            ("gzip", Array(Compressed.gzip(Array(Ask.chat().body.utf8)).dropLast(4)), [400]),
            ("br", Array("{}".utf8), [415]), ("gzip, gzip", Array("{}".utf8), [415]),
        ]
        for (coding, body, statuses) in cases {
            let client = try gate.connect()
            client.send(Ask.chat().bytes(framing: "Content-Encoding: \(coding)\r\nContent-Length: \(body.count)", body))
            let reply = try gate.reply(to: client)
            #expect(statuses.contains(reply.status), "\(coding): \(reply.status) \(reply.text)")
            #expect(reply.error("message") != nil)
            #expect(gate.loop.blocks.takenCount == 0)
        }
        #expect(gate.sims["alpha"]?.requestCount == 0)
        try gate.finish()
    }

    @Test(arguments: Kernel.present, [true, false])
    func aClientOfHTTP10GetsNoChunksAndItsConnectionEnds(kernel: Kernel, stream: Bool) throws {
        let gate = try Gate(kernel)
        var ask = Ask.chat(stream: stream, sim: ["seed: 4", "tokens: 30", "gap-us: 1000"])
        ask.version = "1.0"
        ask.fields.append("Connection: keep-alive")
        let client = try gate.connect()
        client.send(ask)
        let reply = try gate.reply(to: client)
        #expect(reply.status == 200)
        #expect(!reply.isChunked)
        #expect(reply["transfer-encoding"] == nil)
        #expect(reply["connection"] == "close")
        #expect(reply.body == (try Expected.payload(ask)), gate.place)
        try gate.until("closed") { client.isOver }
        try gate.finish()
    }

    @Test func aBrokenStreamToHTTP10EndsWithTheErrorEventAsWell() throws {
        let gate = try Gate(.calm, .one(.cut(afterEvents: 3)))
        var ask = Ask.chat(stream: true)
        ask.version = "1.0"
        let reply = try gate.ask(ask)
        #expect(Reply.error("code", in: reply.events.last ?? "") == "upstream_failed")
        try gate.finish()
    }

    @Test func anAnswerToHEADHasNoBodyAndTheConnectionGoesOn() throws {
        let gate = try Gate(.calm)
        let client = try gate.connect()
        client.expectHead()
        let paths = [
            "/livez", "/readyz", "/healthz", "/v1/models", "/v1/models/m-alpha", "/v1/models/none", "/nowhere",
        ]
        for path in paths {
            var ask = Ask.get(path)
            ask.method = "HEAD"
            client.send(ask)
        }
        var post = Ask.get("/v1/chat/completions")
        post.method = "HEAD"
        client.send(post)
        let statuses = try (1...8).map { try gate.reply($0, to: client).status }
        #expect(statuses == [200, 200, 200, 200, 200, 404, 404, 405])
        #expect(client.replies.allSatisfy { $0.body.isEmpty })
        #expect(Int(client.replies[3]["content-length"] ?? "0") ?? 0 > 50)
        #expect(client.unread.isEmpty)
        #expect(!client.isOver)
        try gate.finish()
    }

    // MARK: Ids

    @Test func aRequestKeepsItsNameWhereThatIsHarmless() throws {
        let gate = try Gate(.calm)
        for name in ["abc-123_x.y:z", String(repeating: "a", count: 64)] {
            #expect(try gate.ask(Ask.chat().with("X-Request-Id: \(name)"))["x-request-id"] == name)
            #expect(try gate.ask(Ask.chat().with("X-Client-Request-Id: \(name)"))["x-request-id"] == name)
        }
        for name in ["a b", "a\"b", "<script>", String(repeating: "a", count: 65), "ä"] {
            let given = try #require(try gate.ask(Ask.chat().with("X-Request-Id: \(name)"))["x-request-id"])
            #expect(given.hasPrefix("req_"))
            #expect(given.utf8.count == 36)
        }
        let rows = try gate.settledRows(9)
        #expect(rows[0].record.requestID.string == "abc-123_x.y:z")
        #expect(Set(rows.map(\.record.requestID.string)).count == 7)
        #expect(gate.logText.contains("\"request_id\":\"abc-123_x.y:z\""))
        try gate.finish()
    }

    @Test func theProviderHearsTheNameAndNothingElseOfTheClient() throws {
        let gate = try Gate(.calm)
        let ask = Ask.chat(sim: ["echo: head"]).with(
            "X-Request-Id: name-1", "Cookie: a=b", "Forwarded: for=1.2.3.4", "X-Forwarded-For: 1.2.3.4",
            "OpenAI-Organization: org", "Proxy-Authorization: Basic xyz", "X-Api-Base: http://evil.test", "Via: 1.1 x")
        let reply = try gate.ask(ask)
        let seen = reply.text
        #expect(seen.contains("name-1"))
        #expect(seen.contains("up-alpha"))
        for secret in ["tokenhub_", "a=b", "1.2.3.4", "org", "xyz", "evil", "gate.test"] {
            #expect(!seen.contains(secret), "\(secret)")
        }
        try gate.finish()
    }

    // MARK: What comes back

    @Test func whatAProviderSaysOfItsOwnOriginDoesNotReachTheClient() throws {
        var plan = Plan()
        let fields = [
            "Access-Control-Allow-Origin: https://p.test", "Set-Cookie: a=b", "X-Accel-Redirect: /etc/passwd",
            "X-Sendfile: /etc/passwd", "Clear-Site-Data: *", "Strict-Transport-Security: max-age=9", "Server: p",
            "NEL: n", "Alt-Svc: h3", "X-TokenHub-Model: liar", "X-Negotiated-Model: liar", "X-Request-Id: theirs",
            "X-RateLimit-Remaining-Requests: 7", "OpenAI-Processing-Ms: 12",
        ]
        plan.stands[0].script = Script.onRequest { server in
            server.send(Script.whole(fields: fields.map { "\($0)\r\n" }.joined()))
        }
        let gate = try Gate(.calm, plan)
        let reply = try gate.ask(Ask.chat().with("Origin: https://a.test"))
        #expect(reply.status == 200)
        #expect(reply["access-control-allow-origin"] == "*")
        #expect(reply.fields.filter { $0.name.lowercased() == "access-control-allow-origin" }.count == 1)
        for name in [
            "set-cookie", "x-accel-redirect", "x-sendfile", "clear-site-data", "strict-transport-security", "server",
            "nel", "alt-svc",
        ] {
            #expect(reply[name] == nil, "\(name)")
        }
        #expect(!reply.fields.contains { $0.value == "liar" || $0.value == "theirs" })
        #expect(reply["x-ratelimit-remaining-requests"] == "7")
        #expect(reply["openai-processing-ms"] == "12")
        try gate.finish()
    }
}
