import Testing
import Wire

struct EventWriterTests {
    @Test(arguments: ["", "a", "{\"b\":1}", "a\nb", "a\r\nb\rc", "\n", "a\n\n"])
    func dataIsReadAgainLineByLine(data: String) {
        var out = ByteBuffer()
        EventWriter.event("delta", data: Array(data.utf8).span, into: &out)
        let bytes = array(out)
        let events = frames(bytes, cutAt: [bytes.count])
        #expect(events.count == 1)
        #expect(text(bytes, events[0].name) == "delta")
        let read = written { EventFramer.appendData(of: events[0], in: bytes.span, to: &$0) }
        // Every line end is read as LF. A character of two scalars is why this goes through bytes.
        let expected = data.replacing("\r\n", with: "\n").replacing("\r", with: "\n")
        #expect(read == expected)
    }

    @Test func namelessEventsCommentsAndTheEndOfTheDialectAreWritten() {
        let nothing: [UInt8] = []
        #expect(written { EventWriter.event(data: latin1("x").span, into: &$0) } == "data: x\n\n")
        #expect(written { EventWriter.event(nothing.span, data: latin1("x").span, into: &$0) } == "data: x\n\n")
        #expect(
            written { EventWriter.event(latin1("n\nid: 1").span, data: latin1("x").span, into: &$0) }
                == "event: n\ndata: x\n\n")
        #expect(written { EventWriter.comment("keep-alive", into: &$0) } == ": keep-alive\n\n")
        #expect(written { EventWriter.done(into: &$0) } == "data: [DONE]\n\n")
    }
}
