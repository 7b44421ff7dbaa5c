import Testing
import Wire

@testable import Adapters

/// What holds for any request, made up from a printed seed.
struct PromptPropertyTests {
    /// Puts a conversation together that chat completions would take.
    private struct Maker {
        var random: SplitMix
        var texts: [String] = []
        var calls: [String] = []
        private var callCount = 0

        init(seed: UInt64) { random = SplitMix(seed: seed) }

        mutating func pick(_ choices: [String]) -> String { choices[random.below(choices.count)] }

        mutating func text() -> String {
            let text = pick(["hi", #"a \"b\" \\ c"#, #"\ud83d\ude00"#, "日本語 текст", #"x\ny"#, "{}[]", #"\/slash"#])
            texts.append(text)
            return text
        }

        mutating func user() -> String {
            if random.below(2) == 0 { return #"{"role":"user","content":"\#(text())"}"# }
            let parts = (0...random.below(3)).map { _ in #"{"type":"text","text":"\#(text())"}"# }
            return #"{"content":[\#(parts.joined(separator: ","))],"role":"user"}"#
        }

        mutating func exchange() -> [String] {
            guard random.below(2) == 0 else { return [#"{"role":"assistant","content":"\#(text())"}"#, user()] }
            var asked: [String] = []
            var results: [String] = []
            for _ in 0...random.below(3) {
                callCount += 1
                let id = pick(["call_", "call:", "fn é ", "th_", #"a\/b"#, "toolu_"]) + String(callCount)
                let arguments = pick([#"{}"#, #"{\"a\":\"b \\\"c\\\"\"}"#, #"{\"x\":[1,2.50,null]}"#])
                calls.append(id + " " + arguments)
                asked.append(#"{"id":"\#(id)","type":"function","function":{"name":"f","arguments":"\#(arguments)"}}"#)
                results.append(#"{"role":"tool","tool_call_id":"\#(id)","content":"\#(text())"}"#)
            }
            if random.below(2) == 0 { results.reverse() }
            return [#"{"role":"assistant","content":null,"tool_calls":[\#(asked.joined(separator: ","))]}"#] + results
        }

        mutating func request() -> String {
            var messages = [user()]
            for _ in 0..<random.below(6) { messages += exchange() }
            return #"{"model":"m","messages":[\#(messages.joined(separator: ","))]}"#
        }
    }

    /// The characters of all texts and all calls of a chat request, in order.
    private struct Told: Equatable {
        var texts: [String] = []
        var calls: [String] = []
        var resultIDs: [String] = []

        init(_ body: String) {
            let body = bytes(body)
            let messages = JSONScan.find("messages", in: body.span, from: ByteRange(0, body.count))
            var cursor = JSONCursor(of: messages?.value ?? .none, in: body.span)
            while let message = cursor.next(in: body.span) { read(message.value, body) }
        }

        private mutating func read(_ message: ByteRange, _ body: [UInt8]) {
            func string(_ path: StaticString, _ place: ByteRange) -> String? {
                JSONScan.find(path, in: body.span, from: place).flatMap { JSONScan.string(body.span, $0.value) }
            }
            if let text = string("content", message) { texts.append(text) }
            var parts = JSONCursor(
                of: JSONScan.find("content", in: body.span, from: message)?.value ?? .none, in: body.span)
            while let part = parts.next(in: body.span) { texts.append(string("text", part.value) ?? "") }
            if let id = string("tool_call_id", message) { resultIDs.append(id) }
            let calls = JSONScan.find("tool_calls", in: body.span, from: message)?.value ?? .none
            var cursor = JSONCursor(of: calls, in: body.span)
            while let call = cursor.next(in: body.span) {
                let name = string("function.name", call.value) ?? ""
                self.calls.append(
                    "\(string("id", call.value) ?? "") \(name) \(string("function.arguments", call.value) ?? "")")
            }
        }
    }

    @Test(arguments: 0..<200)
    func aConversationComesBackAsItWas(seed: Int) {
        var maker = Maker(seed: UInt64(seed))
        let request = maker.request()
        var quirks = Quirks()
        quirks.ids = .any
        let there = PromptTests.translate(request, .chatToMessages)
        #expect(there.fault == nil && there.dropped.isEmpty, "seed \(seed): \(request)")
        let back = PromptTests.translate(there.body, .messagesToChat, quirks)
        #expect(back.fault == nil && back.dropped.isEmpty, "seed \(seed): \(there.body)")
        #expect(Told(back.body) == Told(request), "seed \(seed)")
    }

    /// Every body that is taken becomes valid JSON that the other surface takes as well; nothing traps.
    @Test(arguments: 0..<40)
    func anyBytesGiveAValidRequestOrAFault(seed: Int) {
        var random = SplitMix(seed: UInt64(seed) &+ 7_000)
        var bodies = PromptTests.chats.compactMap { Fixture.read("requests/\($0).json") }
        bodies += PromptTests.messages.compactMap { Fixture.read("messages/\($0).json") }
        let words = bodies.flatMap { Self.words($0) }
        for body in bodies {
            var changed = body
            for _ in 0...random.below(3) {
                switch random.below(4) {
                case 0 where !changed.isEmpty:
                    changed[random.below(changed.count)] = UInt8(truncatingIfNeeded: random.next())
                case 1 where !changed.isEmpty:
                    let start = random.below(changed.count)
                    changed.removeSubrange(start..<min(changed.count, start + 1 + random.below(20)))
                default:
                    Self.exchangeWord(in: &changed, with: words[random.below(words.count)], &random)
                }
            }
            fuzzTranslation(changed)
        }
    }

    /// Values of a text: strings, numbers and what stands between braces.
    private static func words(_ body: [UInt8]) -> [[UInt8]] {
        var cursor = JSONCursor(of: ByteRange(0, body.count), in: body.span)
        var words: [[UInt8]] = []
        while let member = cursor.next(in: body.span) {
            words.append([UInt8](copying: body.span.extracting(member.value)))
            if member.value.count > 4 { words += Self.words(words[words.count - 1]) }
        }
        return words
    }

    /// Puts another value in the place of one, so that the text stays valid.
    private static func exchangeWord(in body: inout [UInt8], with word: [UInt8], _ random: inout SplitMix) {
        var place = ByteRange(0, body.count)
        for _ in 0...random.below(6) {
            var cursor = JSONCursor(of: place, in: body.span)
            var members: [ByteRange] = []
            while let member = cursor.next(in: body.span) { members.append(member.value) }
            if members.isEmpty { break }
            place = members[random.below(members.count)]
        }
        if place.count < body.count { body.replaceSubrange(place.range, with: word) }
    }
}
