import Adapters
import Testing
import Wire

struct WholeAnswerTests {
    static let chat =
        #"{"id":"c","object":"chat.completion","model":"gpt-x-2","choices":[{"index":0,"message":{"role":"assistant","#
        + #""content":"hi"},"finish_reason":"stop"}],"usage":{"prompt_tokens":9,"completion_tokens":12,"#
        + #""total_tokens":21,"prompt_tokens_details":{"cached_tokens":4,"cache_write_tokens":2},"#
        + #""completion_tokens_details":{"reasoning_tokens":5}}}"#

    static func read(_ body: String, _ operation: Adapters.Operation = .chat) throws(AttemptFault) -> WholeAnswer {
        try WholeAnswer(bytes(body).span, operation: operation)
    }

    @Test func aChatAnswerIsRead() throws {
        let answer = try Self.read(Self.chat)
        #expect(
            answer.usage
                == Usage(
                    inputTokens: 9, outputTokens: 12, totalTokens: 21, cachedTokens: 4, cacheWriteTokens: 2,
                    reasoningTokens: 5))
        #expect(answer.hasUsage)
        #expect(answer.finish == .stop)
        #expect(answer.partCount == 1)
        #expect(text(bytes(Self.chat).span.extracting(answer.model)) == "gpt-x-2")
    }

    @Test func anEmbeddingsAnswerIsRead() throws {
        let body = #"{"data":[{"embedding":[0.1]},{"embedding":"AAAA"}],"usage":{"prompt_tokens":3,"total_tokens":3}}"#
        let answer = try Self.read(body, .embeddings)
        #expect(answer.partCount == 2)
        #expect(answer.usage.inputTokens == 3)
        #expect(throws: AttemptFault.transient(.hollowAnswer)) { try Self.read(Self.chat, .embeddings) }
    }

    @Test(arguments: [
        ("", AttemptFault.Cause.emptyAnswer), ("{", .malformedAnswer), ("<html>", .malformedAnswer),
        ("{}", .hollowAnswer), ("[]", .hollowAnswer), ("null", .hollowAnswer), (#""x""#, .hollowAnswer),
        (#"{"choices":[]}"#, .hollowAnswer), (#"{"choices":null}"#, .hollowAnswer),
        (#"{"choices":[{}]}"#, .hollowAnswer),
        (#"{"choices":[{"message":null}]}"#, .hollowAnswer), (#"{"error":{"message":"no"}}"#, .errorObject),
        (#"{"error":"no"}"#, .errorObject), (#"{"choices":[],"error":{}}"#, .errorObject),
        (#"{"error":null}"#, .hollowAnswer), (#"{"choices":[{"message":{}}]} x"#, .malformedAnswer),
    ])
    func whatIsNoAnswerIsTheProvidersFault(body: String, cause: AttemptFault.Cause) {
        #expect(throws: AttemptFault.transient(cause)) { try Self.read(body) }
    }

    @Test func everyCutOfAnAnswerIsAFault() {
        let body = bytes(Self.chat)
        for end in 0..<body.count {
            #expect(throws: AttemptFault.self, "cut at \(end)") {
                try WholeAnswer(body.span.extracting(0..<end), operation: .chat)
            }
        }
    }

    @Test(arguments: ["-1", "1.5", "1e3", "99999999999999999999", "\"7\"", "null", "10000000001"])
    func aCountThatIsNoneIsNotSaid(count: String) throws {
        let body = #"{"choices":[{"message":{}}],"usage":{"prompt_tokens":\#(count),"completion_tokens":\#(count)}}"#
        #expect(try !Self.read(body).hasUsage)
    }

    // MARK: Against looking up one thing after another

    /// What an answer is by look-ups in a text that was validated before.
    struct SlowAnswer: Equatable {
        var usage = Usage()
        var hasUsage = false
        var finish: String?
        var model = ""
        var partCount = 0

        init() {}

        init(_ answer: WholeAnswer, _ body: [UInt8]) {
            (usage, hasUsage, partCount) = (answer.usage, answer.hasUsage, answer.partCount)
            model = text(body.span.extracting(answer.model))
            finish = answer.finish == .none ? nil : answer.finish.label.description
        }
    }

    static func slowly(_ body: [UInt8]) -> SlowAnswer? {
        let bytes = body.span
        guard (try? JSONScan.validate(bytes)) != nil else { return nil }
        guard let start = body.firstIndex(of: UInt8(ascii: "{")) else { return nil }
        var slow = SlowAnswer()
        var cursor = JSONCursor(of: ByteRange(start, body.count), in: bytes)
        while let member = cursor.next(in: bytes) {
            let name = JSONScan.string(bytes, ByteRange(Int(member.name.start) - 1, Int(member.name.end) + 1))
            switch (name, member.kind) {
            case ("model", .string):
                slow.model = text(bytes.extracting(Int(member.value.start) + 1..<Int(member.value.end) - 1))
            case ("usage", .object):
                guard let usage = slowUsage(bytes, member.value) else { continue }
                (slow.usage, slow.hasUsage) = (usage, true)
            case ("choices", .array):
                var choices = JSONCursor(of: member.value, in: bytes)
                while let choice = choices.next(in: bytes) {
                    var parts = JSONCursor(of: choice.kind == .object ? choice.value : .none, in: bytes)
                    while choice.kind == .object, let part = parts.next(in: bytes) {
                        let name = JSONScan.string(bytes, ByteRange(Int(part.name.start) - 1, Int(part.name.end) + 1))
                        if name == "message", part.kind != .null { slow.partCount += 1 }
                        if name == "finish_reason", part.kind == .string {
                            let reason = JSONScan.string(bytes, part.value) ?? ""
                            let known = ["stop", "length", "tool_calls", "content_filter"]
                            slow.finish =
                                known.contains(reason) ? reason : reason == "function_call" ? "tool_calls" : "other"
                        }
                    }
                }
            default:
                continue
            }
        }
        return slow.partCount > 0 ? slow : nil
    }

    static func slowUsage(_ bytes: Span<UInt8>, _ object: ByteRange) -> Usage? {
        func count(_ value: JSONMember?) -> Int64? {
            guard let value, value.kind == .number, let count = JSONScan.int(bytes, value.value) else { return nil }
            return (0...10_000_000_000).contains(count) ? count : nil
        }
        var usage = Usage()
        var isKnown = false
        var cursor = JSONCursor(of: object, in: bytes)
        while let member = cursor.next(in: bytes) {
            let name = JSONScan.string(bytes, ByteRange(Int(member.name.start) - 1, Int(member.name.end) + 1))
            switch (name, member.kind) {
            case ("prompt_tokens", .number):
                guard let count = count(member) else { continue }
                (usage.inputTokens, isKnown) = (count, true)
            case ("completion_tokens", .number):
                guard let count = count(member) else { continue }
                (usage.outputTokens, isKnown) = (count, true)
            case ("total_tokens", .number): usage.totalTokens = count(member) ?? usage.totalTokens
            case ("prompt_cache_hit_tokens", .number): usage.cachedTokens = count(member) ?? usage.cachedTokens
            case ("prompt_tokens_details", .object):
                let cached = JSONScan.member(of: member.value, in: bytes, named: "cached_tokens")
                let written = JSONScan.member(of: member.value, in: bytes, named: "cache_write_tokens")
                usage.cachedTokens = count(cached) ?? usage.cachedTokens
                usage.cacheWriteTokens = count(written) ?? 0
            case ("completion_tokens_details", .object):
                let reasoning = JSONScan.member(of: member.value, in: bytes, named: "reasoning_tokens")
                usage.reasoningTokens = count(reasoning) ?? 0
            default: continue
            }
        }
        return isKnown ? usage : nil
    }

    @Test func onePassReadsWhatLookUpsFind() {
        let seed = UInt64.random(in: 0...UInt64.max)
        var random = SplitMix(seed: seed)
        let members = [
            #""prompt_tokens":7"#, #""completion_tokens":12345678901"#, #""total_tokens":-1"#, #""usage":null"#,
            #""prompt_cache_hit_tokens":3"#, #""prompt_tokens_details":{"cached_tokens":null,"cached_tokens":8}"#,
            #""completion_tokens_details":{"reasoning_tokens":"5"}"#, #""finish_reason":"tool_c\u0061lls""#,
            #""message":null"#, #""m\u006fdel":"x""#, #""model":"gpt \"4\"""#, #""prompt_tokens_details":{}"#,
            #""choices":[{"message":1,"finish_reason":"function_call"},7]"#, #""usage":{"prompt_tokens":1}"#,
        ].map(bytes)
        for round in 0..<10_000 {
            let spaced = Self.chat.replacing(",", with: " ,\n  ").replacing(":", with: ": ")
            var body = bytes(round % 2 == 0 ? Self.chat : spaced)
            for _ in 0..<random.below(4) {
                // A member more, or a byte changed, dropped or added.
                let at = random.below(body.count)
                switch random.below(4) {
                case 0: body[at] = UInt8(truncatingIfNeeded: random.next())
                case 1: body.remove(at: at)
                case 2: body.insert(bytes("{}[]\",:\\01 \n")[random.below(12)], at: at)
                default:
                    guard let open = body[at...].firstIndex(of: UInt8(ascii: "{")) else { continue }
                    body.insert(contentsOf: members[random.below(members.count)] + [UInt8(ascii: ",")], at: open + 1)
                }
            }
            let fast = (try? WholeAnswer(body.span, operation: .chat)).map { SlowAnswer($0, body) }
            #expect(fast == Self.slowly(body), "seed \(seed), round \(round): \(String(decoding: body, as: UTF8.self))")
        }
    }

    @Test func usageMayBeMissing() throws {
        #expect(try !Self.read(#"{"choices":[{"message":{}}]}"#).hasUsage)
        #expect(try !Self.read(#"{"choices":[{"message":{}}],"usage":null}"#).hasUsage)
        #expect(try !Self.read(#"{"choices":[{"message":{}}],"usage":{}}"#).hasUsage)
    }
}
