// The chunks of a stream, from the provider to the client.

import Adapters
import Sim
import Testing

@testable import Gateway
@testable import Reactor

@Suite struct ChunkRelayTests {
    private static func word(_ text: String, finish: String = "null") -> String {
        #"data: {"id":"c","choices":[{"index":0,"delta":{"content":"\#(text)"},"finish_reason":\#(finish)}]}"# + "\n\n"
    }

    private static let usage =
        #"data: {"id":"c","choices":[],"usage":{"prompt_tokens":3,"completion_tokens":2,"total_tokens":5}}"# + "\n\n"
    private static let done = "data: [DONE]\n\n"
    private static let head = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"
    private static let last = "0\r\n\r\n"

    /// A size line of its own kind, so that it is known again.
    private static func chunk(_ payload: String) -> String {
        "00" + String(payload.utf8.count, radix: 16, uppercase: true) + "\r\n\(payload)\r\n"
    }

    /// What was received without the heads.
    private func body(_ client: Client) -> String {
        var (rest, body) = (String(decoding: client.received, as: UTF8.self), "")
        while let start = rest.firstRange(of: "HTTP/1."), let end = rest[start.upperBound...].firstRange(of: "\r\n\r\n")
        {
            body += rest[..<start.lowerBound]
            rest = String(rest[end.upperBound...])
        }
        return body + rest
    }

    private final class Connections { var count = 0 }

    private func gate(
        _ kernel: Kernel, _ answer: String, counting connections: Connections = Connections()
    ) throws -> Gate {
        var plan = Plan()
        plan.stands[0].script = { server in
            connections.count += 1
            Script.always(answer)(server)
        }
        plan.stands[0].dialect = .openAI
        plan.stands[0].credential = "sk"
        return try Gate(kernel, plan)
    }

    @Test(arguments: Kernel.present, [true, false])
    func chunksOfOneEventReachTheClientAsTheyWereSent(kernel: Kernel, asksUsage: Bool) throws {
        let words = ["Hel", "lo", " wor", "ld"].map { Self.word($0) } + [Self.word("", finish: "\"stop\"")]
        let events = words + [Self.usage, Self.done]
        let connections = Connections()
        let gate = try gate(
            kernel, Self.head + events.map(Self.chunk).joined() + Self.last, counting: connections)
        let client = try gate.connect()
        let passed = words + (asksUsage ? [Self.usage] : []) + [Self.done]
        for number in 1...2 {
            client.send(Ask.chat(stream: true, usage: asksUsage))
            #expect(try gate.reply(number, to: client).text == passed.joined(), gate.place)
        }
        let wire = passed.map(Self.chunk).joined() + Self.last
        // On the rough network chunks come in pieces, and are made anew.
        #expect(kernel == .rough || body(client) == wire + wire, "\(gate.place) \(body(client))")
        // The provider's connection served both.
        #expect(connections.count == 1, gate.place)
        let record = try #require(try gate.settledRows(2).first).record
        #expect(record.answerBytes == Int64(passed.joined().utf8.count))
        #expect(record.eventCount == 6)
        #expect(record.usage.outputTokens == 2)
        try gate.finish()
    }

    /// What the tap does not take as chunks goes on in chunks of ours: the client reads the same.
    @Test(arguments: Kernel.present)
    func otherChunksAreTheSameToItsReader(kernel: Kernel) throws {
        let events = ["a", "b", "c", "d", "e"].map { Self.word($0) } + [Self.usage, Self.done]
        let all = events.joined()
        let cuts: [[Int]] = [
            [], [1], [7, 200], [all.utf8.count - 3], [events[0].utf8.count, events[0].utf8.count * 2 + 9],
        ]
        for cut in cuts {
            var (wire, start) = ("", 0)
            for end in cut + [all.utf8.count] {
                wire += Self.chunk(String(decoding: Array(all.utf8)[start..<end], as: UTF8.self))
                start = end
            }
            let gate = try gate(kernel, Self.head + wire + Self.last)
            let reply = try gate.ask(.chat(stream: true, usage: true))
            #expect(reply.text == all, "\(gate.place) \(cut)")
            #expect(try gate.settledRows(1)[0].record.answerBytes == Int64(all.utf8.count))
            try gate.finish()
        }
    }

    @Test(arguments: Kernel.present)
    func aClientThatKnowsNoChunksGetsNone(kernel: Kernel) throws {
        let events = ["a", "b", "c"].map { Self.word($0) } + [Self.usage, Self.done]
        let gate = try gate(kernel, Self.head + events.map(Self.chunk).joined() + Self.last)
        let client = try gate.connect()
        var ask = Ask.chat(stream: true, usage: true)
        ask.version = "1.0"
        client.send(ask)
        try gate.until("the end") { client.isOver }
        #expect(body(client) == events.joined(), gate.place)
        try gate.finish()
    }

