// A whole message, written.

import Wire

/// Writes the blocks as they come; only the arguments of the open call wait, for they become an object.
struct MessagesAnswerWriter: AnswerSink, ~Copyable {
    private enum Block { case none, text, thinking, call }

    private let frame: AnswerFrame
    private var open = Block.none
    private var hasBlock = false
    private var finish = FinishReason.none
    private var isRefused = false
    private var stop = ByteBuffer()
    private var usage = Usage()
    /// Of the open call, as a JSON string that lacks its last quote.
    private var arguments = ByteBuffer()
    private var input = ByteBuffer()

    init(_ frame: AnswerFrame) { self.frame = frame }

    mutating func began(id: Span<UInt8>, model: Span<UInt8>, usage: Usage, into out: inout ByteBuffer) {
        out.append("{\"id\":\"msg_")
        out.append(frame.id)
        out.append("\",\"type\":\"message\",\"role\":\"assistant\",\"model\":\"")
        out.append(model)
        out.append("\",\"content\":[")
    }

    mutating func text(_ raw: Span<UInt8>, into out: inout ByteBuffer) {
        if open != .text {
            begin(.text, into: &out)
            out.append("{\"type\":\"text\",\"text\":\"")
        }
        out.append(raw)
    }

    mutating func refusal(_ raw: Span<UInt8>, into out: inout ByteBuffer) {
        isRefused = true
        text(raw, into: &out)
    }

    mutating func reasoning(_ raw: Span<UInt8>, into out: inout ByteBuffer) {
        beginThinking(into: &out)
        out.append(raw)
    }

    mutating func signature(_ raw: Span<UInt8>, into out: inout ByteBuffer) {
        beginThinking(into: &out)
        endThinking(raw, into: &out)
    }

    mutating func redactedReasoning(_ raw: Span<UInt8>, into out: inout ByteBuffer) {
        begin(.none, into: &out)
        out.append("{\"type\":\"redacted_thinking\",\"data\":\"")
        out.append(raw)
        out.append("\"}")
    }

    mutating func callBegan(id: Span<UInt8>, name: Span<UInt8>, into out: inout ByteBuffer) {
        begin(.call, into: &out)
        out.append("{\"type\":\"tool_use\",\"id\":\"")
        ToolID.write(raw: id, as: .messages, into: &out)
        out.append("\",\"name\":\"")
        out.append(name)
        out.append("\",\"input\":")
        arguments.removeAll()
        arguments.append("\"")
    }

    mutating func callArguments(_ raw: Span<UInt8>, into out: inout ByteBuffer) { arguments.append(raw) }

    mutating func finished(_ reason: FinishReason, stop: Span<UInt8>, into out: inout ByteBuffer) {
        finish = reason
        self.stop.append(stop)
    }

    mutating func counted(_ usage: Usage) { self.usage = usage }

    mutating func ended(into out: inout ByteBuffer) {
        close(into: &out)
        out.append("],")
        (isRefused ? .contentFilter : finish).writeStop(stop.bytes, into: &out)
        out.append(",\"usage\":")
        usage.writeMessages(into: &out)
        out.append("}")
    }

    private mutating func begin(_ block: Block, into out: inout ByteBuffer) {
        close(into: &out)
        open = block
        if hasBlock { out.append(",") }
        hasBlock = true
    }

    private mutating func beginThinking(into out: inout ByteBuffer) {
        if open == .thinking { return }
        begin(.thinking, into: &out)
        out.append("{\"type\":\"thinking\",\"thinking\":\"")
    }

    private mutating func endThinking(_ signature: Span<UInt8>, into out: inout ByteBuffer) {
        open = .none
        out.append("\",\"signature\":\"")
        out.append(signature)
        out.append("\"}")
    }

    private mutating func close(into out: inout ByteBuffer) {
        switch open {
        case .none: break
        case .text: out.append("\"}")
        case .thinking: endThinking(Span.of(Unsigned.signature), into: &out)
        case .call:
            writeInput(into: &out)
            out.append("}")
        }
        open = .none
    }

    /// Appends the arguments as the object that they are the text of. What is none, since models err, becomes the only member
    /// of one.
    private mutating func writeInput(into out: inout ByteBuffer) {
        arguments.append("\"")
        if MessagesAnswerWriter.unescape(arguments, into: &input) { return out.append(input.bytes) }
        out.append("{\"_unparsed\":")
        out.append(arguments.bytes)
        out.append("}")
    }

    /// - Returns: whether the string is the text of an object.
    private static func unescape(_ string: borrowing ByteBuffer, into text: inout ByteBuffer) -> Bool {
        text.removeAll()
        guard JSONScan.unescape(string.bytes, ByteRange(0, string.count), into: &text) else { return false }
        // The object will stand three levels deep in the answer.
        let depthMax = Limits.answerDepthMax - 3
        var reader = JSONReader(depthMax: depthMax)
        return reader.nextKind(in: text.bytes) == .object
            && (try? JSONScan.validate(text.bytes, depthMax: depthMax)) != nil
    }
}
