// Directives inside of bodies: found however they are written, taken out without touching anything else.

import Testing
import Wire

@testable import Gateway

@Suite struct DirectivesTests {
    private struct Result {
        let said: Directive
        let body: String
    }

    private func taken(_ body: String) -> Result {
        let bytes = Array(body.utf8)
        let directives = Directives(in: bytes.span)
        var out = ByteBuffer()
        directives.write(bytes.span, into: &out)
        return Result(said: directives.said, body: String(copying: out.bytes))
    }

    private func user(_ content: String) -> String {
        #"{"model":"m","messages":[{"role":"user","content":\#(content)}],"n":1.0e0}"#
    }

    private func mayStand(_ text: String) -> Bool { Directives.mayStand(in: Array(text.utf8).span) }

    @Test(arguments: [
        ("@@tokenhub", true), ("xx@@tokenhub mode", true), ("@@@tokenhub", true), (#"\u0040@tokenhub"#, true),
        (#"@\u0040tokenhub"#, true), (#"@@token\u0068ub"#, true), (#"@@\u0074okenhub"#, true),
        (#"@@tok\u0065nhub"#, true), ("@@tokenhu", false), ("@ @tokenhub", false), ("mail@tokenhub", false),
        (#"a\nb\"c\\d\u003cb\u003e\u0026\u00e9\t"#, false), ("", false), ("@@ -1 +1 @@", false),
    ])
    func theFastLookMissesNone(text: String, may: Bool) {
        #expect(mayStand(text) == may)
        // Wherever it stands among sixteen bytes, and at the end.
        for pad in 0..<40 {
            let blank = String(repeating: " ", count: pad)
            #expect(mayStand(blank + text) == may)
            #expect(mayStand(text + blank) == may)
        }
    }

    @Test(arguments: [
        (#""@@tokenhub mode=cheap\nask""#, #""ask""#), (#""@@tokenhub mode=cheap\u000aask""#, #""ask""#),
        (#""@@tokenhub mode=cheap\r\nask""#, #""ask""#), (#""\u0040@tokenhub mode=cheap\nask""#, #""ask""#),
        (#""\u0040\u0040\u0074oken\u0068ub mode=\u0063heap\nask""#, #""ask""#),
        (#""@@tokenhub\tmode=cheap\nask""#, #""ask""#),
        (#""\ud83d\ude00 \u00e9\/ @@tokenhub mode=cheap\nask\ud800""#, #""\ud83d\ude00 \u00e9\/ \nask\ud800""#),
        (#""é😀@@tokenhub mode=cheap\né""#, #""é😀\né""#), (#""@@tokenhub\nmode=cheap\n@@end\nask""#, #""ask""#),
        (#""one @@tokenhub\nmode=cheap\n@@end two""#, #""one \n two""#),
        (#""ask\n\n@@tokenhub mode=cheap""#, #""ask""#),
        (
            #"[{"type":"text","text":"@@tokenhub mode=cheap\nask"},{"type":"image_url","image_url":{"url":"x"}}]"#,
            #"[{"type":"text","text":"ask"},{"type":"image_url","image_url":{"url":"x"}}]"#
        ),
        (#"[ "@@tokenhub mode=cheap" , {"text" : "b"} ]"#, #"[ "" , {"text" : "b"} ]"#),
        (#"[{"t\u0065xt":"@@tokenhub mode=cheap\nask"}]"#, #"[{"t\u0065xt":"ask"}]"#),
    ])
    func onlyTheDirectiveGoes(content: String, left: String) {
        let result = taken(user(content))
        #expect(result.body == user(left))
        #expect(result.said.policy.mode == .cheap)
        #expect(result.said.faults == [])
    }

    @Test func aBackslashThatIsEscapedIsNoLineBreak() {
        // The two characters `\` and `n`, not a line break: the directive goes on to the text's end.
        let result = taken(user(#""@@tokenhub mode=cheap \\nask""#))
        #expect(result.body == user(#""""#))
        #expect(result.said.faults.map { String(decoding: $0, as: UTF8.self) } == ["?nask is not a key=value"])
    }

    @Test func aSchemaKeepsItsQuotes() {
        let result = taken(user(#""@@tokenhub output_schema={\"type\":\"object\"} mode=vote\nask""#))
        #expect(String(decoding: result.said.policy.outputSchema, as: UTF8.self) == #"{"type":"object"}"#)
        #expect(result.said.policy.mode == .vote)
        #expect(result.body == user(#""ask""#))
    }

    @Test func usersAreHeardAndEverybodyIsCleaned() {
        let line = #"@@tokenhub mode=cheap\nx"#
        func message(_ role: String, _ text: String) -> String { #"{"content":"\#(text)","role":"\#(role)"}"# }
        let roles = ["system", "assistant", "tool", "developer", "User"]
        let body = roles.map { message($0, line) }.joined(separator: ",")
        let result = taken(#"{"messages":[\#(body)]}"#)
        #expect(result.said == Directive())
        #expect(result.body == #"{"messages":[\#(roles.map { message($0, "x") }.joined(separator: ","))]}"#)
        #expect(taken(#"{"messages":[\#(message("us\\u0065r", line))]}"#).said.policy.mode == .cheap)
    }

    @Test func theLastOfAllMessagesWins() {
        func message(_ text: String) -> String { #"{"role":"user","content":"\#(text)"}"# }
        let said = taken(
            #"{"messages":[\#(message("@@tokenhub mode=cheap budget=1")),\#(message("@@tokenhub mode=vote")),\#(message("no"))]}"#
        ).said
        #expect(said.policy.mode == .vote)
        #expect(said.policy.budgetNanoUSDMax == 0)
        let open = taken(#"{"messages":[\#(message("@@tokenhub mode=cheap")),\#(message("@@tokenhub\\nmode=vote"))]}"#)
            .said
        #expect(open.policy.mode == .cheap)
        #expect(open.faults.map { String(decoding: $0, as: UTF8.self) } == ["a block needs an @@end"])
    }

    @Test func aDirectiveIsFoundHoweverLateItStands() {
        let text = String(repeating: "word ", count: 2_000)
        let result = taken(user("\"\(text)\\n@@tokenhub mode=cheap\\nask\""))
        #expect(result.said.policy.mode == .cheap)
        #expect(result.body == user("\"\(text)\\nask\""))
    }

    @Test(arguments: [
        #"{"tools":[{"content":"@@tokenhub mode=cheap"}],"messages":[{"role":"user","content":"x"}]}"#,
        #"{"messages":[{"role":"user","name":"@@tokenhub a=1","tool_calls":[{"text":"@@tokenhub"}]}]}"#,
        #"{"messages":"@@tokenhub"}"#, #"{"messages":["@@tokenhub",5,null,[]]}"#, #"["@@tokenhub"]"#, #""@@tokenhub""#,
        #"{"messages":[{"role":"user","content":"@@tokenhub a=1"}"#, "@@tokenhub", "",
        #"{"messages":[{"role":"user","content":{"text":"@@tokenhub"}}]}"#,
    ])
    func whatIsNoMessageTextIsLeftAlone(body: String) {
        let result = taken(body)
        #expect(result.body == body)
        #expect(result.said == Directive())
    }

    /// What goes in as JSON comes out as JSON whose messages have no directive and whose other values are the same.
    @Test(arguments: 0..<40)
    func bodiesStayWhole(seed: UInt64) throws {
        var random = SplitMix(seed: seed)
        func below(_ bound: Int) -> Int { Int.random(in: 0..<bound, using: &random) }
        let pieces = [
            "@@tokenhub", #"\u0040@tokenhub"#, "@@end", #"\n"#, #"\r\n"#, " ", "mode=cheap", "@", #"@@token\u0068ub"#,
            #"\\"#,
            #"\""#, "é", #"\ud83d\ude00"#, #"\ud800"#, "x", "budget=x", #"\u000A"#, #"\t"#, "tokenhub", #"\/"#,
        ]
        func text() -> String {
            "\"" + (0..<below(14)).map { _ in pieces[below(pieces.count)] }.joined() + "\""
        }
        for _ in 0..<150 {
            let contents = (0..<1 + below(3)).map { _ in
                below(3) == 0 ? "[{\"type\":\"text\",\"text\":\(text())},\(text()),{\"x\":1}]" : text()
            }
            let messages = contents.map {
                "{\"role\":\"\(below(2) == 0 ? "user" : "system")\",\"content\":\($0)}"
            }
            let body = "{ \"messages\":[\(messages.joined(separator: " , "))],\"more\":\(text())}"
            let bytes = Array(body.utf8)
            try JSONScan.validate(bytes.span)
            let left = taken(body).body
            let leftBytes = Array(left.utf8)
            #expect((try? JSONScan.validate(leftBytes.span)) != nil, "seed \(seed): \(body) became \(left)")
            #expect(left.utf8.count <= body.utf8.count, "seed \(seed)")
            // Once is enough, and nobody finds any more.
            #expect(taken(left).body == left, "seed \(seed): \(body)")
            #expect(taken(left).said == Directive(), "seed \(seed): \(body)")
            #expect(left.hasSuffix(body.split(separator: "\"more\":").last!), "seed \(seed)")
            if !mayStand(body) { #expect(left == body, "seed \(seed)") }
        }
    }

    @Test func bodiesCutAnywhereAreLeftAlone() {
        let body = user(#""one @@tokenhub\nmode=cheap\n@@end two""#)
        for count in 0..<body.utf8.count {
            let cut = String(decoding: Array(body.utf8)[0..<count], as: UTF8.self)
            #expect(taken(cut).body == cut)
        }
    }
}
