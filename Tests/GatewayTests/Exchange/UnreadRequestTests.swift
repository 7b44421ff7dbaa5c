// Requests that are refused before they have come whole: in the words of those who asked, as soon as it is known who that is.

import Adapters
import TestSupport
import Testing
import Wire

@testable import Gateway
@testable import Reactor

@Suite struct UnreadRequestTests {
    enum Shape { case openAI, anthropic, native }

    struct Door: CustomTestStringConvertible, Sendable {
        let path: String
        let shape: Shape
        var testDescription: String { path }
    }

    static let doors = [
        Door(path: "/v1/chat/completions", shape: .openAI), Door(path: "/v1/embeddings", shape: .openAI),
        Door(path: "/v1/responses", shape: .openAI), Door(path: "/v1/responses/compact", shape: .openAI),
        Door(path: "/v1/messages?beta=true", shape: .anthropic),
        Door(path: "/v1/messages/count_tokens", shape: .anthropic), Door(path: "/v1/chat", shape: .native),
        Door(path: "/admin/v1/providers", shape: .native),
    ]

    struct Fault: CustomTestStringConvertible, Sendable {
        let testDescription: String
        let status: Int
        let code: String
        /// `error.type` of the Anthropic shape.
        let anthropic: String
        /// What follows the request line and the key.
        let bytes: String
        /// The head cannot be read to its end, so that the client's own name for the request is not known.
        var isHeadBroken = false
        var waitMS = 0

        init(
            _ name: String, _ status: Int, _ code: String, _ anthropic: String, _ bytes: String,
            isHeadBroken: Bool = false, waitMS: Int = 0
        ) {
            (testDescription, self.status, self.code, self.anthropic) = (name, status, code, anthropic)
            (self.bytes, self.isHeadBroken, self.waitMS) = (bytes, isHeadBroken, waitMS)
        }
    }

    private static let large = String(repeating: "x", count: 70_000)

    static let faults = [
        Fault(
            "an ambiguous head", 400, "malformed_request", "invalid_request_error",
            "Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello", isHeadBroken: true),
        Fault(
            "another coding", 501, "malformed_request", "api_error", "Transfer-Encoding: gzip\r\n\r\n",
            isHeadBroken: true),
        Fault(
            "another expectation", 417, "malformed_request", "invalid_request_error",
            "Expect: a-miracle\r\nContent-Length: 1\r\n\r\n", isHeadBroken: true),
        Fault(
            "an oversized head", 431, "malformed_request", "invalid_request_error", "X: \(large)\r\n\r\n",
            isHeadBroken: true),
        Fault(
            "half a head", 408, "request_timeout", "invalid_request_error", "X: y\r\n", isHeadBroken: true,
            waitMS: 11_000),
        Fault(
            "a large body", 413, "request_too_large", "request_too_large", "Content-Length: 40001\r\n\r\n"),
        Fault(
            "a body that grows too large", 413, "request_too_large", "request_too_large",
            "Transfer-Encoding: chunked\r\n\r\n11170\r\n\(large)\r\n"),
        Fault(
            "a broken chunk", 400, "malformed_request", "invalid_request_error",
            "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\nzz\r\n"),
        Fault(
            "half a body", 408, "request_timeout", "invalid_request_error", "Content-Length: 9\r\n\r\nabc",
            waitMS: 61_000),
        Fault(
            "half a chunk", 408, "request_timeout", "invalid_request_error",
            "Transfer-Encoding: chunked\r\n\r\n9\r\nabc", waitMS: 61_000),
    ]

    private func expect(_ reply: Reply, _ fault: Fault, _ shape: Shape, named: Bool) throws {
        #expect(reply.status == fault.status, "\(reply.text)")
        #expect(reply["content-type"] == "application/json" && reply["connection"] == "close")
        try JSONScan.validate(reply.body.span)
        let id = try #require(reply["x-request-id"])
        #expect(named == (id == "mine"), "\(id)")
        #expect(reply["request-id"] == (shape == .anthropic ? id : nil))
        switch shape {
        case .openAI:
            #expect(reply.error("type") == (fault.status < 500 ? "invalid_request_error" : "server_error"))
            #expect(reply.error("code") == fault.code)
            #expect(reply.error("message")?.isEmpty == false)
            #expect(reply.error("param") == "null")
        case .anthropic:
            #expect(reply.value("type") == "error")
            #expect(reply.error("type") == fault.anthropic)
            #expect(reply.error("message")?.isEmpty == false)
            #expect(reply.value("request_id") == id)
        case .native: #expect(reply.value("error")?.first != "{" && reply.value("error")?.isEmpty == false)
        }
    }

