// An answer put together as a client's library does it: written apart from the readers of the gateway, and stricter.

import Adapters
import Wire

/// What an application has in the end, of whichever wire, streamed or whole.
struct FoldedAnswer: Equatable, CustomStringConvertible {
    /// A stream or body that no library would take.
    struct Fault: Error, CustomStringConvertible { let description: String }

    /// In order; in the chat wire, which has none, by kind.
    var parts: [String] = []
    var model = ""
    var finish = ""
    var stop = ""
    var input = 0
    var output = 0
    var cached = 0
    var written = 0
    var reasoning = 0
    /// The message of the error that ended the stream.
    var error: String?

    var description: String {
        "\(parts) \(model) \(finish) \(stop) \(input) \(output) \(cached) \(written) \(reasoning) \(error ?? "")"
    }

    // MARK: Events

    private struct Event {
        var name: String
        var data: [UInt8]
    }

    private static func events(_ stream: [UInt8]) throws(Fault) -> [Event] {
        var (events, framer, from) = ([Event](), EventFramer(), 0)
        while let event = framer.next(in: stream.span, from: from) {
            from = Int(event.whole.end)
            if event.dataLineCount != 1 { throw Fault(description: "an event of \(event.dataLineCount) lines of data") }
            events.append(
                Event(
                    name: String(decoding: stream[event.name.range], as: UTF8.self),
                    data: Array(stream[event.data.range])))
        }
        if from != stream.count { throw Fault(description: "the last event is not whole") }
        return events
    }

    private static func valid(_ json: [UInt8]) throws(Fault) -> [UInt8] {
        if (try? JSONScan.validate(json.span)) == nil {
            throw Fault(description: "no JSON: \(String(decoding: json, as: UTF8.self))")
        }
        return json
    }

    static func string(_ path: StaticString, _ json: [UInt8]) -> String? {
        JSONScan.find(path, in: json.span, from: ByteRange(0, json.count)).flatMap {
            JSONScan.string(json.span, $0.value)
        }
    }

    private static func int(_ path: StaticString, _ json: [UInt8]) -> Int? {
        JSONScan.find(path, in: json.span, from: ByteRange(0, json.count)).flatMap {
            JSONScan.int(json.span, $0.value).map { Int($0) }
        }
    }

    private static func value(_ path: StaticString, _ json: [UInt8]) -> [UInt8]? {
        JSONScan.find(path, in: json.span, from: ByteRange(0, json.count)).map { Array(json[$0.value.range]) }
    }

    private static func elements(_ path: StaticString, _ json: [UInt8]) -> [[UInt8]] {
        guard let array = JSONScan.find(path, in: json.span, from: ByteRange(0, json.count)), array.kind == .array
        else {
            return []
        }
        var cursor = JSONCursor(of: array.value, in: json.span)
        var elements: [[UInt8]] = []
        while let element = cursor.next(in: json.span) { elements.append(Array(json[element.value.range])) }
        return elements
    }

    // MARK: Chat

    /// The parts of a chat answer, which gathers them by kind.
    private struct Chat {
        var content = ""
        var refusal = ""
        var reasoning = ""
        var blocks: [(thinking: String, signature: String, data: String)] = []
        /// Of tools that take text, their input.
        var calls: [(isCustom: Bool, id: String, name: String, arguments: String)] = []

        mutating func take(_ message: [UInt8]) {
            content += string("content", message) ?? ""
            refusal += string("refusal", message) ?? ""
            reasoning += string("reasoning_content", message) ?? ""
            for block in elements("thinking_blocks", message) {
                let index = int("index", block) ?? blocks.count
                if index == blocks.count { blocks.append(("", "", "")) }
                guard blocks.indices.contains(index) else { continue }
                blocks[index].thinking += string("thinking", block) ?? ""
                blocks[index].signature += string("signature", block) ?? ""
                blocks[index].data += string("data", block) ?? ""
            }
        }

        var parts: [String] {
            var parts: [String] = []
            if !reasoning.isEmpty { parts.append("reasoning \(reasoning)") }
            // Whole answers have no block for what nobody signed.
            for block in blocks where !block.signature.isEmpty || !block.data.isEmpty {
                parts.append("thinking \(block.thinking) signed \(block.signature), redacted \(block.data)")
            }
            if !content.isEmpty { parts.append("text \(content)") }
            if !refusal.isEmpty { parts.append("refusal \(refusal)") }
            return parts + calls.map { "\($0.isCustom ? "custom" : "call") \($0.id) \($0.name) \($0.arguments)" }
        }
    }

    /// What a call calls, and whether that takes text.
    private static func called(_ call: [UInt8]) throws(Fault) -> (isCustom: Bool, name: String)? {
        switch string("type", call) {
        case "function": string("function.name", call).map { (false, $0) }
        case "custom": string("custom.name", call).map { (true, $0) }
        default: throw Fault(description: "a call of no type")
        }
    }

