// A whole chat completion, told to the writer of another wire.

import Wire

enum ChatAnswerReader {
    /// - Throws: when the answer is no JSON object, or has too many calls. What the sink was told is worth nothing then.
    static func read<Sink: AnswerSink & ~Copyable>(
        _ answer: Span<UInt8>, _ frame: AnswerFrame, _ sink: inout Sink, into out: inout ByteBuffer
    ) throws(JSONFault) {
        let piece = try ChatPiece(answer)
        let usage = piece.usage.isEmpty ? nil : Usage(answer, piece.usage)
        sink.began(
            id: answer.extracting(piece.id), model: answer.extracting(piece.model), usage: usage ?? Usage(), into: &out)
        try piece.tellText(answer, &sink, into: &out)
        let callCount = piece.calls.isEmpty ? 0 : try tell(piece.calls, of: answer, frame, &sink, into: &out)
        var finish = callCount > 0 ? FinishReason.toolCalls : .none
        if !piece.finish.isEmpty { finish = FinishReason(answer, piece.finish, callCount: callCount) }
        sink.finished(finish, stop: answer.extracting(piece.stop), into: &out)
        sink.counted(usage ?? Usage(inputTokens: Int64(frame.estimatedInputTokens)))
        sink.ended(into: &out)
    }

    /// - Returns: how many calls there are.
    private static func tell<Sink: AnswerSink & ~Copyable>(
        _ calls: ByteRange, of answer: Span<UInt8>, _ frame: AnswerFrame, _ sink: inout Sink,
        into out: inout ByteBuffer
    ) throws(JSONFault) -> Int {
        var count = 0
        var reader = JSONReader(at: Int(calls.start))
        try reader.enter(in: answer)
        while try reader.nextElement(in: answer) {
            guard reader.nextKind(in: answer) == .object else {
                try reader.skip(in: answer)
                continue
            }
            let call = try ChatCall(&reader, answer)
            guard count < Limits.answerCallsMax else {
                throw JSONFault(position: Int(calls.start), reason: .unexpectedByte)
            }
            count += 1
            frame.withCallID(answer.extracting(call.id), count) { id in
                sink.callBegan(id: id, name: answer.extracting(call.name), into: &out)
            }
            if call.hasArguments {
                call.tellArguments(answer, &sink, into: &out)
            } else {
                sink.callArguments(Span.of("{}"), into: &out)
            }
        }
        return count
    }
}
