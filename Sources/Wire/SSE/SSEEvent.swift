// One event of an event stream, as offsets into the bytes it was framed in.

public struct SSEEvent: Equatable, Sendable {
    /// From the first byte of the event through the line end of the blank line behind it. The ranges of a stream's events
    /// follow each other without a gap, so relaying them relays the stream.
    public internal(set) var whole = ByteRange.none
    /// The value of the last `event` field; empty when there is none, which means `message`.
    public internal(set) var name = ByteRange.none
    /// The value of the first `data` field. All of them: `EventFramer.appendData`.
    public internal(set) var data = ByteRange.none
    public internal(set) var id = ByteRange.none
    /// Milliseconds in decimal, as the peer wrote them.
    public internal(set) var retry = ByteRange.none
    /// 0: nothing for the application. 1: `data` is all of it.
    public internal(set) var dataLineCount = 0
    /// Only comment lines, such as `: keep-alive`.
    public internal(set) var isComment = false

    public init() {}
}
