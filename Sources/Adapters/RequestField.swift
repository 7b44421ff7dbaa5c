// The members of a request that the gateway looks at.

import Wire

/// A member of the request object by its name on the wire.
package enum RequestField: UInt8, Equatable, Sendable, CaseIterable {
    case model, stream, messages, prompt, input
    case n, bestOf, maxTokens, maxCompletionTokens, stop, tools, functions
    case streamOptions, includeUsage, user, promptCacheKey

    /// The name as errors give it.
    package var name: StaticString {
        switch self {
        case .model: "model"
        case .stream: "stream"
        case .messages: "messages"
        case .prompt: "prompt"
        case .input: "input"
        case .n: "n"
        case .bestOf: "best_of"
        case .maxTokens: "max_tokens"
        case .maxCompletionTokens: "max_completion_tokens"
        case .stop: "stop"
        case .tools: "tools"
        case .functions: "functions"
        case .streamOptions: "stream_options"
        case .includeUsage: "stream_options.include_usage"
        case .user: "user"
        case .promptCacheKey: "prompt_cache_key"
        }
    }

    /// The name as its member has it.
    private var key: StaticString { self == .includeUsage ? "include_usage" : name }

    static let topLevel: [RequestField] = allCases.filter { $0 != .includeUsage }
    static let ofStreamOptions: [RequestField] = [.includeUsage]

    /// Recognises a member among `fields`; `nil` for one that the gateway has no interest in.
    /// - Throws: `.ambiguous` for a name that is not the field's but that some reader takes for it: in other case (Go's
    ///   encoding/json folds it), written with escapes, or with the two characters that fold into ASCII letters.
    init?(_ member: JSONMember, in bytes: Span<UInt8>, among fields: [RequestField]) throws(RequestFault) {
        let length = member.name.count
        if !member.isNameEscaped {
            for field in fields where field.key.utf8CodeUnitCount == length {
                if ByteScan.equals(bytes, member.name.range, field.key) {
                    self = field
                    return
                }
            }
            for field in fields where field.key.utf8CodeUnitCount == length {
                if ASCII.equalsIgnoringCase(bytes, member.name.range, field.key) { throw .ambiguous(field) }
            }
        }
        if member.isNameEscaped || !RequestField.isASCII(bytes.extracting(member.name)) {
            let folded = RequestField.folded(bytes, member.name)
            for field in fields where ASCII.equalsIgnoringCase(folded.span, field.key) { throw .ambiguous(field) }
        }
        return nil
    }

    private static func isASCII(_ name: Span<UInt8>) -> Bool {
        var bits: UInt8 = 0
        for index in name.indices { bits |= name[index] }
        return bits < 0x80
    }

    /// The name with escapes resolved, U+017F as `s` and U+212A as `k`, as Unicode's simple case folding has it.
    private static func folded(_ bytes: Span<UInt8>, _ name: ByteRange) -> [UInt8] {
        let quoted = ByteRange(Int(name.start) - 1, Int(name.end) + 1)
        guard let text = JSONScan.string(bytes, quoted) else { return [] }
        var result: [UInt8] = []
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\u{017F}": result.append(UInt8(ascii: "s"))
            case "\u{212A}": result.append(UInt8(ascii: "k"))
            default: result += Array(String(scalar).utf8)
            }
        }
        return result
    }
}
