import Adapters
import Testing
import Wire

struct ChatRequestTests {
    static let messages = #""messages":[{"role":"user","content":"hello"}]"#

    static func scan(_ text: String, _ operation: Adapters.Operation = .chat) throws(RequestFault) -> ChatRequest {
        try ChatRequest(scanning: bytes(text).span, operation: operation)
    }

    static func fault(_ text: String, _ operation: Adapters.Operation = .chat) -> RequestFault? {
        do throws(RequestFault) {
            _ = try scan(text, operation)
            return nil
        } catch {
            return error
        }
    }

    static func part(_ body: String, _ range: ByteRange) -> String { text(bytes(body).span.extracting(range)) }

    @Test func membersAreFoundWhereverTheyStand() throws {
        let body =
            #" { "temperature":0.5, "stream" : true,"model": "gpt-x" ,"messages":[{"role":"system","content":"be brief"}, "#
            + #"{"role":"user","content":[{"type":"text","text":"12345678"},{"type":"image_url","image_url":{"url":"data:x"}},"#
            + #"{"type":"text","text":"1234"}]},{"role":"assistant","content":null,"tool_calls":[]}],"n":2,"max_tokens":50,"#
            + #""max_completion_tokens":40,"stop":["a","b"],"tools":[{},{}],"stream_options":{"include_usage":true},"#
            + #""user":"u-1","prompt_cache_key":"k-1","unknown":{"model":"no"}} "#
        let request = try Self.scan(body)
        #expect(Self.part(body, request.model) == "gpt-x")
        #expect(Self.part(body, request.modelLiteral) == "\"gpt-x\"")
        #expect(request.isStream)
        #expect(request.includesUsage)
        #expect(request.subjectCount == 3)
        #expect(Self.part(body, request.subject).hasPrefix("[{\"role\":\"system\""))
        #expect(Self.part(body, request.subject).hasSuffix("\"tool_calls\":[]}]"))
        // Texts, three messages, two tools, an image of unknown size.
        #expect(request.estimatedInputTokens == 806)
        #expect(request.choiceCount == 2)
        #expect(request.outputTokensMax == 40)
        #expect(request.toolCount == 2)
        #expect(Self.part(body, request.streamOptions) == #"{"include_usage":true}"#)
    }

    @Test func theModelIsOptionalAndMayBeLeftToUs() throws {
        #expect(try Self.scan("{\(Self.messages)}").model.isEmpty)
        #expect(try !Self.scan("{\(Self.messages)}").has(.model))
        #expect(try Self.scan(#"{"model":null,\#(Self.messages)}"#).model.isEmpty)
        #expect(try Self.scan(#"{"model":null,\#(Self.messages)}"#).has(.model))
        #expect(try Self.scan(#"{"model":"",\#(Self.messages)}"#).model.isEmpty)
    }

    @Test func aModelWrittenWithEscapesHasItsName() throws {
        let body = #"{"model":"org\/m\u006fdel",\#(Self.messages)}"#
        let request = try Self.scan(body)
        #expect(request.modelHasEscapes)
        #expect(written { request.writeModel(from: bytes(body).span, into: &$0) } == "org/model")
        let plain = #"{"model":"org/model",\#(Self.messages)}"#
        let other = try Self.scan(plain)
        #expect(!other.modelHasEscapes)
        #expect(written { other.writeModel(from: bytes(plain).span, into: &$0) } == "org/model")
    }

