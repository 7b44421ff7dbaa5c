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
}
