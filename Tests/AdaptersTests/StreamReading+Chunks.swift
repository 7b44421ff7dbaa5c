// A stream read by the tap with its chunks, as a connection and a relay share the work.

import Adapters
import Wire

extension StreamReading {
    /// What the tap or its caller promised and did not keep.
    struct Broken: Error { let promise: String }

    /// Shows what stands on the wire in pieces that end at `cuts`. Chunks that the tap passes whole go on as they are; what it leaves is
    /// shown to it without framing, and goes on in chunks of its own.
    /// - Returns: the reading, `relayed` being without framing, and how many bytes of it kept the chunks they came in.
    static func run(
        chunks wire: [UInt8], cuts: [Int] = [], strips: Bool = false
    ) throws -> (reading: StreamReading, keptBytes: Int) {
        var tap = UsageTap(stripsUsage: strips)
        var result = StreamReading()
        var decoder = ChunkDecoder()
        var held = ByteBuffer()
        var out = ByteBuffer()
        var keptBytes = 0
        var shown = 0
        for cut in cuts + [wire.count] where cut >= shown {
            let piece = wire.span.extracting(shown..<cut)
            shown = cut
            var offset = 0
            while held.isEmpty, decoder.isBetweenChunks, !tap.isDone {
                let run = tap.nextChunks(in: piece, from: offset)
                guard Int(run.pass.start) == offset, Int(run.pass.end) <= run.next, run.next <= piece.count else {
                    throw Broken(promise: "a run in its bytes, not \(run)")
                }
                out.append(piece.extracting(run.pass))
                keptBytes += run.pass.count - run.framingBytes
                offset = run.next
                if run.hasContent { result.contentRunCount += 1 }
                switch run.stop {
                case .stripped: result.stops.append("stripped")
                case .done: result.stops.append("done")
                case .needsMore: break
                case .failure, .malformed: throw Broken(promise: "no \(run.stop) in a run of chunks")
                }
                if run.stop != .stripped { break }
            }
            taking: while true {
                let taken = try decoder.next(in: piece, from: offset)
                held.append(piece.extracting(taken.payload))
                offset = taken.next
                if taken.state != .data { break taking }
            }
            result.read(&held, by: &tap, into: &out)
        }
        try result.relayed = payload(of: out.bytes)
        result.note(tap)
        return (result, keptBytes)
    }

    private mutating func read(_ held: inout ByteBuffer, by tap: inout UsageTap, into out: inout ByteBuffer) {
        var from = 0
        while !tap.isDone {
            let run = tap.next(in: held.bytes, from: from)
            ChunkWriter.chunk(held.bytes.extracting(run.pass), into: &out)
            from = run.next
            if run.hasContent { contentRunCount += 1 }
            if run.stop == .needsMore { break }
            note(run.stop, in: held.bytes)
        }
        held.consume(tap.isDone ? held.count : from)
    }

    private static func payload(of chunks: Span<UInt8>) throws -> [UInt8] {
        var decoder = ChunkDecoder()
        var payload: [UInt8] = []
        var offset = 0
        while offset < chunks.count {
            let piece = try decoder.next(in: chunks, from: offset)
            payload += Array(copying: chunks.extracting(piece.payload))
            offset = piece.next
        }
        guard decoder.isBetweenChunks else { throw Broken(promise: "whole chunks") }
        return payload
    }
}
