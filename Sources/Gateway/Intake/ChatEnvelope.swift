// The body of a native `POST /v1/chat`, as offsets into it, and the chat request that it stands for.

internal import Adapters
internal import Wire

/// What the envelope says about routing is read; what it says to the model goes upstream as it is written.
///
/// `capabilities` is accepted and means nothing, as in the original; `meta` stays here.
/// - Source: spec section 8.
struct ChatEnvelope {
    private(set) var policy = CallerPolicy()
    private(set) var isStream = false
    /// 0: not said.
    private(set) var estimatedInputTokens = 0
    /// The inside of `request.id`, which a sticky alias goes by; empty: none.
    private(set) var id = ByteRange.none
    /// nil: not said.
    private(set) var form: OutputForm?
    private var outputSchema = ByteRange.none
    private var formSchema = ByteRange.none
    private var hint = ByteRange.none
    private var messages = ByteRange.none
    private var parameters = ByteRange.none

    /// - Throws: the fault of highest rank: bad JSON, then missing messages, then the policy's.
    init(scanning body: Span<UInt8>) throws(EnvelopeFault) {
        guard (try? JSONScan.validate(body, depthMax: Adapters.Limits.requestDepthMax)) != nil else { throw .notJSON }
        var reader = JSONReader()
        guard reader.nextKind(in: body) == .object else { throw .notJSON }
        var policy = ByteRange.none
        var members = JSONCursor(of: ByteRange(reader.offset, body.count), in: body)
        while let member = members.next(in: body) {
            if JSONScan.isName(of: member, "request", in: body) {
                try takeRequest(try ChatEnvelope.object(member), body)
            } else if JSONScan.isName(of: member, "policy", in: body) {
                policy = try ChatEnvelope.object(member)
            } else if JSONScan.isName(of: member, "output_format", in: body) {
                try takeForm(try ChatEnvelope.object(member), body)
            } else if JSONScan.isName(of: member, "capabilities", in: body) {
                _ = try ChatEnvelope.object(member)
            }
        }
        try takePolicy(policy, body)
    }

    /// The schema that the answer's text must fit; empty: none. The original reads the one in `output_format` and never uses it; here
    /// it counts where there is no other.
    var schema: ByteRange { outputSchema.isEmpty && !isStream ? formSchema : outputSchema }

    /// Appends the request as the OpenAI wire has it: the hint as its model, the messages, then the parameters.
    func write(from body: Span<UInt8>, into out: inout ByteBuffer) {
        out.reserve(messages.count + parameters.count + hint.count + 64)
        out.append("{")
        if !hint.isEmpty {
            out.append("\"model\":")
            out.append(body.extracting(hint))
            out.append(",")
        }
        out.append("\"messages\":")
        out.append(body.extracting(messages))
        if !parameters.isEmpty {
            var cursor = JSONCursor(of: parameters, in: body)
            while let member = cursor.next(in: body) {
                if ChatEnvelope.isOurs(member, body) { continue }
                out.append(",\"")
                out.append(body.extracting(member.name))
                out.append("\":")
                out.append(body.extracting(member.value))
            }
        }
        out.append(isStream ? ",\"stream\":true}" : "}")
    }

    private static func isOurs(_ member: JSONMember, _ body: Span<UInt8>) -> Bool {
        JSONScan.isName(of: member, "model", in: body) || JSONScan.isName(of: member, "messages", in: body)
            || JSONScan.isName(of: member, "stream", in: body)
    }

    private mutating func takeRequest(_ request: ByteRange, _ body: Span<UInt8>) throws(EnvelopeFault) {
        guard !request.isEmpty else { return }
        var members = JSONCursor(of: request, in: body)
        while let member = members.next(in: body) {
            if JSONScan.isName(of: member, "messages", in: body) {
                guard member.kind == .array || member.kind == .null else { throw .notJSON }
                messages = member.value
            } else if JSONScan.isName(of: member, "model_hint", in: body) {
                hint = try ChatEnvelope.string(member)
            } else if JSONScan.isName(of: member, "parameters", in: body) {
                parameters = try ChatEnvelope.object(member)
            } else if JSONScan.isName(of: member, "stream", in: body) {
                isStream = try ChatEnvelope.flag(member, body) ?? false
            } else if JSONScan.isName(of: member, "estimated_input_tokens", in: body) {
                let tokens = try ChatEnvelope.integer(member, body)
                estimatedInputTokens = Int(min(max(tokens, 0), Int64(Int32.max)))
            } else if JSONScan.isName(of: member, "id", in: body) {
                id = JSONScan.stringBody(body, try ChatEnvelope.string(member)) ?? .none
            } else if JSONScan.isName(of: member, "meta", in: body) {
                _ = try ChatEnvelope.object(member)
            } else if JSONScan.isName(of: member, "output_schema", in: body) {
                outputSchema = member.kind == .null ? .none : member.value
            }
        }
    }

