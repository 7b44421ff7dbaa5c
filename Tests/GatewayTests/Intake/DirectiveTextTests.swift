// Directives in plain texts: both grammars, the ranges of their values, and what is left of the text.

import Testing
import Wire

@testable import Gateway

@Suite struct DirectiveTextTests {
    private func found(_ text: String) -> DirectiveText { DirectiveText(Array(text.utf8).span) }

    /// The text without its directives.
    private func stripped(_ text: String) -> String {
        let bytes = Array(text.utf8)
        var left: [UInt8] = []
        var done = 0
        for removal in found(text).removals {
            left += bytes[done..<removal.start]
            if removal.leavesLineBreak { left.append(10) }
            done = removal.end
        }
        return String(decoding: left + bytes[done...], as: UTF8.self)
    }

    private func policy(_ change: (inout CallerPolicy) -> Void) -> CallerPolicy {
        var policy = CallerPolicy()
        change(&policy)
        return policy
    }

    private func faults(_ text: String) -> [String] {
        found(text).directive.faults.map { String(decoding: $0, as: UTF8.self) }
    }

    @Test func aLineSaysAllItsKeys() {
        let line =
            #"@@tokenhub mode=cheap  budget=0.25\#tlatency=300000 min_weight=10 strict=true output_schema={"a": [1, 2]}"#
        let directive = found(line).directive
        #expect(directive.faults == [])
        #expect(
            directive.policy
                == policy {
                    $0.mode = .cheap
                    $0.budgetNanoUSDMax = 250_000_000
                    $0.latencyMSMax = 300_000
                    $0.weightMin = 10
                    $0.isStrict = true
                    $0.outputSchema = Array(#"{"a": [1, 2]}"#.utf8)
                })
    }

    @Test func aBlockSaysOneKeyPerLine() {
        for line in ["\n", "\r\n"] {
            let text = [
                "@@tokenhub  ", " mode = planning ", "", "budget=1e-3", "output_schema={ \"type\": \"object\" }",
                "@@end",
            ]
            let directive = found(text.joined(separator: line)).directive
            #expect(directive.faults == [], "\(faults(text.joined(separator: line)))")
            #expect(
                directive.policy
                    == policy {
                        $0.mode = .planning
                        $0.budgetNanoUSDMax = 1_000_000
                        $0.outputSchema = Array(#"{ "type": "object" }"#.utf8)
                    })
        }
    }

    @Test(arguments: RoutingMode.allCases)
    func everyModeCanBeAskedFor(mode: RoutingMode) {
        #expect(found("@@tokenhub mode=\(mode.label)").directive.policy.mode == mode)
    }

