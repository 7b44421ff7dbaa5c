// What models thought, on its way back to a provider: to its own, to one that wants to be reminded, and not to one that would refuse it.

import Adapters
import Testing
import Wire

@testable import Gateway
@testable import Reactor

@Suite struct ThoughtsTests {
    private static func plan(_ dialect: Provider = .anthropic) -> Plan {
        var plan = Plan()
        plan.stands[0].dialect = dialect
        plan.stands[0].credential = "sk"
        return plan
    }

    /// A conversation that another wire's model has begun: what only we have signed would be refused.
    @Test func reasoningThatNobodySignedStaysHere() throws {
        var asked = ""
        var plan = Self.plan()
        plan.stands[0].script = { server in
            Script.messages(server)
            let answer = server.onChange
            server.onChange = { server in
                asked = String(decoding: server.received, as: UTF8.self)
                answer?(server)
            }
        }
        let gate = try Gate(.calm, plan)
        var ask = Ask.messages()
        ask.body =
            #"{"model":"m-alpha","max_tokens":9,"messages":[{"role":"user","content":"a"},{"role":"assistant","content":["#
            + #"{"type":"thinking","thinking":"t","signature":"th1.none"},{"type":"text","text":"b"}]},"#
            + #"{"role":"user","content":"c"}]}"#
        #expect(try gate.ask(ask).status == 200)
        #expect(!asked.contains("th1.") && asked.contains(#"[{"type":"text","text":"b"}]"#))
        try gate.finish()
    }

