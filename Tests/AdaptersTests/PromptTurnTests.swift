import Testing
import Wire

@testable import Adapters

/// Turns on their way to another wire: empty ones, instructions among them, and what was thought in them.
struct PromptTurnTests {
    typealias Result = PromptTests.Result

    /// The messages of a translated request.
    static func messages(of result: Result) -> String {
        let body = bytes(result.body)
        return JSONScan.find("messages", in: body.span, from: ByteRange(0, body.count))
            .map { text(body.span.extracting($0.value)) } ?? "\(String(describing: result.fault))"
    }

    static func toChat(_ messages: String, _ quirks: Quirks = Quirks()) -> Result {
        PromptTests.translate(#"{"max_tokens":9,"messages":[\#(messages)]}"#, .messagesToChat, quirks)
    }

    static let user = #"{"role":"user","content":"hi"}"#
    static let use = #"{"type":"tool_use","id":"c1","name":"f","input":{}}"#
    static let result = #"{"role":"user","content":[{"type":"tool_result","tool_use_id":"c1","content":"42"}]}"#
    static let calls =
        #""tool_calls":[{"id":"c1","type":"function","function":{"name":"f","arguments":"{}"}}]}"#
    static let tool = #"{"role":"tool","tool_call_id":"c1","content":"42"}"#

    static func assistant(_ blocks: String) -> String { #"{"role":"assistant","content":[\#(blocks)]}"# }

    static func system(_ text: String) -> String { #"{"role":"system","content":"\#(text)"}"# }

    // MARK: Empty turns

    @Test(arguments: [
        assistant(""), #"{"role":"assistant","content":""}"#, assistant(#"{"type":"text","text":""}"#),
        assistant(#"{"type":"thinking","thinking":"hm","signature":"s"}"#),
        assistant(#"{"type":"redacted_thinking","data":"d"}"#),
    ])
    func anEmptyTurnPartsNothing(empty: String) {
        for thoughts in [Quirks.Thoughts.stay, .comeBack, .mustComeBack] {
            var quirks = Quirks()
            quirks.thoughts = thoughts
            let between = Self.toChat("\(Self.user),\(empty),\(Self.user)", quirks)
            #expect(
                Self.messages(of: between)
                    == #"[{"role":"user","content":[{"type":"text","text":"hi"},{"type":"text","text":"hi"}]}]"#)
            #expect(between.dropped == (empty.contains("thinking") ? "messages.thinking" : ""))
            let last = Self.toChat("\(Self.user),\(empty)", quirks)
            #expect(Self.messages(of: last) == "[\(Self.user)]" && last.dropped == between.dropped)
        }
    }

    @Test func anEmptyTurnDoesNotForgetCalls() {
        for empty in [Self.assistant(""), #"{"role":"user","content":[]}"#] {
            let parted = Self.toChat("\(Self.user),\(Self.assistant(Self.use)),\(empty),\(Self.result)")
            #expect(
                Self.messages(of: parted)
                    == #"[\#(Self.user),{"role":"assistant","content":null,\#(Self.calls),\#(Self.tool)]"#)
        }
        let chat =
            #"{"messages":[\#(Self.user),{"role":"assistant",\#(Self.calls),{"role":"assistant","content":""},\#(Self.tool),"#
            + #"{"role":"assistant","content":""},\#(Self.user)],"reasoning_effort":"high","max_tokens":9999}"#
        let there = PromptTests.translate(chat, .chatToMessages)
        #expect(
            Self.messages(of: there) == #"[{"role":"user","content":[{"type":"text","text":"hi"}]},"#
                + #"{"role":"assistant","content":[{"type":"tool_use","id":"c1","name":"f","input":{}}]},"#
                + #"{"role":"user","content":[{"type":"tool_result","tool_use_id":"c1","#
                + #""content":[{"type":"text","text":"42"}]},{"type":"text","text":"hi"}]}]"#)
        // The empty turn did not think either: there is no thinking in the middle of calls without thoughts.
        #expect(there.dropped == "reasoning_effort")
    }

    // MARK: Instructions

    @Test func instructionsDoNotPartCallsFromResults() {
        let both = #"{"role":"assistant","content":[\#(Self.use),{"type":"tool_use","id":"c2","name":"g","input":{}}]}"#
        let second =
            #"{"role":"user","content":[{"type":"tool_result","tool_use_id":"c2"},{"type":"text","text":"so"}]}"#
        let parted = Self.toChat(
            "\(Self.user),\(both),\(Self.system("A")),\(Self.result),\(Self.system("B")),\(second),"
                + "\(Self.system("C")),\(Self.user)")
        #expect(
            Self.messages(of: parted) == #"[\#(Self.user),{"role":"assistant","content":null,"tool_calls":["#
                + #"{"id":"c1","type":"function","function":{"name":"f","arguments":"{}"}},"#
                + #"{"id":"c2","type":"function","function":{"name":"g","arguments":"{}"}}]},\#(Self.tool),"#
                + #"{"role":"tool","tool_call_id":"c2","content":""},\#(Self.system(#"A\n\nB"#)),"#
                + #"{"role":"user","content":"so"},\#(Self.system("C")),\#(Self.user)]"#)
        #expect(parted.fault == nil && parted.dropped.isEmpty)
    }

    @Test func instructionsBehindCallsThatNobodyAnswersComeLast() {
        let parted = Self.toChat("\(Self.user),\(Self.assistant(Self.use)),\(Self.system("A"))")
        #expect(
            Self.messages(of: parted) == #"[\#(Self.user),{"role":"assistant","content":null,\#(Self.calls),"#
                + #"{"role":"tool","tool_call_id":"c1","content":"no result"},\#(Self.system("A"))]"#)
    }

    @Test func instructionsAmongResultsPartNothingForMessagesEither() {
        let chat =
            #"{"messages":[\#(Self.user),{"role":"assistant",\#(Self.calls),\#(Self.system("A")),\#(Self.tool)]}"#
        let there = PromptTests.translate(chat, .chatToMessages)
        #expect(there.fault == nil && there.dropped == "messages.role")
        #expect(there.body.contains(#""input":{}}]},{"role":"user","content":[{"type":"tool_result""#))
        #expect(there.body.contains(#""system":[{"type":"text","text":"A"}]"#))
    }

    // MARK: Thoughts

    static let thinking = #"{"type":"thinking","thinking":"h\"m","signature":"th1.none"}"#

    @Test(arguments: [(Quirks.Thoughts.comeBack, "reasoning"), (.mustComeBack, "reasoning_content")])
    func thoughtsGoBackToThoseWhoWantThem(thoughts: Quirks.Thoughts, name: String) {
        var quirks = Quirks()
        quirks.thoughts = thoughts
        let member = #""\#(name)":"h\"m","#
        let messages = Self.toChat(
            "\(Self.user),\(Self.assistant("\(Self.thinking),\(Self.use)")),\(Self.result)", quirks)
        let expected = #"[\#(Self.user),{"role":"assistant","content":null,\#(member)\#(Self.calls),\#(Self.tool)]"#
        #expect(Self.messages(of: messages) == expected && messages.dropped.isEmpty)
        let responses = PromptTests.translate(
            #"{"input":[\#(Self.user),{"type":"reasoning","id":"rs_1","summary":[{"type":"summary_text","text":"h\"m"}],"#
                + #""encrypted_content":"th1.n."},{"type":"function_call","call_id":"c1","name":"f","arguments":"{}"},"#
                + #"{"type":"function_call_output","call_id":"c1","output":"42"}]}"#, .responsesToChat, quirks)
        #expect(Self.messages(of: responses) == expected && responses.dropped.isEmpty)
    }

    /// Whose provider has signed them, they are nobody else's.
    @Test(arguments: [Quirks.Thoughts.comeBack, .mustComeBack])
    func thoughtsThatOthersHaveSignedStay(thoughts: Quirks.Thoughts) {
        var quirks = Quirks()
        quirks.thoughts = thoughts
        let foreign = Self.thinking.replacing("th1.none", with: "EqQB")
        let blank = thoughts == .mustComeBack ? #""reasoning_content":" ","# : ""
        let expected = #"[\#(Self.user),{"role":"assistant","content":null,\#(blank)\#(Self.calls),\#(Self.tool)]"#
        let messages = Self.toChat("\(Self.user),\(Self.assistant("\(foreign),\(Self.use)")),\(Self.result)", quirks)
        #expect(Self.messages(of: messages) == expected && messages.dropped == "messages.thinking")
        let responses = PromptTests.translate(
            #"{"input":[\#(Self.user),{"type":"reasoning","id":"rs_1","summary":[{"type":"summary_text","text":"h"}],"#
                + #""encrypted_content":"th1.s.SIG"},{"type":"function_call","call_id":"c1","name":"f","arguments":"{}"},"#
                + #"{"type":"function_call_output","call_id":"c1","output":"42"}]}"#, .responsesToChat, quirks)
        #expect(Self.messages(of: responses) == expected && responses.dropped == "input.reasoning")
        // What nobody has signed goes on without its neighbour.
        let both = Self.toChat("\(Self.user),\(Self.assistant("\(foreign),\(Self.thinking),\(Self.use)"))", quirks)
        #expect(both.body.contains(#":"h\"m","tool_calls""#) && both.dropped == "messages.thinking")
    }

    /// One that thinks untold has to be told when it should not.
    @Test(
        arguments: [
            (#"{"type":"disabled"}"#, "disabled", nil), (#"{"type":"enabled","budget_tokens":2000}"#, nil, "low"),
            (#"{"type":"disabled"},"output_config":{"effort":"high"}"#, "disabled", nil),
        ] as [(String, String?, String?)])
    func whoeverThinksUntoldIsToldNotTo(thinking: String, type: String?, effort: String?) {
        let body = #"{"max_tokens":9,"messages":[\#(Self.user)],"thinking":\#(thinking)}"#
        let quirks = Quirks.of(.compatible(.deepSeek), model: bytes(#""deepseek-chat""#).span)
        let result = PromptTests.translate(body, .messagesToChat, quirks)
        #expect(result.body.contains(#""thinking":{"type":"disabled"}"#) == (type != nil), "\(result)")
        #expect(result.body.contains("reasoning_effort") == (effort != nil) && result.dropped.isEmpty)
        var other = Quirks()
        other.takesReasoningEffort = true
        let elsewhere = PromptTests.translate(body, .messagesToChat, other)
        #expect(!elsewhere.body.contains("thinking") && !elsewhere.body.contains("none"))
    }

    @Test func severalThoughtsOfATurnAreOne() {
        var quirks = Quirks()
        quirks.thoughts = .comeBack
        let turn = Self.assistant(#"\#(Self.thinking),{"type":"text","text":"a"},\#(Self.thinking)"#)
        let result = Self.toChat("\(Self.user),\(turn),\(Self.user)", quirks)
        #expect(result.body.contains(#"{"role":"assistant","content":"a","reasoning":"h\"m\n\nh\"m"}"#))
        #expect(result.dropped.isEmpty)
    }

    /// Another model has begun: it thought nothing, or nothing that can be told.
    @Test func aBlankStandsForThoughtsThatMustComeBack() {
        var quirks = Quirks()
        quirks.thoughts = .mustComeBack
        let say = Self.assistant(#"{"type":"text","text":"a"}"#)
        let result = Self.toChat(
            "\(Self.user),\(say),\(Self.user),\(Self.assistant(Self.use)),\(Self.result),\(say)", quirks)
        #expect(
            Self.messages(of: result) == #"[\#(Self.user),{"role":"assistant","content":"a"},\#(Self.user),"#
                + #"{"role":"assistant","content":null,"reasoning_content":" ",\#(Self.calls),\#(Self.tool),"#
                + #"{"role":"assistant","content":"a","reasoning_content":" "}]"#)
        quirks.thoughts = .comeBack
        #expect(!Self.toChat("\(Self.user),\(Self.assistant(Self.use))", quirks).body.contains("reasoning"))
    }

    @Test func othersAreToldNoThoughts() {
        let result = Self.toChat("\(Self.user),\(Self.assistant("\(Self.thinking),\(Self.use)")),\(Self.result)")
        #expect(!result.body.contains("reasoning") && result.dropped == "messages.thinking")
    }

    @Test(arguments: [
        (Provider.compatible(.deepSeek), "deepseek-chat", Quirks.Thoughts.mustComeBack),
        (.compatible(.openRouter), "deepseek/deepseek-v4-pro", .mustComeBack),
        (.compatible(.openRouter), "z-ai/glm-4.7", .comeBack),
        (.compatible(.other), "kimi-k2.5", .mustComeBack),
        (.compatible(.other), "Pro/moonshotai/Kimi-K2.5", .mustComeBack),
        (.compatible(.other), "llama", .stay), (.vllm, "MiniMax-M2", .comeBack), (.openAI, "gpt-5", .stay),
        (.compatible(.mistral), "magistral-medium", .stay), (.compatible(.gemini), "gemini-3", .stay),
    ])
    func thoseWhoWantThemAreKnown(provider: Provider, model: String, thoughts: Quirks.Thoughts) {
        #expect(Quirks.of(provider, model: bytes("\"\(model)\"").span).thoughts == thoughts, "\(provider) \(model)")
    }

    /// The Messages wire wants thoughts in front of everything else in a turn of calls.
    @Test(arguments: [true, false])
    func onlyATurnThatBeginsWithThoughtsThinks(isFirst: Bool) {
        let thought = #"{"type":"reasoning","summary":[{"text":"hm"}],"encrypted_content":"th1.s.SIG"}"#
        let said = #"{"type":"message","role":"assistant","content":[{"type":"output_text","text":"a"}]}"#
        let items = isFirst ? "\(thought),\(said)" : "\(said),\(thought)"
        let result = PromptTests.translate(
            #"{"max_output_tokens":9000,"reasoning":{"effort":"medium"},"input":[\#(Self.user),\#(items),"#
                + #"{"type":"function_call","call_id":"c1","name":"f","arguments":"{}"},"#
                + #"{"type":"function_call_output","call_id":"c1","output":"42"}]}"#, .responsesToMessages)
        #expect(result.body.contains(#""thinking":{"type":"enabled""#) == isFirst)
        #expect(result.dropped == (isFirst ? "" : "reasoning"))
    }
}
