// Token counts as the OpenAI wire spells them.

package import Wire

extension Usage {
    /// Reads a `usage` object; `nil` when it says neither prompt nor completion tokens.
    ///
    /// A count that is negative, not an integer or above `Limits.usageTokensMax` counts as not said: it is money.
    /// - Parameter value: a valid object within `bytes`.
    package init?(_ bytes: Span<UInt8>, _ value: ByteRange) {
        self.init()
        var isKnown = false
        var cursor = JSONCursor(of: value, in: bytes)
        while let member = cursor.next(in: bytes) {
            switch member.kind {
            case .number:
                guard let count = Usage.count(bytes, member.value) else { continue }
                if JSONScan.isName(of: member, "prompt_tokens", in: bytes) {
                    (inputTokens, isKnown) = (count, true)
                } else if JSONScan.isName(of: member, "completion_tokens", in: bytes) {
                    (outputTokens, isKnown) = (count, true)
                } else if JSONScan.isName(of: member, "total_tokens", in: bytes) {
                    totalTokens = count
                } else if JSONScan.isName(of: member, "prompt_cache_hit_tokens", in: bytes) {
                    // DeepSeek
                    cachedTokens = count
                }
            case .object:
                if JSONScan.isName(of: member, "prompt_tokens_details", in: bytes) {
                    cachedTokens = Usage.count(of: "cached_tokens", bytes, member.value) ?? cachedTokens
                    cacheWriteTokens = Usage.count(of: "cache_write_tokens", bytes, member.value) ?? 0
                } else if JSONScan.isName(of: member, "completion_tokens_details", in: bytes) {
                    reasoningTokens = Usage.count(of: "reasoning_tokens", bytes, member.value) ?? 0
                }
            case .array, .string, .bool, .null:
                continue
            }
        }
        if !isKnown { return nil }
    }

    private static func count(of name: StaticString, _ bytes: Span<UInt8>, _ object: ByteRange) -> Int64? {
        JSONScan.member(of: object, in: bytes, named: name).flatMap { count(bytes, $0.value) }
    }

    private static func count(_ bytes: Span<UInt8>, _ value: ByteRange) -> Int64? {
        guard let count = JSONScan.int(bytes, value), (0...Limits.usageTokensMax).contains(count) else { return nil }
        return count
    }
}
