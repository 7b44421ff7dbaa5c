// Token counts as the Messages wire spells them.

import Wire

extension Usage {
    /// Reads the `usage` object that comes next. What it does not say, or says as null, stays: a stream tells its usage in two
    /// parts, and the second is cumulative.
    ///
    /// Cached tokens are no part of this wire's `input_tokens`, but of ours.
    /// - Returns: whether it says input or output tokens.
    mutating func takeMessages(_ reader: inout JSONReader, _ bytes: Span<UInt8>) throws(JSONFault) -> Bool {
        var isKnown = false
        var freshTokens = max(0, inputTokens - cachedTokens - cacheWriteTokens)
        try reader.enter(in: bytes)
        while let member = try reader.nextMember(in: bytes) {
            if member.kind == .object, JSONScan.isName(of: member, "output_tokens_details", in: bytes) {
                try takeOutputDetails(&reader, bytes, "thinking_tokens")
                continue
            }
            let value = try reader.skip(in: bytes)
            guard member.kind == .number, let count = Usage.count(bytes, value) else { continue }
            if JSONScan.isName(of: member, "input_tokens", in: bytes) {
                (freshTokens, isKnown) = (count, true)
            } else if JSONScan.isName(of: member, "output_tokens", in: bytes) {
                (outputTokens, isKnown) = (count, true)
            } else if JSONScan.isName(of: member, "cache_read_input_tokens", in: bytes) {
                cachedTokens = count
            } else if JSONScan.isName(of: member, "cache_creation_input_tokens", in: bytes) {
                cacheWriteTokens = count
            }
        }
        inputTokens = freshTokens + cachedTokens + cacheWriteTokens
        totalTokens = inputTokens + outputTokens
        return isKnown
    }

    /// Of an output that was not counted, the events that brought it are.
    mutating func countOutput(events: Int) {
        outputTokens = max(outputTokens, Int64(events))
        totalTokens = inputTokens + outputTokens
    }

    /// Reads the object that comes next and takes its one member of interest.
    mutating func takeOutputDetails(
        _ reader: inout JSONReader, _ bytes: Span<UInt8>, _ name: StaticString
    ) throws(JSONFault) {
        try reader.enter(in: bytes)
        while let member = try reader.nextMember(in: bytes) {
            let value = try reader.skip(in: bytes)
            if JSONScan.isName(of: member, name, in: bytes) {
                reasoningTokens = Usage.count(bytes, value) ?? reasoningTokens
            }
        }
    }
}
