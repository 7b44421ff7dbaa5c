// A streamed answer on the Responses wire.

import Wire

/// Writes the typed events of one stream, numbered without a gap.
///
/// One item is open at a time, in it one part. Each is told when it begins, as its text comes, and again as a whole when it is
/// done; the last event repeats the response with all items. There is no `[DONE]`.
/// - Source: the event types of openai 3.54.0 and the rules of its `ResponseStreamState`; the events that Codex reads.
struct ResponsesStreamWriter: StreamSink, ~Copyable {
    private var object: ResponseObject
    private var eventCount = 0
    private var hasBegun = false

    init(_ frame: AnswerFrame) { object = ResponseObject(frame) }

    var isFull: Bool { object.isFull }

    mutating func began(id: Span<UInt8>, model: Span<UInt8>, usage: Usage, into out: inout ByteBuffer) {
        object.begin(model: model)
        hasBegun = true
        writeResponse("response.created", .inProgress, into: &out)
        writeResponse("response.in_progress", .inProgress, into: &out)
    }

    mutating func text(_ raw: Span<UInt8>, into out: inout ByteBuffer) { say(raw, in: .text, into: &out) }

    mutating func refusal(_ raw: Span<UInt8>, into out: inout ByteBuffer) { say(raw, in: .refusal, into: &out) }

    mutating func reasoning(_ raw: Span<UInt8>, into out: inout ByteBuffer) { say(raw, in: .summary, into: &out) }

    mutating func signature(_ raw: Span<UInt8>, into out: inout ByteBuffer) {
        prove(raw, isRedacted: false, into: &out)
    }

    mutating func redactedReasoning(_ raw: Span<UInt8>, into out: inout ByteBuffer) {
        closeItem(.completed, into: &out)
        prove(raw, isRedacted: true, into: &out)
    }

    mutating func callBegan(id: Span<UInt8>, name: Span<UInt8>, into out: inout ByteBuffer) {
        closeItem(.completed, into: &out)
        object.openCall(id: id, name: name)
        writeNewItem(into: &out)
    }

    mutating func callArguments(_ raw: Span<UInt8>, into out: inout ByteBuffer) {
        guard object.part == .arguments || object.part == .input else { return }
        writeDelta(object.append(raw), into: &out)
    }

    mutating func finished(_ reason: FinishReason, stop: Span<UInt8>, into out: inout ByteBuffer) {
        object.finish = reason
    }

    mutating func counted(_ usage: Usage) { object.usage = usage }

    mutating func ended(into out: inout ByteBuffer) {
        let status = object.status
        closeItem(status, into: &out)
        writeResponse(status == .completed ? "response.completed" : "response.incomplete", status, into: &out)
    }

    mutating func failed(_ error: ErrorBody, message: Span<UInt8>, into out: inout ByteBuffer) {
        guard hasBegun else {
            return error.writeEvent(
                .responses, message: message, requestID: Span(), sequenceNumber: eventCount, into: &out)
        }
        object.closeItem(.incomplete)
        let told = error.code ?? error.type
        var value = ByteBuffer()
        // The wire has few codes, and Codex decides by them whether to try again; what we call it stands beside.
        value.append("{\"code\":\"")
        value.append(error.status >= 500 ? "server_error" : error.status == 429 ? "rate_limit_exceeded" : told)
        value.append("\",\"message\":\"")
        JSONWriter.escape(message, into: &value)
        value.append("\",\"type\":\"")
        value.append(told)
        value.append("\"}")
        begin("response.failed", into: &out)
        out.append(",\"response\":")
        object.write(.failed, error: value.bytes, into: &out)
        out.append("}\n\n")
    }

    // MARK: Items and parts

    private mutating func say(_ raw: Span<UInt8>, in part: ResponseObject.Part, into out: inout ByteBuffer) {
        if raw.isEmpty { return }
        if object.part != part { open(part, into: &out) }
        writeDelta(object.append(raw), into: &out)
    }

    private mutating func prove(_ raw: Span<UInt8>, isRedacted: Bool, into out: inout ByteBuffer) {
        if raw.isEmpty { return }
        open(.proof, into: &out)
        object.prove(raw, isRedacted: isRedacted)
        closeItem(.completed, into: &out)
    }

