// Which bytes of an answer change when its text is shaped, and which text a schema gets to see.

import Testing
import Wire

@testable import Gateway

@Suite struct OutputRulesTests {
    private let trims = OutputForm(kind: .markdown)

    private func written(_ answer: String, _ form: OutputForm?, _ schema: String = "") throws(JSONSchemaFault) -> String
    {
        var out = ByteBuffer()
        try OutputRules(form, schema: Array(schema.utf8)).write(Array(answer.utf8).span, into: &out)
        return String(copying: out.bytes)
    }

    @Test func onlyTheTextChanges() throws {
        let rest =
            #", "reasoning_content" : " r ","x":1.0e0}},{"message":{"content":" c "}}],"usage":{"a":1}, "choice":[]}"#
        #expect(
            try written(#" {"id":"\u0061","choices":[{"message":{"content": " \u00e9\n\"b\" " "# + rest, trims)
                == #" {"id":"\u0061","choices":[{"message":{"content": "é\n\"b\"" "# + rest)
    }

    @Test(arguments: [
        #"{"choices":[{"message":{"content":null,"tool_calls":[]}}]}"#, #"{"choices":[]}"#, "{}", "[]", "",
        " {\"choices\":",
        #"{"choices":[{"message":{"content":[{"text":" a "}]}}]}"#, #"{"choices":[{"message":{"content":"\u00e9"}}]}"#,
    ])
    func whatHasNoTextOrIsInFormStaysByteForByte(answer: String) throws {
        #expect(try written(answer, trims) == answer)
        let fitsAnything = #"{"type":["string","object"]}"#
        if !answer.contains("u00e9") { #expect(try written(answer, nil, fitsAnything) == answer) }
    }

    @Test(
        arguments: [
            (#" {\"a\":1} "#, nil), (#"```json\n{\"a\":1}\n``` said"#, nil), (#"  \n "#, nil), ("", nil),
            (#"see ```json\n{\"a\":1}\n```"#, "expected JSON object but got something else"),
            (#"{}"#, #"missing required field "a""#),
        ] as [(String, String?)])
    func theSchemaSeesTheTextOrTheFenceInFrontOfIt(text: String, message: String?) {
        let answer = #"{"choices":[{"message":{"content":"\#(text)"}}]}"#
        let schema = #"{"type":"object","required":["a"]}"#
        var found: String?
        do throws(JSONSchemaFault) {
            #expect(try written(answer, nil, schema) == answer)
        } catch {
            found = error.message
        }
        #expect(found == message)
        // In form the fence may stand anywhere.
        if text.hasPrefix("see") {
            #expect(throws: Never.self) { try written(answer, OutputForm(kind: .json), schema) }
        }
    }
}
