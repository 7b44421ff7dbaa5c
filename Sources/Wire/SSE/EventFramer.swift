// The event stream format, read: where an event ends and where its fields stand.

/// One per stream. Keeps offsets, no bytes: the caller keeps the bytes of an unfinished event and bounds their number.
/// - Source: WHATWG HTML section 9.2.6, "Interpreting an event stream".
public struct EventFramer: Sendable {
    /// Bytes of the unfinished event that hold no blank line, so that a long event costs O(n).
    @Small private var searchedByteCount = 0
    /// Whether a byte order mark may still come.
    private var isAtStart = true
    /// The last event ended in CR; an LF coming next belongs to it.
    private var mayOweLF = false

    public init() {}

    /// The next complete event at `from`.
    /// - Parameter bytes: unread bytes of the stream; those of an unfinished event must be shown again, from the same start.
    /// - Returns: an event, or `nil` when its blank line has not arrived. What the stream's end leaves unfinished is no event.
    public mutating func next(in bytes: Span<UInt8>, from: Int) -> SSEEvent? {
        let count = bytes.count
        var lineStart = from
        if mayOweLF, lineStart < count {
            if ByteScan.byte(bytes, lineStart) == ASCII.lf { lineStart &+= 1 }
        }
        if isAtStart, ByteScan.word(bytes, lineStart) & 0xFF_FFFF == 0xBF_BBEF { lineStart &+= 3 }

        // An event of one line, which nearly all are, is framed and read in one pass.
        if searchedByteCount > 0 {
            let isBlank = EventFramer.isLineEnd(ByteScan.byte(bytes, lineStart))
            guard isBlank || hasBlankLine(bytes, from: max(lineStart, from &+ searchedByteCount &- 3)) else {
                searchedByteCount = count &- from
                return nil
            }
        }
        var event = SSEEvent()
        var hasField = false
        while true {
            let stop = ByteScan.lineStop(bytes, from: min(lineStart, count))
            if stop >= count {
                searchedByteCount = count &- from
                return nil
            }
            let next = EventFramer.behindLineEnd(bytes, stop)
            if stop == lineStart {
                mayOweLF = next == count && next == stop &+ 1 && ByteScan.byte(bytes, stop) == ASCII.cr
                isAtStart = false
                searchedByteCount = 0
                event.whole = ByteRange(from, next)
                event.isComment = event.isComment && !hasField
                return event
            }
            if ByteScan.byte(bytes, lineStart) == ASCII.colon {
                event.isComment = true
            } else {
                hasField = true
                EventFramer.take(bytes, lineStart, stop, into: &event)
            }
            lineStart = next
        }
    }

    /// Takes note of an event that the caller recognised without asking: it began where the next was due, with another byte
    /// than LF or a byte order mark, and ended in two LF.
    public mutating func passed() { (searchedByteCount, isAtStart, mayOweLF) = (0, false, false) }

    /// Appends the data of an event, its lines joined by LF.
    public static func appendData(of event: SSEEvent, in bytes: Span<UInt8>, to out: inout ByteBuffer) {
        if event.dataLineCount <= 1 {
            out.append(bytes.extracting(event.data))
            return
        }
        out.append(bytes.extracting(event.data))
        var lineStart = behindLineEnd(bytes, Int(event.data.end))
        let end = Int(event.whole.end)
        while lineStart < end {
            let stop = ByteScan.lineStop(bytes, from: lineStart)
            var line = SSEEvent()
            take(bytes, lineStart, stop, into: &line)
            if line.dataLineCount > 0 {
                out.append(ASCII.lf)
                out.append(bytes.extracting(line.data))
            }
            lineStart = behindLineEnd(bytes, stop)
        }
    }

    /// The offset behind the last complete event; 0 when there is none.
    /// - Parameter bytes: begins where an event begins.
    /// - Cost: looks from the end, so a run that ends with an event costs a few comparisons.
    public static func wholeEventsEnd(in bytes: Span<UInt8>) -> Int {
        var index = bytes.count &- 1
        while index >= 0 {
            let byte = ByteScan.byte(bytes, index)
            if isLineEnd(byte) {
                // `start` is the first byte of this line end.
                let isPair = byte == ASCII.lf && ByteScan.byte(bytes, index &- 1) == ASCII.cr
                let start = isPair ? index &- 1 : index
                let before = ByteScan.byte(bytes, start &- 1)
                if start == 0 || isLineEnd(before) { return index &+ 1 }
                index = start
            }
            index &-= 1
        }
        return 0
    }

    /// Whether a blank line stands behind a line end in `from..<count`.
    private func hasBlankLine(_ bytes: Span<UInt8>, from: Int) -> Bool {
        var index = from
        while index < bytes.count {
            index = ByteScan.lineStop(bytes, from: index)
            if index == bytes.count { return false }
            index = EventFramer.behindLineEnd(bytes, index)
            if EventFramer.isLineEnd(ByteScan.byte(bytes, index)) { return true }
        }
        return false
    }

    private static func isLineEnd(_ byte: UInt8) -> Bool { byte == ASCII.lf || byte == ASCII.cr }

    /// The offset behind the line end that begins at `stop`; a CR at the very end may have its LF to come.
    @inline(__always)
    private static func behindLineEnd(_ bytes: Span<UInt8>, _ stop: Int) -> Int {
        let isPair = ByteScan.byte(bytes, stop) == ASCII.cr && ByteScan.byte(bytes, stop &+ 1) == ASCII.lf
        return stop &+ (isPair ? 2 : 1)
    }

    /// Reads the field of one line.
    @inline(__always)
    private static func take(_ bytes: Span<UInt8>, _ start: Int, _ stop: Int, into event: inout SSEEvent) {
        let word = ByteScan.word(bytes, start)
        if word & 0xFF_FFFF_FFFF == ByteScan.word("data:"), start &+ 5 <= stop {
            takeData(value(bytes, start &+ 5, stop), into: &event)
        } else if word & 0xFFFF_FFFF_FFFF == ByteScan.word("event:"), start &+ 6 <= stop {
            event.name = value(bytes, start &+ 6, stop)
        } else if word & 0xFFFF_FFFF == ByteScan.word("data"), start &+ 4 == stop {
            // A line without a colon is a field with an empty value.
            takeData(ByteRange(stop, stop), into: &event)
        } else if word & 0xFF_FFFF_FFFF == ByteScan.word("event"), start &+ 5 == stop {
            event.name = .none
        } else if word & 0xFF_FFFF == ByteScan.word("id:"), start &+ 3 <= stop {
            event.id = value(bytes, start &+ 3, stop)
        } else if word & 0xFFFF_FFFF_FFFF == ByteScan.word("retry:"), start &+ 6 <= stop {
            event.retry = value(bytes, start &+ 6, stop)
        }
    }

    @inline(__always)
    private static func takeData(_ value: ByteRange, into event: inout SSEEvent) {
        if event.dataLineCount == 0 { event.data = value }
        event.dataLineCount &+= 1
    }

    /// A value without the one space that may stand in front of it.
    @inline(__always)
    private static func value(_ bytes: Span<UInt8>, _ start: Int, _ stop: Int) -> ByteRange {
        ByteRange(start < stop && ByteScan.byte(bytes, start) == ASCII.space ? start &+ 1 : start, stop)
    }
}