    @Test(arguments: faults, doors)
    func aRefusalHasTheShapeOfItsPath(fault: Fault, door: Door) throws {
        let gate = try Gate(.calm, bodyBytesMax: 40_000)
        let client = try gate.connect()
        client.send(
            "POST \(door.path) HTTP/1.1\r\nHost: a\r\nX-Request-ID: mine\r\nx-api-key: \(Plan.keyText)\r\n\(fault.bytes)"
        )
        if fault.waitMS > 0 { try gate.pass(milliseconds: fault.waitMS) }
        let reply = try gate.reply(to: client)
        try expect(reply, fault, door.shape, named: !fault.isHeadBroken)
        try gate.until("the connection closed") { client.isOver }
        #expect(client.replies.count == 1 && gate.rows.isEmpty)
        try gate.finish()
    }

    @Test(arguments: Kernel.present, faults)
    func allOfItIsGivenBackWhereverItIsCut(kernel: Kernel, fault: Fault) throws {
        if fault.waitMS > 0, !Kernel.simulated.contains(kernel) { return }
        let gate = try Gate(kernel, bodyBytesMax: 40_000)
        let text =
            "POST /v1/messages HTTP/1.1\r\nHost: a\r\nX-Request-ID: mine\r\nx-api-key: \(Plan.keyText)\r\n\(fault.bytes)"
        for size in [1, 7, 200] where fault.bytes.utf8.count < 1000 {
            let client = try gate.connect()
            let bytes = Array(text.utf8)
            for start in stride(from: 0, to: bytes.count, by: size) where !client.isOver {
                client.send(Array(bytes[start..<min(start + size, bytes.count)]))
                try gate.turn()
            }
            if fault.waitMS > 0 { try gate.pass(milliseconds: fault.waitMS) }
            let reply = try gate.reply(to: client)
            try expect(reply, fault, .anthropic, named: !fault.isHeadBroken)
            client.close()
        }
        #expect(gate.loop.bodyBytesReserved == 0)
        try gate.finish()
    }

    @Test func whoseLineCannotBeReadIsTakenForAClientOfOpenAIs() throws {
        let start = " HTTP/1.1\r\nHost: a\r\nContent-Length: x\r\n\r\n"
        for line in ["POST /v1/mess\u{1}ages", "\r\n\r\n/v1/messages", "/v1/messages", "POST  /v1/messages", "POST"] {
            let gate = try Gate(.calm)
            let client = try gate.connect()
            client.send(line + start)
            let reply = try gate.reply(to: client)
            #expect(reply.status == 400, "\(line)")
            #expect(reply.error("code") == "malformed_request", "\(line): \(reply.text)")
            try gate.finish()
        }
    }

    @Test func aCoreWithTooManyLargeRequestsSaysWhenToComeBack() throws {
        let gate = try Gate(.calm, bodyBytesMax: 10 << 20)
        var crowd: [Client] = []
        for _ in 0..<40 {
            let client = try gate.connect()
            crowd.append(client)
            client.send(
                "POST /v1/messages HTTP/1.1\r\nHost: a\r\nx-api-key: \(Plan.keyText)\r\nContent-Length: 10485760\r\n\r\n{"
            )
        }
        try gate.until("somebody refused") { crowd.contains { !$0.replies.isEmpty } }
        let reply = try #require(crowd.compactMap { $0.replies.first }.first)
        #expect(reply.status == 503)
        #expect(reply.error("type") == "overloaded_error")
        #expect(reply["retry-after"] == "1" && reply["retry-after-ms"] == "1000")
        try gate.finish()
    }

    // MARK: Encodings