    private mutating func takeForm(_ range: ByteRange, _ body: Span<UInt8>) throws(EnvelopeFault) {
        (form, formSchema) = (range.isEmpty ? nil : OutputForm(), .none)
        if range.isEmpty { return }
        var members = JSONCursor(of: range, in: body)
        while let member = members.next(in: body) {
            if JSONScan.isName(of: member, "type", in: body) {
                let kind = JSONScan.string(body, try ChatEnvelope.string(member)) ?? ""
                form?.kind = OutputForm.Kind(rawValue: kind) ?? .xml
            } else if JSONScan.isName(of: member, "max_tokens", in: body) {
                form?.limit(toTokens: try ChatEnvelope.integer(member, body))
            } else if JSONScan.isName(of: member, "strip_think", in: body) {
                form?.stripsThinking = try ChatEnvelope.flag(member, body) ?? false
            } else if JSONScan.isName(of: member, "schema", in: body) {
                formSchema = member.kind == .null ? .none : member.value
            }
        }
    }

    private mutating func takePolicy(_ range: ByteRange, _ body: Span<UInt8>) throws(EnvelopeFault) {
        var fault: EnvelopeFault?
        if !range.isEmpty {
            var members = JSONCursor(of: range, in: body)
            while let member = members.next(in: body) {
                if JSONScan.isName(of: member, "mode", in: body) {
                    let mode = JSONScan.bytes(body, try ChatEnvelope.string(member)) ?? []
                    // As in the original, a mode nobody knows is the normal one.
                    policy.mode = mode.isEmpty ? nil : RoutingMode(mode.span) ?? .normal
                } else if JSONScan.isName(of: member, "max_budget_usd", in: body) {
                    let dollars = try ChatEnvelope.number(member, body)
                    if !CallerPolicy.budgetUSD.contains(dollars) { fault = fault ?? .budget }
                    policy.limit(toUSD: dollars)
                } else if JSONScan.isName(of: member, "max_latency_ms", in: body) {
                    let limit = try ChatEnvelope.integer(member, body)
                    if !CallerPolicy.latencyMS.contains(Int(limit)) { fault = fault ?? .latency }
                    policy.latencyMSMax = Int(limit)
                } else if JSONScan.isName(of: member, "min_weight", in: body) {
                    let weight = try ChatEnvelope.integer(member, body)
                    if !CallerPolicy.weight.contains(Int(weight)) { fault = fault ?? .weight }
                    policy.weightMin = Int(weight)
                } else if JSONScan.isName(of: member, "strict", in: body) {
                    policy.isStrict = try ChatEnvelope.flag(member, body)
                }
            }
        }
        var elements = JSONCursor(of: messages, in: body)
        guard !messages.isEmpty, elements.next(in: body) != nil else { throw .noMessages }
        if let fault { throw fault }
    }

    // MARK: Values; `null` is as good as nothing

    private static func object(_ member: JSONMember) throws(EnvelopeFault) -> ByteRange {
        if member.kind == .null { return .none }
        guard member.kind == .object else { throw .notJSON }
        return member.value
    }

    private static func string(_ member: JSONMember) throws(EnvelopeFault) -> ByteRange {
        if member.kind == .null { return .none }
        guard member.kind == .string else { throw .notJSON }
        return member.value
    }

    private static func flag(_ member: JSONMember, _ body: Span<UInt8>) throws(EnvelopeFault) -> Bool? {
        if member.kind == .null { return nil }
        guard let flag = JSONScan.bool(body, member.value) else { throw .notJSON }
        return flag
    }

    private static func number(_ member: JSONMember, _ body: Span<UInt8>) throws(EnvelopeFault) -> Double {
        if member.kind == .null { return 0 }
        guard member.kind == .number, let number = JSONScan.double(body, member.value) else { throw .notJSON }
        return number
    }

    private static func integer(_ member: JSONMember, _ body: Span<UInt8>) throws(EnvelopeFault) -> Int64 {
        if member.kind == .null { return 0 }
        guard member.kind == .number, let number = JSONScan.int(body, member.value) else { throw .notJSON }
        return number
    }
}
