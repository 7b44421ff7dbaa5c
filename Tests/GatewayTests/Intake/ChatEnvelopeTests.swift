// The native envelope: what goes upstream of it, and what it says about routing.

import Adapters
import Testing
import Wire

@testable import Gateway

@Suite struct ChatEnvelopeTests {
    static let messages = #"[{"role":"user","content":"hi"}]"#

    private func envelope(_ text: String) throws(EnvelopeFault) -> ChatEnvelope {
        try ChatEnvelope(scanning: Array(text.utf8).span)
    }

    private func fault(_ text: String) -> EnvelopeFault? {
        do throws(EnvelopeFault) {
            _ = try envelope(text)
            return nil
        } catch {
            return error
        }
    }

    private func written(_ text: String) throws -> String {
        var out = ByteBuffer()
        try envelope(text).write(from: Array(text.utf8).span, into: &out)
        try JSONScan.validate(out.bytes)
        return String(copying: out.bytes)
    }

    @Test(arguments: [
        (#"{"request":{"messages":\#(messages)}}"#, #"{"messages":\#(messages)}"#),
        (
            #" { "request" : { "stream":true, "messages" : [ {"role":"user","content":null,"x":1.0e0} ],"model_hint":"a\u0062" } } "#,
            #"{"model":"a\u0062","messages":[ {"role":"user","content":null,"x":1.0e0} ],"stream":true}"#
        ),
        (
            #"{"request":{"messages":\#(messages),"stream":false,"parameters":{"temperature":0.50,"model":"x","messages":1,"strea\u006d":1,"odd":[1 , 2]}}}"#,
            #"{"messages":\#(messages),"temperature":0.50,"odd":[1 , 2]}"#
        ),
        (
            #"{"request":{"messages":\#(messages),"meta":{"secret":1},"id":"i","estimated_input_tokens":5,"output_schema":{},"parameters":null,"model_hint":null,"unknown":[1]},"capabilities":{"a":1},"output_format":{"type":"json"},"policy":null}"#,
            #"{"messages":\#(messages)}"#
        ),
    ])
    func theRequestGoesUpstreamAsItIsWritten(body: String, upstream: String) throws {
        #expect(try written(body) == upstream)
        _ = try ChatRequest(scanning: Array(upstream.utf8).span, operation: .chat)
    }

    @Test(arguments: [
        ("", EnvelopeFault.notJSON), ("[]", .notJSON), ("{", .notJSON), ("null", .notJSON), ("{}", .noMessages),
        (#"{"request":[]}"#, .notJSON), (#"{"request":{}}"#, .noMessages),
        (#"{"request":{"messages":null}}"#, .noMessages),
        (#"{"request":{"messages":[]}}"#, .noMessages), (#"{"request":{"messages":"hi"}}"#, .notJSON),
        (#"{"messages":\#(messages)}"#, .noMessages), (#"{"request":{"messages":\#(messages),"stream":1}}"#, .notJSON),
        (#"{"request":{"messages":\#(messages),"model_hint":1}}"#, .notJSON),
        (#"{"request":{"messages":\#(messages),"parameters":[]}}"#, .notJSON),
        (#"{"request":{"messages":\#(messages),"meta":1}}"#, .notJSON),
        (#"{"request":{"messages":\#(messages),"estimated_input_tokens":"5"}}"#, .notJSON),
        (#"{"request":{"messages":\#(messages)},"capabilities":1}"#, .notJSON),
        (#"{"request":{"messages":\#(messages)},"output_format":"json"}"#, .notJSON),
        (#"{"output_format":{"type":1},"request":{}}"#, .notJSON),
        (#"{"output_format":{"max_tokens":"1"},"request":{}}"#, .notJSON),
        (#"{"output_format":{"strip_think":1},"request":{}}"#, .notJSON),
        (#"{"policy":{"max_budget_usd":-0.1},"request":{}}"#, .noMessages),
    ])
    func whatIsNoEnvelopeIsRefused(body: String, expected: EnvelopeFault) {
        #expect(fault(body) == expected)
    }

    @Test(
        arguments: [
            (#"{"max_budget_usd":0}"#, nil), (#"{"max_budget_usd":100}"#, nil),
            (#"{"max_budget_usd":100.01}"#, .budget),
            (#"{"max_budget_usd":-1}"#, .budget), (#"{"max_budget_usd":"1"}"#, .notJSON),
            (#"{"max_latency_ms":300000}"#, nil),
            (#"{"max_latency_ms":300001}"#, .latency), (#"{"max_latency_ms":1.5}"#, .notJSON),
            (#"{"min_weight":10}"#, nil),
            (#"{"min_weight":11}"#, .weight), (#"{"min_weight":-1}"#, .weight), (#"{"mode":5}"#, .notJSON),
            (#"{"strict":"true"}"#, .notJSON), (#"{"strict":null,"mode":null,"min_weight":null}"#, nil),
        ] as [(String, EnvelopeFault?)])
    func thePolicyHasItsBounds(policy: String, expected: EnvelopeFault?) {
        #expect(fault(#"{"policy":\#(policy),"request":{"messages":\#(Self.messages)}}"#) == expected)
    }

    @Test func thePolicyIsRead() throws {
        func policy(_ text: String) throws -> CallerPolicy {
            try envelope(#"{"request":{"messages":\#(Self.messages)},"policy":\#(text)}"#).policy
        }
        var expected = CallerPolicy()
        (expected.mode, expected.budgetNanoUSDMax, expected.latencyMSMax) = (.cheap, 10_000_000, 500)
        (expected.weightMin, expected.isStrict) = (7, true)
        #expect(
            try policy(#"{"mode":"cheap","max_budget_usd":0.01,"max_latency_ms":500,"min_weight":7,"strict":true}"#)
                == expected)
        #expect(try policy(#"{"max_budget_usd":1e-12}"#).budgetNanoUSDMax == 1)
        #expect(try policy(#"{"max_budget_usd":0}"#).budgetNanoUSDMax == 0)
        #expect(try policy(#"{"mode":"whatever"}"#).mode == .normal)
        #expect(try policy(#"{"mode":""}"#) == CallerPolicy())
    }

    @Test func theFormIsRead() throws {
        func said(_ format: String, _ parts: String = "") throws -> (form: OutputForm?, schema: String) {
            let text = #"{"request":{"messages":\#(Self.messages)\#(parts)},"output_format":\#(format)}"#
            let said = try envelope(text)
            return (said.form, String(copying: Array(text.utf8).span.extracting(said.schema)))
        }
        let all = try said(#"{"type":"json","max_tokens":5,"strip_think":true,"schema":{"a":1}}"#)
        #expect(all.form == OutputForm(kind: .json, bytesMax: 20, stripsThinking: true))
        #expect(all.schema == #"{"a":1}"#)
        #expect(try said(#"{"type":"odd","max_tokens":0,"schema":null}"#) == (OutputForm(), ""))
        #expect(try said("null", #","output_schema":null"#) == (nil, ""))
        #expect(try said(#"{"schema":1}"#, #","output_schema":[2]"#).schema == "[2]")
        #expect(try said(#"{"schema":1}"#, #","stream":true"#).schema == "")
    }

    @Test func envelopesCutOrSpoiltAnywhereAreTakenOrRefused() throws {
        let text =
            #"{"request":{"messages":\#(Self.messages),"model_hint":"m","parameters":{"n":1},"stream":true,"id":"a"},"policy":{"mode":"cheap","max_budget_usd":1.5,"min_weight":1,"strict":false}}"#
        let whole = Array(text.utf8)
        for count in 0..<whole.count {
            #expect(fault(String(decoding: whole[0..<count], as: UTF8.self)) == .notJSON, "cut at \(count)")
        }
        var random = SplitMix(seed: 7)
        for _ in 0..<5_000 {
            var bytes = whole
            for _ in 0..<3 {
                bytes[Int.random(in: bytes.indices, using: &random)] = UInt8.random(in: 0x20...0x7E, using: &random)
            }
            guard let envelope = try? ChatEnvelope(scanning: bytes.span) else { continue }
            var out = ByteBuffer()
            envelope.write(from: bytes.span, into: &out)
            #expect((try? JSONScan.validate(out.bytes)) != nil, "seed 7: \(String(decoding: bytes, as: UTF8.self))")
        }
    }

    @Test func directivesCountMoreThanThePolicyAndBothMoreThanTheOperator() {
        var (policy, caller, directive) = (RoutingPolicy(), CallerPolicy(), CallerPolicy())
        (policy.mode, policy.budgetNanoUSDMax, policy.isStrict) = (.cheap, 5, true)
        (caller.mode, caller.weightMin, caller.latencyMSMax, caller.isStrict) = (.vote, 4, 7, false)
        (directive.mode, directive.budgetNanoUSDMax) = (.refine, 9)
        caller.heed(directive)
        #expect(caller.weightMin == 4)
        policy.heed(caller)
        #expect(policy.mode == .refine)
        #expect(policy.budgetNanoUSDMax == 9)
        #expect(policy.isBudgetOfCaller)
        #expect(policy.weightMin == 4)
        #expect(policy.latencyMSMax == 7)
        // What the operator is strict about stays strict.
        #expect(policy.isStrict)
        var silent = RoutingPolicy()
        silent.budgetNanoUSDMax = 5
        silent.heed(CallerPolicy())
        #expect(!silent.isBudgetOfCaller)
    }
}