    private mutating func takeChatUsage(_ json: [UInt8]) {
        input = FoldedAnswer.int("usage.prompt_tokens", json) ?? 0
        output = FoldedAnswer.int("usage.completion_tokens", json) ?? 0
        cached = FoldedAnswer.int("usage.prompt_tokens_details.cached_tokens", json) ?? 0
        written = FoldedAnswer.int("usage.prompt_tokens_details.cache_write_tokens", json) ?? 0
        reasoning = FoldedAnswer.int("usage.completion_tokens_details.reasoning_tokens", json) ?? 0
    }

    static func chat(stream: [UInt8]) throws(Fault) -> FoldedAnswer {
        var folded = FoldedAnswer()
        var chat = Chat()
        var isDone = false
        for event in try events(stream) {
            if isDone || folded.error != nil { throw Fault(description: "an event behind the end") }
            if event.data == Array("[DONE]".utf8) {
                isDone = true
                continue
            }
            let chunk = try valid(event.data)
            if let message = string("error.message", chunk) {
                folded.error = message
                continue
            }
            guard string("object", chunk) == "chat.completion.chunk", string("id", chunk) != nil,
                int("created", chunk) != nil, value("choices", chunk) != nil
            else { throw Fault(description: "no chunk: \(String(decoding: chunk, as: UTF8.self))") }
            folded.model = string("model", chunk) ?? ""
            if value("usage", chunk) != nil { folded.takeChatUsage(chunk) }
            guard let delta = value("choices.0.delta", chunk) else { continue }
            chat.take(delta)
            for call in elements("tool_calls", delta) {
                guard let index = int("index", call) else { throw Fault(description: "a call without index") }
                if index == chat.calls.count {
                    guard let id = string("id", call), let (isCustom, name) = try called(call) else {
                        throw Fault(description: "half a call")
                    }
                    chat.calls.append((isCustom, id, name, ""))
                }
                guard index == chat.calls.count - 1 else { throw Fault(description: "call \(index) out of order") }
                let isCustom = chat.calls[index].isCustom
                if value(isCustom ? "function" : "custom", call) != nil {
                    throw Fault(description: "two kinds of call")
                }
                chat.calls[index].arguments +=
                    string(isCustom ? "custom.input" : "function.arguments", call) ?? ""
            }
            if let reason = string("choices.0.finish_reason", chunk) {
                if !folded.finish.isEmpty { throw Fault(description: "finished twice") }
                folded.finish = reason
            }
        }
        folded.parts = chat.parts
        if folded.error == nil, !isDone || folded.finish.isEmpty { throw Fault(description: "the stream does not end") }
        return folded
    }

    static func chat(whole: [UInt8]) throws(Fault) -> FoldedAnswer {
        var folded = FoldedAnswer()
        var chat = Chat()
        let answer = try valid(whole)
        guard string("object", answer) == "chat.completion", let message = value("choices.0.message", answer) else {
            throw Fault(description: "no chat completion")
        }
        chat.take(message)
        for call in elements("tool_calls", message) {
            guard let id = string("id", call), let (isCustom, name) = try called(call),
                let arguments = string(isCustom ? "custom.input" : "function.arguments", call)
            else { throw Fault(description: "half a call") }
            chat.calls.append((isCustom, id, name, arguments))
        }
        folded.parts = chat.parts
        folded.model = string("model", answer) ?? ""
        folded.finish = string("choices.0.finish_reason", answer) ?? ""
        folded.takeChatUsage(answer)
        if folded.finish.isEmpty { throw Fault(description: "no finish reason") }
        return folded
    }

    // MARK: Messages

    private static func part(_ block: [UInt8]) throws(Fault) -> String {
        switch string("type", block) {
        case "text": return "text \(string("text", block) ?? "")"
        case "thinking": return "thinking \(string("thinking", block) ?? "") signed \(string("signature", block) ?? "")"
        case "redacted_thinking": return "redacted \(string("data", block) ?? "")"
        case "tool_use":
            guard let id = string("id", block), let name = string("name", block), let input = value("input", block),
                input.first == UInt8(ascii: "{")
            else { throw Fault(description: "half a call") }
            return "call \(id) \(name) \(String(decoding: input, as: UTF8.self))"
        default: throw Fault(description: "an unknown block")
        }
    }

    private mutating func takeMessagesUsage(_ path: StaticString, _ json: [UInt8]) throws(Fault) {
        guard let usage = FoldedAnswer.value(path, json), let fresh = FoldedAnswer.int("input_tokens", usage),
            let output = FoldedAnswer.int("output_tokens", usage)
        else { throw Fault(description: "no usage") }
        input = fresh
        self.output = output
        cached = FoldedAnswer.int("cache_read_input_tokens", usage) ?? 0
        written = FoldedAnswer.int("cache_creation_input_tokens", usage) ?? 0
        reasoning = FoldedAnswer.int("output_tokens_details.thinking_tokens", usage) ?? 0
    }

