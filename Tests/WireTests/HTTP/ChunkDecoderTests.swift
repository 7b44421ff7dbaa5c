import Testing
import Wire

struct ChunkDecoderTests {
    private static func cut(_ bytes: [UInt8]) -> ChunkReport { reportChunks(bytes, cutAt: Array(0...bytes.count)) }

    @Test(arguments: [
        ("0\r\n\r\n", ""), ("5\r\nhello\r\n0\r\n\r\n", "hello"),
        ("5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n", "hello world"),
        ("A\r\n0123456789\r\n00\r\n\r\n", "0123456789"), ("00000005\r\nhello\r\n0\r\n\r\n", "hello"),
        ("1;a\r\nx\r\n0\r\n\r\n", "x"),
        ("1;a=b;c=\"d;\\\"\r\";e\r\n".replacing("\r\"", with: "\"") + "x\r\n0;z\r\n\r\n", "x"),
        ("1\r\n\r\r\n0\r\n\r\n", "\r"), ("2\r\n\r\n\r\n0\r\n\r\n", "\r\n"),
        ("1\r\nx\r\n0\r\nX-Checksum: abc\r\nContent-Length: 50\r\nY:\r\n\r\n", "x"),
    ])
    func chunksAreJoinedHoweverCut(stream: String, payload: String) {
        let bytes = latin1(stream)
        let whole = reportChunks(bytes + latin1("next"), cutAt: [bytes.count + 4])
        #expect(whole.isFinished && whole.payload == latin1(payload) && whole.end == bytes.count)
        #expect(Self.cut(bytes) == whole)
        #expect(reportChunks(bytes, cutAt: [bytes.count], stepwise: true) == whole)
        let unfinished = reportChunks(Array(bytes.dropLast()), cutAt: [bytes.count - 1])
        #expect(!unfinished.isFinished && unfinished.fault == nil)
    }

    @Test(arguments: [
        ("\r\n", HeadFault.malformed(.chunkSize)), ("g\r\n", .malformed(.chunkSize)),
        (" 5\r\nhello", .malformed(.chunkSize)),
        ("5 \r\nhello", .malformed(.chunkSize)), ("5\t\r\nhello", .malformed(.chunkSize)),
        ("+5\r\n", .malformed(.chunkSize)),
        ("-1\r\n", .malformed(.chunkSize)), ("0x5\r\n", .malformed(.chunkSize)), ("1_0\r\n", .malformed(.chunkSize)),
        ("5\nhello\r\n", .malformed(.chunkSize)), ("5\r\r\nhello", .malformed(.chunkSize)),
        ("5\rhello", .malformed(.chunkSize)),
        ("123456789\r\n", .malformed(.chunkSize)), ("FFFFFFFFFFFFFFFF0\r\n", .malformed(.chunkSize)),
        ("000000005\r\nhello", .malformed(.chunkSize)), (";a\r\n", .malformed(.chunkSize)),
        ("5;\r\nhello", .malformed(.chunkExtension)), ("5; a\r\nhello", .malformed(.chunkExtension)),
        ("5;a \r\nhello", .malformed(.chunkExtension)), ("5;a=\r\nhello", .malformed(.chunkExtension)),
        ("5;=b\r\nhello", .malformed(.chunkExtension)), ("5;bad[=x\r\nhello", .malformed(.chunkExtension)),
        ("5;a\nhello", .malformed(.chunkExtension)), ("5;a=\"b\r\nhello", .malformed(.chunkExtension)),
        ("5;a=\"b\nc\"\r\nhello", .malformed(.chunkExtension)), ("5;a=\"b\"c\r\nhello", .malformed(.chunkExtension)),
        ("5;a=\"\\\r\"\r\nhello", .malformed(.chunkExtension)), ("5;a\r\rhello", .malformed(.chunkSize)),
        ("5;a=\"\u{0}\"\r\nhello", .malformed(.chunkExtension)),
        ("5\r\nhello0\r\n\r\n", .malformed(.chunkEnd)), ("5\r\nhello!\r\n", .malformed(.chunkEnd)),
        ("5\r\nhello\n0\r\n\r\n", .malformed(.chunkEnd)), ("5\r\nhello\r0\r\n\r\n", .malformed(.chunkEnd)),
        ("5\r\nhello\r\n\r\n", .malformed(.chunkSize)), ("0\r\n\n", .malformed(.trailer)),
        ("0\r\n\r\r", .malformed(.trailer)),
        ("0\r\n a: b\r\n\r\n", .malformed(.trailer)), ("0\r\na : b\r\n\r\n", .malformed(.trailer)),
        ("0\r\na\r\n\r\n", .malformed(.trailer)), ("0\r\n: b\r\n\r\n", .malformed(.trailer)),
        ("0\r\na: b\n\r\n", .malformed(.trailer)), ("0\r\na: b\rc\r\n\r\n", .malformed(.trailer)),
        ("0\r\na: \u{0}\r\n\r\n", .malformed(.trailer)),
    ])
    func malformedChunksAreRefusedAtTheSameByteHoweverCut(stream: String, fault: HeadFault) {
        let bytes = latin1(stream)
        #expect(reportChunks(bytes, cutAt: [bytes.count]).fault == fault)
        #expect(Self.cut(bytes).fault == fault)
        #expect(reportChunks(bytes, cutAt: [bytes.count], stepwise: true).fault == fault)
    }

