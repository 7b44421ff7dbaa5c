/// Counts the server-sent events of one answer as its bytes arrive and keeps none of them.
struct EventCounter {
    /// Complete events that carried data, `[DONE]` included.
    private(set) var eventCount = 0
    /// Whether `data: [DONE]` has arrived, alone in its event.
    private(set) var isDone = false
    /// Whether an event reported an error: `data: {"error"` or `event: error`.
    private(set) var hasError = false

    private var lineBytes = 0
    private var hasData = false
    private var isDoneLine = false
    private var prefix = InlineArray<16, UInt8>(repeating: 0)

    mutating func reset() { self = EventCounter() }

    /// Goes over `bytes[start..<end]` and returns how many events ended in it.
    mutating func feed(_ bytes: Span<UInt8>, _ start: Int, _ end: Int) -> Int {
        var at = start
        let before = eventCount
        while at < end {
            let feed = ByteSearch.lineFeed(in: bytes, from: at, to: end)
            var from = at
            while from < feed && lineBytes < 16 {
                prefix[lineBytes] = bytes[from]
                lineBytes &+= 1
                from &+= 1
            }
            lineBytes &+= feed &- from
            if feed == end { break }
            lineEnded()
            at = feed &+ 1
        }
        return eventCount &- before
    }

    private mutating func lineEnded() {
        var length = lineBytes
        lineBytes = 0
        if length > 0 && length <= 16 && prefix[length &- 1] == 13 { length &-= 1 }
        if length == 0 {
            if hasData { eventCount &+= 1 }
            isDone = isDone || isDoneLine
            (hasData, isDoneLine) = (false, false)
            return
        }
        if length >= 5 && begins("data:") {
            hasData = true
            isDoneLine = length == 12 && begins("data: [DONE]")
            if length >= 14 && begins("data: {\"error\"") { hasError = true }
        } else if length == 12 && begins("event: error") {
            hasError = true
        }
    }

    private func begins(_ text: StaticString) -> Bool {
        ByteSearch.begins(prefix.span, with: text)
    }
}
