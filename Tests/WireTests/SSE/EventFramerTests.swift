import Testing
import Wire

struct EventFramerTests {
    private struct Read: Equatable, CustomStringConvertible {
        var name = ""
        var data = ""
        var dataLineCount = 1
        var isComment = false
        var description: String { "(\(name), \(data), \(dataLineCount), \(isComment))" }
    }

    private static func read(_ bytes: [UInt8], cutAt cuts: [Int]) -> [Read] {
        frames(bytes, cutAt: cuts).map { event in
            let data = written { EventFramer.appendData(of: event, in: bytes.span, to: &$0) }
            return Read(
                name: text(bytes, event.name), data: data, dataLineCount: event.dataLineCount,
                isComment: event.isComment)
        }
    }

    private static let golden: [(String, [Read])] = [
        ("data: a\n\n", [Read(data: "a")]),
        ("data:a\n\n", [Read(data: "a")]),
        ("data:  a\n\n", [Read(data: " a")]),
        ("data:\ta\n\n", [Read(data: "\ta")]),
        ("data: a\r\n\r\n", [Read(data: "a")]),
        ("data: a\r\r", [Read(data: "a")]),
        ("data: a\n\r\n", [Read(data: "a")]),
        ("data: a\r\n\n", [Read(data: "a")]),
        ("data: a\n", []),
        ("data: a", []),
        ("data: a\r\n", []),
        ("", []),
        ("data: a\n\ndata: b\n\ndata: c", [Read(data: "a"), Read(data: "b")]),
        ("data: a\ndata: b\n\n", [Read(data: "a\nb", dataLineCount: 2)]),
        ("data: a\r\ndata:\r\ndata: b\r\n\r\n", [Read(data: "a\n\nb", dataLineCount: 3)]),
        ("data\n\n", [Read(data: "")]),
        ("data\ndata\n\n", [Read(data: "\n", dataLineCount: 2)]),
        ("data: a\nx: y\ndata: b\n: c\n\n", [Read(data: "a\nb", dataLineCount: 2)]),
        ("event: e\ndata: a\n\n", [Read(name: "e", data: "a")]),
        ("data: a\nevent: e\nevent: f\n\n", [Read(name: "f", data: "a")]),
        ("event:e\nevent\ndata: a\n\n", [Read(name: "", data: "a")]),
        (": hi\n\n", [Read(dataLineCount: 0, isComment: true)]),
        (":\n\n:x\n\n", [Read(dataLineCount: 0, isComment: true), Read(dataLineCount: 0, isComment: true)]),
        (": hi\ndata: a\n\n", [Read(data: "a")]),
        ("event: ping\n\n", [Read(name: "ping", dataLineCount: 0)]),
        ("\n\ndata: a\n\n", [Read(dataLineCount: 0), Read(dataLineCount: 0), Read(data: "a")]),
        ("datax: a\ndat: b\nDATA: c\n data: d\n\n", [Read(dataLineCount: 0)]),
        ("data : a\n\n", [Read(dataLineCount: 0)]),
        ("\u{FEFF}data: a\n\n", [Read(data: "a")]),
        ("\u{FEFF}\n\u{FEFF}data: a\n\n", [Read(dataLineCount: 0), Read(dataLineCount: 0)]),
        (
            "data: {\"a\":\"\u{E9}\\n\"}\n\ndata: [DONE]\n\n",
            [Read(data: "{\"a\":\"\u{E9}\\n\"}"), Read(data: "[DONE]")]
        ),
        ("data: a\u{0}b\n\n", [Read(data: "a\u{0}b")]),
    ]

    @Test(arguments: golden.indices)
    func streamsAreReadAsTheSpecificationSaysHoweverCut(index: Int) {
        let (stream, expected) = Self.golden[index]
        let bytes = Array(stream.utf8)
        #expect(Self.read(bytes, cutAt: [bytes.count]) == expected)
        #expect(Self.read(bytes, cutAt: Array(0...bytes.count)) == expected)
        for cut in 0...bytes.count { #expect(Self.read(bytes, cutAt: [cut, bytes.count]) == expected) }
    }

    @Test func identifiersAndRetryTimesAreFound() {
        let bytes = latin1("id: 7\nretry: 3000\nid:8\ndata: a\n\n")
        let event = frames(bytes, cutAt: [bytes.count])[0]
        #expect(text(bytes, event.id) == "8")
        #expect(text(bytes, event.retry) == "3000")
    }

    @Test func theLFOfACutPairBelongsToNoNewEvent() {
        let bytes = latin1("data: a\r\n\r\ndata: b\r\n\r\n")
        var framer = EventFramer()
        // The first event is complete at its second CR.
        let first = framer.next(in: bytes.span.extracting(0..<10), from: 0)
        #expect(first?.whole == ByteRange(0, 10))
        let second = framer.next(in: bytes.span, from: 10)
        #expect(second?.whole == ByteRange(10, bytes.count))
        #expect(second.map { text(bytes, $0.data) } == "b")
    }

    @Test(arguments: [
        ("", 0), ("data: a", 0), ("data: a\n", 0), ("data: a\n\n", 9), ("data: a\r\n\r\n", 11), ("data: a\r\r", 9),
        ("data: a\n\ndata: b", 9), ("data: a\n\ndata: b\n", 9), ("data: a\n\ndata: b\r\n", 9), ("data: a\r\n", 0),
        ("\n", 1), ("\r\n", 2), ("a\n\nb\n\nc\nd\ne", 6), ("a\n\r\nb", 4), ("a\r\n\nb", 4), ("a\r\n\rb", 4),
    ])
    func theEndOfTheLastWholeEventIsFoundFromTheBack(stream: String, end: Int) {
        #expect(EventFramer.wholeEventsEnd(in: latin1(stream).span) == end)
    }

    @Test func aLongEventInSmallPiecesIsNotSearchedAgainAndAgain() {
        // 20,000 lines in one event, shown a thousand times while it grows.
        let bytes = latin1(String(repeating: "data: x\r\n", count: 20_000) + "\r\n")
        var framer = EventFramer()
        var events = 0
        for end in stride(from: 2, to: bytes.count, by: 180) {
            if framer.next(in: bytes.span.extracting(0..<end), from: 0) != nil { events += 1 }
        }
        #expect(events == 0)
        #expect(framer.next(in: bytes.span, from: 0)?.dataLineCount == 20_000)
    }

    @Test func randomStreamsAreReadTheSameWayHoweverCut() {
        let seed = UInt64.random(in: 0...UInt64.max)
        print("randomStreams: seed \(seed)")
        var random = Seeded(seed)
        let parts = [
            "data: x", "data:", "data", "event: e", ":", "\n", "\n", "\r\n", "\r", "\n\n", "id: 1", "\u{FEFF}", " ",
        ]
        for _ in 0..<300 {
            let stream = (0..<random.below(14)).map { _ in parts[random.below(parts.count)] }.joined()
            fuzzSSE(Array(stream.utf8))
        }
    }
}
