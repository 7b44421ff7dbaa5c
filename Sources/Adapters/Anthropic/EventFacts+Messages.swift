// What one event of a Messages stream says to a gateway that hands it on as it is.

import Wire

extension EventFacts {
    /// A delta differs from the one before in one string, so that most of them are compared and not read.
    mutating func readMessages(_ bytes: Span<UInt8>) throws(JSONFault) {
        let event = try MessagesEvent(bytes)
        let block = event.block
        usage = event.usage
        switch event.kind {
        case .blockDelta:
            noteDelta(block.text)
            noteDelta(block.thinking)
            noteDelta(block.partialJSON)
            noteDelta(block.signature)
            // Nobody sends two, and they would have to be in the order of the text.
            if slotCount > 1 { hasMoreSlots = true }
        case .blockStart:
            contentBytes = block.text.count &+ block.thinking.count &+ block.data.count
            hasContent = contentBytes > 0 || block.kind != .text && block.kind != .thinking
        case .messageStart:
            isUsagePartial = true
        case .messageDelta where !block.stopReason.isEmpty:
            finishes = true
            finish = FinishReason(stopReason: block.stopReason, in: bytes)
        case .messageStop:
            ends = true
        case .error:
            hasError = true
        case .blockStop, .messageDelta, .other:
            break
        }
    }

    private mutating func noteDelta(_ inside: ByteRange) {
        // A range at the very beginning stands for no string at all.
        if inside.start > 0 { note(inside, isContent: true) }
    }
}
