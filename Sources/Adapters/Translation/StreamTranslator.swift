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
        /// The event at this place is not JSON; nothing of it was written.
        case malformed(ByteRange, JSONFault)
    }

    /// The last usage the stream told.
    package private(set) var usage = Usage()
    package private(set) var hasUsage = false
    package private(set) var finish = FinishReason.none
    /// Events with data.
    package private(set) var eventCount = 0
    package private(set) var contentEventCount = 0
    package private(set) var isDone = false

    package init(_ frame: AnswerFrame) {}

    /// Reads all whole events and appends what the client is to see of them.
    /// - Parameter bytes: unread bytes of the stream; those of an unfinished event must be shown again from its start.
    /// - Parameter from: where to read; `next` of the run before.
    package mutating func next(in bytes: Span<UInt8>, from: Int, into out: inout ByteBuffer) -> Run {
        preconditionFailure("no wire is translated yet")
    }

    /// Appends an error in the client's dialect, after which the stream ends.
    package mutating func fail(_ error: ErrorBody, message: Span<UInt8>, into out: inout ByteBuffer) {
        preconditionFailure("no wire is translated yet")
    }

    /// The stream has no more bytes: appends what is missing of a whole answer, and tells how it ended.
    package mutating func end(into out: inout ByteBuffer) -> UsageTap.End {
        preconditionFailure("no wire is translated yet")
    }
}