    @Test(arguments: [
        ("{}", RequestFault.missing(.messages)),
        (#"{"model":"x"}"#, .missing(.messages)),
        (#"{"messages":null}"#, .missing(.messages)),
        (#"{"messages":[]}"#, .empty(.messages)),
        (#"{"messages":"hi"}"#, .wrongKind(.messages, expected: .array)),
        (#"{"messages":{}}"#, .wrongKind(.messages, expected: .array)),
        (#"{"messages":["hi"]}"#, .wrongKind(.messages, expected: .objects)),
        ("[]", .notAnObject), ("\"x\"", .notAnObject), ("null", .notAnObject), ("1", .notAnObject),
        (#"{"model":5,\#(messages)}"#, .wrongKind(.model, expected: .string)),
        (#"{"stream":"true",\#(messages)}"#, .wrongKind(.stream, expected: .boolean)),
        (#"{"stream":1,\#(messages)}"#, .wrongKind(.stream, expected: .boolean)),
        (#"{"n":17,\#(messages)}"#, .outOfBounds(.n, min: 1, max: 16)),
        (#"{"n":0,\#(messages)}"#, .outOfBounds(.n, min: 1, max: 16)),
        (#"{"n":-1,\#(messages)}"#, .outOfBounds(.n, min: 1, max: 16)),
        (#"{"n":99999999999999999999999,\#(messages)}"#, .outOfBounds(.n, min: 1, max: 16)),
        (#"{"n":1.5,\#(messages)}"#, .wrongKind(.n, expected: .integer)),
        (#"{"n":1e1,\#(messages)}"#, .wrongKind(.n, expected: .integer)),
        (#"{"n":"16",\#(messages)}"#, .wrongKind(.n, expected: .integer)),
        (#"{"best_of":17,\#(messages)}"#, .outOfBounds(.bestOf, min: 1, max: 16)),
        (#"{"max_tokens":1000001,\#(messages)}"#, .outOfBounds(.maxTokens, min: 0, max: 1_000_000)),
        (#"{"max_tokens":-1,\#(messages)}"#, .outOfBounds(.maxTokens, min: 0, max: 1_000_000)),
        (
            #"{"max_completion_tokens":9999999,\#(messages)}"#,
            .outOfBounds(.maxCompletionTokens, min: 0, max: 1_000_000)
        ),
        (#"{"stop":5,\#(messages)}"#, .wrongKind(.stop, expected: .stringOrStrings)),
        (#"{"stop":[5],\#(messages)}"#, .wrongKind(.stop, expected: .stringOrStrings)),
        (#"{"tools":{},\#(messages)}"#, .wrongKind(.tools, expected: .array)),
        (#"{"stream_options":[],\#(messages)}"#, .wrongKind(.streamOptions, expected: .object)),
        (#"{"stream_options":{"include_usage":1},\#(messages)}"#, .wrongKind(.includeUsage, expected: .boolean)),
        (#"{"user":5,\#(messages)}"#, .wrongKind(.user, expected: .string)),
        (#"{"model":"a","model":"b",\#(messages)}"#, .ambiguous(.model)),
        (#"{"model":"a",\#(messages),"Model":"b"}"#, .ambiguous(.model)),
        (#"{"MODEL":"b",\#(messages)}"#, .ambiguous(.model)),
        (#"{"model":"a","mod\u0065l":"b",\#(messages)}"#, .ambiguous(.model)),
        (#"{"mod\u0045l":"b",\#(messages)}"#, .ambiguous(.model)),
        (#"{"stream":false,\#(messages),"stream":true}"#, .ambiguous(.stream)),
        ("{\"\u{17F}tream\":true,\(messages)}", .ambiguous(.stream)),
        ("{\"max_to\u{212A}ens\":5,\(messages)}", .ambiguous(.maxTokens)),
        (#"{\#(messages),\#(messages)}"#, .ambiguous(.messages)),
        (
            #"{\#(messages),"stream_options":{"include_usage":false,"include_usage":true}}"#, .ambiguous(.includeUsage)
        ),
        (#"{\#(messages),"stream_options":{"Include_Usage":true}}"#, .ambiguous(.includeUsage)),
    ])
    func whatCannotBeServedIsRefused(body: String, fault: RequestFault) {
        #expect(Self.fault(body) == fault)
    }

    @Test(arguments: [
        ("", 0), (" ", 1), ("{", 1), ("{\"a\":}", 5), ("{\"a\":1,}", 7), ("nul", 3), ("{\"a\":1} x", 8),
        ("{\"messages\":[{\"content\":\"\u{1}\"}]}", 25), ("{\"a\":01}", 6), ("[1,2", 4), ("{'a':1}", 1),
    ])
    func wrongJSONIsToldWithItsPosition(body: String, position: Int) {
        guard case .malformed(let fault) = Self.fault(body) else {
            Issue.record("\(body) gave \(String(describing: Self.fault(body)))")
            return
        }
        #expect(fault.position == position)
    }

    @Test func boundsNameTheMemberAndTheNumber() {
        func message(_ fault: RequestFault) -> String { written { fault.writeMessage(into: &$0) } }
        #expect(message(.outOfBounds(.n, min: 1, max: 16)) == "n must be between 1 and 16")
        #expect(message(.tooMany(.messages, max: 10_000)) == "messages may have at most 10000 elements")
        #expect(message(.missing(.messages)) == "messages is required")
        #expect(
            message(.malformed(JSONFault(position: 17, reason: .endsEarly)))
                == "invalid JSON at byte 17: the text ends inside a value")
        let body = written {
            ErrorBody.write(.openAI, fault: .outOfBounds(.n, min: 1, max: 16), requestID: bytes("").span, into: &$0)
        }
        #expect(
            body
                == #"{"error":{"message":"n must be between 1 and 16","type":"invalid_request_error","param":"n","#
                + #""code":"integer_out_of_range"}}"#)
    }

    @Test func countsAreBounded() {
        func list(_ element: String, _ count: Int) -> String {
            "[" + Array(repeating: element, count: count).joined(separator: ",") + "]"
        }
        #expect(Self.fault(#"{"messages":\#(list("{}", 10_000))}"#) == nil)
        #expect(Self.fault(#"{"messages":\#(list("{}", 10_001))}"#) == .tooMany(.messages, max: 10_000))
        #expect(Self.fault(#"{\#(Self.messages),"tools":\#(list("{}", 512))}"#) == nil)
        #expect(Self.fault(#"{\#(Self.messages),"tools":\#(list("{}", 513))}"#) == .tooMany(.tools, max: 512))
        #expect(
            Self.fault(#"{\#(Self.messages),"tools":\#(list("{}", 400)),"functions":\#(list("{}", 113))}"#)
                == .tooMany(.functions, max: 512))
        #expect(Self.fault(#"{\#(Self.messages),"stop":\#(list("\"s\"", 16))}"#) == nil)
        #expect(Self.fault(#"{\#(Self.messages),"stop":\#(list("\"s\"", 17))}"#) == .tooMany(.stop, max: 16))
        let long = String(repeating: "a", count: 1025)
        #expect(Self.fault(#"{\#(Self.messages),"stop":"\#(long)"}"#) == .tooLong(.stop, bytesMax: 1024))
        #expect(Self.fault(#"{\#(Self.messages),"stop":["\#(long)"]}"#) == .tooLong(.stop, bytesMax: 1024))
        #expect(Self.fault(#"{\#(Self.messages),"model":"\#(long)"}"#) == .tooLong(.model, bytesMax: 256))
        #expect(Self.fault(#"{\#(Self.messages),"user":"\#(long)"}"#) == .tooLong(.user, bytesMax: 512))
        let members = (0..<512).map { "\"m\($0)\":0" }.joined(separator: ",")
        #expect(Self.fault("{\(members),\(Self.messages)}") == .tooManyMembers(max: 512))
        let inputs = list("\"s\"", 2049)
        #expect(Self.fault(#"{"input":\#(inputs)}"#, .embeddings) == .tooMany(.input, max: 2048))
    }

    @Test func deepNestingIsRefusedAndNotFollowed() {
        let deep = String(repeating: "[", count: 200_000)
        guard case .malformed(let fault) = Self.fault(#"{\#(Self.messages),"x":\#(deep)"#) else {
            Issue.record("taken")
            return
        }
        #expect(fault.reason == .tooDeep)
        let near = String(repeating: "[", count: 127) + String(repeating: "]", count: 127)
        #expect(Self.fault(#"{\#(Self.messages),"x":\#(near)}"#) == nil)
        guard case .malformed = Self.fault(#"{\#(Self.messages),"x":[\#(near)]}"#) else {
            Issue.record("taken")
            return
        }
    }

    @Test(arguments: [
        (#"{"input":"12345678"}"#, 1, 5), (#"{"input":["1234","1234","12"]}"#, 3, 8), (#"{"input":[1,2,3]}"#, 1, 3),
        (#"{"input":[[1,2],[3]],"encoding_format":"base64"}"#, 2, 3), (#"{"input":""}"#, 1, 0),
    ])
    func embeddingsCountTheirTexts(body: String, count: Int, tokens: Int) throws {
        let request = try Self.scan(body, .embeddings)
        #expect(request.subjectCount == count)
        #expect(request.estimatedInputTokens == tokens)
    }

    @Test(arguments: [
        ("{}", RequestFault.missing(.input)), (#"{"input":null}"#, .missing(.input)),
        (#"{"input":[]}"#, .empty(.input)),
        (#"{"input":{}}"#, .wrongKind(.input, expected: .stringOrArray)),
        (#"{"input":[null]}"#, .wrongKind(.input, expected: .stringOrArray)),
        (#"{\#(messages)}"#, .missing(.input)),
    ])
    func embeddingsNeedAnInput(body: String, fault: RequestFault) {
        #expect(Self.fault(body, .embeddings) == fault)
    }

    @Test func textCompletionsTakeAPrompt() throws {
        #expect(try Self.scan(#"{"prompt":"12345678","stream":true}"#, .completions).estimatedInputTokens == 5)
        #expect(Self.fault(#"{"input":"x"}"#, .completions) == .missing(.prompt))
    }

    @Test func everyCutOfAValidBodyIsRefused() {
        let body = bytes(#"{"model":"m","stream":true,\#(Self.messages),"stop":["x"],"stream_options":{}}"#)
        for end in 0..<body.count {
            #expect(throws: RequestFault.self, "cut at \(end)") {
                try ChatRequest(scanning: body.span.extracting(0..<end), operation: .chat)
            }
        }
    }

    @Test func whatIsTakenIsValidAndWhatIsInvalidIsRefused() {
        let seed = UInt64.random(in: 0...UInt64.max)
        var random = SplitMix(seed: seed)
        let seeds = [
            #"{"model":"m","stream":true,\#(Self.messages),"stop":["x"],"stream_options":{"include_usage":false}}"#,
            #"{"messages":[{"content":[{"type":"text","text":"a\u00e9\n"}]}],"n":3,"tools":[{"a":{}}],"max_tokens":9}"#,
        ].map(bytes)
        for round in 0..<20_000 {
            var body = seeds[round & 1]
            for _ in 0...(random.next() % 3) {
                let at = Int(random.next() % UInt64(body.count))
                switch random.next() % 3 {
                case 0: body[at] = UInt8(truncatingIfNeeded: random.next())
                case 1: body.remove(at: at)
                default: body.insert(bytes("{}[]\",:\\0")[Int(random.next() % 9)], at: at)
                }
            }
            let isValid = (try? JSONScan.validate(body.span)) != nil
            do throws(RequestFault) {
                _ = try ChatRequest(scanning: body.span, operation: .chat)
                #expect(isValid, "seed \(seed): took \(String(decoding: body, as: UTF8.self))")
            } catch {
                if case .malformed = error { #expect(!isValid, "seed \(seed): \(body)") }
            }
        }
    }
}