    @Test(arguments: ["gzip", "zstd"], [Ask.chat(), .messages(), .responses(), .native()])
    func aBodyThatDoesNotDecodeIsTheClientsFault(coding: String, ask: Ask) throws {
        let gate = try Gate(.calm, bodyBytesMax: 10_000)
        let bomb = [UInt8](repeating: 0x20, count: 200_000)
        let packed = coding == "gzip" ? Compressed.gzip(bomb) : Compressed.zstd(bomb)
        let small = coding == "gzip" ? Compressed.gzip(Array("{}".utf8)) : Compressed.zstd(Array("{}".utf8))
        let bad: [(body: [UInt8], status: Int, code: String)] = [
            (Array("no archive".utf8), 400, "invalid_encoding"), (Array(small.dropLast(3)), 400, "invalid_encoding"),
            (packed, 413, "request_too_large"),
        ]
        for (body, status, code) in bad {
            for isChunked in [false, true] {
                var framing = "Content-Encoding: \(coding)\r\nContent-Length: \(body.count)"
                var bytes = body
                if isChunked {
                    framing = "Content-Encoding: \(coding)\r\nTransfer-Encoding: chunked"
                    bytes = Array("\(String(body.count, radix: 16))\r\n".utf8) + body + Array("\r\n0\r\n\r\n".utf8)
                }
                let client = try gate.connect()
                client.send(ask.bytes(framing: framing, bytes))
                let reply = try gate.reply(to: client)
                #expect(reply.status == status, "\(reply.text)")
                switch Route.surface(of: Array(ask.path.utf8).span) {
                case .openAI, .responses: #expect(reply.error("code") == code, "\(reply.text)")
                case .anthropic:
                    let type = reply.status == 413 ? "request_too_large" : "invalid_request_error"
                    #expect(reply.error("type") == type, "\(reply.text)")
                case .native: #expect(reply.value("error")?.isEmpty == false)
                }
                client.close()
            }
        }
        #expect(gate.rows.isEmpty)
        try gate.finish()
    }

    // MARK: Bodies that are handed on as they come

    struct Stall: CustomTestStringConvertible, Sendable {
        let testDescription: String
        let bytes: String
        let status: Int
        let code: String
    }

    @Test(arguments: Kernel.simulated, [true, false])
    func aStreamedBodyThatBreaksIsAnsweredAndItsProviderLetGo(kernel: Kernel, isOpen: Bool) throws {
        let breaks = [
            Stall(testDescription: "a broken chunk", bytes: "zz\r\n", status: 400, code: "malformed_request"),
            Stall(testDescription: "silence", bytes: "", status: 408, code: "request_timeout"),
        ]
        for stall in breaks {
            var plan = Plan()
            plan.models[0].literal = plan.models[0].id
            plan.stands[0].firstByteMS = 300_000
            plan.stands[0].script = { _ in }
            let gate = try Gate(kernel, plan)
            let client = try gate.connect()
            // Enough to ask somebody, or not.
            let front = "{\"model\":\"m-alpha\",\"input\":\"" + String(repeating: "x", count: isOpen ? 40_000 : 100)
            client.send(
                "POST /v1/audio/speech HTTP/1.1\r\nHost: a\r\nX-Request-ID: mine\r\nx-api-key: \(Plan.keyText)\r\n"
                    + "Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
                    + "\(String(front.utf8.count, radix: 16))\r\n\(front)\r\n\(stall.bytes)")
            if stall.status == 408 { try gate.pass(milliseconds: 62_000) }
            let reply = try gate.reply(to: client)
            #expect(reply.status == stall.status, "\(stall) \(reply.text) \(gate.place)")
            #expect(reply.error("code") == stall.code)
            #expect(reply["x-request-id"] == "mine" && reply["connection"] == "close")
            try gate.until("closed") { client.isOver }
            let row = try gate.settledRows(1)[0]
            #expect(row.record.status == Int32(stall.status) && !row.record.clientLeft)
            #expect(gate.loop.upstreamCount == 0)
            #expect(try gate.health(of: "alpha").totalErrors == 0)
            try gate.finish()
        }
    }
}
