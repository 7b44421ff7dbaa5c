// What a client must have received, said by the script of the simulated provider itself.

import Sim
import Testing
import Wire

enum Expected {
    /// The payload of the provider's answer to `ask`, with the usage event taken out where the client did not ask for it.
    static func payload(_ ask: Ask, _ profile: SimProfile = SimProfile()) throws -> [UInt8] {
        let head = Array("POST \(ask.path) HTTP/1.1\r\nHost: sim\r\n\(lines(ask))\r\n".utf8)
        var parser = RequestParser()
        try #require(try parser.parse(head.span, scanned: 0) == head.count)
        let body = Array(ask.upstreamBody.utf8)
        var script = SimScript(
            method: .post, path: head.span.extracting(parser.path), head: head.span, fields: parser.fields,
            body: body.span, profile: profile, seed: 0, framing: .bare)
        var out = ByteBuffer()
        script.writePayload(into: &out)
        let payload = Array(copying: out.bytes)
        // A refusal has no events.
        if !ask.isStream || ask.asksUsage || Reply.events(payload).isEmpty { return payload }
        return withoutUsage(payload)
    }

    /// A stream's bytes without the comments that keep its connection alive.
    static func withoutComments(_ body: [UInt8]) -> [UInt8] {
        Reply.events(body).reduce(into: []) { kept, event in
            if event.data != nil { kept += body[event.whole] }
        }
    }

    private static func lines(_ ask: Ask) -> String {
        ask.fields.filter { $0.hasPrefix("x-sim-") }.map { "\($0)\r\n" }.joined()
    }

    private static func withoutUsage(_ payload: [UInt8]) -> [UInt8] {
        var kept: [UInt8] = []
        for (data, whole) in Reply.events(payload) where data?.contains("\"choices\":[],") != true {
            kept += payload[whole]
        }
        return kept
    }
}
