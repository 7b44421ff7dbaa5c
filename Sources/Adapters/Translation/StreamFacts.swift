// What a translated stream has said so far.

import Wire

/// The figures of one stream, which its reader keeps and the gateway reads.
struct StreamFacts: Sendable {
    /// The last usage the stream told.
    var usage = Usage()
    var hasUsage = false
    /// Of the output only its beginning was counted.
    var isUsagePartial = false
    /// Why the answer ended, once it did.
    var finish = FinishReason.none
    /// Events with data.
    var eventCount = 0
    var contentEventCount = 0
    /// The terminator was read.
    var isDone = false

    /// What the answer costs as far as it came: of an output that was not counted, its events are.
    var cost: Usage {
        var cost = usage
        if isUsagePartial { cost.countOutput(events: contentEventCount) }
        return cost
    }

    /// Takes over a `usage` object of the Messages wire; an empty range is none.
    /// - Parameter isFirst: it came in front of the answer, so that it says nothing of the output.
    /// - Returns: whether it says something.
    @discardableResult
    mutating func merge(_ bytes: Span<UInt8>, _ value: ByteRange, isFirst: Bool) -> Bool {
        guard !value.isEmpty, usage.take(bytes, value, .messages) else { return false }
        (hasUsage, isUsagePartial) = (true, isFirst)
        return true
    }
}
