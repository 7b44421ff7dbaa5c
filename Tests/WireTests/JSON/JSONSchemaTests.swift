// What fits a schema, what does not and why, and what is no schema.

import Testing

@testable import Wire

struct JSONSchemaTests {
    /// Why the text does not fit, or why the schema is none; nil: it fits.
    private func fault(_ schema: [UInt8], _ text: [UInt8]) -> String? {
        do throws(JSONSchemaFault) {
            try JSONSchema(scanning: schema.span).check(text.span)
            return nil
        } catch {
            return error.message
        }
    }

    private func fault(_ schema: String, _ text: String) -> String? { fault(Array(schema.utf8), Array(text.utf8)) }

    @Test(arguments: [
        (#"{"type":"object"}"#, " {} "), (#"{"type":"array"}"#, "[1]"), (#"{"type":"string"}"#, #""a""#),
        (#"{"type":"number"}"#, "-1.5e3"), (#"{"type":"integer"}"#, "3"), (#"{"type":"integer"}"#, "3.0"),
        (#"{"type":"integer"}"#, "1e400"), (#"{"type":"number"}"#, "7"), (#"{"type":"boolean"}"#, "false"),
        (#"{"type":"null"}"#, "null"), (#"{"type":["string","null"]}"#, "null"), (#"{"typ\u0065":"null"}"#, "null"),
        (#"{"type":"object","required":["a\u0062"]}"#, #"{"\u0061b":1}"#),
        (#"{"type":"object","properties":{"a":{"type":"string"}}}"#, #"{"b":1,"a":"x"}"#),
        (#"{"type":"object","properties":{"a":{"type":"string"}}}"#, #"{"a":1,"\u0061":"x"}"#),
        (#"{"type":"object","properties":{"a":{"type":"number"},"a":{"type":"string"}}}"#, #"{"a":"x"}"#),
        (#"{"type":"object","properties":{"a":true},"additionalProperties":false}"#, #"{"a":1}"#),
        (#"{"type":"object","patternProperties":{"^a":{}},"additionalProperties":false}"#, #"{"a":1}"#),
        (#"{"type":"object","additionalProperties":{"type":"number"}}"#, #"{"a":1,"b":2}"#),
        (#"{"type":"array","items":{"type":"integer"},"minItems":2,"maxItems":2}"#, "[1,2]"),
        (#"{"type":"array","items":[{"type":"string"}]}"#, "[1]"),
        (#"{"type":"array","prefixItems":[{}],"items":false}"#, "[1]"),
        (#"{"type":"array","minItems":2}"#, "[[],{}]"), (#"{"type":"number","enum":[1,2]}"#, "1.0"),
        (#"{"type":"object","const":{"a":1,"b":[true,null]}}"#, #"{ "b" : [true , null], "\u0061":10e-1}"#),
        (#"{"type":"object","const":{"a":1}}"#, #"{"a":2,"a":1}"#), (#"{"type":"number","const":0}"#, "-0.0"),
        (#"{"type":"string","const":"\u00e9\ud83d\ude00\/"}"#, "\"é😀/\""),
        (#"{"type":"number","const":1e400}"#, "1e400"),
        (#"{"type":"number","minimum":1,"maximum":1}"#, "1"),
        (#"{"type":["number","string"],"exclusiveMinimum":1,"minLength":2}"#, "1.01"),
        (#"{"type":["number","string"],"exclusiveMinimum":1,"minLength":2,"maxLength":2.0}"#, #""é\ud83d\ude00""#),
        (#"{"type":"string","pattern":"^x$","format":"date","minProperties":-1}"#, #""a""#),
    ])
    func whatFits(schema: String, text: String) {
        #expect(fault(schema, text) == nil)
    }

    private static let order =
        #"{"type":"object","required":["id","items"],"properties":{"id":{"type":"integer"},"#
        + #""items":{"type":"array","items":{"type":"object","properties":{"price":{"type":["number","null"]}}}}}}"#

    @Test(arguments: [
        (#"{"type":"object"}"#, "[]", "expected JSON object but got something else"),
        (#"{"type":"object"}"#, "{} x", "expected JSON object but got something else"),
        (#"{"type":"string"}"#, "plain words", "expected JSON string but got something else"),
        (#"{"type":["string","null","string"]}"#, "1", "expected JSON string or null but got something else"),
        (#"{"type":"integer"}"#, "1.5", "expected JSON integer but got something else"),
        (order, #"{"id":1}"#, #"missing required field "items""#),
        (order, #"{"id":"1","items":[]}"#, "at /id: expected JSON integer but got something else"),
        (
            order, #"{"id":1,"items":[{"price":null},{"price":"a"}]}"#,
            "at /items/1/price: expected JSON number or null but got something else"
        ),
        (
            #"{"type":"object","properties":{"a":{"type":"string"}}}"#, #"{"a":"x","a":1}"#,
            "at /a: expected JSON string but got something else"
        ),
        (
            #"{"type":"object","properties":{"a":{"required":["b"]}}}"#, #"{"a":{}}"#,
            #"at /a: missing required field "b""#
        ),
        (#"{"type":"object","additionalProperties":false}"#, #"{"a":1}"#, "at /a: expected no value"),
        (#"{"type":"object","additionalProperties":{"minimum":2}}"#, #"{"a":1}"#, "at /a: expected minimum 2"),
        (#"{"type":"array","items":false}"#, "[0]", "at /0: expected no value"),
        (#"{"type":"string","enum":["a","b",1]}"#, #""c""#, #"expected one of ["a","b",1]"#),
        (#"{"type":"string","enum":[]}"#, #""c""#, "expected one of []"),
        (#"{"type":"array","const":[1,2]}"#, "[2,1]", "expected [1,2]"),
        (#"{"type":"object","const":{"a":null}}"#, "{}", #"expected {"a":null}"#),
        (#"{"type":"number","maximum":1.50}"#, "1.6", "expected maximum 1.50"),
        (#"{"type":"number","exclusiveMaximum":1}"#, "1.0", "expected exclusiveMaximum 1"),
        (#"{"type":"number","exclusiveMinimum":1}"#, "1", "expected exclusiveMinimum 1"),
        (#"{"type":"number","maximum":1}"#, "1e999", "expected maximum 1"),
        (#"{"type":"string","minLength":2}"#, #""\ud83d\ude00""#, "expected minLength 2"),
        (#"{"type":"string","maxLength":1}"#, #""ab""#, "expected maxLength 1"),
        (#"{"type":"array","minItems":1}"#, "[]", "expected minItems 1"),
        (#"{"type":"array","maxItems":0}"#, "[[]]", "expected maxItems 0"),
    ])
    func whatDoesNotFitSaysWhereAndWhy(schema: String, text: String, message: String) {
        #expect(fault(schema, text) == message)
    }

    @Test(arguments: [
        ("", "schema is not valid JSON: the text ends inside a value"),
        (#"{"type":"object""#, "schema is not valid JSON: the text ends inside a value"),
        ("[]", "schema is not valid JSON: the text is not an object"),
        (String(repeating: "[", count: 200), "schema is not valid JSON: nested too deeply"),
        ("{}", #"schema missing required "type" field"#), (#"{"enum":[1]}"#, #"schema missing required "type" field"#),
        (#"{"type":"text"}"#, #"schema "type" must be a type of JSON or a list of such"#),
        (#"{"type":[]}"#, #"schema "type" must be a type of JSON or a list of such"#),
        (#"{"type":["null",5]}"#, #"schema "type" must be a type of JSON or a list of such"#),
        (#"{"type":"object","required":"a"}"#, #"schema "required" must be a list of strings"#),
        (#"{"type":"object","required":["a",1]}"#, #"schema "required" must be a list of strings"#),
        (#"{"type":"object","properties":[]}"#, #"schema "properties" must be an object"#),
        (
            #"{"type":"object","properties":{"a":{"items":{"type":1}}}}"#,
            #"at /properties/a/items: schema "type" must be a type of JSON or a list of such"#
        ),
        (
            #"{"type":"object","additionalProperties":1}"#,
            "at /additionalProperties: schema must be an object or a boolean"
        ),
        (#"{"type":"object","enum":{}}"#, #"schema "enum" must be an array"#),
        (#"{"type":"number","minimum":"1"}"#, #"schema "minimum" must be a number"#),
        (#"{"type":"number","exclusiveMinimum":-1e400}"#, #"schema "exclusiveMinimum" must be a number"#),
        (#"{"type":"string","maxLength":-1}"#, #"schema "maxLength" must be a count"#),
        (#"{"type":"array","minItems":1.5}"#, #"schema "minItems" must be a count"#),
    ])
    func whatIsNoSchemaIsRefused(schema: String, message: String) {
        #expect(fault(schema, "{}") == message)
    }

    @Test func boundsAreKept() {
        let long = String(repeating: "é", count: 200)
        #expect(
            fault(#"{"type":"object","required":["\#(long)"]}"#, "{}")
                == "missing required field \"\(String(repeating: "é", count: 32))...\"")
        let bytesMax = Limits.schemaBytesMax
        let blanks = String(repeating: " ", count: bytesMax)
        #expect(fault(#"{"type":"null"}"# + blanks, "null") == "schema has more than \(bytesMax) bytes")
        let text = String(repeating: " ", count: Limits.schemaTextBytesMax) + "null"
        #expect(fault(#"{"type":"null"}"#, text) == "expected at most \(Limits.schemaTextBytesMax) bytes to check")
        // As deep as a text may be, in each way that goes down.
        let deep = Limits.jsonDepthMax
        func nest(_ open: String, _ inside: String, _ close: String, _ count: Int) -> String {
            String(repeating: open, count: count) + inside + String(repeating: close, count: count)
        }
        let arrays = nest("[", "", "]", deep)
        #expect(
            fault(#"{"type":"array","enum":[\#(nest("[", "", "]", deep - 2))]}"#, nest("[", "", "]", deep - 2)) == nil)
        #expect(fault(#"{"type":"array","items":\#(nest(#"{"items":"#, "false", "}", deep - 1))}"#, arrays) == nil)
        #expect(fault(#"{"type":"array"}"#, "[\(arrays)]") == "expected JSON array but got something else")
    }

    /// What no schema and no text can do is trap, whatever their bytes.
    @Test func schemasAndTextsSpoiltAnywhereAreJudged() {
        let seed: UInt64 = 11
        var random = Seeded(seed)
        let schema = Array(
            (#"{"type":["object","array"],"required":["a"],"properties":{"a":{"enum":[1,{"b":[2,"x"]}],"const":1},"#
                + #""c":{"minLength":1,"maxItems":2,"minimum":-1e3}},"additionalProperties":{"items":{"type":"null"}}}"#)
                .utf8)
        let text = Array(#"{"a":1.0,"c":"\ud83d\ude00é","d":[null,null],"\u0061":1,"e":{"f":[[],{}]}}"#.utf8)
        #expect(fault(schema, text) == nil)
        var judged: Set<String?> = []
        let bytes = Array("{}[]\",:\\u0129ent \u{80}".utf8)
        for _ in 0..<20_000 {
            var (spoiltSchema, spoiltText) = (schema, text)
            for _ in 0..<random.below(3) { spoiltSchema[random.below(schema.count)] = bytes[random.below(bytes.count)] }
            for _ in 0..<random.below(3) { spoiltText[random.below(text.count)] = bytes[random.below(bytes.count)] }
            if random.below(8) == 0 { spoiltText.removeLast(random.below(text.count)) }
            judged.insert(fault(spoiltSchema, spoiltText))
        }
        #expect(judged.count > 25 && judged.contains(nil), "seed \(seed)")
    }
}
