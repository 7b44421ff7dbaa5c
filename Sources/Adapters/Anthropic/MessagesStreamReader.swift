// The events of a Messages stream, told to the writer of another wire.

import Wire

struct MessagesStreamReader: StreamReader, ~Copyable {
    private let frame: AnswerFrame
    private var hasBegun = false
    private var hasFinished = false
    /// The block that deltas belong to; -1: none is open.
    private var openIndex = -1
    private var openKind = MessagesBlock.Kind.other
    /// The open call has arguments, and they came whole when it began.
    private var hasArguments = false
    private var hasWholeArguments = false
    private var callCount = 0

    init(_ frame: AnswerFrame) { self.frame = frame }

    mutating func take<Sink: AnswerSink & ~Copyable>(
        _ data: Span<UInt8>, _ facts: inout StreamFacts, _ sink: inout Sink, into out: inout ByteBuffer
    ) throws(JSONFault) -> StreamVerdict {
        let event = try MessagesEvent(data)
        switch event.kind {
        case .blockDelta:
            // A block that was never begun, or is over.
            guard openIndex >= 0, event.index == openIndex || event.index < 0 else {
                throw JSONFault(position: 0, reason: .unexpectedByte)
            }
            return add(event.block, data, &sink, into: &out) ? .content : .pass
        case .blockStart:
            begin(event, data, facts, &sink, into: &out)
            closeBlock(&sink, into: &out)
            openIndex = max(0, event.index)
            return open(event.block, data, &sink, into: &out) ? .content : .pass
        case .blockStop:
            closeBlock(&sink, into: &out)
            return .pass
        case .messageStart:
            facts.merge(data, event.usage, isFirst: true)
            begin(event, data, facts, &sink, into: &out)
            return .pass
        case .messageDelta:
            begin(event, data, facts, &sink, into: &out)
            if facts.merge(data, event.usage, isFirst: false) { sink.counted(facts.usage) }
            guard !event.block.stopReason.isEmpty, !hasFinished else { return .pass }
            facts.finish = FinishReason(stopReason: event.block.stopReason, in: data)
            hasFinished = true
            sink.finished(facts.finish, stop: data.extracting(event.block.stopSequence), into: &out)
            return .pass
        case .messageStop:
            return .done
        case .error:
            return .failure
        case .other:
            return .pass
        }
    }

    mutating func finish<Sink: AnswerSink & ~Copyable>(_ sink: inout Sink, into out: inout ByteBuffer) {
        if !hasBegun { sink.began(id: Span(), model: Span(), usage: Usage(), into: &out) }
        closeBlock(&sink, into: &out)
        if !hasFinished { sink.finished(callCount > 0 ? .toolCalls : .none, stop: Span(), into: &out) }
        (hasBegun, hasFinished) = (true, true)
    }

    private mutating func begin<Sink: AnswerSink & ~Copyable>(
        _ event: MessagesEvent, _ data: Span<UInt8>, _ facts: StreamFacts, _ sink: inout Sink,
        into out: inout ByteBuffer
    ) {
        if hasBegun { return }
        hasBegun = true
        sink.began(
            id: data.extracting(event.id), model: data.extracting(event.model), usage: facts.usage, into: &out)
    }

    /// - Returns: whether the block brought something already.
    private mutating func open<Sink: AnswerSink & ~Copyable>(
        _ block: MessagesBlock, _ data: Span<UInt8>, _ sink: inout Sink, into out: inout ByteBuffer
    ) -> Bool {
        openKind = block.kind
        switch block.kind {
        case .text, .thinking:
            return add(block, data, &sink, into: &out)
        case .redactedThinking:
            sink.redactedReasoning(data.extracting(block.data), into: &out)
            return true
        case .toolUse:
            callCount &+= 1
            frame.withCallID(data.extracting(block.id), callCount) { id in
                sink.callBegan(id: id, name: data.extracting(block.name), into: &out)
            }
            var members = JSONCursor(of: block.input, in: data)
            hasArguments = members.next(in: data) != nil
            hasWholeArguments = hasArguments
            if hasArguments {
                // The real API sends `{}` here and the arguments behind it; some that copied it send them all here.
                var escaped = ByteBuffer()
                JSONWriter.escape(data.extracting(block.input), into: &escaped)
                sink.callArguments(escaped.bytes, into: &out)
            }
            return true
        case .other:
            return false
        }
    }

    /// - Returns: whether the delta brought something.
    private mutating func add<Sink: AnswerSink & ~Copyable>(
        _ delta: MessagesBlock, _ data: Span<UInt8>, _ sink: inout Sink, into out: inout ByteBuffer
    ) -> Bool {
        switch openKind {
        case .text:
            if delta.text.isEmpty { return false }
            sink.text(data.extracting(delta.text), into: &out)
        case .thinking:
            if delta.thinking.isEmpty, delta.signature.isEmpty { return false }
            if !delta.thinking.isEmpty { sink.reasoning(data.extracting(delta.thinking), into: &out) }
            if !delta.signature.isEmpty { sink.signature(data.extracting(delta.signature), into: &out) }
        case .toolUse:
            if delta.partialJSON.isEmpty || hasWholeArguments { return false }
            hasArguments = true
            sink.callArguments(data.extracting(delta.partialJSON), into: &out)
        case .redactedThinking, .other:
            return false
        }
        return true
    }

    private mutating func closeBlock<Sink: AnswerSink & ~Copyable>(_ sink: inout Sink, into out: inout ByteBuffer) {
        // Clients of other wires read arguments as JSON, and nothing is none.
        if openIndex >= 0, openKind == .toolUse, !hasArguments { sink.callArguments(Span.of("{}"), into: &out) }
        openIndex = -1
    }
}
