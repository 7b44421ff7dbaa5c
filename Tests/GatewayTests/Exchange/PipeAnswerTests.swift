// Answers that pass through: what they cost, what their heads say, and what they tell about their provider.

import Adapters
import Testing
import Wire

@testable import Gateway
@testable import Reactor

@Suite struct PipeAnswerTests {
    private static let usage = #""usage":{"input_tokens":50,"output_tokens":4160,"total_tokens":4210}"#

    private func served(_ answer: String, _ kernel: Kernel = .calm) throws -> (row: Gate.Row, reply: Reply) {
        let gate = try Gate(kernel, .media(Script.always(answer)))
        let reply = try gate.ask(.rerank())
        let row = try gate.settledRows(1)[0]
        try gate.finish()
        return (row, reply)
    }

    // MARK: Usage

    /// A picture as text is longer than anything that is kept.
    @Test(arguments: Kernel.present, [true, false])
    func theUsageOfALongAnswerIsRead(kernel: Kernel, behind: Bool) throws {
        let picture =
            #""data":[{"b64_json":""# + String(repeating: "QUJD", count: 200_000)
            + #"","usage":{"input_tokens":1}}]"#
        let body = "{" + (behind ? "\(picture),\(Self.usage)" : "\(Self.usage),\(picture)") + "}"
        let (row, reply) = try served(Script.whole(body), kernel)
        #expect(reply.body == Array(body.utf8))
        #expect(row.record.usage.inputTokens == 50 && row.record.usage.outputTokens == 4_160)
        #expect(row.record.costNanoUSD ?? 0 == 50 * 1_000 + 4_160 * 2_000)
    }

    @Test func theUsageAtTheEndOfAStreamIsRead() throws {
        let picture = String(repeating: "QUJD", count: 50_000)
        let events = [
            #"{"type":"image_generation.partial_image","b64_json":"\#(picture)"}"#,
            #"{"type":"image_generation.completed","b64_json":"\#(picture)",\#(Self.usage)}"#,
        ]
        let stream = events.map { "event: x\ndata: \($0)\n\n" }.joined() + "data: [DONE]\n\n"
        let head = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream; charset=utf-8\r\n"
        let (row, reply) = try served("\(head)Content-Length: \(stream.utf8.count)\r\n\r\n\(stream)")
        #expect(reply.body == Array(stream.utf8))
        #expect(row.record.usage.inputTokens == 50 && row.record.usage.outputTokens == 4_160)
    }

    /// Seconds have no price here.
    @Test func whatIsCountedInSecondsHasAnUnknownCost() throws {
        let (row, _) = try served(Script.whole(#"{"text":"x","usage":{"type":"duration","seconds":9}}"#))
        #expect(row.record.costNanoUSD == nil)
    }

    @Test func rankingsTellOnlyTheSum() throws {
        let (row, _) = try served(Script.whole(#"{"results":[],"usage":{"total_tokens":56}}"#))
        #expect(row.record.usage.inputTokens == 56 && row.record.costNanoUSD ?? 0 == 56_000)
    }

    /// Whose answer nobody saw is not paid for.
    @Test func anAnswerThatBreaksOffBehindItsHeadCostsNothing() throws {
        let gate = try Gate(
            .calm,
            .media(
                Script.onRequest { server in
                    server.send("HTTP/1.1 200 OK\r\nContent-Type: audio/mpeg\r\nContent-Length: 1000\r\n\r\n")
                    server.close()
                }))
        #expect(try gate.ask(.rerank()).status == 502)
        #expect(try gate.settledRows(1)[0].record.costNanoUSD == 0)
        try gate.finish()
    }

    // MARK: Heads

    @Test(arguments: Kernel.present, ["204 No Content", "304 Not Modified"])
    func anAnswerWithoutABodyGetsNone(kernel: Kernel, status: String) throws {
        let gate = try Gate(
            kernel, .media(Script.always("HTTP/1.1 \(status)\r\nContent-Type: application/json\r\nEtag: \"a\"\r\n\r\n"))
        )
        let client = try gate.connect()
        for number in 1...2 {
            client.send(Ask.rerank())
            let reply = try gate.reply(number, to: client)
            #expect(reply.status == Int(status.prefix(3)))
            #expect(reply["content-length"] == nil && reply["transfer-encoding"] == nil && reply["etag"] == "\"a\"")
        }
        #expect(client.unread.isEmpty)
        try gate.finish()
    }

    @Test func whatBelongsToTheProvidersConnectionOrOriginStaysBehind() throws {
        let answer = Script.whole(
            "{}",
            fields: "Connection: close, x-hop\r\nKeep-Alive: timeout=5\r\nx-hop: 1\r\nSet-Cookie: a=b\r\n"
                + "Server: them\r\nStrict-Transport-Security: max-age=1\r\nx-tokenhub-model: other\r\nx-kept: yes\r\n")
        let (_, reply) = try served(answer)
        for name in ["connection", "keep-alive", "set-cookie", "server", "strict-transport-security"] {
            #expect(reply[name] == nil, "\(name)")
        }
        #expect(reply["x-tokenhub-model"] == "m-alpha" && reply["x-kept"] == "yes")
    }

    // MARK: Health

    /// How long a picture takes says nothing about how long an answer in a chat does.
    @Test func theTimeOfAPictureIsNotThatOfAChat() throws {
        let gate = try Gate(.calm, .media(Script.always(Script.whole("{}"))))
        #expect(try gate.ask(.rerank()).status == 200)
        let health = try gate.health(of: "alpha")
        #expect(health.totalRequests == 1 && health.totalErrors == 0 && health.lastSuccessAt > 0)
        #expect(health.latencyNS == 0 && health.recent.total.nanoseconds == 0)
        try gate.finish()
    }
}
