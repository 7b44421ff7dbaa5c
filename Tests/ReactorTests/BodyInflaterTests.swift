import Reactor
import TestSupport
import Testing
import Wire

struct BodyInflaterTests {
    typealias Coding = BodyInflater.Coding

    static let codings: [Coding] = [.gzip, .deflate, .zstd]

    private func compress(_ bytes: [UInt8], _ coding: Coding) -> [UInt8] {
        switch coding {
        case .gzip: Compressed.gzip(bytes)
        case .deflate: Compressed.deflate(bytes)
        case .zstd: Compressed.zstd(bytes)
        }
    }

    /// Inflates `body` in pieces of at most `pieceBytes`.
    private func inflate(
        _ body: [UInt8], _ coding: Coding, outputMax: Int = 10 << 20, pieceBytes: () -> Int = { Int.max }
    ) throws(InflateFault) -> [UInt8] {
        var inflater = try BodyInflater(coding)
        var output = ByteBuffer()
        var used = 0
        while used < body.count {
            let count = min(pieceBytes(), body.count - used)
            try inflater.inflate(body.span.extracting(used..<used + count), into: &output, outputMax: outputMax)
            used += count
        }
        try inflater.finish()
        return [UInt8](copying: output.bytes)
    }

    private func fault(
        _ body: [UInt8], _ coding: Coding, outputMax: Int = 10 << 20, pieceBytes: () -> Int = { Int.max }
    ) -> InflateFault? {
        do {
            _ = try inflate(body, coding, outputMax: outputMax, pieceBytes: pieceBytes)
            return nil
        } catch {
            return error
        }
    }

    /// Text that compresses about as well as a chat history.
    private func text(_ count: Int, seed: UInt64 = 3) -> [UInt8] {
        let words = ["model", "message", "content", "role", "the", "answer", "is", "unknown", "{\"a\":1}", "\n"]
        var random = TestRandom(seed: seed)
        var made: [UInt8] = []
        while made.count < count {
            made += Array(words[Int(random.next() % UInt64(words.count))].utf8)
            made.append(UInt8(truncatingIfNeeded: 0x20 + random.next() % 64))
        }
        return Array(made.prefix(count))
    }

    @Test(arguments: codings)
    func whatWasCompressedComesBackWholeAndCutAtEveryByte(coding: Coding) throws {
        for count in [0, 1, 50, 3000] {
            let original = text(count)
            let body = compress(original, coding)
            #expect(try inflate(body, coding) == original)
            #expect(try inflate(body, coding, pieceBytes: { 1 }) == original)
            for cut in 1..<max(2, body.count) {
                var isFirst = true
                let got = try inflate(body, coding) {
                    defer { isFirst = false }
                    return isFirst ? cut : Int.max
                }
                #expect(got == original)
            }
        }
    }

    @Test(arguments: codings)
    func largeBodiesInRandomPiecesComeBack(coding: Coding) throws {
        let seed: UInt64 = 77
        print("seed \(seed)")
        var random = TestRandom(seed: seed)
        let original = text(2_000_000) + random.bytes(300_000)
        let body = compress(original, coding)
        #expect(try inflate(body, coding) == original)
        #expect(try inflate(body, coding, pieceBytes: { Int(random.next() % 20_000) + 1 }) == original)
    }

    @Test(arguments: codings)
    func theSizeCapIsExact(coding: Coding) throws {
        for count in [10_000, 32_768, 100_000] {
            let body = compress(text(count), coding)
            #expect(fault(body, coding, outputMax: count) == nil)
            #expect(fault(body, coding, outputMax: count - 1) == .tooLarge)
            #expect(fault(body, coding, outputMax: 0) == .tooLarge)
        }
    }

    @Test(arguments: codings)
    func aBombIsRefusedWithoutBeingInflated(coding: Coding) throws {
        let bomb = compress([UInt8](repeating: 0, count: 50 << 20), coding)
        for piece in [1000, Int.max] {
            var inflater = try BodyInflater(coding)
            var output = ByteBuffer()
            var refused: InflateFault?
            var used = 0
            while used < bomb.count && refused == nil {
                let count = min(piece, bomb.count - used)
                do throws(InflateFault) {
                    try inflater.inflate(bomb.span.extracting(used..<used + count), into: &output, outputMax: 100 << 20)
                } catch {
                    refused = error
                }
                used += count
            }
            #expect(refused == .ratioExceeded)
            #expect(output.count <= 400_000, "inflated \(output.count) bytes before refusing")
            #expect(throws: InflateFault.ratioExceeded) { try again(&inflater) }
        }
    }

    private func again(_ inflater: inout BodyInflater) throws(InflateFault) { try inflater.finish() }

    @Test(arguments: codings)
    func smallBodiesMayCompressAsWellAsTheyLike(coding: Coding) throws {
        let original = [UInt8](repeating: 0x61, count: 60_000)
        #expect(try inflate(compress(original, coding), coding) == original)
    }

    @Test(arguments: codings)
    func trailingBytesAreRefused(coding: Coding) throws {
        let body = compress(text(1000), coding)
        #expect(fault(body + [0], coding) == .trailingBytes)
        #expect(fault(body + [0], coding, pieceBytes: { body.count }) == .trailingBytes)
        // A second member could carry what the first one's checks did not see.
        #expect(fault(body + body, coding) == .trailingBytes)
    }

    @Test(arguments: codings)
    func everyTruncationIsNoticed(coding: Coding) throws {
        let body = compress(text(500), coding)
        for count in 0..<body.count {
            #expect(fault(Array(body.prefix(count)), coding) == .truncated, "\(count) of \(body.count)")
        }
    }

    @Test(arguments: codings)
    func damageIsNoticedAndNeverTraps(coding: Coding) throws {
        let seed: UInt64 = 78
        print("seed \(seed)")
        var random = TestRandom(seed: seed)
        let original = text(2000)
        let body = compress(original, coding)
        for _ in 0..<400 {
            var damaged = body
            for _ in 0...(random.next() % 3) {
                damaged[Int(random.next() % UInt64(body.count))] ^= UInt8(1 << (random.next() % 8))
            }
            // Header fields such as the modification time are nobody's concern; then the content must be right.
            if let got = try? inflate(damaged, coding) { #expect(got == original) }
            _ = fault(random.bytes(200), coding)
        }
        #expect(fault(Array("not compressed at all".utf8), coding) == .malformed)
    }

    @Test func aZstdWindowBeyondTheLimitIsRefused() throws {
        /// A frame (RFC 8878 section 3.1.1) with a window of 2^`log` bytes and "abc" in a raw block.
        func frame(_ log: UInt8) -> [UInt8] {
            [0x28, 0xB5, 0x2F, 0xFD, 0x00, (log - 10) << 3, 0x19, 0, 0] + Array("abc".utf8)
        }
        #expect(try inflate(frame(23), .zstd) == Array("abc".utf8))
        #expect(fault(frame(24), .zstd) == .malformed)
        #expect(fault(frame(31), .zstd) == .malformed)
    }

    @Test func codingsAreFoundByName() {
        for (name, coding) in [("gzip", Coding.gzip), ("GZip", .gzip), ("x-gzip", .gzip), ("deflate", .deflate)] {
            #expect(Coding(Array(name.utf8).span) == coding)
        }
        #expect(Coding(Array("ZSTD".utf8).span) == .zstd)
        for name in ["", "br", "gzip, gzip", "identity", "zst\u{E9}", "gzi\u{0}"] {
            #expect(Coding(Array(name.utf8).span) == nil)
        }
    }
}