    static func messages(stream: [UInt8]) throws(Fault) -> FoldedAnswer {
        var folded = FoldedAnswer()
        var (isBegun, isOpen, isOver, isDone) = (false, false, false, false)
        var (kind, text, extra) = ("", "", "")
        for event in try events(stream) {
            if isDone || folded.error != nil { throw Fault(description: "an event behind the end") }
            let json = try valid(event.data)
            guard let type = string("type", json), type == event.name else {
                throw Fault(description: "name and type of an event differ: \(event.name)")
            }
            if type == "error" {
                folded.error = string("error.message", json) ?? ""
                continue
            }
            if (type == "message_start") == isBegun { throw Fault(description: "\(type) at the wrong place") }
            if type.hasPrefix("content_block"), isOver { throw Fault(description: "\(type) behind the message's end") }
            let index = int("index", json)
            switch type {
            case "message_start":
                isBegun = true
                folded.model = string("message.model", json) ?? ""
                guard string("message.id", json) != nil, string("message.role", json) == "assistant" else {
                    throw Fault(description: "no message")
                }
                try folded.takeMessagesUsage("message.usage", json)
            case "content_block_start":
                guard !isOpen, index == folded.parts.count, let block = value("content_block", json) else {
                    throw Fault(description: "block \(index ?? -1) at the wrong place")
                }
                (isOpen, kind, text, extra) = (true, string("type", block) ?? "", "", "")
                folded.parts.append(try part(block))
            case "content_block_delta":
                guard isOpen, index == folded.parts.count - 1 else { throw Fault(description: "a delta of no block") }
                switch (kind, string("delta.type", json)) {
                case ("text", "text_delta"): text += string("delta.text", json) ?? ""
                case ("thinking", "thinking_delta"): text += string("delta.thinking", json) ?? ""
                case ("thinking", "signature_delta"): extra = string("delta.signature", json) ?? ""
                case ("tool_use", "input_json_delta"): text += string("delta.partial_json", json) ?? ""
                default: throw Fault(description: "a delta of another kind than its block \(kind)")
                }
            case "content_block_stop":
                guard isOpen, index == folded.parts.count - 1 else { throw Fault(description: "no block to stop") }
                isOpen = false
                switch kind {
                case "text": folded.parts[folded.parts.count - 1] = "text \(text)"
                case "thinking": folded.parts[folded.parts.count - 1] = "thinking \(text) signed \(extra)"
                case "tool_use":
                    let begun = folded.parts.removeLast()
                    // The block began with `{}`.
                    folded.parts.append(text.isEmpty ? begun : begun.dropLast(2) + text)
                default: break
                }
            case "message_delta":
                guard !isOpen, !isOver, let reason = string("delta.stop_reason", json) else {
                    throw Fault(description: "a message_delta at the wrong place")
                }
                isOver = true
                folded.finish = reason
                folded.stop = string("delta.stop_sequence", json) ?? ""
                try folded.takeMessagesUsage("usage", json)
            case "message_stop":
                guard isOver else { throw Fault(description: "stopped without a reason") }
                isDone = true
            default:
                throw Fault(description: "an unknown event \(type)")
            }
        }
        if folded.error == nil, !isDone { throw Fault(description: "the stream does not end") }
        return folded
    }

    static func messages(whole: [UInt8]) throws(Fault) -> FoldedAnswer {
        var folded = FoldedAnswer()
        let answer = try valid(whole)
        guard string("type", answer) == "message", string("role", answer) == "assistant", string("id", answer) != nil
        else { throw Fault(description: "no message") }
        for block in elements("content", answer) { folded.parts.append(try part(block)) }
        folded.model = string("model", answer) ?? ""
        folded.finish = string("stop_reason", answer) ?? ""
        folded.stop = string("stop_sequence", answer) ?? ""
        try folded.takeMessagesUsage("usage", answer)
        if folded.finish.isEmpty { throw Fault(description: "no stop reason") }
        return folded
    }

    /// What the client of a translation makes of its answer.
    static func of(stream: [UInt8], _ translation: Translation) throws(Fault) -> FoldedAnswer {
        switch translation {
        case .chatToMessages: try chat(stream: stream)
        case .messagesToChat: try messages(stream: stream)
        case .responsesToChat, .responsesToMessages: throw Fault(description: "responses are folded elsewhere")
        }
    }

    static func of(whole: [UInt8], _ translation: Translation) throws(Fault) -> FoldedAnswer {
        switch translation {
        case .chatToMessages: try chat(whole: whole)
        case .messagesToChat: try messages(whole: whole)
        case .responsesToChat, .responsesToMessages: throw Fault(description: "responses are folded elsewhere")
        }
    }
}