    private mutating func open(_ part: ResponseObject.Part, into out: inout ByteBuffer) {
        let isNew = !object.takes(part)
        if isNew { closeItem(.completed, into: &out) } else { closePart(into: &out) }
        object.open(part)
        if isNew { writeNewItem(into: &out) }
        switch part {
        case .text, .refusal: begin("response.content_part.added", into: &out)
        case .summary: begin("response.reasoning_summary_part.added", into: &out)
        case .none, .proof, .arguments, .input: return
        }
        writePlace(into: &out)
        out.append(",\"part\":")
        object.writeNewPart(into: &out)
        out.append("}\n\n")
    }

    private mutating func closeItem(_ status: ResponseObject.Status, into out: inout ByteBuffer) {
        if object.item == .none { return }
        closePart(into: &out)
        let index = object.itemIndex
        object.closeItem(status)
        begin("response.output_item.done", into: &out)
        out.append(",\"output_index\":")
        out.append(decimal: index)
        out.append(",\"item\":")
        object.writeItem(into: &out)
        out.append("}\n\n")
    }

    private mutating func closePart(into out: inout ByteBuffer) {
        let part = object.part
        switch part {
        case .none, .proof: return
        case .text: begin("response.output_text.done", into: &out)
        case .refusal: begin("response.refusal.done", into: &out)
        case .summary: begin("response.reasoning_summary_text.done", into: &out)
        case .arguments: begin("response.function_call_arguments.done", into: &out)
        case .input: begin("response.custom_tool_call_input.done", into: &out)
        }
        writePlace(into: &out)
        switch part {
        case .refusal: out.append(",\"refusal\":\"")
        case .arguments: out.append(",\"arguments\":\"")
        case .input: out.append(",\"input\":\"")
        case .none, .proof, .text, .summary: out.append(",\"text\":\"")
        }
        object.writeText(into: &out)
        out.append(part == .text ? "\",\"logprobs\":[]}\n\n" : "\"}\n\n")
        if part == .arguments || part == .input { return }
        begin(part == .summary ? "response.reasoning_summary_part.done" : "response.content_part.done", into: &out)
        writePlace(into: &out)
        object.closePart()
        out.append(",\"part\":")
        object.writePart(into: &out)
        out.append("}\n\n")
    }

    // MARK: Events

    private mutating func writeNewItem(into out: inout ByteBuffer) {
        begin("response.output_item.added", into: &out)
        out.append(",\"output_index\":")
        out.append(decimal: object.itemIndex)
        out.append(",\"item\":")
        object.writeNewItem(into: &out)
        out.append("}\n\n")
    }

    /// Tells the last bytes of the open part's text.
    private mutating func writeDelta(_ count: Int, into out: inout ByteBuffer) {
        if count == 0 { return }
        switch object.part {
        case .none, .proof: return
        case .text: begin("response.output_text.delta", into: &out)
        case .refusal: begin("response.refusal.delta", into: &out)
        case .summary: begin("response.reasoning_summary_text.delta", into: &out)
        case .arguments: begin("response.function_call_arguments.delta", into: &out)
        case .input: begin("response.custom_tool_call_input.delta", into: &out)
        }
        writePlace(into: &out)
        out.append(",\"delta\":\"")
        object.writeText(last: count, into: &out)
        out.append(object.part == .text ? "\",\"logprobs\":[]}\n\n" : "\"}\n\n")
    }

    private mutating func writeResponse(
        _ type: StaticString, _ status: ResponseObject.Status, into out: inout ByteBuffer
    ) {
        begin(type, into: &out)
        out.append(",\"response\":")
        object.write(status, into: &out)
        out.append("}\n\n")
    }

    private mutating func begin(_ type: StaticString, into out: inout ByteBuffer) {
        out.append("event: ")
        out.append(type)
        out.append("\ndata: {\"type\":\"")
        out.append(type)
        out.append("\",\"sequence_number\":")
        out.append(decimal: eventCount)
        eventCount &+= 1
    }

    /// Where an event's text belongs: item, and part where its item has several.
    private func writePlace(into out: inout ByteBuffer) {
        out.append(",\"item_id\":\"")
        object.writeItemID(into: &out)
        out.append("\",\"output_index\":")
        out.append(decimal: object.itemIndex)
        switch object.part {
        case .text, .refusal: out.append(",\"content_index\":")
        case .summary: out.append(",\"summary_index\":")
        case .none, .proof, .arguments, .input: return
        }
        out.append(decimal: object.partIndex)
    }
}
