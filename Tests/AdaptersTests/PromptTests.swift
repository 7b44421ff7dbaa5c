import Testing
import Wire

@testable import Adapters

/// A request of each case in the words of the other wire, and the list of what got lost.
struct PromptTests {
    static let chats = GoldenTests.requests
    static let messages = Fixture.names(in: "messages", ending: ".json").filter { !$0.contains(".") }

    /// What a translation gave: the upstream body, what was dropped, and why there is none.
    struct Result {
        var body = ""
        var dropped = ""
        var fault: TranslationFault?
        var frame: AnswerFrame
    }

    static func translate(_ body: [UInt8], _ translation: Translation, _ quirks: Quirks = Quirks()) -> Result {
        var out = ByteBuffer()
        var dropped = Dropped()
        var result = Result(frame: AnswerFrame(translation: translation, id: [], created: 0))
        do throws(TranslationFault) {
            try RequestTranslator.write(
                body.span, model: bytes("\"up\"").span, quirks, for: &result.frame, into: &out, dropped: &dropped)
        } catch {
            result.fault = error
        }
        result.body = text(out)
        result.dropped = written { dropped.write(into: &$0) }
        return result
    }

    static func translate(_ body: String, _ translation: Translation, _ quirks: Quirks = Quirks()) -> Result {
        translate(bytes(body), translation, quirks)
    }

    static func isValid(_ text: String) -> Bool { (try? JSONScan.validate(bytes(text).span)) != nil }

    @Test func thereAreFixtures() {
        #expect(Self.chats.count >= 18)
        #expect(Self.messages.count >= 5)
    }

    @Test(arguments: chats)
    func chatsBecomeMessages(name: String) throws {
        let body = try #require(Fixture.read("requests/\(name).json"))
        let result = Self.translate(body, .chatToMessages)
        #expect(result.fault == nil)
        Fixture.expect(result.body + "\n", is: "requests/\(name).messages.json")
        Fixture.expect(result.dropped + "\n", is: "requests/\(name).messages.dropped")
        #expect(Self.isValid(result.body))
        _ = try ChatRequest(scanning: bytes(result.body).span, operation: .messages)
    }

    @Test(arguments: messages)
    func messagesBecomeChats(name: String) throws {
        let body = try #require(Fixture.read("messages/\(name).json"))
        let result = Self.translate(body, .messagesToChat)
        #expect(result.fault == nil)
        Fixture.expect(result.body + "\n", is: "messages/\(name).chat.json")
        Fixture.expect(result.dropped + "\n", is: "messages/\(name).chat.dropped")
        #expect(Self.isValid(result.body))
        _ = try ChatRequest(scanning: bytes(result.body).span, operation: .chat)
    }

    static let user = #"{"role":"user","content":"hi"}"#

