// What a client receives of a stream, to the byte: framing, usage asked and not asked, pings, and the comment after 15 s of silence.

import Adapters
import Sim
import Testing

@testable import Gateway
@testable import Reactor

@Suite struct GoldenStreamTests {
    private static let words = [
        #"data: {"id":"c","choices":[{"index":0,"delta":{"role":"assistant","content":"Hel"},"finish_reason":null}]}"#,
        #"data: {"id":"c","choices":[{"index":0,"delta":{"content":"lo"},"finish_reason":null}]}"#,
        #"data: {"id":"c","choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}"#,
    ].map { $0 + "\n\n" }
    private static let usage =
        #"data: {"id":"c","choices":[],"usage":{"prompt_tokens":3,"completion_tokens":2,"total_tokens":5}}"# + "\n\n"
    private static let done = "data: [DONE]\n\n"
    private static let responses: [String] = [
        #""response.created","sequence_number":0,"response":{"id":"r","status":"in_progress","output":[]}"#,
        #""response.output_text.delta","sequence_number":1,"item_id":"m","output_index":0,"content_index":0,"delta":"Hello""#,
        #""response.completed","sequence_number":2,"response":{"id":"r","status":"completed","output":[],"#
            + #""usage":{"input_tokens":3,"output_tokens":2,"total_tokens":5}}"#,
    ].map { event in
        "event: \(event.dropFirst().prefix { $0 != "\"" })\ndata: {\"type\":\(event)}\n\n"
    }
    private static let comment = ": keep-alive\n\n"

    /// One chunk of a body.
    private func chunk(_ payload: String) -> String {
        payload.isEmpty ? "" : String(payload.utf8.count, radix: 16) + "\r\n\(payload)\r\n"
    }

    /// What was received behind the head.
    private func body(_ client: Client) -> String {
        let text = String(decoding: client.received, as: UTF8.self)
        return text.firstRange(of: "\r\n\r\n").map { String(text[$0.upperBound...]) } ?? ""
    }

    /// A provider whose connection the test plays itself.
    private func played(_ dialect: Provider) throws -> (Gate, () throws -> Client) {
        var plan = Plan()
        var servers: [Client] = []
        plan.stands[0].script = Script.onRequest { servers.append($0) }
        plan.stands[0].dialect = dialect
        plan.stands[0].credential = "sk"
        let gate = try Gate(.calm, plan)
        return (
            gate,
            {
                try gate.until("asked") { !servers.isEmpty }
                return servers[0]
            }
        )
    }

    @Test(arguments: [true, false])
    func usageComesToThoseWhoAskedAndTheTerminatorToAll(isAsked: Bool) throws {
        let (gate, asked) = try played(.openAI)
        let client = try gate.connect()
        client.send(Ask.chat(stream: true, usage: isAsked))
        let server = try asked()
        #expect(String(decoding: server.received, as: UTF8.self).contains(#""stream_options":{"include_usage":true}"#))
        server.send(Script.streamHead)
        var expected = ""
        for word in Self.words {
            server.send(word)
            try gate.pass(milliseconds: 1_000)
            expected += chunk(word)
            #expect(body(client) == expected)
        }
        server.send(Self.usage + Self.done)
        server.finish()
        try gate.pass(milliseconds: 1_000)
        #expect(body(client) == expected + chunk(isAsked ? Self.usage + Self.done : Self.done) + "0\r\n\r\n")
        let row = try gate.settledRows(1)[0]
        #expect(row.record.usage.inputTokens == 3 && row.record.usage.outputTokens == 2)
        try gate.finish()
    }

    private static let silences: [(Ask, [String])] = [
        (Ask.chat(stream: true, usage: true), words + [usage + done]),
        (Ask.messages(stream: true), Script.messageEvents),
        (Ask.responses(stream: true), responses),
    ]

    @Test(arguments: silences.indices)
    func fifteenSecondsOfSilenceAreACommentOnEveryDialect(index: Int) throws {
        let (ask, events) = Self.silences[index]
        let (gate, asked) = try played(ask.path == "/v1/messages" ? .anthropic : .openAI)
        let client = try gate.connect()
        client.send(ask)
        let server = try asked()
        // Events without content wait for the first that has some.
        let content = try #require(events.firstIndex { $0.contains("Hel") })
        server.send(Script.streamHead + events[...content].joined())
        try gate.pass(milliseconds: 14_900)
        var expected = chunk(events[...content].joined())
        #expect(body(client) == expected)
        try gate.pass(milliseconds: 30_000)
        expected += chunk(Self.comment) + chunk(Self.comment)
        #expect(body(client) == expected)
        server.send(events[(content + 1)...].joined())
        server.finish()
        try gate.pass(milliseconds: 1_000)
        expected += chunk(events[(content + 1)...].joined()) + "0\r\n\r\n"
        #expect(body(client) == expected)
        try gate.finish()
    }

    @Test func aPingIsPassedOnAsItCameAndPutsTheCommentOff() throws {
        let ping = "event: ping\ndata: {\"type\": \"ping\"}\n\n"
        let (gate, asked) = try played(.anthropic)
        let client = try gate.connect()
        client.send(Ask.messages(stream: true))
        let server = try asked()
        let events = Script.messageEvents
        server.send(Script.streamHead + events[0...3].joined())
        var expected = chunk(events[0...3].joined())
        for _ in 0..<3 {
            try gate.pass(milliseconds: 10_000)
            server.send(ping)
            try gate.pass(milliseconds: 1_000)
            expected += chunk(ping)
            #expect(body(client) == expected)
        }
        server.send(events[4...].joined())
        server.finish()
        try gate.pass(milliseconds: 1_000)
        #expect(body(client) == expected + chunk(events[4...].joined()) + "0\r\n\r\n")
        try gate.finish()
    }
}
