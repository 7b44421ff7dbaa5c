import Sim
import Testing

struct SimMessagesRulesTests {
    /// The message of the refusal; `nil` when the request is answered.
    private func refusal(_ body: String, headers: String = SimMessagesTests.version) -> String? {
        let answer = Played(body, path: "/v1/messages", headers: headers).answer
        if answer?.status == 200 { return nil }
        #expect(answer?.status == 400)
        #expect(value("error.type", of: answer?.text ?? "") == "invalid_request_error")
        return value("error.message", of: answer?.text ?? "") ?? ""
    }

    private func turns(_ turns: String, _ more: String = "") -> String {
        #"{"model":"claude","max_tokens":4096,"messages":[\#(turns)]\#(more)}"#
    }

    private static let call = #"{"type":"tool_use","id":"toolu_1","name":"one","input":{}}"#
    private static let result = #"{"type":"tool_result","tool_use_id":"toolu_1","content":"sunny"}"#

    private func dialogue(_ assistant: String, _ user: String, _ more: String = "") -> String {
        turns(
            #"{"role":"user","content":"hi"},{"role":"assistant","content":[\#(assistant)]},{"role":"user","content":[\#(user)]}"#,
            more)
    }

    @Test func whatKeepsTheRulesIsAnswered() {
        #expect(refusal(SimMessagesTests.request()) == nil)
        #expect(refusal(dialogue(SimMessagesRulesTests.call, SimMessagesRulesTests.result)) == nil)
        let more = #"""
            ,"system":[{"type":"text","text":"s","cache_control":{"type":"ephemeral"}}],"temperature":1,"top_k":3,\#
            "stop_sequences":["a"],"metadata":{"user_id":"u"},"service_tier":"auto","output_config":{"effort":"high"}
            """#
        #expect(
            refusal(SimMessagesTests.request(more + SimMessagesTests.tools + #","tool_choice":{"type":"auto"}"#)) == nil
        )
        #expect(refusal(SimMessagesTests.request(#","thinking":{"type":"enabled","budget_tokens":1024}"#)) == nil)
        #expect(refusal(SimMessagesTests.request(#","thinking":{"type":"adaptive"}"#)) == nil)
    }

    @Test func settingsAreHeldToTheirRules() {
        let rows = [
            (#","seed":1"#, "seed: Extra inputs are not permitted"), (#","temperature":1.5"#, "temperature: range"),
            (#","stop_sequences":[" "]"#, "stop_sequences"), (#","metadata":{"trace":"x"}"#, "metadata.trace"),
            (#","service_tier":"flex"#, "service_tier"),
            (#","output_config":{"effort":"minimal"}"#, "output_config.effort"),
            (#","thinking":{"type":"enabled","budget_tokens":100}"#, "budget_tokens"),
            (#","thinking":{"type":"enabled","budget_tokens":9000}"#, "max_tokens"),
            (#","temperature":0.5,"thinking":{"type":"enabled","budget_tokens":1024}"#, "temperature"),
            (#","tool_choice":{"type":"auto"}"#, "tool_choice"),
            (SimMessagesTests.tools + #","tool_choice":{"type":"required"}"#, "tool_choice.type"),
            (SimMessagesTests.tools + #","tool_choice":{"type":"tool","name":"three"}"#, "tool_choice.name"),
            (#","tools":[{"name":"a b","input_schema":{"type":"object"}}]"#, "tools.0.name"),
            (#","tools":[{"name":"a","input_schema":{}}]"#, "tools.0.input_schema"),
            (#","system":[{"type":"text","text":""}]"#, "system.0"),
        ]
        for (more, expected) in rows {
            let more = more.contains("flex") ? #","service_tier":"flex""# : more
            let message = refusal(SimMessagesTests.request(more))
            #expect(message?.contains(expected) == true, "\(more): \(message ?? "answered")")
        }
        #expect(refusal(SimMessagesTests.request(), headers: "")?.contains("anthropic-version") == true)
        #expect(refusal(#"{"model":"c","messages":[{"role":"user","content":"x"}]}"#)?.contains("max_tokens") == true)
    }

    @Test func thoughtsAreClearedOnlyWhereSomethingIsThought() {
        func refusal(_ edits: String, _ more: String = "") -> String? {
            self.refusal(SimMessagesTests.request(#","context_management":{"edits":[\#(edits)]}\#(more)"#))
        }
        let (clear, trim) = (
            #"{"type":"clear_thinking_20251015","keep":"all"}"#, #"{"type":"clear_tool_uses_20250919"}"#
        )
        for edits in [clear, "\(trim),\(clear)"] {
            #expect(refusal(edits, #","thinking":{"type":"enabled","budget_tokens":1024}"#) == nil)
            #expect(refusal(edits, #","thinking":{"type":"adaptive"}"#) == nil)
            for thinking in ["", #","thinking":{"type":"disabled"}"#, #","thinking":null"#] {
                let words = "`clear_thinking_20251015` strategy requires `thinking` to be enabled or adaptive"
                #expect(refusal(edits, thinking)?.contains(words) == true)
            }
        }
        #expect(refusal(trim) == nil && refusal("") == nil)
        #expect(refusal(#"{"keep":"all"}"#)?.contains("context_management.edits.0.type") == true)
    }

    @Test func turnsAreHeldToTheirRules() {
        let (call, result) = (SimMessagesRulesTests.call, SimMessagesRulesTests.result)
        let text = #"{"type":"text","text":"x"}"#
        let rows = [
            (turns(""), "at least one message"), (turns(#"{"role":"assistant","content":"x"}"#), "first message"),
            (turns(#"{"role":"user","content":""}"#), "non-empty"),
            (turns(#"{"role":"user","content":[]}"#), "non-empty"),
            (turns(#"{"role":"user","content":[{"type":"text","text":" "}]}"#), "non-whitespace"),
            (turns(#"{"role":"tool","content":"x"}"#), "role"), (dialogue(call, text), "without `tool_result`"),
            (dialogue(text, result), "unexpected `tool_use_id`"), (dialogue(call + "," + text, result), "at the end"),
            (dialogue(call, text + "," + result), "must come before"), (dialogue(call + "," + call, result), "unique"),
            (dialogue(call.replacing("toolu_1", with: "a b"), result.replacing("toolu_1", with: "a b")), "pattern"),
            (dialogue(call.replacing("{}", with: #""{}""#), result), "valid dictionary"),
            (
                dialogue(#"{"type":"thinking","thinking":"x","signature":"sim-sig-1"},"# + text, text),
                "Invalid `signature`"
            ),
            (dialogue(call, result, #","thinking":{"type":"enabled","budget_tokens":1024}"#), "Expected `thinking`"),
            (
                turns(#"{"role":"user","content":"hi"},{"role":"assistant","content":"and then "}"#),
                "trailing whitespace"
            ),
            (
                turns(
                    #"{"role":"user","content":[{"type":"image","source":{"type":"base64","media_type":"image/png","data":"a"}}]}"#
                ),
                "base64"
            ),
            (
                turns(#"{"role":"user","content":[{"type":"image","source":{"type":"url","url":"ftp://x"}}]}"#),
                "HTTPS"
            ),
            (
                dialogue(
                    (0..<5).map { #"{"type":"text","text":"\#($0)","cache_control":{"type":"ephemeral"}}"# }.joined(
                        separator: ","),
                    text), "maximum of 4"
            ),
        ]
        for (body, expected) in rows {
            let message = refusal(body)
            #expect(message?.contains(expected) == true, "\(body): \(message ?? "answered")")
        }
    }

    @Test func thoughtsThatWereToldAreTakenBack() throws {
        let thinking = #","thinking":{"type":"enabled","budget_tokens":1024}"#
        let text = SimMessagesTests.played(SimMessagesTests.request(thinking)).answer?.text ?? ""
        let block = try #require(value("content.0", of: text))
        #expect(
            refusal(dialogue(block + #",{"type":"text","text":"x"}"#, #"{"type":"text","text":"y"}"#, thinking)) == nil)
        let foreign = block.replacing("sim-sig-", with: "th1.s.sim-sig-")
        #expect(refusal(dialogue(foreign, #"{"type":"text","text":"y"}"#)) != nil)
    }
}
