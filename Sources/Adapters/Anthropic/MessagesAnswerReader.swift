// A whole Messages answer, told to the writer of another wire.

import Wire

enum MessagesAnswerReader {
    /// - Throws: when the answer is no JSON object. The sink was told nothing then.
    static func read<Sink: AnswerSink & ~Copyable>(
        _ answer: Span<UInt8>, _ frame: AnswerFrame, _ sink: inout Sink, into out: inout ByteBuffer
    ) throws(JSONFault) {
        var (id, model, content) = (ByteRange.none, ByteRange.none, ByteRange.none)
        var (reason, stop, usage) = (ByteRange.none, ByteRange.none, ByteRange.none)
        var reader = try JSONReader(answer: answer)
        while let member = try reader.nextMember(in: answer) {
            switch member.kind {
            case .string where JSONScan.isName(of: member, "id", in: answer):
                id = try reader.inside(in: answer)
            case .string where JSONScan.isName(of: member, "model", in: answer):
                model = try reader.inside(in: answer)
            case .array where JSONScan.isName(of: member, "content", in: answer):
                content = try reader.skip(in: answer)
            case .string where JSONScan.isName(of: member, "stop_reason", in: answer):
                reason = try reader.skip(in: answer)
            case .string where JSONScan.isName(of: member, "stop_sequence", in: answer):
                stop = try reader.inside(in: answer)
            case .object where JSONScan.isName(of: member, "usage", in: answer):
                usage = try reader.skip(in: answer)
            case .object, .array, .string, .number, .bool, .null:
                try reader.skip(in: answer)
            }
        }
        try reader.finish(in: answer)

        var facts = StreamFacts()
        facts.merge(answer, usage, isFirst: false)
        sink.began(id: answer.extracting(id), model: answer.extracting(model), usage: facts.usage, into: &out)
        let callCount = content.isEmpty ? 0 : try tell(content, of: answer, frame, &sink, into: &out)
        var finish = callCount > 0 ? FinishReason.toolCalls : .none
        if !reason.isEmpty { finish = FinishReason(stopReason: reason, in: answer) }
        sink.finished(finish, stop: answer.extracting(stop), into: &out)
        sink.counted(facts.hasUsage ? facts.usage : Usage(inputTokens: Int64(frame.estimatedInputTokens)))
        sink.ended(into: &out)
    }

    /// - Returns: how many calls there are.
    private static func tell<Sink: AnswerSink & ~Copyable>(
        _ content: ByteRange, of answer: Span<UInt8>, _ frame: AnswerFrame, _ sink: inout Sink,
        into out: inout ByteBuffer
    ) throws(JSONFault) -> Int {
        var callCount = 0
        var reader = JSONReader(at: Int(content.start))
        try reader.enter(in: answer)
        while try reader.nextElement(in: answer) {
            guard reader.nextKind(in: answer) == .object else {
                try reader.skip(in: answer)
                continue
            }
            let block = try MessagesBlock(&reader, answer)
            switch block.kind {
            case .text:
                if !block.text.isEmpty { sink.text(answer.extracting(block.text), into: &out) }
            case .thinking:
                if !block.thinking.isEmpty { sink.reasoning(answer.extracting(block.thinking), into: &out) }
                if !block.signature.isEmpty { sink.signature(answer.extracting(block.signature), into: &out) }
            case .redactedThinking:
                sink.redactedReasoning(answer.extracting(block.data), into: &out)
            case .toolUse:
                callCount += 1
                frame.withCallID(answer.extracting(block.id), callCount) { id in
                    sink.callBegan(id: id, name: answer.extracting(block.name), into: &out)
                }
                var escaped = ByteBuffer()
                JSONWriter.escape(block.input.isEmpty ? Span.of("{}") : answer.extracting(block.input), into: &escaped)
                sink.callArguments(escaped.bytes, into: &out)
            case .other:
                break
            }
        }
        return callCount
    }
}
