// Token counts as the Responses wire spells them.

import Wire

extension Usage {
    /// Reads the `usage` object that comes next.
    /// - Returns: whether it says input or output tokens.
    mutating func takeResponses(_ reader: inout JSONReader, _ bytes: Span<UInt8>) throws(JSONFault) -> Bool {
        var isKnown = false
        try reader.enter(in: bytes)
        while let member = try reader.nextMember(in: bytes) {
            if member.kind == .object, JSONScan.isName(of: member, "input_tokens_details", in: bytes) {
                try takeInputDetails(&reader, bytes)
                continue
            }
            if member.kind == .object, JSONScan.isName(of: member, "output_tokens_details", in: bytes) {
                try takeOutputDetails(&reader, bytes, "reasoning_tokens")
                continue
            }
            let value = try reader.skip(in: bytes)
            guard member.kind == .number, let count = Usage.count(bytes, value) else { continue }
            if JSONScan.isName(of: member, "input_tokens", in: bytes) {
                (inputTokens, isKnown) = (count, true)
            } else if JSONScan.isName(of: member, "output_tokens", in: bytes) {
                (outputTokens, isKnown) = (count, true)
            } else if JSONScan.isName(of: member, "total_tokens", in: bytes) {
                totalTokens = count
            }
        }
        return isKnown
    }

    private mutating func takeInputDetails(_ reader: inout JSONReader, _ bytes: Span<UInt8>) throws(JSONFault) {
        try reader.enter(in: bytes)
        while let member = try reader.nextMember(in: bytes) {
            let value = try reader.skip(in: bytes)
            if JSONScan.isName(of: member, "cached_tokens", in: bytes) {
                cachedTokens = Usage.count(bytes, value) ?? 0
            } else if JSONScan.isName(of: member, "cache_write_tokens", in: bytes) {
                cacheWriteTokens = Usage.count(bytes, value) ?? 0
            }
        }
    }
}