    /// An error object and what is no JSON end the stream behind the chunks in front of them.
    @Test(arguments: Kernel.present, ["data: {\"error\":{\"message\":\"no\"}}\n\n", "data: {\"choices\":[}\n\n"])
    func whatMustNotBePassedOnIsNot(kernel: Kernel, bad: String) throws {
        let words = ["a", "b", "c"].map { Self.word($0) }
        let gate = try gate(kernel, Self.head + (words + [bad, Self.word("d")]).map(Self.chunk).joined() + Self.last)
        let client = try gate.connect()
        client.send(Ask.chat(stream: true))
        let reply = try gate.reply(to: client)
        #expect(kernel == .rough || body(client).hasPrefix(words.map(Self.chunk).joined()), gate.place)
        #expect(reply.body.starts(with: words.joined().utf8), gate.place)
        #expect(reply.events.count == 4)
        #expect(Reply.error("code", in: reply.events.last ?? "") == "upstream_failed")
        #expect(try gate.settledRows(1)[0].record.status == 502)
        try gate.finish()
    }

    /// What follows the terminator is dropped, and the connection kept.
    @Test(arguments: Kernel.present)
    func chunksBehindTheTerminatorAreDropped(kernel: Kernel) throws {
        let events = ["a", "b"].map { Self.word($0) } + [Self.usage, Self.done]
        let connections = Connections()
        let chunks = (events + [": bye\n\n", Self.word("c")]).map(Self.chunk).joined()
        let gate = try gate(kernel, Self.head + chunks + Self.last, counting: connections)
        let client = try gate.connect()
        for number in 1...2 {
            client.send(Ask.chat(stream: true, usage: true))
            #expect(try gate.reply(number, to: client).text == events.joined(), gate.place)
        }
        #expect(kernel == .rough || connections.count == 1, gate.place)
        try gate.finish()
    }

    /// A provider that the test plays itself.
    private func played() throws -> (Gate, Connections, () throws -> Client) {
        let connections = Connections()
        var servers: [Client] = []
        var plan = Plan()
        plan.stands[0].script = { server in
            connections.count += 1
            Script.onRequest { servers.append($0) }(server)
        }
        plan.stands[0].dialect = .openAI
        plan.stands[0].credential = "sk"
        let gate = try Gate(.calm, plan)
        return (
            gate, connections,
            {
                try gate.until("asked") { !servers.isEmpty }
                return servers.removeFirst()
            }
        )
    }

    /// Chunks that were looked at while nothing was passed on are shown again, and counted once.
    @Test(arguments: ["", "1", "1f\r\nda"])
    func eventsWithoutContentWaitForTheFirstThatHasSome(behind: String) throws {
        let role =
            #"data: {"id":"c","choices":[{"index":0,"delta":{"role":"assistant","content":""},"finish_reason":null}]}"#
            + "\n\n"
        let events = [": hello\n\n", role, role, Self.word("a"), Self.word("b"), Self.usage, Self.done]
        let (gate, _, asked) = try played()
        let client = try gate.connect()
        client.send(Ask.chat(stream: true, usage: true))
        let server = try asked()
        let wire = Array((events.map(Self.chunk).joined() + Self.last).utf8)
        let front = events.prefix(2).map(Self.chunk).joined().utf8.count
        let cuts = [front, front + behind.utf8.count, events.prefix(3).map(Self.chunk).joined().utf8.count + 5]
        server.send(Self.head)
        var start = 0
        for cut in cuts {
            server.send(Array(wire[start..<cut]))
            start = cut
            try gate.pass(milliseconds: 100)
            #expect(client.received.isEmpty)
        }
        server.send(Array(wire[start...]))
        #expect(try gate.reply(to: client).text == events.joined())
        let record = try gate.settledRows(1)[0].record
        #expect(record.eventCount == 5)
        #expect(record.answerBytes == Int64(events.joined().utf8.count))
        try gate.finish()
    }

    /// The stream pauses in the chunks of an arrival and ends in its rest: the connection is read on, for the next request.
    @Test func aReaderThatIsSlowAtTheEndDoesNotKeepTheConnection() throws {
        let (gate, connections, asked) = try played()
        let client = try gate.connect()
        client.send(Ask.chat(stream: true, usage: true))
        let server = try asked()
        server.send(Self.head + Self.chunk(Self.word("a")))
        try gate.pass(milliseconds: 10)
        client.isReading = false
        let long = Self.word(String(repeating: "x", count: 20_000))
        let connection = try #require(gate.plane.exchange(0)?.client)
        var text = Self.word("a")
        while connection.queuedBytes < Limits.outboxBytesHigh - 20_000 {
            server.send(Self.chunk(long))
            text += long
            try gate.pass(milliseconds: 10)
        }
        #expect(!connection.isBackedUp)
        let end = Self.word("", finish: "\"stop\"") + Self.done
        server.send(Self.chunk(long) + Self.chunk(long) + Self.chunk(end))
        text += long + long + end
        try gate.pass(milliseconds: 10)
        #expect(connection.isBackedUp)
        server.send(Self.last)
        try gate.pass(milliseconds: 10)
        client.isReading = true
        #expect(try gate.reply(to: client).text == text)
        client.send(Ask.chat(stream: true, usage: true))
        #expect(try asked() === server)
        #expect(connections.count == 1)
        server.send(Self.head + Self.chunk(Self.word("a")) + Self.chunk(Self.done) + Self.last)
        #expect(try gate.reply(2, to: client).events.count == 2)
        try gate.finish()
    }
}
