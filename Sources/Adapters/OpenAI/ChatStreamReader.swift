// The chunks of a chat completion, told to the writer of another wire.

import Wire

struct ChatStreamReader: StreamReader, ~Copyable {
    private let frame: AnswerFrame
    private var hasBegun = false
    private var hasFinished = false
    private var callCount = 0
    /// Of the call begun last, as the provider counts.
    private var callIndex = -1
    private var callID: UInt32 = 0
    private var callName: UInt32 = 0
    /// That call may be gone on with.
    private var isCallOpen = false
    private var hasArguments = false
    /// What its arguments have come to ends as an object does.
    private var hasWholeArguments = false

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
        var isFirst = true
        try reader.enter(in: data)
        while try reader.nextElement(in: data) {
            guard reader.nextKind(in: data) == .object else {
                try reader.skip(in: data)
                continue
            }
            let call = try ChatCall(&reader, data)
            defer { isFirst = false }
            if begins(call, data, isFirst: isFirst) {
                guard callCount < Limits.answerCallsMax else {
                    throw JSONFault(position: Int(calls.start), reason: .unexpectedByte)
                }
                closeCall(&sink, into: &out)
                callIndex = max(callIndex, call.index)
                callID = ChatStreamReader.mix(data.extracting(call.id))
                callName = ChatStreamReader.mix(data.extracting(call.name))
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
            hasWholeArguments = call.closesObject(data)
            call.tellArguments(data, &sink, into: &out)
        }
    }

    /// Whether a delta begins another call, for what providers make of `index` and `id`: Gemini counts all calls 0, others do
    /// not count or give no ids, and vLLM has given each delta an id of its own. What begins a call names its function.
    /// - Parameter isFirst: it stands first in its event; what stands behind it is no continuation of it.
    private func begins(_ call: ChatCall, _ data: Span<UInt8>, isFirst: Bool) -> Bool {
        if callCount == 0 || call.index > callIndex { return true }
        if call.name.isEmpty || call.index >= 0 && call.index < callIndex { return false }
        if !call.id.isEmpty { return ChatStreamReader.mix(data.extracting(call.id)) != callID }
        if call.index < 0 || !isFirst || ChatStreamReader.mix(data.extracting(call.name)) != callName { return true }
        // The same function once more, or its name repeated with each piece: no text goes on with an object behind an object.
        return hasWholeArguments && call.opensObject(data)
    }

    private mutating func closeCall<Sink: AnswerSink & ~Copyable>(_ sink: inout Sink, into out: inout ByteBuffer) {
        // What calls a tool reads arguments as JSON, and nothing is none.
        if isCallOpen, !hasArguments { sink.callArguments(Span.of("{}"), into: &out) }
        (isCallOpen, hasArguments, hasWholeArguments) = (false, false, false)
    }

    /// FNV-1a: whether two ids or names of one answer are the same needs no more.
    private static func mix(_ text: Span<UInt8>) -> UInt32 {
        var hash: UInt32 = 0x811C_9DC5
        for index in text.indices { hash = (hash ^ UInt32(text[index])) &* 0x100_0193 }
        return hash
    }
}
