// The definition of a tool, as all wires have it.

import Wire

/// Where the members of a definition are, whichever the wire, found in one walk: what it is comes last as well as first.
struct PromptTool: PromptMembers {
    /// Whole values.
    private(set) var (schema, format, cache) = (ByteRange.none, ByteRange.none, ByteRange.none)
    /// Insides of strings.
    private(set) var (type, name, description) = (ByteRange.none, ByteRange.none, ByteRange.none)
    /// The definition in its envelope, on the chat wire.
    private(set) var inner = ByteRange.none
    private var innerIsFreeform = false
    private(set) var isStrict = false
    let value: ByteRange
    var hasOthers = false

    /// - Parameter value: an object in valid JSON.
    init(_ value: ByteRange, in body: Span<UInt8>) {
        self.value = value
        takeAll(body)
    }

    mutating func take(_ member: JSONMember, _ body: Span<UInt8>) -> Bool {
        @inline(__always)
        func named(_ name: StaticString) -> Bool { JSONScan.isName(of: member, name, in: body) }
        if named("name") {
            name = PromptJSON.raw(member, in: body)
        } else if named("description") {
            description = PromptJSON.raw(member, in: body)
        } else if named("type") {
            type = PromptJSON.raw(member, in: body)
        } else if named("strict") {
            isStrict = PromptJSON.isTrue(member, in: body)
        } else if member.kind != .object {
            return false
        } else if named("parameters") || named("input_schema") {
            schema = member.value
        } else if named("cache_control") {
            cache = member.value
        } else if named("format") {
            format = member.value
        } else if named("function") {
            (inner, innerIsFreeform) = (member.value, false)
        } else if named("custom") {
            (inner, innerIsFreeform) = (member.value, true)
        } else {
            return false
        }
        return true
    }

    /// Tells of a tool in an envelope, or of one without.
    func tellInner<S: PromptSink & ~Copyable>(_ body: Span<UInt8>, _ sink: inout S) {
        let definition = inner.isEmpty ? self : PromptTool(inner, in: body)
        if definition.name.isEmpty {
            // A tool of the provider's own, such as a web search.
            return sink.unknown("tools.", body.extracting(type))
        }
        if !inner.isEmpty { nameOthers("tools.", body, &sink) }
        definition.tell(
            isFreeform: innerIsFreeform, cache: cache.isEmpty ? definition.cache : cache, body, &sink)
    }

    /// - Parameter isFreeform: it takes text, not JSON.
    func tell<S: PromptSink & ~Copyable>(
        isFreeform: Bool, cache: ByteRange, _ body: Span<UInt8>, _ sink: inout S
    ) {
        var text = ByteBuffer()
        text.append(body.extracting(description))
        if isFreeform { describeFormat(body, into: &text) }
        sink.tool(
            name: body.extracting(name), description: text.bytes, schema: body.extracting(isFreeform ? .none : schema),
            isStrict: isStrict && !isFreeform, isFreeform: isFreeform, cache: body.extracting(cache))
        if !isFreeform, !format.isEmpty { sink.unknown("tools.format", Span()) }
        nameOthers("tools.", body, &sink)
    }

    /// Elsewhere nothing holds a model to a grammar, so it is told.
    private func describeFormat(_ body: Span<UInt8>, into out: inout ByteBuffer) {
        // The chat wire has one more object around it.
        let grammar = JSONScan.find("grammar", in: body, from: format)?.value ?? format
        guard let text = JSONScan.find("definition", in: body, from: grammar), text.kind == .string else { return }
        if !out.isEmpty { out.append("\\n\\n") }
        out.append("The text in `input` follows this ")
        if let syntax = JSONScan.find("syntax", in: body, from: grammar) {
            out.append(body.extracting(PromptJSON.raw(syntax, in: body)))
            out.append(" ")
        }
        out.append("grammar:\\n")
        out.append(body.extracting(PromptJSON.raw(text, in: body)))
    }
}
