import Testing
import Wire

@testable import Adapters

/// What has no place on the other wire is named, each member of it, and carried where there is one.
struct PromptDroppedTests {
    static let user = #"{"role":"user","content":"hi"}"#

    /// A request with one message.
    static func chat(_ message: String = user, _ more: String = "") -> String { #"{"messages":[\#(message)]\#(more)}"# }

    static func messages(_ message: String = user, _ more: String = "") -> String {
        #"{"max_tokens":9,"messages":[\#(message)]\#(more)}"#
    }

    static func responses(_ items: String = user, _ more: String = "") -> String { #"{"input":[\#(items)]\#(more)}"# }

    private static func call(_ more: String, _ function: String = "") -> String {
        user + #",{"role":"assistant","tool_calls":[{"id":"a","type":"function","index":0,"function":{"name":"f","#
            + #""arguments":"{}"\#(function)}\#(more)}]}"#
    }

    private static func part(_ part: String) -> String { #"{"role":"user","content":[\#(part)]}"# }

    private static let image = #"{"type":"image_url","image_url":{"url":"https://x/y""#
    private static let function = #""type":"function","function":{"name":"f","parameters":{"type":"object"}"#

    @Test(arguments: [
        (chat(user, #","stream_options":{"include_usage":true,"include_obfuscation":true,"a":1}"#), "stream_options.a"),
        (chat(user, #","tools":[{\#(function)},"a":1,"b":2}]"#), "tools.a, tools.b"),
        (chat(user, #","tools":[{\#(function),"strict":false,"c":1,"d":[],"e":{"f":1}}}]"#), "tools.c, tools.e"),
        (chat(user, #","tools":[{\#(function),"parameters":[1]}}]"#), "tools.parameters"),
        (chat(user, #","tools":[{"type":"web_search","max_uses":5}]"#), "tools.web_search"),
        (
            chat(user, #","response_format":{"type":"json_schema","json_schema":{"strict":true,"schema":{},"a":1}}"#),
            "response_format.json_schema.a"
        ),
        (
            chat(
                user,
                #","response_format":{"type":"json_schema","json_schema":{"name":"n","description":"d","strict":true,"#
                    + #""schema":{"title":"N","description":"D"}}}"#),
            "response_format.json_schema.name, response_format.json_schema.description"
        ),
        (chat(#"{"role":"user","content":"hi","a":1,"b":2,"c":null}"#), "messages.a, messages.b"),
        (chat(#"{"role":"user","content":[{"type":"text","text":"hi"}],"cache_control":{"a":1}}"#), "cache_control"),
        (chat(part(#"{"type":"text","text":"hi","a":1,"b":2,"annotations":[]}"#)), "messages.a, messages.b"),
        (chat(part(image + #","detail":"high"}}"#)), "messages.image_url.detail"),
        (chat(part(image + #","detail":"auto"}}"#)), ""),
        (chat(part(image + #","a":1},"b":1}"#)), "messages.b, messages.image_url.a"),
        (
            chat(part(#"{"type":"file","file":{"file_data":"data:application/pdf;base64,AA","file_id":"f","a":1}}"#)),
            "messages.file.a"
        ),
        (chat(call(#","extra_content":{"google":{}}"#)), "messages.tool_calls.extra_content"),
        (chat(call("", #","a":1,"b":null"#)), "messages.tool_calls.a"),
        (
            chat(
                user + #",{"role":"assistant","content":"a","thinking_blocks":[{"type":"thinking","thinking":"t","#
                    + #""signature":"s","a":1}]}"#), "messages.thinking_blocks.a"
        ),
        (
            // As our own streams number them, and SDKs send them back.
            chat(
                user + #",{"role":"assistant","content":"a","thinking_blocks":[{"index":0,"type":"thinking","#
                    + #""thinking":"t","signature":"s"},{"index":1,"type":"redacted_thinking","data":"d"}]}"#), ""
        ),
    ])
    func membersOfAChatAreNamed(body: String, dropped: String) {
        let result = PromptTests.translate(body, .chatToMessages)
        #expect(result.fault == nil && result.dropped == dropped, "\(body) \(result)")
        #expect(PromptTests.isValid(result.body))
    }

    /// Two members are one setting on other wires.
    @Test(arguments: [
        (#","user":"a","safety_identifier":"b""#, "user"),
        (#","safety_identifier":"a","user":"b""#, "safety_identifier"),
        (#","user":"b","safety_identifier":"b""#, ""), (#","user":"","safety_identifier":"b""#, ""),
        (#","user":null,"safety_identifier":"b""#, ""), (#","safety_identifier":"b""#, ""),
    ])
    func anotherUserIsNamed(members: String, dropped: String) {
        for (body, translation) in [
            (Self.chat(Self.user, members), Translation.chatToMessages),
            (Self.responses(Self.user, members), .responsesToChat),
            (Self.responses(Self.user, members), .responsesToMessages),
        ] {
            let result = PromptTests.translate(body, translation)
            #expect(result.fault == nil && result.dropped == dropped, "\(body) \(result)")
            #expect(result.body.contains(translation == .responsesToChat ? #""user":"b""# : #""user_id":"b""#))
        }
    }

    private static let source = #""source":{"type":"base64","media_type":"application/pdf","data":"AA"#
    private static let tool = #""name":"f","input_schema":{"type":"object"}"#

    @Test(arguments: [
        (messages(part(#"{"type":"text","text":"hi","a":1,"b":2,"citations":null}"#)), "messages.a, messages.b"),
        (
            messages(part(#"{"type":"document",\#(source)","x":1},"title":"t","context":"c"}"#)),
            "messages.source.x, messages.context"
        ),
        (
            messages(
                part(
                    #"{"type":"document","source":{"type":"text","data":"d"},"title":"t","citations":{"enabled":true}}"#
                )),
            "messages.title, messages.citations"
        ),
        (messages(user, #","tools":[{\#(tool),"a":1,"b":2,"strict":false}]"#), "tools.a, tools.b"),
        (messages(user, #","tools":[{\#(tool),"type":"custom","format":{"a":1}}]"#), "tools.format"),
        (messages(user, #","tools":[{"type":"web_search_1","name":"w","max_uses":1}]"#), "tools.web_search_1"),
        (messages(user, #","tools":[{\#(tool)}],"tool_choice":{"type":"auto","a":1}"#), "tool_choice.a"),
        (messages(user, #","tool_choice":{"type":"some"}"#), "tool_choice"),
        (
            messages(
                user, #","output_config":{"effort":"huge","a":1,"format":{"type":"json_schema","schema":{},"b":1}}"#),
            "output_config.effort, output_config.a, output_config.format.b"
        ),
        (messages(user, #","output_config":{"format":{"type":"xml"}}"#), "output_config.format"),
        (messages(user, #","thinking":{"type":"disabled","display":"omitted"}"#), "thinking.display"),
        (messages(user, #","thinking":{"type":"much"}"#), "thinking"),
        (
            messages(user, #","system":[{"type":"text","text":"a","citations":{"a":1},"b":2}]"#),
            "system.citations, system.b"
        ),
        (
            messages(
                user + #",{"role":"assistant","content":[{"type":"tool_use","id":"a","name":"f","input":{},"#
                    + #""caller":{"type":"direct"},"a":1}]},"#
                    + part(#"{"type":"tool_result","tool_use_id":"a","b":1}"#)), "messages.a, messages.b"
        ),
        (
            messages(
                user + #",{"role":"assistant","content":[{"type":"tool_use","id":"a","name":"f","input":{},"#
                    + #""caller":{"type":"code_execution","tool_id":"t"}}]}"#), "messages.caller"
        ),
    ])
    func membersOfMessagesAreNamed(body: String, dropped: String) {
        let result = PromptTests.translate(body, .messagesToChat)
        #expect(result.fault == nil && result.dropped == dropped, "\(body) \(result)")
        #expect(PromptTests.isValid(result.body))
    }

    private static let schema =
        #","text":{"a":1,"format":{"type":"json_schema","name":"n","description":"d","strict":true,"b":2,"schema":{}}}"#

    @Test(arguments: [
        (responses(user, schema), "text.a, text.format.b", "text.a, text.format.b"),
        (
            responses(user, #","tools":[{"type":"function","name":"f","parameters":{},"defer_loading":true,"a":[]}]"#),
            "tools.defer_loading", "tools.defer_loading"
        ),
        (
            responses(
                #"{"type":"message","role":"user","content":"hi","id":"m","status":"completed","phase":"x","y":1}"#),
            "input.phase, input.y", "input.phase, input.y"
        ),
        (
            responses(user + #",{"type":"web_search_call","id":"w","action":{"a":1}}"#), "input.web_search_call",
            "input.web_search_call"
        ),
        (
            responses(part(#"{"type":"input_image","image_url":"https://x/y","detail":"low","a":1}"#)),
            "input.a", "input.a, input.detail"
        ),
        (
            responses(part(#"{"type":"input_image","image_url":"https://x/y","detail":"original"}"#)),
            "input.detail", "input.detail"
        ),
        (
            responses(
                user + #",{"type":"reasoning","summary":[{"type":"summary_text","text":"a"}],"#
                    + #""content":[{"type":"reasoning_text","text":"b"}]}"#),
            "reasoning.content, input.reasoning", "reasoning.content, input.reasoning"
        ),
        (
            responses(
                user + #",{"type":"function_call","call_id":"c","name":"f","arguments":"{}"},"#
                    + #"{"type":"function_call_output","call_id":"c","output":{"content":"no","success":false}}"#),
            "input.output.success", ""
        ),
    ])
    func membersOfResponsesAreNamed(body: String, chat: String, messages: String) {
        let there = PromptTests.translate(body, .responsesToChat)
        #expect(there.fault == nil && there.dropped == chat, "\(body) \(there)")
        let other = PromptTests.translate(body, .responsesToMessages)
        #expect(other.fault == nil && other.dropped == messages, "\(body) \(other)")
        #expect(PromptTests.isValid(there.body) && PromptTests.isValid(other.body))
    }

    // MARK: Carried

    @Test func theDetailOfAnImageGoesWhereItIsKnown() {
        let part = Self.part(#"{"type":"input_image","image_url":"https://x/y","detail":"low"}"#)
        let result = PromptTests.translate(Self.responses(part), .responsesToChat)
        #expect(result.body.contains(#"{"url":"https://x/y","detail":"low"}"#))
    }

    @Test func whatASchemaIsCalledIsToldInItWhereItHasNoFrame() {
        func format(_ schema: String) -> String {
            let frame = #"{"name":"n","description":"d","strict":true,"schema":\#(schema)}"#
            let body = Self.chat(Self.user, #","response_format":{"type":"json_schema","json_schema":\#(frame)}"#)
            let result = PromptTests.translate(body, .chatToMessages)
            #expect(result.dropped.isEmpty && PromptTests.isValid(result.body))
            return result.body
        }
        #expect(format("{}").contains(#""schema":{"title":"n","description":"d"}}"#))
        #expect(format(#"{"type":"object"}"#).contains(#""schema":{"title":"n","description":"d","type":"object"}}"#))
        #expect(format(#"{ "title":"n"}"#).contains(#""schema":{"description":"d", "title":"n"}}"#))
        let responses = PromptTests.translate(
            Self.responses(Self.user, Self.schema.replacing(#","b":2"#, with: "")), .responsesToChat)
        #expect(
            responses.body.contains(
                #""json_schema":{"name":"n","description":"d","schema":{},"strict":true}"#))
    }

    @Test func theGrammarOfAToolIsToldByChatsToo() {
        let tool =
            #"{"type":"custom","custom":{"name":"p","description":"Patch.","format":{"type":"grammar","grammar":"#
            + #"{"syntax":"lark","definition":"start: \"a\""}}}}"#
        let result = PromptTests.translate(Self.chat(Self.user, #","tools":[\#(tool)]"#), .chatToMessages)
        #expect(result.dropped.isEmpty)
        #expect(
            result.body.contains(
                #""description":"Patch.\n\nThe text in `input` follows this lark grammar:\nstart: \"a\"""#))
    }

    // MARK: Bounds

    /// A hostile request makes neither the head long nor the work.
    @Test func theListIsBounded() {
        let long = String(repeating: "x", count: 300)
        let many = (0..<2000).map { #""m\#($0)":1"# }.joined(separator: ",")
        for members in [#""\#(long)":1"#, #""a, b\r\n":1,"":2,"é":3"#, many] {
            let bodies = [
                (Self.chat(#"{"role":"user","content":"hi",\#(members)}"#), Translation.chatToMessages),
                (Self.messages(Self.part(#"{"type":"text","text":"hi",\#(members)}"#)), .messagesToChat),
                (Self.messages(Self.user, #","tools":[{"name":"f",\#(members)}]"#), .messagesToChat),
                (Self.responses(#"{"role":"user","content":"hi",\#(members)}"#), .responsesToChat),
                (Self.responses(Self.user, #","text":{\#(members)}"#), .responsesToMessages),
            ]
            for (body, translation) in bodies {
                let result = PromptTests.translate(body, translation)
                #expect(result.fault == nil && !result.dropped.isEmpty, "\(translation) \(members.prefix(20))")
                #expect(result.dropped.utf8.count <= Limits.droppedBytesMax + 3)
                #expect(result.dropped.utf8.allSatisfy { $0 >= 0x20 && $0 < 0x7F })
                for name in result.dropped.split(separator: ", ") { #expect(name.utf8.count <= 64 + 24) }
            }
        }
    }

    @Test func eachNameStandsOnceAndTheRestIsThreeDots() {
        var dropped = Dropped()
        for _ in 0..<3 { for name in ["a", "b"] { dropped.note("tools.", bytes(name).span) } }
        dropped.note("", Span())
        #expect(written { dropped.write(into: &$0) } == "tools.a, tools.b, .")
        let long = bytes(String(repeating: "x", count: 60))
        for index in 0..<20 { dropped.note("tools.", bytes("\(index)").span); dropped.note("y", long.span) }
        for index in 0..<9 { dropped.note("z", bytes("\(index)" + String(repeating: "x", count: 60)).span) }
        let list = written { dropped.write(into: &$0) }
        #expect(list.hasPrefix("tools.a, tools.b, ., tools.0, y") && list.hasSuffix(", ..."))
        #expect(list.utf8.count <= Limits.droppedBytesMax + 3)
    }
}
