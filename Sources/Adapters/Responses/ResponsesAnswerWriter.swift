// A whole answer on the Responses wire.

import Wire

/// Appends the response when the answer has ended; nothing before.
struct ResponsesAnswerWriter: AnswerSink, ~Copyable {
    private var object: ResponseObject

    init(_ frame: AnswerFrame) { object = ResponseObject(frame) }

    mutating func began(id: Span<UInt8>, model: Span<UInt8>, usage: Usage, into out: inout ByteBuffer) {
        object.begin(model: model)
    }

    mutating func text(_ raw: Span<UInt8>, into out: inout ByteBuffer) { say(raw, in: .text) }

    mutating func refusal(_ raw: Span<UInt8>, into out: inout ByteBuffer) { say(raw, in: .refusal) }

    mutating func reasoning(_ raw: Span<UInt8>, into out: inout ByteBuffer) { say(raw, in: .summary) }

    mutating func signature(_ raw: Span<UInt8>, into out: inout ByteBuffer) { prove(raw, isRedacted: false) }

    mutating func redactedReasoning(_ raw: Span<UInt8>, into out: inout ByteBuffer) {
        object.closeItem(.completed)
        prove(raw, isRedacted: true)
    }

    mutating func callBegan(id: Span<UInt8>, name: Span<UInt8>, into out: inout ByteBuffer) {
        object.openCall(id: id, name: name)
    }

    mutating func callArguments(_ raw: Span<UInt8>, into out: inout ByteBuffer) {
        guard object.part == .arguments || object.part == .input else { return }
        _ = object.append(raw)
    }

    mutating func finished(_ reason: FinishReason, stop: Span<UInt8>, into out: inout ByteBuffer) {
        object.finish = reason
    }

    mutating func counted(_ usage: Usage) { object.usage = usage }

    mutating func ended(into out: inout ByteBuffer) {
        object.closeItem(object.status)
        object.write(object.status, into: &out)
    }

    private mutating func say(_ raw: Span<UInt8>, in part: ResponseObject.Part) {
        if raw.isEmpty { return }
        if object.part != part { object.open(part) }
        _ = object.append(raw)
    }

    private mutating func prove(_ raw: Span<UInt8>, isRedacted: Bool) {
        if raw.isEmpty { return }
        object.open(.proof)
        object.prove(raw, isRedacted: isRedacted)
        object.closeItem(.completed)
    }
}