    /// In the middle of calls, thoughts that only we have signed take thinking with them: the provider wants its own in front of them.
    @Test(arguments: [false, true])
    func thinkingGoesWhereItsThoughtsAreGone(isStrict: Bool) throws {
        var asked = ""
        var plan = Self.plan()
        plan.settings.policy.isStrict = isStrict
        plan.stands[0].script = Script.onRequest { server in
            asked = String(decoding: server.received, as: UTF8.self)
            server.send(Script.whole(Script.message))
        }
        let gate = try Gate(.calm, plan)
        var ask = Ask.messages()
        ask.body =
            #"{"model":"m-alpha","max_tokens":9000,"thinking":{"type":"enabled","budget_tokens":2000},"messages":["#
            + #"{"role":"user","content":"a"},{"role":"assistant","content":[{"type":"thinking","thinking":"t","#
            + #""signature":"th1.none"},{"type":"tool_use","id":"c","name":"f","input":{}}]},"#
            + #"{"role":"user","content":[{"type":"tool_result","tool_use_id":"c","content":"d"}]}]}"#
        let reply = try gate.ask(ask)
        if isStrict {
            #expect(reply.status == 400 && asked.isEmpty && reply.text.contains("thinking"), "\(reply.text)")
        } else {
            #expect(reply.status == 200 && reply["x-tokenhub-dropped"] == "thinking", "\(reply.text)")
            #expect(reply["x-tokenhub-relay"] == "exact")
            #expect(
                !asked.contains("th1.") && !asked.contains("thinking")
                    && asked.contains(#""max_tokens":9000,"messages""#))
        }
        try gate.finish()
    }

    /// What would clear thoughts goes with them: the provider refuses it where nothing is thought.
    @Test(arguments: [false, true])
    func editsOfThoughtsGoWithThinking(isStrict: Bool) throws {
        var plan = Self.plan()
        plan.settings.policy.isStrict = isStrict
        let gate = try Gate(.calm, plan)
        var ask = Ask.messages()
        ask.body =
            #"{"model":"m-alpha","max_tokens":9000,"thinking":{"type":"enabled","budget_tokens":2000},"#
            + #""context_management":{"edits":[{"type":"clear_thinking_20251015","keep":"all"}]},"messages":["#
            + #"{"role":"user","content":"a"},{"role":"assistant","content":[{"type":"thinking","thinking":"t","#
            + #""signature":"th1.none"},{"type":"tool_use","id":"c","name":"f","input":{}}]},"#
            + #"{"role":"user","content":[{"type":"tool_result","tool_use_id":"c","content":"d"}]}]}"#
        let reply = try gate.ask(ask)
        if isStrict {
            #expect(reply.status == 400 && reply.text.contains("thinking, context_management.edits"), "\(reply.text)")
        } else {
            #expect(reply.status == 200, "\(reply.text)")
            #expect(reply["x-tokenhub-dropped"] == "thinking, context_management.edits")
            #expect(reply["x-tokenhub-relay"] == "exact")
        }
        try gate.finish()
    }

    /// The same where a shorter answer leaves no room for thoughts.
    @Test func editsOfThoughtsGoWhereThereIsNoRoomForThoughts() throws {
        var asked: [String] = []
        var plan = Self.plan()
        plan.stands[0].script = Script.onRequest { server in
            asked.append(String(decoding: server.received, as: UTF8.self))
            server.send(
                asked.count > 1
                    ? Script.whole(Script.message)
                    : Script.whole(
                        #"{"type":"error","error":{"type":"invalid_request_error","message":"prompt is too long: 9 tokens > 8 maximum"}}"#,
                        status: "400 Bad Request"))
        }
        plan.models[0].context = 1_500
        let gate = try Gate(.calm, plan)
        var ask = Ask.messages()
        ask.body =
            #"{"model":"m-alpha","max_tokens":9000,"thinking":{"type":"enabled","budget_tokens":2000},"#
            + #""context_management":{"edits":[{"type":"clear_thinking_20251015"}]},"messages":["#
            + #"{"role":"user","content":"\#(String(repeating: "word ", count: 994))"}]}"#
        let reply = try gate.ask(ask)
        #expect(reply.status == 200 && reply["x-tokenhub-reason"] == "reduced-max-tokens", "\(reply.text)")
        #expect(reply["x-tokenhub-dropped"] == "thinking, context_management.edits")
        let last = try #require(asked.last)
        #expect(last.contains(#""thinking":{"type":"disabled"},"messages""#))
        try gate.finish()
    }

    /// The same for the Responses wire, whose providers would look for items of ours, and cannot decrypt what we wrote.
    @Test func reasoningItemsOfOursStayHere() throws {
        var asked = ""
        var plan = Self.plan(.openAI)
        plan.stands[0].script = Script.onRequest { server in
            asked = String(decoding: server.received, as: UTF8.self)
            server.send(
                Script.whole(#"{"id":"resp_1","object":"response","status":"completed","output":[{"type":"message"}]}"#)
            )
        }
        let gate = try Gate(.calm, plan)
        var ask = Ask.responses()
        ask.body =
            #"{"model":"m-alpha","input":[{"role":"user","content":"a"},{"type":"reasoning","id":"rs_1","#
            + #""summary":[{"type":"summary_text","text":"t"}],"encrypted_content":"th1.n."},"#
            + #"{"type":"reasoning","id":"rs_2","summary":[],"encrypted_content":"gAAA"},{"role":"user","content":"b"}]}"#
        #expect(try gate.ask(ask).status == 200)
        #expect(
            !asked.contains("th1.") && !asked.contains("rs_1") && asked.contains(#"{"type":"reasoning","id":"rs_2""#))
        try gate.finish()
    }

    /// A provider that refuses a tool's result without what was thought before the call.
    @Test func thoughtsGoBackToAProviderThatWantsThem() throws {
        var asked = ""
        var plan = Self.plan(.compatible(.deepSeek))
        plan.stands[0].script = Script.onRequest { server in
            asked = String(decoding: server.received, as: UTF8.self)
            server.send(Script.whole())
        }
        let gate = try Gate(.calm, plan)
        var ask = Ask.messages()
        ask.body =
            #"{"model":"m-alpha","max_tokens":9,"messages":[{"role":"user","content":"a"},{"role":"assistant","content":["#
            + #"{"type":"thinking","thinking":"t","signature":"th1.none"},{"type":"tool_use","id":"c","name":"f","input":{}}"#
            + #"]},{"role":"user","content":[{"type":"tool_result","tool_use_id":"c","content":"d"}]}]}"#
        let reply = try gate.ask(ask)
        #expect(reply.status == 200 && reply["x-tokenhub-dropped"] == nil, "\(reply.text)")
        #expect(
            asked.contains(#"{"role":"assistant","content":null,"reasoning_content":"t","tool_calls":["#), "\(asked)")
        try gate.finish()
    }
}
