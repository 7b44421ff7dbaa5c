// What an answer costs that passes through in pieces.

import Testing
import Wire

@testable import Adapters

@Suite struct UsageScanTests {
    /// What is told of the text, whole and cut at every byte; `nil` for nothing.
    private func read(_ text: String, isEventStream: Bool = false) -> Usage? {
        let bytes = Array(text.utf8)
        var whole = UsageScan(isEventStream: isEventStream)
        whole.feed(bytes.span)
        for cut in bytes.indices {
            var halves = UsageScan(isEventStream: isEventStream)
            halves.feed(bytes.span.extracting(0..<cut))
            halves.feed(bytes.span.extracting(cut..<bytes.count))
            #expect(halves.usage == whole.usage, "cut at \(cut) of \(text)")
        }
        var single = UsageScan(isEventStream: isEventStream)
        for index in bytes.indices { single.feed(bytes.span.extracting(index..<index + 1)) }
        #expect(single.usage == whole.usage, "in single bytes: \(text)")
        return whole.usage
    }

    private static let usage = #"{"input_tokens":7,"output_tokens":3,"input_tokens_details":{"text_tokens":7}}"#
    private static let known = Usage(inputTokens: 7, outputTokens: 3)

    @Test func theObjectsOwnUsageCounts() {
        #expect(read(#"{"data":[{"b64_json":"QQ=="}],"usage":\#(Self.usage)}"#) == Self.known)
        #expect(read(#" { "usage" : \#(Self.usage) , "text" : "\"usage\":{" } "#) == Self.known)
        #expect(read(#"{"usage":{"prompt_tokens":7,"completion_tokens":3},"a":"é"}"#) == Self.known)
        #expect(read(#"{"a":{"usage":\#(Self.usage)},"usages":\#(Self.usage),"usag":\#(Self.usage)}"#) == nil)
        #expect(read(#"{"a":"usage","b":\#(Self.usage)}"#) == nil)
        #expect(read(#"{"é":\#(Self.usage),"u\u0073age":\#(Self.usage)}"#) == nil)
        #expect(read(#"[{"usage":\#(Self.usage)}]"#) == nil)
        #expect(read(#"{"usage":[\#(Self.usage)],"n":"x"}"#) == nil)
        #expect(read(#"{"usage":null}"#) == nil && read("") == nil && read("{}") == nil)
    }

    @Test func secondsAreNoTokensAndASumAloneIsOfTheInput() {
        #expect(read(#"{"text":"a","usage":{"type":"duration","seconds":9}}"#) == nil)
        #expect(read(#"{"usage":{"total_tokens":56}}"#) == Usage(inputTokens: 56, totalTokens: 56))
        #expect(read(#"{"usage":{"total_tokens":-1}}"#) == nil)
    }

    @Test func theLastEventThatTellsCounts() {
        let first = #"data: {"usage":{"input_tokens":1,"output_tokens":1}}"#
        let last = #"data:{"type":"done","usage":\#(Self.usage)}"#
        #expect(read("\(first)\n\nevent: x\n\(last)\n\ndata: [DONE]\n\n", isEventStream: true) == Self.known)
        #expect(read("\(first)\r\n\r\n: {\"usage\"\r\n\(last)\r\n\r\n", isEventStream: true) == Self.known)
        // A text that was not closed does not reach into the next.
        #expect(read("data: {\"a\":\"\n\n\(last)\n\n", isEventStream: true) == Self.known)
        #expect(read("dat: {\"usage\":\(Self.usage)}\n\ndata\n\n", isEventStream: true) == nil)
    }

    @Test func aUsageWithoutEndIsNotKept() {
        let long = #"{"usage":{"x":"\#(String(repeating: "x", count: Limits.usageBytesMax))","input_tokens":1}}"#
        var scan = UsageScan(isEventStream: false)
        scan.feed(Array(long.utf8).span)
        #expect(scan.usage == nil)
    }

    @Test func anyBytesAreReadToTheirEnd() {
        let seed = UInt64.random(in: 0...UInt64.max)
        var random = SplitMix(seed: seed)
        let alphabet = Array("{}[]\":,\\usage data:\n\r1".utf8)
        for _ in 0..<20_000 {
            let text = (0..<random.below(60)).map { _ in alphabet[random.below(alphabet.count)] }
            for isEventStream in [false, true] {
                var whole = UsageScan(isEventStream: isEventStream)
                whole.feed(text.span)
                var halves = UsageScan(isEventStream: isEventStream)
                let cut = random.below(text.count + 1)
                halves.feed(text.span.extracting(0..<cut))
                halves.feed(text.span.extracting(cut..<text.count))
                #expect(whole.usage == halves.usage, "seed \(seed)")
            }
        }
    }
}
