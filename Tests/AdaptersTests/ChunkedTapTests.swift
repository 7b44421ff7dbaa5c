// Streams whose chunks are passed on as they are.

import Adapters
import Testing
import Wire

struct ChunkedTapTests {
    private static func chunk(_ payload: [UInt8], size: String? = nil) -> [UInt8] {
        bytes((size ?? String(payload.count, radix: 16)) + "\r\n") + payload + bytes("\r\n")
    }

    private static func wire(_ events: [String]) -> [UInt8] { events.flatMap { chunk(bytes($0)) } + bytes("0\r\n\r\n") }

    private static let events = [
        UsageTapTests.chunk("{\"role\":\"assistant\",\"content\":\"\"}"), UsageTapTests.word("Hel"),
        UsageTapTests.word("lo"),
        UsageTapTests.word("\\u00e9 日本"), UsageTapTests.chunk("{}", finish: "\"stop\""), UsageTapTests.usage,
        UsageTapTests.done,
    ]

    private static let end = 5

    @Test func chunksOfOneEventEachAreOneRun() {
        let wire = Self.wire(Self.events)
        var tap = UsageTap(stripsUsage: false)
        let run = tap.nextChunks(in: wire.span, from: 0)
        #expect(run.stop == .done)
        #expect(run.pass == ByteRange(0, wire.count - Self.end))
        #expect(run.next == wire.count - Self.end)
        #expect(run.hasContent)
        #expect(run.pass.count - run.framingBytes == Self.events.joined().utf8.count)
        let (events, compared, content, usage) = (tap.eventCount, tap.comparedCount, tap.contentEventCount, tap.usage)
        #expect(events == 6)
        #expect(compared == 2)
        #expect(content == 3)
        #expect(usage.outputTokens == 3)
    }

    @Test func theUsageEventOnlyWeAskedForIsLeftOutWithItsChunk() {
        let wire = Self.wire(Self.events)
        let usageAt = Self.events.prefix(5).reduce(0) { $0 + Self.chunk(bytes($1)).count }
        var tap = UsageTap(stripsUsage: true)
        let first = tap.nextChunks(in: wire.span, from: 0)
        #expect(first.stop == .stripped)
        #expect(first.pass == ByteRange(0, usageAt))
        let second = tap.nextChunks(in: wire.span, from: first.next)
        #expect(first.next == usageAt + Self.chunk(bytes(UsageTapTests.usage)).count)
        #expect(second.stop == .done)
        #expect(second.pass == ByteRange(first.next, wire.count - Self.end))
    }

    /// In front of these a run ends, and the tap is as it was: what comes without framing is judged once.
    @Test(arguments: [
        ("two events", word("a") + word("b"), nil), ("half an event", String(word("a").dropLast(9)), nil),
        ("an event without its last line feed", String(word("a").dropLast()), nil),
        ("an error", "data: {\"error\":{\"message\":\"no\"}}\n\n", nil), ("no JSON", "data: {\"choices\":[}\n\n", nil),
        ("an extension", word("a"), ";x=1"), ("a size of many digits", word("a"), "0000000"),
        ("an event that ends in CR", String(word("a").dropLast(2)) + "\r\n\r", nil),
    ])
    func anythingElseEndsARun(name: String, payload: String, size: String?) {
        let front = Self.wire(Array(Self.events.prefix(3))).dropLast(Self.end)
        let length = String(payload.utf8.count, radix: 16)
        let line = size.map { $0.hasPrefix(";") ? length + $0 : $0 + length }
        let wire = front + Self.chunk(bytes(payload), size: line)
        var tap = UsageTap(stripsUsage: false)
        var other = UsageTap(stripsUsage: false)
        let run = tap.nextChunks(in: wire.span, from: 0)
        #expect(run.stop == .needsMore)
        #expect(run.next == front.count)
        #expect(run.pass == ByteRange(0, front.count))
        // The rest without framing, against a tap that never saw any.
        let plain = bytes(Self.events.prefix(3).joined() + payload + "\n" + Self.events[3] + UsageTapTests.done)
        let start = Self.events.prefix(3).joined().utf8.count
        let last = tap.next(in: plain.span, from: start)
        let whole = other.next(in: plain.span, from: 0)
        #expect(last.stop == whole.stop)
        #expect(last.next == whole.next)
        let (counts, others) = ([tap.eventCount, tap.contentBytes], [other.eventCount, other.contentBytes])
        #expect(counts == others)
    }

    private static func word(_ text: String) -> String { UsageTapTests.word(text) }

    @Test func aPatternWithTwoSlotsIsPassedToo() {
        let events = ["a", "bc", "def"].map {
            UsageTapTests.chunk("{\"content\":\"\($0)\"}", more: ",\"obfuscation\":\"x\($0)\"")
        }
        let wire = Self.wire(events)
        var tap = UsageTap(stripsUsage: false)
        let run = tap.nextChunks(in: wire.span, from: 0)
        #expect(run.next == wire.count - Self.end)
        let (compared, content) = (tap.comparedCount, tap.contentBytes)
        #expect(compared == 2)
        #expect(content == 6)
    }

    @Test func aStreamCutAnywhereIsTheSame() throws {
        let wire = Self.wire(Self.events)
        for strips in [false, true] {
            let expected = StreamReading.run(bytes(Self.events.joined()), strips: strips)
            for cut in 0...wire.count {
                var (reading, _) = try StreamReading.run(chunks: wire, cuts: [cut], strips: strips)
                reading.contentRunCount = expected.contentRunCount
                #expect(reading == expected, "cut at \(cut)")
            }
        }
    }

    @Test func anyChunksGiveWhatTheStreamGives() throws {
        let seed = UInt64.random(in: 0...UInt64.max)
        var random = SplitMix(seed: seed)
        var (keptBytes, allBytes) = (0, 0)
        for round in 0..<3_000 {
            let events = UsageTapTests.events(&random)
            let stream = Array(events.joined())
            let wire = Self.framed(events, &random)
            let strips = random.below(2) == 0
            let cuts = (0..<random.below(4)).map { _ in random.below(wire.count + 1) }.sorted()
            var (reading, kept) = try StreamReading.run(chunks: wire, cuts: cuts, strips: strips)
            var expected = StreamReading.run(stream, strips: strips)
            (reading.contentRunCount, expected.contentRunCount) = (0, 0)
            #expect(reading == expected, "seed \(seed), round \(round)")
            keptBytes += kept
            allBytes += stream.count
        }
        #expect(keptBytes * 10 > allBytes, "\(keptBytes) of \(allBytes), seed \(seed)")
    }

    /// Mostly a chunk for each event; some events share one, or are cut into two; some size lines are not plain.
    private static func framed(_ events: [[UInt8]], _ random: inout SplitMix) -> [UInt8] {
        var wire: [UInt8] = []
        var pending: [UInt8] = []
        for event in events {
            pending += event
            switch random.below(12) {
            case 0: continue
            case 1:
                let cut = 1 + random.below(pending.count - 1)
                wire += chunk(Array(pending[..<cut])) + chunk(Array(pending[cut...]))
            case 2: wire += chunk(pending, size: String(pending.count, radix: 16) + ";x=y")
            case 3: wire += chunk(pending, size: "0" + String(pending.count, radix: 16, uppercase: true))
            default: wire += chunk(pending)
            }
            pending = []
        }
        return wire + (pending.isEmpty ? [] : chunk(pending)) + bytes("0\r\n\r\n")
    }
}