    @Test(arguments: [
        (#"{"messages":[\#(user)],"n":2}"#, "n"),
        (#"{"messages":[\#(user)],"modalities":["text","audio"]}"#, "modalities"),
        (#"{"messages":[{"role":"user","content":[{"type":"file","file":{"file_id":"f"}}]}]}"#, "file_id"),
        (#"{"messages":[{"role":"user","content":[{"type":"input_audio","input_audio":{}}]}]}"#, "content"),
        (#"{"messages":[{"role":"user","content":5}]}"#, "content"),
        (#"{"messages":[{"role":"user","content":""}]}"#, "content"),
        (#"{"messages":[\#(user),{"role":"tool","tool_call_id":"x","content":"y"}]}"#, "tool_call_id"),
        (#"{"messages":[{"role":"robot","content":"hi"}]}"#, "role"),
        (#"{"messages":[{"content":"hi"}]}"#, "role"),
        (#"{"messages":[{"role":"assistant","content":"hi"},\#(user)]}"#, "role"),
        (#"{"messages":[\#(user)],"tools":[{"type":"function","function":{"name":"a.b"}}]}"#, "tools.name"),
        (#"{"messages":[\#(user)],"a":}"#, "body"),
    ])
    func whatMessagesCannotSayIsRefused(body: String, field: String) {
        let result = Self.translate(body, .chatToMessages)
        #expect(result.fault?.field.description == field)
        #expect(result.body.isEmpty)
    }

    @Test(arguments: [
        (#"{"max_tokens":0,"messages":[\#(user)]}"#, "max_tokens"),
        (
            #"{"messages":[{"role":"user","content":[{"type":"image","source":{"type":"file","file_id":"f"}}]}]}"#,
            "file_id"
        ),
        (
            #"{"messages":[{"role":"user","content":[{"type":"document","source":{"type":"url","url":"u"}}]}]}"#,
            "content"
        ),
        (#"{"messages":[{"role":"user","content":[{"type":"tool_result","tool_use_id":"x"}]}]}"#, "tool_call_id"),
        (#"{"messages":[{"role":"robot","content":"hi"}]}"#, "role"),
        (#"{"messages":[]}"#, "content"),
    ])
    func whatChatsCannotSayIsRefused(body: String, field: String) {
        let result = Self.translate(body, .messagesToChat)
        #expect(result.fault?.field.description == field)
        #expect(result.body.isEmpty)
    }

    @Test func nestingIsBounded() {
        func nested(_ depth: Int) -> String {
            let deep = String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
            return #"{"max_tokens":1,"messages":[\#(Self.user)],"tools":[{"name":"a","input_schema":{"x":\#(deep)}}]}"#
        }
        // Four containers stand around it, and the other wire puts one more there.
        #expect(Self.isValid(Self.translate(nested(116), .messagesToChat).body))
        guard case .malformed(let fault) = Self.translate(nested(117), .messagesToChat).fault else {
            Issue.record("taken")
            return
        }
        #expect(fault.reason == .tooDeep)
    }

    @Test func argumentsNestedTooDeeplyStayText() {
        func request(_ depth: Int) -> String {
            let deep = String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
            return #"{"messages":[\#(Self.user),{"role":"assistant","tool_calls":[{"id":"a","function":{"name":"f","#
                + #""arguments":"{\"a\":\#(deep)}"}}]}]}"#
        }
        let deepest = Self.translate(request(111), .chatToMessages)
        #expect(Self.isValid(deepest.body) && deepest.dropped.isEmpty && deepest.body.contains(#""input":{"a":[["#))
        let deeper = Self.translate(request(112), .chatToMessages)
        #expect(Self.isValid(deeper.body) && deeper.dropped == "messages.tool_calls.arguments")
    }

    @Test func quirksOfTheChatWireAreObeyed() {
        var quirks = Quirks()
        quirks.namesCompletionTokens = true
        quirks.takesReasoningEffort = true
        quirks.takesTopK = true
        quirks.asksForUsage = false
        quirks.stopCountMax = 1
        quirks.ids = .nine
        let body =
            #"{"max_tokens":9,"top_k":3,"stream":true,"stop_sequences":["a","b"],"thinking":{"type":"adaptive"},"#
            + #""messages":[\#(Self.user),{"role":"assistant","content":[{"type":"tool_use","id":"toolu_1","name":"f","#
            + #""input":{}}]},{"role":"user","content":[{"type":"tool_result","tool_use_id":"toolu_1"}]}]}"#
        let result = Self.translate(body, .messagesToChat, quirks)
        #expect(result.dropped == "stop_sequences")
        #expect(
            result.body.hasSuffix(
                #","max_completion_tokens":9,"stream":true,"top_k":3,"stop":["a"],"reasoning_effort":"high"}"#))
        let id = result.body.split(separator: #""id":""#)[1].prefix { $0 != "\"" }
        #expect(id.count == 9)
        #expect(result.body.contains(#""tool_call_id":"\#(id)""#))
    }

    @Test(arguments: [
        ("low", "low"), ("medium", "medium"), ("high", "high"), ("xhigh", "xhigh"), ("max", "xhigh"),
    ])
    func theGreatestEffortIsNoLessThanTheNext(effort: String, word: String) {
        var quirks = Quirks()
        quirks.takesReasoningEffort = true
        let body =
            #"{"max_tokens":9,"thinking":{"type":"adaptive"},"output_config":{"effort":"\#(effort)"},"#
            + #""messages":[\#(Self.user)]}"#
        let result = Self.translate(body, .messagesToChat, quirks)
        #expect(result.body.contains(#""reasoning_effort":"\#(word)""#) && result.dropped.isEmpty)
    }

    @Test func modelsOfTheChatWireMayRefuseSamplingToo() {
        var quirks = Quirks()
        (quirks.refusesSampling, quirks.takesReasoningEffort) = (true, true)
        func translated(_ more: String) -> Result {
            Self.translate(#"{"input":"hi"\#(more)}"#, .responsesToChat, quirks)
        }
        let refused = translated(#","temperature":0.5,"top_p":0.9,"reasoning":{"effort":"low"}"#)
        #expect(refused.dropped == "temperature, top_p" && refused.body.hasSuffix(#"}],"reasoning_effort":"low"}"#))
        let usual = translated(#","temperature":1,"top_p":1.0"#)
        #expect(usual.dropped.isEmpty && usual.body.hasSuffix("}]}"))
        let thoughtless = translated(#","temperature":0.5,"reasoning":{"effort":"none"}"#)
        #expect(
            thoughtless.dropped.isEmpty && thoughtless.body.contains(#","temperature":0.5,"reasoning_effort":"none""#))
    }

    @Test func settingsThatAProviderRefusesAreNamed() {
        let body =
            #"{"text":{"verbosity":"low"},"user":"u","service_tier":"flex","reasoning":{"effort":"low"},"input":"hi"}"#
        var quirks = Quirks()
        quirks.takesReasoningEffort = true
        quirks.takesVerbosity = true
        let all = Self.translate(body, .responsesToChat, quirks)
        #expect(
            all.body.hasSuffix(#","verbosity":"low","user":"u","service_tier":"flex","reasoning_effort":"low"}"#))
        #expect(all.dropped.isEmpty)
        (quirks.takesVerbosity, quirks.takesUser, quirks.takesServiceTier) = (false, false, false)
        let few = Self.translate(body, .responsesToChat, quirks)
        #expect(few.body.hasSuffix(#"}],"reasoning_effort":"low"}"#))
        #expect(few.dropped == "text.verbosity, user, service_tier")
    }

    @Test func modelsThatThinkByThemselvesAreGivenNoBudget() {
        var quirks = Quirks()
        quirks.thinksAdaptively = true
        quirks.outputTokensAssumed = 9
        let body = #"{"messages":[\#(Self.user)],"reasoning_effort":"minimal","temperature":1}"#
        let result = Self.translate(body, .chatToMessages, quirks)
        #expect(
            result.body == #"{"model":"up","messages":[{"role":"user","content":[{"type":"text","text":"hi"}]}],"#
                + #""max_tokens":9,"thinking":{"type":"adaptive"},"output_config":{"effort":"low"}}"#)
        #expect(result.dropped.isEmpty)
    }

    @Test func modelsThatRefuseSamplingAreToldNothingOfIt() {
        var quirks = Quirks()
        (quirks.refusesSampling, quirks.outputTokensAssumed) = (true, 9)
        let body = #"{"messages":[\#(Self.user)],"temperature":0.5,"top_p":0.9,"top_k":1}"#
        let result = Self.translate(body, .chatToMessages, quirks)
        #expect(
            result.body == #"{"model":"up","messages":[{"role":"user","content":[{"type":"text","text":"hi"}]}],"#
                + #""max_tokens":9}"#)
        #expect(result.dropped == "temperature, top_p, top_k")
        let usual = Self.translate(
            #"{"messages":[\#(Self.user)],"temperature":1,"top_p":1}"#, .chatToMessages, quirks)
        #expect(usual.dropped.isEmpty && !usual.body.contains("temperature") && !usual.body.contains("top_p"))
    }

    @Test func theFrameLearnsWhatTheAnswerNeeds() {
        let body =
            #"{"messages":[\#(Self.user)],"stream":true,"stream_options":{"include_usage":true},"#
            + #""tools":[{"type":"custom","custom":{"name":"patch"}}]}"#
        let frame = Self.translate(body, .chatToMessages).frame
        #expect(frame.includesUsage)
        #expect(frame.freeformTools == bytes("patch\n"))
    }

    @Test func whatIsWrittenGoesBehindWhatWasThere() {
        var out = ByteBuffer()
        out.append("head")
        var dropped = Dropped()
        var frame = AnswerFrame(translation: .chatToMessages, id: [], created: 0)
        for body in [#"{"messages":[\#(Self.user)],"n":2}"#, "nonsense"] {
            #expect(throws: TranslationFault.self) {
                try RequestTranslator.write(
                    bytes(body).span, model: bytes("\"up\"").span, Quirks(), for: &frame, into: &out, dropped: &dropped)
            }
            #expect(text(out) == "head")
        }
    }
}