    @Test(arguments: [
        "0\r\n\r\n", "5\r\nhello", "5\r\nhell", "5\r", "5\n\nhello\r\n", "5;a\r\nhello\r\n", "\r\n5\r\nhello\r\n",
        "ffffffffffffffff\r\nx\r\n", "7fffffff\r\nx\r\n", "",
    ])
    func whatIsNoPlainChunkAndWholeIsLeftAlone(stream: String) {
        let bytes = latin1(stream)
        var decoder = ChunkDecoder()
        let taken = decoder.wholeChunk(in: bytes.span, from: 0)
        #expect(taken.isEmpty)
        // Nothing was taken: the same bytes still mean what they meant.
        let rest = latin1("3\r\nabc\r\n")
        let next = decoder.wholeChunk(in: rest.span, from: 0)
        #expect(next == 3..<6)
    }

    @Test(arguments: [
        ("3\r\nabc\r\n", 3..<6), ("003\r\nabc\r\n0\r\n\r\n", 5..<8), ("A\r\n0123456789\r\n", 3..<13),
        ("3\r\nabc\r", 0..<0), ("3\r\nabc\n\r", 0..<0), ("3\r\nabcd\r\n", 0..<0), ("0\r\n\r\n", 0..<0),
        ("\r\n3\r\nabc\r\n", 0..<0),
        ("3;x\r\nabc\r\n", 0..<0), ("3 \r\nabc\r\n", 0..<0), ("7fffffffffffffff\r\n", 0..<0), ("", 0..<0),
    ])
    func aPlainChunkHasItsLineEndToo(stream: String, payload: Range<Int>) {
        let bytes = latin1(stream)
        #expect(ChunkDecoder.plainChunk(in: bytes.span, from: 0) == payload)
        let behind = latin1("xyz" + stream)
        let found = ChunkDecoder.plainChunk(in: behind.span, from: 3)
        #expect(found == (payload.isEmpty ? payload : payload.lowerBound + 3..<payload.upperBound + 3))
    }

    @Test func extensionsOfAllChunksTogetherAreBounded() {
        let line = "1;" + String(repeating: "a", count: 98) + "\r\nx\r\n"
        // Ninety-eight bytes and the CR that ends them.
        let fits = Limits.chunkExtensionBytesMax / 99
        let few = latin1(String(repeating: line, count: fits) + "0\r\n\r\n")
        #expect(reportChunks(few, cutAt: [few.count]).isFinished)
        let many = latin1(String(repeating: line, count: fits + 1))
        #expect(reportChunks(many, cutAt: [many.count]).fault == .malformed(.chunkExtension))
    }

    @Test func trailersAreBounded() {
        let field = "x: " + String(repeating: "y", count: 1019) + "\r\n"
        let few = latin1("0\r\n" + String(repeating: field, count: 7) + "\r\n")
        #expect(reportChunks(few, cutAt: [few.count]).isFinished)
        let many = latin1("0\r\n" + String(repeating: field, count: 8) + "\r\n")
        #expect(reportChunks(many, cutAt: [many.count]).fault == .malformed(.trailer))
    }

    @Test func randomPayloadsSurviveWritingAndReadingHoweverCut() {
        let seed = UInt64.random(in: 0...UInt64.max)
        print("randomPayloads: seed \(seed)")
        var random = Seeded(seed)
        for _ in 0..<50 {
            var out = ByteBuffer()
            var payload: [UInt8] = []
            for _ in 0..<random.below(6) {
                let part = (0..<random.below(40)).map { _ in UInt8(truncatingIfNeeded: random.next()) }
                payload += part
                ChunkWriter.chunk(part.span, into: &out)
            }
            ChunkWriter.finish(into: &out)
            let bytes = array(out)
            var cuts: [Int] = []
            var end = 0
            while end < bytes.count {
                end = min(bytes.count, end + 1 + random.below(9))
                cuts.append(end)
            }
            let report = reportChunks(bytes, cutAt: cuts)
            #expect(report.isFinished && report.payload == payload, "seed \(seed)")
        }
    }
}
