import Testing

@testable import load

struct EventCounterTests {
    static let stream =
        ": a comment\n\ndata: {\"a\":1}\n\ndata: two\ndata: lines\n\nevent: ping\n\nevent: x\ndata: [DONE] is not done\n\n"
        + "data: {\"b\":\"long enough to go beyond sixteen bytes\"}\r\n\r\ndata: [DONE]\n\n"

    @Test func eventsAreCountedAlikeWholeAndCutAtEveryByte() {
        let bytes = Array(Self.stream.utf8)
        for cut in 0...bytes.count {
            var counter = EventCounter()
            var ended = counter.feed(bytes.span, 0, cut)
            ended += counter.feed(bytes.span, cut, bytes.count)
            #expect(counter.eventCount == 5, "cut at \(cut)")
            #expect(ended == 5, "cut at \(cut)")
            #expect(counter.isDone && !counter.hasError, "cut at \(cut)")
        }
    }

    @Test func aStreamWithoutItsLastEventIsNotDone() {
        let bytes = Array("data: {\"a\":1}\n\ndata: [DONE]\n".utf8)
        var counter = EventCounter()
        _ = counter.feed(bytes.span, 0, bytes.count)
        #expect(counter.eventCount == 1 && !counter.isDone)
    }

    @Test(arguments: ["data: {\"error\":{\"message\":\"x\"}}\n\n", "event: error\ndata: {}\n\n"])
    func errorEventsAreSeen(text: String) {
        let bytes = Array(text.utf8)
        var counter = EventCounter()
        _ = counter.feed(bytes.span, 0, bytes.count)
        #expect(counter.hasError)
    }
}
