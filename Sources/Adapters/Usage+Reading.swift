// Token counts as the OpenAI wire spells them.

package import Wire

extension Usage {
    /// Reads a `usage` object; `nil` when it says neither prompt nor completion tokens.
    ///
    /// A count that is negative, not an integer or above `Limits.usageTokensMax` counts as not said: it is money.
    /// - Parameter value: a valid object within `bytes`.
    package init?(_ bytes: Span<UInt8>, _ value: ByteRange) {
        self.init()
        var reader = JSONReader(at: Int(value.start))
        guard let isKnown = try? take(&reader, bytes), isKnown else { return nil }
    }

    /// Reads a `usage` object of either spelling: prompt and completion tokens, or input and output tokens.
    package init?(either bytes: Span<UInt8>, _ value: ByteRange) {
        self.init()
        guard take(bytes, value, .chat) || take(bytes, value, .responses) else { return nil }
    }

    /// Takes over what a `usage` object of this operation's wire says.
    /// - Parameter value: a valid object within `bytes`.
    /// - Returns: whether it says input or output tokens.
    mutating func take(_ bytes: Span<UInt8>, _ value: ByteRange, _ operation: Operation) -> Bool {
        // Chat events tell all of it each time; the second part of a message's usage stands on the first.
        var told = operation == .messages ? self : Usage()
        var reader = JSONReader(at: Int(value.start))
        guard let isKnown = try? told.take(&reader, bytes, operation), isKnown else { return false }
        self = told
        return true
    }

    /// Reads the `usage` object that comes next.
    mutating func take(
        _ reader: inout JSONReader, _ bytes: Span<UInt8>, _ operation: Operation
    ) throws(JSONFault) -> Bool {
        switch operation {
        case .chat, .completions, .embeddings, .countTokens, .media: try take(&reader, bytes)
        case .messages: try takeMessages(&reader, bytes)
        case .responses, .compact: try takeResponses(&reader, bytes)
        }
    }

    /// Reads the `usage` object that comes next, the same way.
    /// - Returns: whether it says prompt or completion tokens.
    private mutating func take(_ reader: inout JSONReader, _ bytes: Span<UInt8>) throws(JSONFault) -> Bool {
        var isKnown = false
        try reader.enter(in: bytes)
        while let member = try reader.nextMember(in: bytes) {
            @inline(__always)
            func named(_ name: StaticString) -> Bool { JSONScan.isName(of: member, name, in: bytes) }
            switch member.kind {
            case .number where named("prompt_tokens"):
                guard let count = Usage.count(bytes, try reader.skip(in: bytes)) else { continue }
                (inputTokens, isKnown) = (count, true)
            case .number where named("completion_tokens"):
                guard let count = Usage.count(bytes, try reader.skip(in: bytes)) else { continue }
                (outputTokens, isKnown) = (count, true)
            case .number where named("total_tokens"):
                totalTokens = Usage.count(bytes, try reader.skip(in: bytes)) ?? totalTokens
            // DeepSeek's.
            case .number where named("prompt_cache_hit_tokens"):
                cachedTokens = Usage.count(bytes, try reader.skip(in: bytes)) ?? cachedTokens
            case .object where named("prompt_tokens_details"):
                try takePromptDetails(&reader, bytes)
            case .object where named("completion_tokens_details"):
                try takeCompletionDetails(&reader, bytes)
            case .object, .array, .string, .number, .bool, .null:
                try reader.skip(in: bytes)
            }
        }
        return isKnown
    }

    private mutating func takePromptDetails(_ reader: inout JSONReader, _ bytes: Span<UInt8>) throws(JSONFault) {
        var cached: Int64?
        cacheWriteTokens = 0
        try reader.enter(in: bytes)
        while let member = try reader.nextMember(in: bytes, wanted: "cached_tokens" | "cache_write_tokens") {
            let value = try reader.skip(in: bytes)
            if JSONScan.isName(of: member, "cached_tokens", in: bytes) {
                cached = Usage.count(bytes, value)
            } else if JSONScan.isName(of: member, "cache_write_tokens", in: bytes) {
                cacheWriteTokens = Usage.count(bytes, value) ?? 0
            }
        }
        cachedTokens = cached ?? cachedTokens
    }

    private mutating func takeCompletionDetails(_ reader: inout JSONReader, _ bytes: Span<UInt8>) throws(JSONFault) {
        reasoningTokens = 0
        try reader.enter(in: bytes)
        while let member = try reader.nextMember(in: bytes, wanted: "reasoning_tokens") {
            let value = try reader.skip(in: bytes)
            if JSONScan.isName(of: member, "reasoning_tokens", in: bytes) {
                reasoningTokens = Usage.count(bytes, value) ?? 0
            }
        }
    }

    static func count(_ bytes: Span<UInt8>, _ value: ByteRange) -> Int64? {
        guard let count = JSONScan.int(bytes, value), (0...Limits.usageTokensMax).contains(count) else { return nil }
        return count
    }
}
