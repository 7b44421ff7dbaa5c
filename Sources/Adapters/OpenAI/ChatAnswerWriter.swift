// A whole chat completion, written.

import Wire

/// Gathers the parts, for what a model says in turns has one place each in this wire.
struct ChatAnswerWriter: AnswerSink, ~Copyable {
    private let frame: AnswerFrame
    private var head = ByteBuffer()
    private var content = ByteBuffer()
    private var refusal = ByteBuffer()
    private var reasoning = ByteBuffer()
    /// How much of the reasoning stands in a block already.
    private var signedBytes = 0
    /// Elements of `thinking_blocks`, a comma behind each.
    private var blocks = ByteBuffer()
    /// Elements of `tool_calls`, the last of them not ended.
    private var calls = ByteBuffer()
    /// Of the last call, when its tool takes text.
    private var freeform: FreeformInput?
    private var finish = FinishReason.none
    private var usage = Usage()

    init(_ frame: AnswerFrame) { self.frame = frame }

    mutating func began(id: Span<UInt8>, model: Span<UInt8>, usage: Usage, into out: inout ByteBuffer) {
        head.append("{\"id\":\"")
        frame.writeChatID(id, into: &head)
        head.append("\",\"object\":\"chat.completion\",\"created\":")
        head.append(decimal: Int(frame.created))
        head.append(",\"model\":\"")
        head.append(model)
        head.append("\",\"choices\":[{\"index\":0,\"message\":{\"role\":\"assistant\",\"content\":")
    }

    mutating func text(_ raw: Span<UInt8>, into out: inout ByteBuffer) { content.append(raw) }

    mutating func refusal(_ raw: Span<UInt8>, into out: inout ByteBuffer) { refusal.append(raw) }

    mutating func reasoning(_ raw: Span<UInt8>, into out: inout ByteBuffer) { reasoning.append(raw) }

    mutating func signature(_ raw: Span<UInt8>, into out: inout ByteBuffer) {
        blocks.append("{\"type\":\"thinking\",\"thinking\":\"")
        ChatAnswerWriter.append(reasoning, from: signedBytes, to: &blocks)
        blocks.append("\",\"signature\":\"")
        blocks.append(raw)
        blocks.append("\"},")
        signedBytes = reasoning.count
    }

    mutating func redactedReasoning(_ raw: Span<UInt8>, into out: inout ByteBuffer) {
        blocks.append("{\"type\":\"redacted_thinking\",\"data\":\"")
        blocks.append(raw)
        blocks.append("\"},")
    }

    mutating func callBegan(id: Span<UInt8>, name: Span<UInt8>, into out: inout ByteBuffer) {
        calls.append(calls.isEmpty ? "{\"id\":\"" : "\"}},{\"id\":\"")
        calls.append(id)
        freeform = frame.takesText(name) ? FreeformInput() : nil
        let isFunction = freeform == nil
        calls.append(isFunction ? "\",\"type\":\"function\",\"function\":" : "\",\"type\":\"custom\",\"custom\":")
        calls.append("{\"name\":\"")
        calls.append(name)
        calls.append(isFunction ? "\",\"arguments\":\"" : "\",\"input\":\"")
    }

    mutating func callArguments(_ raw: Span<UInt8>, into out: inout ByteBuffer) {
        if freeform?.take(raw, into: &calls) == nil { calls.append(raw) }
    }

    mutating func finished(_ reason: FinishReason, stop: Span<UInt8>, into out: inout ByteBuffer) { finish = reason }

    mutating func counted(_ usage: Usage) { self.usage = usage }

    mutating func ended(into out: inout ByteBuffer) {
        out.append(head.bytes)
        // No text beside a call or a refusal is null; an answer of nothing is an empty text.
        if content.isEmpty, !calls.isEmpty || !refusal.isEmpty {
            out.append("null")
        } else {
            ChatAnswerWriter.quote(content, into: &out)
        }
        out.append(",\"refusal\":")
        if refusal.isEmpty { out.append("null") } else { ChatAnswerWriter.quote(refusal, into: &out) }
        if !reasoning.isEmpty {
            out.append(",\"reasoning_content\":")
            ChatAnswerWriter.quote(reasoning, into: &out)
        }
        if !blocks.isEmpty {
            out.append(",\"thinking_blocks\":[")
            out.append(blocks.bytes.extracting(0..<(blocks.count - 1)))
            out.append("]")
        }
        if !calls.isEmpty {
            out.append(",\"tool_calls\":[")
            out.append(calls.bytes)
            out.append("\"}}]")
        }
        out.append("},\"logprobs\":null,\"finish_reason\":\"")
        out.append(finish.finishReason)
        out.append("\"}],\"usage\":")
        usage.writeChat(into: &out)
        out.append("}")
    }

    private static func append(_ text: borrowing ByteBuffer, from start: Int, to out: inout ByteBuffer) {
        out.append(text.bytes.extracting(start..<text.count))
    }

    private static func quote(_ inside: borrowing ByteBuffer, into out: inout ByteBuffer) {
        out.append("\"")
        out.append(inside.bytes)
        out.append("\"")
    }
}
