// What the gateway does not know goes on as it came: members of the body, and the betas a client asks for.

import Adapters
import Sim
import Testing
import Wire

@testable import Gateway
@testable import Reactor

@Suite struct UnknownFieldTests {
    private static let answers = [
        "/v1/chat/completions": Script.answer, "/v1/messages": Script.message,
        "/v1/responses": #"{"id":"r","object":"response","status":"completed","error":null,"output":[]}"#,
    ]

    /// Values as people and machines write them.
    private func value(_ random: inout SplitMix, depth: Int = 0) -> String {
        let scalars = [
            "null", "true", "-0", "1.50", "1E+2", "0.1e-7", "123456789012345678901234567890", #""""#, #""\u00e9\/\n""#,
            #""é 漢字 🎈""#, #""@@ {not} [json]""#, #""\"model\":\"x\"""#,
        ]
        let blank = ["", " ", "\n\t", "  \r\n"].randomElement(using: &random) ?? ""
        switch Int.random(in: 0..<(depth > 3 ? 2 : 4), using: &random) {
        case 0, 1: return scalars.randomElement(using: &random) ?? ""
        case 2:
            let items = (0..<Int.random(in: 0...3, using: &random)).map { _ in value(&random, depth: depth + 1) }
            return "[" + blank + items.joined(separator: "\(blank),") + blank + "]"
        default:
            let members = (0..<Int.random(in: 0...3, using: &random)).map { _ in
                "\(blank)\"\(name(&random))\":\(value(&random, depth: depth + 1))"
            }
            return "{" + members.joined(separator: ",") + blank + "}"
        }
    }

    /// Names that nobody gives a meaning, among them such as differ from known ones in one letter only.
    private func name(_ random: inout SplitMix) -> String {
        let known = [
            "Model", "model_", "streams", "message", "n2", "max_token", "x.y", "new-thing", "ünknown", "\\u0061b",
        ]
        return (known.randomElement(using: &random) ?? "") + "\(UInt16.random(in: 0...9999, using: &random))"
    }

    private func betas(_ random: inout SplitMix) -> [String] {
        (0..<Int.random(in: 0...3, using: &random)).map { _ in
            let values = (0..<Int.random(in: 1...4, using: &random)).map { _ in
                "beta-\(UInt16.random(in: 0...9999, using: &random))-2026-01-01"
            }
            let field = ["anthropic-beta", "Anthropic-Beta", "ANTHROPIC-BETA"].randomElement(using: &random) ?? ""
            return field + ": " + values.joined(separator: [",", ", ", " ,"].randomElement(using: &random) ?? ",")
        }
    }

    @Test(arguments: 0..<12)
    func unknownMembersAndBetasSurviveByteForByte(seed: UInt64) throws {
        var random = SplitMix(seed: seed)
        var asked: [UInt8] = []
        var plan = Plan()
        plan.stands[0].script = { server in
            var seen = 0
            Script.onRequest { server in
                asked = Array(server.received[seen...])
                seen = server.received.count
                let path = String(decoding: asked, as: UTF8.self).split(separator: " ")[1]
                server.send(Script.whole(Self.answers[String(path)] ?? "{}"))
            }(server)
        }
        plan.stands[0].dialect = .anthropic
        plan.stands[0].credential = "sk-ant"
        plan.stands.append(plan.stands[0])
        (plan.stands[1].id, plan.stands[1].dialect) = ("beta", .openAI)
        plan.models.append(Plan.Model(id: "m-beta", provider: "beta", literal: "up-beta"))
        let gate = try Gate(.calm, plan)
        for _ in 0..<25 {
            var more = ""
            for _ in 0..<Int.random(in: 1...4, using: &random) { more += ",\"\(name(&random))\": \(value(&random))" }
            let asks: [Ask] = [
                .chat(model: "m-beta", more: more), .messages(more: more), .responses(model: "m-beta", more: more),
            ]
            for var ask in asks {
                let betas = betas(&random)
                ask.fields += betas
                if ask.path != "/v1/messages" { ask.literal = "up-beta" }
                let reply = try gate.ask(ask)
                #expect(reply.status == 200, "seed \(seed): \(reply.text) \(ask.body)")
                #expect(reply["x-tokenhub-relay"] == "exact")
                let text = String(decoding: asked, as: UTF8.self)
                let parts = text.split(separator: "\r\n\r\n", maxSplits: 1)
                #expect(Array(parts[1].utf8) == Array(ask.upstreamBody.utf8), "seed \(seed): \(ask.body)")
                guard ask.path == "/v1/messages" else { continue }
                let lines = parts[0].split(separator: "\r\n").filter { $0.lowercased().hasPrefix("anthropic-beta") }
                #expect(lines.map(String.init) == betas, "seed \(seed)")
            }
        }
        try gate.finish()
    }
}
