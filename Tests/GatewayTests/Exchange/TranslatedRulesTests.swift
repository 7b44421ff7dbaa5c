// Conversations made up from a seed, in the words of another wire: they keep the rules by which its provider refuses requests.

import Adapters
import Testing
import Wire

@testable import Gateway
@testable import Sim

@Suite struct TranslatedRulesTests {
    /// What happens in a conversation, whatever the wire.
    private enum Step {
        case user(String), said(String), thought(String), call(Int), result(Int, String), system(String)
    }

    /// Makes conversations as crooked as clients send them: empty turns, instructions anywhere, results late, reversed or lost.
    private struct Maker {
        var random: SplitMix
        private var callCount = 0
        private var wordCount = 0

        init(seed: Int) { random = SplitMix(seed: UInt64(seed)) }

        private mutating func isTrue(of chances: Int) -> Bool { random.next() % UInt64(chances) == 0 }

        private mutating func word() -> String {
            wordCount += 1
            return ["a \\\"b\\\"", "日本", "x\\ny", "w"][wordCount % 4] + "\(wordCount)"
        }

        /// What parts nothing, or should not.
        private mutating func noise(_ steps: inout [Step], users: Bool) {
            while isTrue(of: 3) {
                switch random.next() % 4 {
                case 0: steps.append(.said(""))
                case 1: steps.append(.user(""))
                case 2 where users: steps.append(.user(word()))
                default: steps.append(.system(word()))
                }
            }
        }

        mutating func conversation() -> [Step] {
            var steps: [Step] = []
            noise(&steps, users: true)
            steps.append(.user(word()))
            while !isTrue(of: 4) {
                noise(&steps, users: true)
                if isTrue(of: 2) { steps.append(.thought(word())) }
                if isTrue(of: 2) { steps.append(.said(word())) }
                if isTrue(of: 3) { steps.append(.thought(word())) }
                var calls: [Int] = []
                while isTrue(of: 2) {
                    callCount += 1
                    calls.append(callCount)
                    steps.append(.call(callCount))
                }
                noise(&steps, users: false)
                if isTrue(of: 3) { calls.reverse() }
                for call in calls where !isTrue(of: 5) {
                    steps.append(.result(call, word()))
                    noise(&steps, users: true)
                }
                if !isTrue(of: 3) { steps.append(.user(word())) }
            }
            return steps
        }
    }

    private static func signature(_ text: String) -> String {
        let raw = Array("\"\(text)\"".utf8)
        let plain = Array((JSONScan.string(raw.span, ByteRange(0, raw.count)) ?? "").utf8)
        var out = ByteBuffer()
        SimScript.writeSignature(of: plain.span, into: &out)
        return String(copying: out.bytes)
    }

    private static func chat(_ step: Step) -> String {
        switch step {
        case .user(let text): #"{"role":"user","content":"\#(text)"}"#
        case .said(let text): #"{"role":"assistant","content":"\#(text)"}"#
        case .thought(let text):
            #"{"role":"assistant","thinking_blocks":[{"type":"thinking","thinking":"\#(text)","#
                + #""signature":"\#(signature(text))"}]}"#
        case .call(let id):
            #"{"role":"assistant","tool_calls":[{"id":"c\#(id)","type":"function","#
                + #""function":{"name":"f","arguments":"{}"}}]}"#
        case .result(let id, let text): #"{"role":"tool","tool_call_id":"c\#(id)","content":"\#(text)"}"#
        case .system(let text): #"{"role":"developer","content":"\#(text)"}"#
        }
    }

    private static func messages(_ step: Step) -> String {
        switch step {
        case .user(let text): #"{"role":"user","content":"\#(text)"}"#
        case .said(let text): #"{"role":"assistant","content":"\#(text)"}"#
        case .thought(let text):
            #"{"role":"assistant","content":[{"type":"thinking","thinking":"\#(text)","signature":"s"}]}"#
        case .call(let id):
            #"{"role":"assistant","content":[{"type":"tool_use","id":"c\#(id)","name":"f","input":{}}]}"#
        case .result(let id, let text):
            #"{"role":"user","content":[{"type":"tool_result","tool_use_id":"c\#(id)","content":"\#(text)"}]}"#
        case .system(let text): #"{"role":"system","content":"\#(text)"}"#
        }
    }

    private static func items(_ step: Step) -> String {
        switch step {
        case .user(let text): #"{"role":"user","content":"\#(text)"}"#
        case .said(let text): #"{"role":"assistant","content":"\#(text)"}"#
        case .thought(let text):
            #"{"type":"reasoning","summary":[{"type":"summary_text","text":"\#(text)"}],"#
                + #""encrypted_content":"th1.s.\#(signature(text))"}"#
        case .call(let id): #"{"type":"function_call","call_id":"c\#(id)","name":"f","arguments":"{}"}"#
        case .result(let id, let text): #"{"type":"function_call_output","call_id":"c\#(id)","output":"\#(text)"}"#
        case .system(let text): #"{"role":"developer","content":"\#(text)"}"#
        }
    }

