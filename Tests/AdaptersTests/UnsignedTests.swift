import Testing
import Wire

@testable import Adapters

struct UnsignedTests {
    static let ours = #"{"type":"thinking","thinking":"a \"]\"","signature":"th1.none"}"#
    static let theirs = #"{ "signature" : "EqQB", "type":"thinking","thinking":"b" }"#
    static let words = #"{"type":"text","text":"th1. \"signature\":\"th1.\""}"#

    static func request(_ messages: String) -> String {
        #"{ "model":"m", "messages": [ "# + messages + #" ] , "x":[{"signature":"th1.none"}]}"#
    }

    static func turn(_ blocks: String) -> String { #"{"role":"assistant", "content": ["# + blocks + #"]}"# }

    @Test(arguments: [
        ("\(ours)", nil),
        ("\(ours) , \(words)", "\(words)"),
        ("\(words) , \(ours)", "\(words)"),
        (" \(theirs) ,\(ours) , \(words) ", " \(theirs) , \(words) "),
        (" \(ours),\(ours), \(words) , \(ours),\(ours),\(theirs)", " \(words),\(theirs)"),
        ("\(ours),\(ours) ", nil),
        ("\(theirs), \(words)", "\(theirs), \(words)"),
        ("", ""),
    ])
    func onlyBlocksOfOursGo(blocks: String, left: String?) throws {
        let user = #"{"role":"user","content":"hi"}"#
        let body = Self.request("\(user), \(Self.turn(blocks)), \(user)")
        let expected = Self.request(left.map { "\(user), \(Self.turn($0)), \(user)" } ?? "\(user), \(user)")
        #expect(written { Unsigned.remove(from: bytes(body).span, into: &$0) } == expected)
        let request = try ChatRequest(scanning: bytes(body).span, operation: .messages)
        #expect(request.hasUnsigned == (body != expected))
        let chat = try ChatRequest(scanning: bytes(body).span, operation: .chat)
        #expect(!chat.hasUnsigned)
    }

    @Test func turnsAtTheEdgesGo() {
        let lost = Self.turn(Self.ours)
        let kept = Self.turn(Self.words)
        for (messages, left) in [
            ("\(lost), \(kept)", kept), ("\(kept) ,\(lost)", kept), ("\(lost),\(lost) , \(kept), \(lost)", kept),
            (lost, ""),
        ] {
            let body = Self.request(messages)
            #expect(written { Unsigned.remove(from: bytes(body).span, into: &$0) } == Self.request(left))
        }
    }

    @Test(arguments: [
        "{}", #"{"messages":null}"#, #"{"messages":[]}"#, #"{"messages":[5,{"content":"th1."},{"content":[5]}]}"#,
        #"{"input":[{"content":[{"signature":"th1.none"}]}]}"#, #"{"messages":[{"content":[{"signature":"th1"}]}]}"#,
        #"{"messages":[{"content":[{"signature":["th1.none"]}]}]}"#,
    ])
    func othersAreCopied(body: String) {
        #expect(written { Unsigned.remove(from: bytes(body).span, into: &$0) } == body)
    }

    // MARK: Thinking

    static let use = #"{"type":"tool_use","id":"c","name":"f","input":{}}"#
    static let enabled = #""thinking": {"type":"enabled","budget_tokens":2000}"#

    /// A request that thinks, in the middle of calls.
    static func thinker(_ blocks: String, _ thinking: String = enabled, before: String = "") -> String {
        #"{\#(thinking),"messages":[{"role":"user","content":"a"},\#(before)\#(turn(blocks)),"#
            + #"{"role":"user","content":[{"type":"tool_result","tool_use_id":"c"}]}],"max_tokens":9000}"#
    }

    static func isForbidden(_ body: String) -> Bool { Unsigned.forbidsThinking(bytes(body).span) }

    static func left(of body: String) -> String { written { Unsigned.remove(from: bytes(body).span, into: &$0) } }

    @Test(arguments: [
        "\(ours),\(use)", "\(ours), \(words),\(use)", "\(words),\(ours),\(use)", "\(ours),\(use),\(theirs)",
    ])
    func thinkingGoesInTheMiddleOfCallsWithoutThoughts(blocks: String) throws {
        let body = Self.thinker(blocks)
        #expect(Self.isForbidden(body))
        let left = Self.left(of: body)
        #expect(left.hasPrefix(#"{"messages":["#) && !left.contains("th1.none") && !left.contains("enabled"))
        try JSONScan.validate(bytes(left).span)
        _ = try ChatRequest(scanning: bytes(left).span, operation: .messages)
        // Wherever the member stands.
        let last = #"{"max_tokens":9000,"messages":[\#(Self.turn(blocks))] , \#(Self.enabled) }"#
        #expect(Self.left(of: last).hasSuffix("]}] }"))
        let middle = #"{"messages":[\#(Self.turn(blocks))],\#(Self.enabled),"max_tokens":1}"#
        #expect(Self.left(of: middle).hasSuffix(#"]}],"max_tokens":1}"#))
    }

    @Test(arguments: [
        thinker("\(theirs),\(ours),\(use)"), thinker(use), thinker("\(ours),\(words)"), thinker("\(theirs),\(use)"),
        thinker(#"{"type":"redacted_thinking","data":"d"},\#(ours),\#(use)"#),
        thinker("\(ours),\(use)", #""thinking":{"type":"adaptive"}"#), thinker("\(ours),\(use)", #""thinking":null"#),
        thinker("\(theirs),\(use)", before: turn("\(ours),\(use)") + ","),
        thinker("\(ours)", before: turn("\(theirs),\(use)") + ","),
    ])
    func thinkingStaysElsewhere(body: String) {
        #expect(!Self.isForbidden(body))
        let left = Self.left(of: body)
        #expect(left.contains("thinking\"") && !left.contains("th1.none"))
        #expect(left.contains("enabled") == body.contains("enabled"))
    }

    // MARK: Edits of the context

    static let clear = #"{"keep":"all", "type":"clear_thinking_20251015"}"#
    static let trim = #"{"type":"clear_tool_uses_20250919"}"#

    static func edits(_ edits: String) -> String { #""context_management": {"a":1,"edits": [\#(edits)]}"# }

    @Test(arguments: [
        ("\(clear)", nil), ("\(clear) ,\(clear)", nil), ("\(clear), \(trim)", trim), ("\(trim), \(clear)", trim),
        ("\(clear),\(trim) ,\(clear)", trim), ("\(trim)", trim), ("", ""),
    ])
    func editsOfThoughtsGoWithThinking(edits: String, left: String?) {
        let rest = #","x":[\#(Self.clear)]"#
        let kept = left.map { Self.edits($0) + "," } ?? ""
        for thinking in ["\(Self.enabled),\(Self.edits(edits))", "\(Self.edits(edits)), \(Self.enabled)"] {
            let body = Self.thinker("\(Self.ours),\(Self.use)", thinking)
            let expected = Self.thinker(Self.use, "").replacing("{,", with: "{\(kept)")
            #expect(Self.left(of: body) == expected)
            let last = #"{"messages":[\#(Self.turn("\(Self.ours),\(Self.use)"))]\#(rest),\#(thinking)}"#
            let end = left.map { "," + Self.edits($0) } ?? ""
            #expect(Self.left(of: last) == #"{"messages":[\#(Self.turn(Self.use))]\#(rest)\#(end)}"#)
        }
        // As long as something is thought, it may be cleared.
        let stays = Self.thinker("\(Self.ours),\(Self.words)", "\(Self.enabled),\(Self.edits(edits))")
        #expect(Self.left(of: stays) == stays.replacing(Self.ours + ",", with: ""))
    }

    @Test(arguments: [
        #""context_management":null"#, #""context_management":[{"type":"clear_thinking"}]"#,
        #""context_management":{"edits":{"type":"clear_thinking"}}"#,
        #""context_management":{"edits":[5,"clear_thinking",{"type":["clear_thinking"]},{"type":"clear"},{}]}"#,
    ])
    func whatIsNoEditOfThoughtsStays(context: String) {
        let left = Self.left(of: Self.thinker("\(Self.ours),\(Self.use)", "\(Self.enabled),\(context)"))
        #expect(left == Self.thinker(Self.use, context))
    }

    /// A turn of Claude Code behind one that another wire's model has thought in.
    @Test func claudeCodeGoesOnWithoutThinking() throws {
        let read = try #require(Fixture.read("agents/claude-code/loop.json"))
        let parts = text(read.span).split(separator: #""signature": "sim-sig-"#, omittingEmptySubsequences: false)
        try #require(parts.count == 3)
        let body = parts[0] + #""signature": "sim-sig-"# + parts[1] + #""signature": "th1."# + parts[2]
        #expect(body.contains("clear_thinking") && Self.isForbidden(String(body)))
        let left = Self.left(of: String(body))
        #expect(!left.contains("clear_thinking") && !left.contains("budget_tokens") && !left.contains("th1."))
        #expect(left.contains(#""signature": "sim-sig-"#) && !left.contains("context_management"))
        try JSONScan.validate(bytes(left).span)
    }

    // MARK: Responses

    @Test func reasoningItemsOfOursGo() throws {
        let user = #"{"role":"user","content":"hi"}"#
        let theirs = #"{"type":"reasoning","id":"rs_9","summary":[],"encrypted_content":"gAAA"}"#
        for mark in ["th1.s.SIG", "th1.r.DATA", "th1.n."] {
            let ours = #"{"type":"reasoning","id":"rs_1","summary":[{"text":"th1."}],"encrypted_content":"\#(mark)"}"#
            let body = #"{"input":[\#(user),\#(ours), \#(theirs),\#(ours)],"thinking":1}"#
            #expect(Self.left(of: body) == #"{"input":[\#(user), \#(theirs)],"thinking":1}"#)
            #expect(try ChatRequest(scanning: bytes(body).span, operation: .responses).hasUnsigned)
        }
        let none = #"{"input":[\#(user),\#(theirs)]}"#
        #expect(Self.left(of: none) == none)
        #expect(try !ChatRequest(scanning: bytes(none).span, operation: .responses).hasUnsigned)
    }
}
