// A streamed message, written.

import Wire

/// Writes each piece as an event at once, one block open at a time. Holds no word of the answer.
struct MessagesStreamWriter: StreamSink, ~Copyable {
    private enum Block { case none, text, thinking, call }

    private let frame: AnswerFrame
    private var open = Block.none
    /// Of the block begun last.
    private var index = -1
    private var finish = FinishReason.none
    private var isRefused = false
    private var stop = ByteBuffer()
    private var usage = Usage()

    init(_ frame: AnswerFrame) { self.frame = frame }

    var isFull: Bool { false }

    mutating func began(id: Span<UInt8>, model: Span<UInt8>, usage: Usage, into out: inout ByteBuffer) {
        out.append("event: message_start\ndata: {\"type\":\"message_start\",\"message\":{\"id\":\"msg_")
        out.append(frame.id)
        out.append("\",\"type\":\"message\",\"role\":\"assistant\",\"model\":\"")
        out.append(model)
        out.append("\",\"content\":[],\"stop_reason\":null,\"stop_sequence\":null,\"usage\":")
        var begun = usage
        begun.outputTokens = 0
        if begun.inputTokens == 0 { begun.inputTokens = Int64(frame.estimatedInputTokens) }
        begun.writeMessages(into: &out)
        out.append("}}\n\n")
    }

    mutating func text(_ raw: Span<UInt8>, into out: inout ByteBuffer) {
        if open != .text {
            begin(.text, into: &out)
            out.append("{\"type\":\"text\",\"text\":\"\"}}\n\n")
        }
        beginDelta(into: &out)
        out.append("{\"type\":\"text_delta\",\"text\":\"")
        out.append(raw)
        out.append("\"}}\n\n")
    }

    mutating func refusal(_ raw: Span<UInt8>, into out: inout ByteBuffer) {
        isRefused = true
        text(raw, into: &out)
    }

    mutating func reasoning(_ raw: Span<UInt8>, into out: inout ByteBuffer) {
        beginThinking(into: &out)
        beginDelta(into: &out)
        out.append("{\"type\":\"thinking_delta\",\"thinking\":\"")
        out.append(raw)
        out.append("\"}}\n\n")
    }

    mutating func signature(_ raw: Span<UInt8>, into out: inout ByteBuffer) {
        beginThinking(into: &out)
        writeSignature(raw, into: &out)
        writeStop(into: &out)
    }

    mutating func redactedReasoning(_ raw: Span<UInt8>, into out: inout ByteBuffer) {
        begin(.none, into: &out)
        out.append("{\"type\":\"redacted_thinking\",\"data\":\"")
        out.append(raw)
        out.append("\"}}\n\n")
        writeStop(into: &out)
    }

    mutating func callBegan(id: Span<UInt8>, name: Span<UInt8>, into out: inout ByteBuffer) {
        begin(.call, into: &out)
        out.append("{\"type\":\"tool_use\",\"id\":\"")
        ToolID.write(raw: id, as: .messages, into: &out)
        out.append("\",\"name\":\"")
        out.append(name)
        out.append("\",\"input\":{}}}\n\n")
    }

    mutating func callArguments(_ raw: Span<UInt8>, into out: inout ByteBuffer) {
        beginDelta(into: &out)
        out.append("{\"type\":\"input_json_delta\",\"partial_json\":\"")
        out.append(raw)
        out.append("\"}}\n\n")
    }

    mutating func finished(_ reason: FinishReason, stop: Span<UInt8>, into out: inout ByteBuffer) {
        finish = reason
        // A longer one is none that was asked for.
        if stop.count <= Limits.stopBytesMax { self.stop.append(stop) }
    }

    mutating func counted(_ usage: Usage) { self.usage = usage }

    mutating func ended(into out: inout ByteBuffer) {
        close(into: &out)
        out.append("event: message_delta\ndata: {\"type\":\"message_delta\",\"delta\":{")
        (isRefused ? .contentFilter : finish).writeStop(stop.bytes, into: &out)
        out.append("},\"usage\":")
        usage.writeMessages(into: &out)
        out.append("}\n\nevent: message_stop\ndata: {\"type\":\"message_stop\"}\n\n")
    }

    mutating func failed(_ error: ErrorBody, message: Span<UInt8>, into out: inout ByteBuffer) {
        error.writeEvent(.anthropic, message: message, requestID: frame.id.span, into: &out)
    }

    /// Begins a block; what it is comes next.
    private mutating func begin(_ block: Block, into out: inout ByteBuffer) {
        close(into: &out)
        open = block
        index &+= 1
        out.append("event: content_block_start\ndata: {\"type\":\"content_block_start\",\"index\":")
        out.append(decimal: index)
        out.append(",\"content_block\":")
    }

    private mutating func beginThinking(into out: inout ByteBuffer) {
        if open == .thinking { return }
        begin(.thinking, into: &out)
        out.append("{\"type\":\"thinking\",\"thinking\":\"\",\"signature\":\"\"}}\n\n")
    }

    private mutating func close(into out: inout ByteBuffer) {
        if open == .none { return }
        if open == .thinking { writeSignature(Span.of(Unsigned.signature), into: &out) }
        writeStop(into: &out)
    }

    private func writeSignature(_ raw: Span<UInt8>, into out: inout ByteBuffer) {
        beginDelta(into: &out)
        out.append("{\"type\":\"signature_delta\",\"signature\":\"")
        out.append(raw)
        out.append("\"}}\n\n")
    }

    private mutating func writeStop(into out: inout ByteBuffer) {
        open = .none
        out.append("event: content_block_stop\ndata: {\"type\":\"content_block_stop\",\"index\":")
        out.append(decimal: index)
        out.append("}\n\n")
    }

    /// Begins the event of a delta of the open block; the delta comes next.
    private func beginDelta(into out: inout ByteBuffer) {
        out.append("event: content_block_delta\ndata: {\"type\":\"content_block_delta\",\"index\":")
        out.append(decimal: index)
        out.append(",\"delta\":")
    }
}
