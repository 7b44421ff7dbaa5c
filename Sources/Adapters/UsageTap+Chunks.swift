// Events that come in a chunk each, passed with their framing.

import Wire

extension UsageTap {
    /// Reads chunks (RFC 9112 section 7.1) that hold one event each, as most servers send them: these may be handed on as they
    /// are, framing and all.
    /// - Parameter bytes: of the stream as it is on the wire, unread, with a chunk beginning at `from`.
    /// - Returns: a run of whole chunks. Its `pass` and `next` count their framing; it ends as any other with `stripped` or `done`,
    ///   and with `needsMore` in front of anything else: another kind of chunk, one that is not all there, an error object, what
    ///   is not JSON.
    package mutating func nextChunks(in bytes: Span<UInt8>, from: Int) -> Run {
        var run = Run(from: from)
        while !isDone {
            if keptFramesItself, slotCount == 1 { pass(alike(in: bytes, from: run.next), &run) }
            let payload = ChunkDecoder.plainChunk(in: bytes, from: run.next)
            if payload.isEmpty { break }
            let whole = ByteRange(run.next, payload.upperBound &+ 2)
            guard let verdict = takeWhole(bytes.extracting(payload)) else { break }
            if verdict != .strip { run.framingBytes &+= whole.count &- payload.count }
            guard run.take(whole, verdict) else { break }
        }
        // What stands behind the terminator is dropped.
        while isDone, case let chunk = ChunkDecoder.plainChunk(in: bytes, from: run.next), !chunk.isEmpty {
            run.next = chunk.upperBound &+ 2
        }
        return run
    }

    /// Chunks in a row that hold the kept event with another string in its one slot.
    private struct Alike {
        /// Behind the last of them.
        var end: Int
        var count = 0
        var framingBytes = 0
        var contentCount = 0
        var contentBytes = 0
    }

    private mutating func pass(_ alike: Alike, _ run: inout Run) {
        if alike.count == 0 { return }
        framer.passed()
        events &+= UInt32(truncatingIfNeeded: alike.count)
        comparedEvents &+= UInt32(truncatingIfNeeded: alike.count)
        contentEvents &+= UInt32(truncatingIfNeeded: alike.contentCount)
        contentByteSum &+= UInt32(truncatingIfNeeded: alike.contentBytes)
        if alike.contentCount > 0 { run.hasContent = true }
        run.framingBytes &+= alike.framingBytes
        run.next = alike.end
        run.pass.end = Int32(truncatingIfNeeded: alike.end)
    }

    private func alike(in bytes: Span<UInt8>, from: Int) -> Alike {
        let (kept, slot, isContent) = (kept.bytes, slots[0], contentSlots & 1 != 0)
        let (front, behind, back) = (Int(slot.start), Int(slot.end), kept.count &- Int(slot.end))
        var alike = Alike(end: from)
        while true {
            let payload = ChunkDecoder.plainChunk(in: bytes, from: alike.end)
            let (start, end) = (payload.lowerBound &+ front, payload.upperBound &- back)
            // What stands behind the slot begins with the quote that ends it.
            guard start <= end, ByteScan.agrees(kept, from: 0, bytes, from: payload.lowerBound, count: front),
                ByteScan.agrees(kept, from: behind, bytes, from: end, count: back),
                JSONScan.stringEnd(orNone: bytes, from: start) == end
            else { return alike }
            if isContent { alike.contentBytes &+= end &- start }
            if hasFixedContent || isContent && start < end { alike.contentCount &+= 1 }
            alike.count &+= 1
            alike.framingBytes &+= payload.lowerBound &- alike.end &+ 2
            alike.end = payload.upperBound &+ 2
        }
    }

    /// Judges bytes that are one event and nothing else.
    /// - Returns: nothing, and all is as it was, when they are not or when the event must not be handed on.
    private mutating func takeWhole(_ bytes: Span<UInt8>) -> Verdict? {
        let framerBefore = framer
        if let event = framer.next(in: bytes, from: 0), Int(event.whole.end) == bytes.count,
            !UsageTap.owesLineFeed(event, bytes)
        {
            switch take(event, in: bytes) {
            case .failure, .malformed: break
            case let verdict: return verdict
            }
        }
        framer = framerBefore
        return nil
    }
}