    @Test(arguments: [
        (
            "mode=fast",
            "mode must be one of cheap, normal, high_confidence, planning, adversarial, vote, refine, thompson"
        ),
        ("mode=", "mode must be one of cheap, normal, high_confidence, planning, adversarial, vote, refine, thompson"),
        ("budget=100.5", "budget must be between 0 and 100"), ("budget=-1", "budget must be between 0 and 100"),
        ("budget=nan", "budget must be between 0 and 100"), ("budget=much", "budget must be between 0 and 100"),
        ("latency=300001", "latency must be between 0 and 300000"),
        ("latency=1.5", "latency must be between 0 and 300000"),
        ("min_weight=11", "min_weight must be between 0 and 10"),
        ("strict=yes", "strict must be true or false"), ("output_schema={oops", "output_schema must be valid JSON"),
        ("output_schema=", "output_schema must be valid JSON"), ("Mode=cheap", "Mode is not a key of a directive"),
        ("k\u{e9}y=1", "k??y is not a key of a directive"), ("hello", "hello is not a key=value"),
        ("=5", "?5 is not a key=value"),
    ])
    func whatIsWrongIsSaid(word: String, fault: String) {
        #expect(faults("@@tokenhub \(word)") == [fault])
        #expect(faults("@@tokenhub\n\(word)\n@@end") == [fault])
        // What is right beside it counts.
        #expect(
            found("@@tokenhub \(word) mode=cheap").directive.policy.mode == (word.hasPrefix("mode") ? .cheap : .cheap))
    }

    @Test func faultsAreBounded() {
        let words = (0..<100).map { "\(String(repeating: "k", count: 100))\($0)" }.joined(separator: " ")
        #expect(faults("@@tokenhub \(words)").count == 8)
        #expect(faults("@@tokenhub \(words)").allSatisfy { $0.utf8.count < 60 })
    }

    @Test func theLastThatSaysAnythingWins() {
        #expect(
            found("@@tokenhub mode=cheap budget=1\n@@tokenhub mode=vote").directive
                == found("@@tokenhub mode=vote").directive)
        #expect(found("@@tokenhub mode=cheap\n@@tokenhub\n@@end").directive.policy.mode == .cheap)
        let open = found("@@tokenhub mode=cheap\n@@tokenhub\nmode=vote")
        #expect(open.directive.policy.mode == .cheap)
        #expect(open.isLastUnended)
        #expect(!found("@@tokenhub\n@@tokenhub mode=cheap").isLastUnended)
    }

    @Test(arguments: [
        ("no directive", "no directive"), ("@@tokenhub mode=cheap", ""), ("@@tokenhub mode=cheap\n", ""),
        ("@@tokenhub mode=cheap\nask", "ask"), ("@@tokenhub mode=cheap\r\nask", "ask"),
        ("ask\n@@tokenhub mode=cheap", "ask"), ("ask \n\n@@tokenhub mode=cheap\n\n", "ask \n\n\n"),
        ("one\n@@tokenhub mode=cheap\ntwo", "one\ntwo"), ("one @@tokenhub mode=cheap\ntwo", "one \ntwo"),
        ("one @@tokenhub mode=cheap\r\ntwo", "one \r\ntwo"), ("one @@tokenhub mode=cheap", "one"),
        ("@@tokenhub\nmode=cheap\n@@end\nask", "ask"), ("@@tokenhub\r\nmode=cheap\r\n@@end\r\nask", "ask"),
        ("one @@tokenhub\nmode=cheap\n@@end two", "one \n two"), ("@@tokenhub\nmode=cheap\n@@end two", " two"),
        ("one @@tokenhub\nmode=cheap\n@@end\ntwo", "one \ntwo"), ("@@tokenhub\nask", "ask"), ("@@tokenhub", ""),
        ("ask @@tokenhub", "ask"), ("@@tokenhub\nmode=cheap\n@@tokenhub mode=vote\nask", "mode=cheap\nask"),
        ("@@tokenhub a=1\n@@tokenhub b=2", ""), ("ask\n@@tokenhub a=1\n@@tokenhub b=2", "ask"),
        ("@@tokenhub a=1\nask\n@@tokenhub b=2\nmore", "ask\nmore"), ("@@@tokenhub a=1\nb", "@\nb"),
        ("@@tokenhubmode=cheap\nask", "ask"), ("@@end", "@@end"), ("a @@ -1,3 +1,4 @@ b", "a @@ -1,3 +1,4 @@ b"),
        ("@@token@@tokenhub\n@@endhub a=1", "@@token\nhub a=1"),
        ("@@tokenhub\n@@end@@tokenhub mode=cheap\nrest", "rest"),
    ])
    func whatIsLeft(text: String, left: String) {
        #expect(stripped(text) == left)
    }

    @Test(arguments: 0..<40)
    func nothingThatReadsAsADirectiveIsLeft(seed: UInt64) {
        var random = SplitMix(seed: seed)
        func below(_ bound: Int) -> Int { Int.random(in: 0..<bound, using: &random) }
        let pieces = ["@@tokenhub", "@@end", "\n", "\r\n", " ", "mode=cheap", "@", "@@", "tokenhub", "é", "x", "end"]
        for _ in 0..<200 {
            let text = (0..<below(12)).map { _ in pieces[below(pieces.count)] }.joined()
            #expect(!stripped(text).contains("@@tokenhub"), "seed \(seed): \(text.debugDescription)")
            if !text.contains("@@tokenhub") { #expect(stripped(text) == text, "seed \(seed)") }
        }
    }
}
