import Testing
import Wire

@testable import Adapters

/// Blocks in blocks of a Messages request: carried, or refused, and never somebody else's.
struct PromptNestingTests {
    static let image = #"{"type":"image","source":{"type":"base64","media_type":"image/png","data":"iVBO"}}"#
    static let use = #"{"type":"tool_use","id":"c1","name":"f","input":{}}"#

    static func document(_ content: String) -> String {
        #"{"type":"document","source":{"type":"content","content":\#(content)}}"#
    }

    static func result(_ content: String) -> String {
        #"{"type":"tool_result","tool_use_id":"c1","content":\#(content)}"#
    }

    static func request(_ blocks: String) -> String {
        #"{"max_tokens":9,"messages":[{"role":"user","content":"hi"},{"role":"assistant","content":[\#(use)]},"#
            + #"{"role":"user","content":[\#(blocks)]}]}"#
    }

    @Test func whatStandsInADocumentInAResultIsTheResults() {
        let text = #"{"type":"text","text":"a"}"#
        let result = PromptTests.translate(
            Self.request(
                Self.result("[\(text),\(Self.document("[\(text),\(Self.image)]")),\(Self.document(#""b""#))]")),
            .messagesToChat)
        #expect(result.fault == nil && result.dropped.isEmpty)
        #expect(
            result.body.contains(
                #"{"role":"tool","tool_call_id":"c1","content":"a\na\nb"},{"role":"user","content":["#
                    + #"{"type":"image_url","image_url":{"url":"data:image/png;base64,iVBO"}}]}"#), "\(result)")
    }

    @Test(arguments: [
        use, #"{"type":"tool_result","tool_use_id":"c1","content":"x"}"#,
        #"{"type":"thinking","thinking":"t","signature":"s"}"#, #"{"type":"redacted_thinking","data":"d"}"#,
    ])
    func partsOfATurnStandInNothingElse(block: String) {
        for nested in [
            Self.result("[\(block)]"), Self.result("[\(Self.document("[\(block)]"))]"),
            Self.result(#""42""#) + "," + Self.document("[\(block)]"),
        ] {
            let result = PromptTests.translate(Self.request(nested), .messagesToChat)
            #expect(result.fault == .unknownPart && result.body.isEmpty, "\(nested) \(result)")
        }
    }

    @Test(arguments: [
        "5", "{}", #"{"a":{"type":"text","text":"x"}}"#, "[5]", "[null]", #"["x"]"#, "[[]]", "[{}]", #"[{"type":5}]"#,
    ])
    func whatIsNoListOfBlocksIsRefused(content: String) {
        for nested in [Self.result(content), Self.result(#""42""#) + "," + Self.document(content)] {
            let result = PromptTests.translate(Self.request(nested), .messagesToChat)
            #expect(result.fault == .unknownPart && result.body.isEmpty, "\(nested) \(result)")
        }
    }

    @Test func documentsDoNotNest() {
        let nested = Self.document("[\(Self.document(#""a""#))]")
        #expect(PromptTests.translate(Self.request(Self.result("[\(nested)]")), .messagesToChat).fault == .unknownPart)
        var deep = #""a""#
        for _ in 0..<29 { deep = "[\(Self.document(deep))]" }
        #expect(PromptTests.translate(Self.request(Self.result(deep)), .messagesToChat).fault == .unknownPart)
    }

    @Test func anImageIsNoText() {
        let image = #"{"type":"image","source":{"type":"text","data":"x"}}"#
        #expect(PromptTests.translate(Self.request(Self.result("[\(image)]")), .messagesToChat).fault == .fileReference)
    }

    @Test func aResultOfNothingIsEmpty() {
        for content in ["null", "[]", #""""#] {
            let result = PromptTests.translate(Self.request(Self.result(content)), .messagesToChat)
            #expect(result.body.contains(#"{"role":"tool","tool_call_id":"c1","content":""}"#) && result.fault == nil)
        }
    }

    @Test func searchResultsInResultsAreNamed() {
        let search = #"[{"type":"search_result","source":"s","title":"t","content":[]}]"#
        let result = PromptTests.translate(Self.request(Self.result(search)), .messagesToChat)
        #expect(result.fault == nil && result.dropped == "messages.search_result")
    }
}
