// One wire read, another written.

import Wire

/// The reader and the writer of one translated stream.
struct StreamPair<Reader: StreamReader & ~Copyable, Writer: StreamSink & ~Copyable>: ~Copyable {
    private var framer = EventFramer()
    private var reader: Reader
    private var writer: Writer
    private let estimatedInputTokens: Int

    init(_ frame: AnswerFrame) {
        reader = Reader(frame)
        writer = Writer(frame)
        estimatedInputTokens = frame.estimatedInputTokens
    }

    /// Reads all whole events: `StreamTranslator.next`.
    mutating func next(
        in bytes: Span<UInt8>, from: Int, _ facts: inout StreamFacts, into out: inout ByteBuffer
    ) -> StreamTranslator.Run {
        var run = StreamTranslator.Run(next: from, stop: .needsMore, hasContent: false)
        // What stands behind the terminator is dropped, whole events or not.
        if facts.isDone {
            run.next = bytes.count
            return run
        }
        while let event = framer.next(in: bytes, from: run.next) {
            run.next = Int(event.whole.end)
            // A comment, or an event that says nothing to the application.
            if event.dataLineCount == 0 { continue }
            let verdict: StreamVerdict
            do throws(JSONFault) {
                verdict = try take(event, in: bytes, &facts, into: &out)
            } catch {
                run.stop = .malformed(event.whole, error)
                return run
            }
            if writer.isFull {
                run.stop = .oversized(event.whole)
                return run
            }
            switch verdict {
            case .content:
                facts.eventCount &+= 1
                facts.contentEventCount &+= 1
                run.hasContent = true
            case .pass:
                facts.eventCount &+= 1
            case .failure:
                facts.eventCount &+= 1
                run.stop = .failure(event.whole)
                return run
            case .done:
                facts.isDone = true
                end(facts, into: &out)
                run.stop = .done
                return run
            }
        }
        return run
    }

    mutating func fail(_ error: ErrorBody, message: Span<UInt8>, into out: inout ByteBuffer) {
        writer.failed(error, message: message, into: &out)
    }

    /// Writes the end of an answer that is whole.
    mutating func end(_ facts: StreamFacts, into out: inout ByteBuffer) {
        reader.finish(&writer, into: &out)
        // Both wires demand a count. This is the one that the answer is billed by.
        if !facts.hasUsage {
            writer.counted(
                Usage(inputTokens: Int64(estimatedInputTokens), outputTokens: Int64(facts.contentEventCount)))
        } else if facts.isUsagePartial {
            writer.counted(facts.cost)
        }
        writer.ended(into: &out)
    }

    private mutating func take(
        _ event: SSEEvent, in bytes: Span<UInt8>, _ facts: inout StreamFacts, into out: inout ByteBuffer
    ) throws(JSONFault) -> StreamVerdict {
        if event.dataLineCount == 1 {
            return try reader.take(bytes.extracting(event.data), &facts, &writer, into: &out)
        }
        var joined = ByteBuffer()
        EventFramer.appendData(of: event, in: bytes, to: &joined)
        return try reader.take(joined.bytes, &facts, &writer, into: &out)
    }
}
