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

    @Test func usageMayBeMissing() throws {
        #expect(try !Self.read(#"{"choices":[{"message":{}}]}"#).hasUsage)
        #expect(try !Self.read(#"{"choices":[{"message":{}}],"usage":null}"#).hasUsage)
        #expect(try !Self.read(#"{"choices":[{"message":{}}],"usage":{}}"#).hasUsage)
    }
}
