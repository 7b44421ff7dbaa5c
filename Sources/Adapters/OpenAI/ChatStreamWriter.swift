// A streamed chat completion, written.

import Wire

/// Writes each piece as a chunk at once. Holds what every chunk repeats, and no word of the answer.
struct ChatStreamWriter: StreamSink, ~Copyable {
    private let frame: AnswerFrame
    /// A chunk up to its choices.
    private var head = ByteBuffer()
    private var callIndex = -1
    /// Of the last call, when its tool takes text.
    private var freeform: FreeformInput?
    /// Of the open thinking block: clients put the pieces of a list together by it.
    private var blockIndex = 0
    private var isBlockOpen = false
    private var finish = FinishReason.none
    private var usage = Usage()

    init(_ frame: AnswerFrame) { self.frame = frame }

    var isFull: Bool { false }

    mutating func began(id: Span<UInt8>, model: Span<UInt8>, usage: Usage, into out: inout ByteBuffer) {
        self.usage = usage
        head.append("data: {\"id\":\"")
        frame.writeChatID(id, into: &head)
        head.append("\",\"object\":\"chat.completion.chunk\",\"created\":")
        head.append(decimal: Int(frame.created))
        head.append(",\"model\":\"")
        if model.count <= Limits.answerNameBytesMax { head.append(model) }
        head.append("\",\"choices\":[")
        beginDelta(into: &out)
        out.append("\"role\":\"assistant\",\"content\":\"\"")
        endDelta(into: &out)
    }

    mutating func text(_ raw: Span<UInt8>, into out: inout ByteBuffer) {
        beginDelta(into: &out)
        out.append("\"content\":\"")
        out.append(raw)
        out.append("\"")
        endDelta(into: &out)
    }

    mutating func refusal(_ raw: Span<UInt8>, into out: inout ByteBuffer) {
        beginDelta(into: &out)
        out.append("\"refusal\":\"")
        out.append(raw)
        out.append("\"")
        endDelta(into: &out)
    }

    mutating func reasoning(_ raw: Span<UInt8>, into out: inout ByteBuffer) {
        beginDelta(into: &out)
        out.append("\"reasoning_content\":\"")
        out.append(raw)
        out.append("\",")
        isBlockOpen = true
        beginBlock("thinking\",\"thinking\":\"", into: &out)
        out.append(raw)
        out.append("\"}]")
        endDelta(into: &out)
    }

    mutating func signature(_ raw: Span<UInt8>, into out: inout ByteBuffer) {
        beginDelta(into: &out)
        // The text went before it.
        beginBlock("thinking\",\"thinking\":\"\",\"signature\":\"", into: &out)
        out.append(raw)
        out.append("\"}]")
        endDelta(into: &out)
        endBlock()
    }

    mutating func redactedReasoning(_ raw: Span<UInt8>, into out: inout ByteBuffer) {
        beginDelta(into: &out)
        // What nobody signed has ended here.
        if isBlockOpen { endBlock() }
        beginBlock("redacted_thinking\",\"data\":\"", into: &out)
        out.append(raw)
        out.append("\"}]")
        endDelta(into: &out)
        endBlock()
    }

    mutating func callBegan(id: Span<UInt8>, name: Span<UInt8>, into out: inout ByteBuffer) {
        callIndex &+= 1
        beginDelta(into: &out)
        out.append("\"tool_calls\":[{\"index\":")
        out.append(decimal: callIndex)
        out.append(",\"id\":\"")
        out.append(id)
        freeform = frame.takesText(name) ? FreeformInput() : nil
        let isFunction = freeform == nil
        out.append(isFunction ? "\",\"type\":\"function\",\"function\":" : "\",\"type\":\"custom\",\"custom\":")
        out.append("{\"name\":\"")
        out.append(name)
        out.append(isFunction ? "\",\"arguments\":\"" : "\",\"input\":\"")
        out.append("\"}}]")
        endDelta(into: &out)
    }

    /// - Source: openai-node's pull request 2023, after real streams: pieces of a custom call do not repeat what kind it is.
    mutating func callArguments(_ raw: Span<UInt8>, into out: inout ByteBuffer) {
        let chunkStart = out.count
        beginDelta(into: &out)
        out.append("\"tool_calls\":[{\"index\":")
        out.append(decimal: callIndex)
        out.append(freeform == nil ? ",\"function\":{\"arguments\":\"" : ",\"custom\":{\"input\":\"")
        let textStart = out.count
        if freeform?.take(raw, into: &out) == nil { out.append(raw) }
        // The client is not told of the JSON around its text.
        if out.count == textStart { return out.truncate(to: chunkStart) }
        out.append("\"}}]")
        endDelta(into: &out)
    }

    mutating func finished(_ reason: FinishReason, stop: Span<UInt8>, into out: inout ByteBuffer) { finish = reason }

    mutating func counted(_ usage: Usage) { self.usage = usage }

    mutating func ended(into out: inout ByteBuffer) {
        out.append(head.bytes)
        out.append("{\"index\":0,\"delta\":{},\"logprobs\":null,\"finish_reason\":\"")
        out.append(finish.finishReason)
        out.append("\"}]")
        endChunk(into: &out)
        if frame.includesUsage {
            out.append(head.bytes)
            out.append("],\"usage\":")
            usage.writeChat(into: &out)
            out.append("}\n\n")
        }
        EventWriter.done(into: &out)
    }

    mutating func failed(_ error: ErrorBody, message: Span<UInt8>, into out: inout ByteBuffer) {
        error.writeEvent(.openAI, message: message, requestID: frame.id.span, into: &out)
    }

    private func beginDelta(into out: inout ByteBuffer) {
        out.append(head.bytes)
        out.append("{\"index\":0,\"delta\":{")
    }

    /// - Parameter members: what follows the opening quote of the block's type.
    private func beginBlock(_ members: StaticString, into out: inout ByteBuffer) {
        out.append("\"thinking_blocks\":[{\"index\":")
        out.append(decimal: blockIndex)
        out.append(",\"type\":\"")
        out.append(members)
    }

    private mutating func endBlock() {
        blockIndex &+= 1
        isBlockOpen = false
    }

    private func endDelta(into out: inout ByteBuffer) {
        out.append("},\"logprobs\":null,\"finish_reason\":null}]")
        endChunk(into: &out)
    }

    /// Who asked for usage finds it in every chunk, as OpenAI writes it: null before it is known.
    private func endChunk(into out: inout ByteBuffer) {
        out.append(frame.includesUsage ? ",\"usage\":null}\n\n" : "}\n\n")
    }
}
