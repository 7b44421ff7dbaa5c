// A streamed answer in the words of another wire.

package import Wire

/// One per translated stream: upstream bytes in, client bytes out. Keeps what it must know, never the answer.
package struct StreamTranslator: ~Copyable {
    package struct Run: Equatable, Sendable {
        /// Where to read on.
        package var next: Int
        /// What ended the run.
        package var stop: Stop
        /// The run has an event with content.
        package var hasContent: Bool
    }

    package enum Stop: Equatable, Sendable {
        /// No whole event is left.
        case needsMore
        /// The stream is complete, and its end has been written.
        case done
        /// The event at this place is an error object; nothing of it was written.
        case failure(ByteRange)
        /// The event at this place is not JSON, or does not fit the ones before. What of it does fit was written: the writer
        /// counts and numbers what it writes, so nothing of that may be taken back.
        case malformed(ByteRange, JSONFault)
        /// With the event at this place, the last one written, the answer is longer than its end could repeat.
        case oversized(ByteRange)
    }

    private var facts = StreamFacts()
    // One of these is there. An enum of them would have to be moved out and in for each run.
    private var chatToMessages: StreamPair<MessagesStreamReader, ChatStreamWriter>?
    private var messagesToChat: StreamPair<ChatStreamReader, MessagesStreamWriter>?
    private var responsesToChat: StreamPair<ChatStreamReader, ResponsesStreamWriter>?
    private var responsesToMessages: StreamPair<MessagesStreamReader, ResponsesStreamWriter>?

    package init(_ frame: AnswerFrame) {
        switch frame.translation {
        case .chatToMessages: chatToMessages = StreamPair(frame)
        case .messagesToChat: messagesToChat = StreamPair(frame)
        case .responsesToChat: responsesToChat = StreamPair(frame)
        case .responsesToMessages: responsesToMessages = StreamPair(frame)
        }
    }

    /// The last usage the stream told.
    package var usage: Usage { facts.cost }
    package var hasUsage: Bool { facts.hasUsage }
    package var finish: FinishReason { facts.finish }
    /// Events with data.
    package var eventCount: Int { facts.eventCount }
    package var contentEventCount: Int { facts.contentEventCount }
    package var isDone: Bool { facts.isDone }

    /// Reads all whole events and appends what the client is to see of them.
    /// - Parameter bytes: unread bytes of the stream; those of an unfinished event must be shown again from its start.
    /// - Parameter from: where to read; `next` of the run before.
    package mutating func next(in bytes: Span<UInt8>, from: Int, into out: inout ByteBuffer) -> Run {
        if let run = chatToMessages?.next(in: bytes, from: from, &facts, into: &out) { return run }
        if let run = messagesToChat?.next(in: bytes, from: from, &facts, into: &out) { return run }
        if let run = responsesToChat?.next(in: bytes, from: from, &facts, into: &out) { return run }
        if let run = responsesToMessages?.next(in: bytes, from: from, &facts, into: &out) { return run }
        preconditionFailure("no wire is translated")
    }

    /// Appends an error in the client's dialect, after which the stream ends.
    package mutating func fail(_ error: ErrorBody, message: Span<UInt8>, into out: inout ByteBuffer) {
        chatToMessages?.fail(error, message: message, into: &out)
        messagesToChat?.fail(error, message: message, into: &out)
        responsesToChat?.fail(error, message: message, into: &out)
        responsesToMessages?.fail(error, message: message, into: &out)
    }

    /// The stream has no more bytes: appends what is missing of a whole answer, and tells how it ended.
    package mutating func end(into out: inout ByteBuffer) -> UsageTap.End {
        if facts.isDone { return .complete }
        if facts.finish == .none { return .truncated }
        chatToMessages?.end(facts, into: &out)
        messagesToChat?.end(facts, into: &out)
        responsesToChat?.end(facts, into: &out)
        responsesToMessages?.end(facts, into: &out)
        return .unterminated
    }
}
