// The members of a request that the gateway looks at.

import Wire

/// A member of the request object by its name on the wire.
package enum RequestField: UInt8, Equatable, Sendable, CaseIterable {
    case model, stream, messages, prompt, input
    case n, bestOf, maxTokens, maxCompletionTokens, stop, tools, functions
    case streamOptions, includeUsage, user, promptCacheKey
    case maxOutputTokens, stopSequences, system, instructions

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
        case .maxOutputTokens: "max_output_tokens"
        case .stopSequences: "stop_sequences"
        case .system: "system"
        case .instructions: "instructions"
        }
    }

    /// The name as its member has it.
    private var key: StaticString { self == .includeUsage ? "include_usage" : name }

    /// Recognises a member of the request object, or of `stream_options`; `nil` for one that the gateway has no interest in.
    /// - Throws: `.ambiguous` for a name that is not the field's but that some reader takes for it: in other case (Go's
    ///   encoding/json folds it), written with escapes, or with the two characters that fold into ASCII letters.
    init?(_ member: JSONMember, in bytes: Span<UInt8>, ofStreamOptions: Bool = false) throws(RequestFault) {
        if !member.isNameEscaped, let (field, isKey) = RequestField.candidate(member, bytes, ofStreamOptions) {
            if isKey {
                self = field
                return
            }
            if ASCII.equalsIgnoringCase(bytes, member.name.range, field.key) { throw .ambiguous(field) }
        }
        if member.isNameEscaped || !RequestField.isASCII(bytes, member.name) {
            let folded = RequestField.folded(bytes, member.name)
            for field in RequestField.allCases where (field == .includeUsage) == ofStreamOptions {
                if ASCII.equalsIgnoringCase(folded.span, field.key) { throw .ambiguous(field) }
            }
        }
        return nil
    }

    /// The one field that a name of this length and this first letter may be, in either case, and whether it is that name.
    @inline(__always)
    private static func candidate(
        _ member: JSONMember, _ bytes: Span<UInt8>, _ ofStreamOptions: Bool
    ) -> (field: RequestField, isKey: Bool)? {
        // Each comparison is one with words that were known at compile time.
        @inline(__always)
        func named(_ name: StaticString) -> Bool {
            ByteScan.equalsWords(bytes, Int(member.name.start), member.name.count, name)
        }
        if ofStreamOptions { return member.name.count == 13 ? (.includeUsage, named("include_usage")) : nil }
        @inline(__always)
        func has(_ letter: Unicode.Scalar, at place: Int) -> Bool {
            ByteScan.byte(bytes, Int(member.name.start) + place) | 0x20 == UInt8(ascii: letter)
        }
        @inline(__always)
        func begins(_ letter: Unicode.Scalar) -> Bool { has(letter, at: 0) }
        switch member.name.count {
        case 1 where begins("n"): return (.n, named("n"))
        case 4 where begins("s"): return (.stop, named("stop"))
        case 4 where begins("u"): return (.user, named("user"))
        case 5 where begins("m"): return (.model, named("model"))
        case 5 where begins("i"): return (.input, named("input"))
        case 5 where begins("t"): return (.tools, named("tools"))
        case 6 where begins("s"):
            // Told apart by their second letter, in either case.
            return has("y", at: 1) ? (.system, named("system")) : (.stream, named("stream"))
        case 6 where begins("p"): return (.prompt, named("prompt"))
        case 7 where begins("b"): return (.bestOf, named("best_of"))
        case 8 where begins("m"): return (.messages, named("messages"))
        case 9 where begins("f"): return (.functions, named("functions"))
        case 10 where begins("m"): return (.maxTokens, named("max_tokens"))
        case 12 where begins("i"): return (.instructions, named("instructions"))
        case 14 where begins("s"):
            // Told apart by their fifth byte.
            let fifth = ByteScan.byte(bytes, Int(member.name.start) + 4)
            if fifth == UInt8(ascii: "_") { return (.stopSequences, named("stop_sequences")) }
            return (.streamOptions, named("stream_options"))
        case 16 where begins("p"): return (.promptCacheKey, named("prompt_cache_key"))
        case 17 where begins("m"): return (.maxOutputTokens, named("max_output_tokens"))
        case 21 where begins("m"): return (.maxCompletionTokens, named("max_completion_tokens"))
        default: return nil
        }
    }

    private static func isASCII(_ bytes: Span<UInt8>, _ name: ByteRange) -> Bool {
        var index = Int(name.start)
        while index < Int(name.end) {
            // The last word may reach behind the name: a byte beyond ASCII there only costs the slow look.
            if ByteScan.word(bytes, index) & 0x8080_8080_8080_8080 != 0 { return false }
            index &+= 8
        }
        return true
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
