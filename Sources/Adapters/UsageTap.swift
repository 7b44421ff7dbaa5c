// Reads a stream in passing: what it costs, whether it is well, and what of it may go to the client.

package import Wire

/// One per streamed answer. Every event that goes to the client was shown to the tap before and found to be valid; the
/// tap copies nothing of it.
///
/// Most events of a stream are the one before with another word in it. So the tap keeps the last event that it read
/// wholly, with the places of its strings; when the next event has the same bytes around those strings, only the strings
/// are validated, since replacing the inside of a string by the inside of another valid string keeps a text valid and
/// means the same everywhere else. Anything else is read wholly again.
package struct UsageTap: ~Copyable {
    /// What to do with an event.
    package enum Verdict: Equatable, Sendable {
        /// Hand it on. It brings content: the stream has begun.
        case content
        /// Hand it on. It brings none: a role, a finish reason, usage, a comment.
        case pass
        /// Leave it out: the usage event that only we asked for, or anything behind the end.
        case strip
        /// Hand it on; the stream is complete.
        case done
        /// An error object, in the place of an answer or of its rest. In the client's protocol it may be handed on.
        case failure
        /// Not JSON: it must not reach the client.
        case malformed(JSONFault)
    }

    /// Which events may be handed on in one piece.
    package struct Run: Equatable, Sendable {
        /// Events to hand on, one after the other; may be empty.
        package var pass: ByteRange
        /// Where to read on.
        package var next: Int
        /// What ended the run.
        package var stop: Stop
        /// The run has an event with content.
        package var hasContent = false
        /// How many bytes of `pass` are the framing of chunks.
        package var framingBytes = 0

        init(from: Int) { (pass, next, stop) = (ByteRange(from, from), from, .needsMore) }

        /// Takes note of an event, or of the chunk that it fills.
        /// - Returns: whether the run goes on.
        mutating func take(_ whole: ByteRange, _ verdict: Verdict) -> Bool {
            next = Int(whole.end)
            switch verdict {
            case .content, .pass:
                if verdict == .content { hasContent = true }
                pass.end = whole.end
                return true
            case .strip:
                stop = .stripped
            case .done:
                pass.end = whole.end
                stop = .done
            case .failure:
                stop = .failure(whole)
            case .malformed(let fault):
                stop = .malformed(whole, fault)
            }
            return false
        }
    }

    package enum Stop: Equatable, Sendable {
        /// No whole event is left; of a run of chunks: none that fills a chunk and may be handed on.
        case needsMore
        /// The event in front of `next` was left out; read on.
        case stripped
        /// The terminator stands at the end of `pass`. What follows is no part of the answer.
        case done
        /// The event at this place is an error object, and not part of `pass`.
        case failure(ByteRange)
        /// The event at this place is not JSON, and not part of `pass`.
        case malformed(ByteRange, JSONFault)
    }

    /// How a stream ended.
    package enum End: Equatable, Sendable {
        /// With its terminator.
        case complete
        /// With a finish reason, but without `[DONE]`: some servers forget it, the answer is whole.
        case unterminated
        /// Somewhere in the middle.
        case truncated
    }

    // Every open stream holds one: the wide fields first, and counts of four bytes, which come round again rather than trap.
    /// The last usage the stream told.
    private var told = Usage()
    /// The last event that was read wholly and may be a pattern; empty when there is none.
    var kept = ByteBuffer()
    /// Where its data stands in it.
    private var keptData = ByteRange.none
    /// Places in `kept`.
    var slots = InlineArray<4, ByteRange>(repeating: .none)
    var events: UInt32 = 0
    var contentEvents: UInt32 = 0
    var comparedEvents: UInt32 = 0
    var contentByteSum: UInt32 = 0
    var framer = EventFramer()
    private let operation: Operation
    private let stripsUsage: Bool
    package private(set) var hasUsage = false
    /// Of the output it told the beginning only.
    private var isUsagePartial = false
    /// Some choice has finished, and for what reason (the last one seen).
    package private(set) var finish = FinishReason.none
    package private(set) var isDone = false
    /// An event that agrees with it to its end needs no framing: it begins with a field and ends in two LF.
    var keptFramesItself = false
    var slotCount: UInt8 = 0
    var contentSlots: UInt8 = 0
    var hasFixedContent = false

    /// Events with data; `[DONE]`, errors and what is malformed left out.
    package var eventCount: Int { Int(events) }
    /// Events with content.
    package var contentEventCount: Int { Int(contentEvents) }
    /// Bytes of content as written in JSON.
    package var contentBytes: Int { Int(contentByteSum) }
    /// Events that were compared, not read: for figures.
    package var comparedCount: Int { Int(comparedEvents) }

    /// - Parameter operation: what the provider was asked for, which says what its events look like.
    /// - Parameter stripsUsage: the usage event was asked for by us and not by the client (`RequestPlan.stripsUsage`).
    package init(_ operation: Operation = .chat, stripsUsage: Bool) {
        self.operation = operation
        self.stripsUsage = stripsUsage
    }

    /// Begins anew with another stream, in the memory of the one before.
    package mutating func restart(_ operation: Operation, stripsUsage: Bool) {
        var memory = ByteBuffer()
        swap(&memory, &kept)
        memory.removeAll()
        self = UsageTap(operation, stripsUsage: stripsUsage)
        kept = memory
    }

    /// The last usage the stream told. Of an output that was not counted before the stream was cut, its events are.
    package var usage: Usage {
        var usage = told
        if isUsagePartial { usage.countOutput(events: contentEventCount) }
        return usage
    }

    /// Bytes held beside the struct itself.
    package var bytesHeld: Int { kept.bytesHeld }

    /// Reads as many events as may be handed on in one piece.
    /// - Parameter bytes: unread bytes of the stream; those of an unfinished event must be shown again from its start.
    /// - Parameter from: where to read; `next` of the run before.
    package mutating func next(in bytes: Span<UInt8>, from: Int) -> Run {
        var run = Run(from: from)
        let mayOweLineFeed = ByteScan.byte(bytes, bytes.count &- 1) == ASCII.cr
        var framerBefore = framer
        // What stands behind the terminator is dropped, whole events or not.
        while !isDone {
            if keptFramesItself {
                let (end, content) = compared(bytes, from: run.next, with: ByteRange(0, kept.count))
                if end > 0 {
                    framer.passed()
                    run.next = end
                    run.pass.end = Int32(truncatingIfNeeded: end)
                    if count(content) { run.hasContent = true }
                    continue
                }
            }
            if mayOweLineFeed { framerBefore = framer }
            guard let event = framer.next(in: bytes, from: run.next) else { break }
            if mayOweLineFeed, UsageTap.owesLineFeed(event, bytes) {
                framer = framerBefore
                break
            }
            guard run.take(event.whole, take(event, in: bytes)) else { break }
        }
        return run
    }

    /// Whether the blank line that ends this event may be a CRLF whose LF has not arrived. The framer would give that LF to
    /// the next event, which may be left out or not come at all; so the event waits for its last byte. Lines that end in a
    /// CR alone, which nobody sends, are not waited for.
    static func owesLineFeed(_ event: SSEEvent, _ bytes: Span<UInt8>) -> Bool {
        let end = Int(event.whole.end)
        return end == bytes.count && ByteScan.byte(bytes, end &- 1) == ASCII.cr
            && (event.whole.count == 1 || ByteScan.byte(bytes, end &- 2) == ASCII.lf)
    }

    /// What the OpenAI SDKs take for the end: whatever begins so. Other wires end with an event of theirs.
    static func isTerminator(_ data: Span<UInt8>) -> Bool {
        ByteScan.equals(data, 0..<min(data.count, 6), "[DONE]")
    }

    /// Judges one event.
    package mutating func take(_ event: SSEEvent, in bytes: Span<UInt8>) -> Verdict {
        if isDone { return .strip }
        if event.dataLineCount == 1 {
            let (end, content) = compared(bytes, from: Int(event.data.start), with: keptData)
            if end == Int(event.data.end) { return count(content) ? .content : .pass }
            return read(event, bytes.extracting(event.data), in: bytes)
        }
        // A comment, or an event that says nothing to the application.
        if event.dataLineCount == 0 { return .pass }
        var joined = ByteBuffer()
        EventFramer.appendData(of: event, in: bytes, to: &joined)
        return read(event, joined.bytes, in: bytes)
    }

    /// The stream has no more bytes: how it ended.
    package func end() -> End {
        if isDone { return .complete }
        return finish == .none ? .truncated : .unterminated
    }

    /// Compares bytes with a part of the kept event that holds all its slots.
    /// - Returns: where the comparison ended and how many bytes of content it passed, when the bytes are those of the part with
    ///   other valid strings in the slots; else an end of -1.
    // Mutating, though it changes nothing: what borrows self is handed a copy, 200 bytes for each event here.
    @inline(never)
    private mutating func compared(
        _ bytes: Span<UInt8>, from: Int, with part: ByteRange
    ) -> (end: Int, contentBytes: Int) {
        if part.isEmpty { return (-1, 0) }
        let kept = kept.bytes
        // A copy, once: each element read from the array in self would make one.
        let (slots, slotCount) = (slots, Int(slotCount))
        var keptIndex = Int(part.start)
        var index = from
        var content = 0
        var slotIndex = 0
        while slotIndex < slotCount {
            let slot = slots[slotIndex]
            let count = Int(slot.start) &- keptIndex
            guard ByteScan.agrees(kept, from: keptIndex, bytes, from: index, count: count) else { return (-1, 0) }
            index &+= count
            let end = JSONScan.stringEnd(orNone: bytes, from: index)
            if end < 0 { return (-1, 0) }
            if contentSlots &>> UInt8(slotIndex) & 1 != 0 { content &+= end &- index }
            keptIndex = Int(slot.end)
            index = end
            slotIndex &+= 1
        }
        let count = Int(part.end) &- keptIndex
        guard ByteScan.agrees(kept, from: keptIndex, bytes, from: index, count: count) else { return (-1, 0) }
        return (index &+ count, content)
    }

    /// Counts an event that was compared.
    /// - Returns: whether it has content.
    private mutating func count(_ content: Int) -> Bool {
        events &+= 1
        comparedEvents &+= 1
        guard content > 0 || hasFixedContent else { return false }
        contentByteSum &+= UInt32(truncatingIfNeeded: content)
        contentEvents &+= 1
        return true
    }

    /// Reads an event wholly.
    private mutating func read(_ event: SSEEvent, _ data: Span<UInt8>, in bytes: Span<UInt8>) -> Verdict {
        if UsageTap.isTerminator(data) {
            isDone = true
            return .done
        }
        let facts: EventFacts
        do throws(JSONFault) {
            facts = try EventFacts(data, operation)
        } catch {
            return .malformed(error)
        }
        // What is not passed on has no number among the events of the client.
        if facts.hasError { return .failure }
        events &+= 1
        if facts.finishes { finish = facts.finish }
        if !facts.usage.isEmpty, told.take(data, facts.usage, operation) {
            (hasUsage, isUsagePartial) = (true, facts.isUsagePartial)
        }
        if facts.ends {
            isDone = true
            return .done
        }
        keep(facts, event, bytes)
        if facts.hasContent {
            contentByteSum &+= UInt32(truncatingIfNeeded: facts.contentBytes)
            contentEvents &+= 1
            return .content
        }
        return stripsUsage && facts.hasNoChoice && !facts.usage.isEmpty ? .strip : .pass
    }

    /// Makes the event the pattern for the next ones. A finish or usage event is none, and leaves the pattern alone.
    private mutating func keep(_ facts: borrowing EventFacts, _ event: SSEEvent, _ bytes: Span<UInt8>) {
        let whole = event.whole
        guard facts.isPattern, event.dataLineCount == 1, whole.count <= Limits.eventBytesKeptMax else { return }
        // No more room than it takes: it is held as long as the stream is open.
        if kept.bytesHeld < whole.count { kept = ByteBuffer(capacity: whole.count) }
        kept.removeAll()
        kept.append(bytes.extracting(whole))
        keptData = event.data.moved(by: -Int(whole.start))
        let first = ByteScan.byte(bytes, Int(whole.start))
        let end = Int(whole.end)
        keptFramesItself =
            first > ASCII.space && first < 0x80 && ByteScan.byte(bytes, end &- 1) == ASCII.lf
            && ByteScan.byte(bytes, end &- 2) == ASCII.lf
        slots = facts.slots
        slotCount = UInt8(facts.slotCount)
        contentSlots = facts.contentSlots
        for index in 0..<facts.slotCount { slots[index] = slots[index].moved(by: Int(keptData.start)) }
        hasFixedContent = facts.hasFixedContent
    }
}
