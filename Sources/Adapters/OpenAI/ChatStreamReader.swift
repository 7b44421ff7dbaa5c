// The chunks of a chat completion, told to the writer of another wire.

import Wire

struct ChatStreamReader: StreamReader, ~Copyable {
    private let frame: AnswerFrame
    private var hasBegun = false
    private var hasFinished = false
    private var callCount = 0
    /// Of the call begun last, as the provider counts.
    private var callIndex = -1
    private var callID: UInt64 = 0
    /// That call may be gone on with.
    private var isCallOpen = false
    private var hasArguments = false

    init(_ frame: AnswerFrame) { self.frame = frame }

    mutating func take<Sink: AnswerSink & ~Copyable>(
        _ data: Span<UInt8>, _ facts: inout StreamFacts, _ sink: inout Sink, into out: inout ByteBuffer
    ) throws(JSONFault) -> StreamVerdict {
        if UsageTap.isTerminator(data) { return .done }
        let piece = try ChatPiece(data)
        if piece.hasError { return .failure }
        var verdict = StreamVerdict.pass
        if piece.hasChoice {
            if !hasBegun {
                hasBegun = true
                sink.began(
                    id: data.extracting(piece.id), model: data.extracting(piece.model), usage: Usage(), into: &out)
            }
            if piece.hasText {
                closeCall(&sink, into: &out)
                try piece.tellText(data, &sink, into: &out)
                verdict = .content
            }
            if piece.calls.count > 2 {
                try takeCalls(piece.calls, data, &sink, into: &out)
                verdict = .content
            }
            if !piece.finish.isEmpty, !hasFinished {
                hasFinished = true
                facts.finish = FinishReason(data, piece.finish, callCount: callCount)
                sink.finished(facts.finish, stop: data.extracting(piece.stop), into: &out)
            }
        }
        if !piece.usage.isEmpty, let told = Usage(data, piece.usage) {
            (facts.usage, facts.hasUsage) = (told, true)
            sink.counted(told)
        }
        return verdict
    }

    mutating func finish<Sink: AnswerSink & ~Copyable>(_ sink: inout Sink, into out: inout ByteBuffer) {
        if !hasBegun { sink.began(id: Span(), model: Span(), usage: Usage(), into: &out) }
        closeCall(&sink, into: &out)
        if !hasFinished { sink.finished(callCount > 0 ? .toolCalls : .none, stop: Span(), into: &out) }
        (hasBegun, hasFinished) = (true, true)
    }

    private mutating func takeCalls<Sink: AnswerSink & ~Copyable>(
        _ calls: ByteRange, _ data: Span<UInt8>, _ sink: inout Sink, into out: inout ByteBuffer
    ) throws(JSONFault) {
        var reader = JSONReader(at: Int(calls.start))
        try reader.enter(in: data)
        while try reader.nextElement(in: data) {
            guard reader.nextKind(in: data) == .object else {
                try reader.skip(in: data)
                continue
            }
            let call = try ChatCall(&reader, data)
            if begins(call, data) {
                guard callCount < Limits.answerCallsMax else {
                    throw JSONFault(position: Int(calls.start), reason: .unexpectedByte)
                }
                closeCall(&sink, into: &out)
                callIndex = max(callIndex, call.index)
                callID = ChatStreamReader.mix(data.extracting(call.id))
                callCount &+= 1
                isCallOpen = true
                frame.withCallID(data.extracting(call.id), callCount) { id in
                    sink.callBegan(id: id, name: data.extracting(call.name), into: &out)
                }
            }
            if !call.hasArguments { continue }
            // A call that is over cannot be gone on with on a wire that tells one thing after the other.
            guard isCallOpen, call.index < 0 || call.index == callIndex else {
                throw JSONFault(position: Int(calls.start), reason: .unexpectedByte)
            }
            hasArguments = true
            call.tellArguments(data, &sink, into: &out)
        }
    }

    /// Whether a delta begins another call. Gemini counts all calls 0, others do not count; ids tell calls apart then.
    private func begins(_ call: ChatCall, _ data: Span<UInt8>) -> Bool {
        if callCount == 0 || call.index > callIndex { return true }
        if call.id.isEmpty { return call.index < 0 && !call.name.isEmpty }
        return ChatStreamReader.mix(data.extracting(call.id)) != callID && (call.index < 0 || call.index == callIndex)
    }

    private mutating func closeCall<Sink: AnswerSink & ~Copyable>(_ sink: inout Sink, into out: inout ByteBuffer) {
        // What calls a tool reads arguments as JSON, and nothing is none.
        if isCallOpen, !hasArguments { sink.callArguments(Span.of("{}"), into: &out) }
        (isCallOpen, hasArguments) = (false, false)
    }

    /// FNV-1a: whether two ids of one answer are the same needs no more.
    private static func mix(_ id: Span<UInt8>) -> UInt64 {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for index in id.indices { hash = (hash ^ UInt64(id[index])) &* 0x100_0000_01B3 }
        return hash
    }
}