    /// The request in the other wire's words.
    private static func translate(
        _ body: String, _ translation: Translation, _ model: String, _ quirks: Quirks
    ) throws -> [UInt8] {
        var frame = AnswerFrame(translation: translation, id: [], created: 0)
        var out = ByteBuffer()
        var dropped = Dropped()
        try RequestTranslator.write(
            Array(body.utf8).span, model: Array("\"\(model)\"".utf8).span, quirks, for: &frame, into: &out,
            dropped: &dropped)
        return [UInt8](copying: out.bytes)
    }

    /// Whether two neighbours speak with the same voice.
    private static func repeatsRole(_ body: [UInt8]) -> Bool {
        let turns = JSONScan.find("messages", in: body.span, from: ByteRange(0, body.count))?.value ?? .none
        var cursor = JSONCursor(of: turns, in: body.span)
        var last = ""
        while let turn = cursor.next(in: body.span) {
            let role = JSONScan.find("role", in: body.span, from: turn.value)
                .flatMap { JSONScan.string(body.span, $0.value) }
            if role == last, last != "tool" { return true }
            last = role ?? ""
        }
        return false
    }

    @Test(arguments: 0..<80)
    func whatIsTranslatedKeepsTheRules(seed: Int) throws {
        var maker = Maker(seed: seed)
        let steps = maker.conversation()
        let chats = steps.map(Self.chat).joined(separator: ",")
        let items = steps.map(Self.items).joined(separator: ",")
        let messages = steps.map(Self.messages).joined(separator: ",")
        for effort in ["", #","reasoning_effort":"medium""#] {
            let body = #"{"max_tokens":9000,"messages":[\#(chats)]\#(effort)}"#
            let told = try Self.translate(body, .chatToMessages, "claude", Quirks())
            #expect(throws: Never.self, "seed \(seed): \(body)") {
                try SimMessagesRules.check(told.span, isCounting: false)
            }
            #expect(!Self.repeatsRole(told), "seed \(seed): \(body)")
        }
        for effort in ["", #","reasoning":{"effort":"medium"}"#] {
            let body = #"{"max_output_tokens":9000,"input":[\#(items)]\#(effort)}"#
            let told = try Self.translate(body, .responsesToMessages, "claude", Quirks())
            #expect(throws: Never.self, "seed \(seed): \(body)") {
                try SimMessagesRules.check(told.span, isCounting: false)
            }
            #expect(!Self.repeatsRole(told), "seed \(seed): \(body)")
        }
        for (thoughts, model) in [(Quirks.Thoughts.stay, "gpt"), (.comeBack, "vllm-a"), (.mustComeBack, "vllm-b")] {
            var quirks = Quirks()
            quirks.thoughts = thoughts
            for (body, translation) in [
                (#"{"max_tokens":9000,"messages":[\#(messages)]}"#, Translation.messagesToChat),
                (#"{"input":[\#(items)]}"#, .responsesToChat),
            ] {
                let told = try Self.translate(body, translation, model, quirks)
                #expect(throws: Never.self, "seed \(seed): \(body)") { try SimChatRules.check(told.span) }
                #expect(!Self.repeatsRole(told), "seed \(seed): \(body)")
            }
        }
    }

    /// A turn that a chat provider began goes on at a provider of Messages, as the client has it.
    @Test func callsOfAChatProviderAreTakenByMessages() throws {
        let answer =
            #"{"choices":[{"message":{"tool_calls":[{"id":"functions.Bash:0","function":{"name":"Bash"}}]},"#
            + #""finish_reason":"tool_calls"}]}"#
        let frame = AnswerFrame(translation: .messagesToChat, id: Array("a.b:c".utf8), created: 0)
        var out = ByteBuffer()
        try WholeTranslator.write(Array(answer.utf8).span, frame, into: &out)
        let told = [UInt8](copying: out.bytes)
        func value(_ path: StaticString) -> String {
            let place = JSONScan.find(path, in: told.span, from: ByteRange(0, told.count))?.value ?? .none
            return String(decoding: told[place.range], as: UTF8.self)
        }
        let (content, id) = (value("content"), value("content.0.id"))
        let next =
            #"{"model":"claude","max_tokens":9,"messages":[{"role":"user","content":"hi"},{"role":"assistant","#
            + #""content":\#(content)},{"role":"user","content":[{"type":"tool_result","tool_use_id":\#(id)}]}]}"#
        #expect(throws: Never.self, "\(next)") { try SimMessagesRules.check(Array(next.utf8).span, isCounting: false) }
    }
}
