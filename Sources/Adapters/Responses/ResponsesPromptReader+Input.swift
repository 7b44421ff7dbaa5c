// The conversation of a Responses request.

import Wire

extension ResponsesPromptReader {
    /// The members of an item, found in one walk: its type comes last as well as first.
    private struct Item: PromptMembers {
        let value: ByteRange
        var hasOthers = false
        var (type, role, id, name) = (ByteRange.none, ByteRange.none, ByteRange.none, ByteRange.none)
        var content: JSONMember?
        var output: JSONMember?
        var (arguments, input, proof, summary) = (ByteRange.none, ByteRange.none, ByteRange.none, ByteRange.none)

        init(_ value: ByteRange, _ body: Span<UInt8>) {
            self.value = value
            takeAll(body)
        }

        mutating func take(_ member: JSONMember, _ body: Span<UInt8>) -> Bool {
            @inline(__always)
            func named(_ name: StaticString) -> Bool { JSONScan.isName(of: member, name, in: body) }
            if named("type") {
                type = member.value
            } else if named("role") {
                role = member.value
            } else if named("content") {
                content = member
            } else if named("call_id") {
                id = PromptJSON.raw(member, in: body)
            } else if named("name") {
                name = PromptJSON.raw(member, in: body)
            } else if named("arguments") {
                arguments = PromptJSON.raw(member, in: body)
            } else if named("input") {
                input = PromptJSON.raw(member, in: body)
            } else if named("output") {
                output = member
            } else if named("summary") {
                summary = member.value
            } else if named("encrypted_content") {
                proof = PromptJSON.raw(member, in: body)
            } else {
                // Ids and states of items say nothing to a model.
                return named("id") || named("status")
            }
            return true
        }
    }

    /// A text, or an array of items. Each message is a turn, and so is each result and each thing the assistant did.
    static func readInput<S: PromptSink & ~Copyable>(
        _ input: JSONMember, _ body: Span<UInt8>, _ sink: inout S
    ) throws(TranslationFault) {
        if input.kind == .string {
            sink.turnBegan(.user)
            sink.text(body.extracting(PromptJSON.raw(input, in: body)), cache: Span())
            sink.turnEnded()
            return
        }
        guard input.kind == .array else { throw .unknownPart }
        var items = JSONCursor(of: input.value, in: body)
        while let item = items.next(in: body) {
            guard item.kind == .object else { throw .unknownPart }
            let members = Item(item.value, body)
            if try tell(members, body, &sink) { members.nameOthers("input.", body, &sink) }
        }
    }

    /// - Returns: whether the item has a place elsewhere.
    private static func tell<S: PromptSink & ~Copyable>(
        _ item: Item, _ body: Span<UInt8>, _ sink: inout S
    ) throws(TranslationFault) -> Bool {
        func isType(_ name: StaticString) -> Bool { JSONScan.equals(body, item.type, name) }
        // A message may say its role only.
        if isType("message") || (item.type.isEmpty && !item.role.isEmpty) {
            try tellMessage(item, body, &sink)
        } else if isType("function_call") {
            sink.turnBegan(.assistant)
            sink.call(
                id: body.extracting(item.id), name: body.extracting(item.name),
                arguments: body.extracting(item.arguments), cache: Span())
            sink.turnEnded()
        } else if isType("custom_tool_call") {
            var arguments = ByteBuffer()
            FreeformTool.writeArguments(body.extracting(item.input), into: &arguments)
            sink.turnBegan(.assistant)
            sink.call(
                id: body.extracting(item.id), name: body.extracting(item.name), arguments: arguments.bytes,
                cache: Span())
            sink.turnEnded()
        } else if isType("function_call_output") || isType("custom_tool_call_output") {
            try tellResult(item, body, &sink)
        } else if isType("reasoning") {
            tellReasoning(item, body, &sink)
        } else if isType("item_reference") || isType("compaction") || isType("compaction_summary") {
            // They stand for what only their own server can read, and the conversation is another one without it.
            throw .itemReference
        } else {
            // What the server's own tools did.
            sink.unknown("input.", body.extracting(JSONScan.stringBody(body, item.type) ?? .none))
            return false
        }
        return true
    }

    private static func tellMessage<S: PromptSink & ~Copyable>(
        _ item: Item, _ body: Span<UInt8>, _ sink: inout S
    ) throws(TranslationFault) {
        if JSONScan.equals(body, item.role, "user") {
            sink.turnBegan(.user)
            try readContent(item.content, body, &sink)
            sink.turnEnded()
        } else if JSONScan.equals(body, item.role, "assistant") {
            sink.turnBegan(.assistant)
            try readContent(item.content, body, &sink)
            sink.turnEnded()
        } else if JSONScan.equals(body, item.role, "system") || JSONScan.equals(body, item.role, "developer") {
            try readContent(item.content, isSystem: true, body, &sink)
        } else {
            throw .unknownRole
        }
    }

    private static func tellResult<S: PromptSink & ~Copyable>(
        _ item: Item, _ body: Span<UInt8>, _ sink: inout S
    ) throws(TranslationFault) {
        // An object is how older agents tell of a failure: `{"content":"…","success":false}`.
        let inner = item.output.flatMap { output in
            output.kind == .object ? JSONScan.find("content", in: body, from: output.value) : output
        }
        if item.output?.kind == .object, inner == nil { throw .unknownPart }
        let success = item.output.flatMap { JSONScan.find("success", in: body, from: $0.value) }
        let isError = success.map { JSONScan.bool(body, $0.value) == false } ?? false
        sink.turnBegan(.user)
        sink.resultBegan(id: body.extracting(item.id), isError: isError, cache: Span())
        try readContent(inner, body, &sink)
        sink.resultEnded()
        sink.turnEnded()
    }

    /// Ours comes back with what proves it; another server's proof means nothing to anybody here.
    private static func tellReasoning<S: PromptSink & ~Copyable>(
        _ item: Item, _ body: Span<UInt8>, _ sink: inout S
    ) {
        let proof = body.extracting(item.proof)
        let isOurs = proof.count >= 6 && ByteScan.equals(proof, 0..<4, "th1.") && proof[5] == ASCII.dot
        if !item.proof.isEmpty, !isOurs { sink.unknown("reasoning.encrypted_content", Span()) }
        sink.turnBegan(.assistant)
        if isOurs, proof[4] == UInt8(ascii: "r") {
            sink.redactedReasoning(proof.extracting(6..<proof.count))
        } else {
            var text = ByteBuffer()
            appendTexts(of: item.summary, body, into: &text)
            if let content = item.content {
                if text.isEmpty {
                    appendTexts(of: content.value, body, into: &text)
                } else if !PromptJSON.isVoid(content) {
                    sink.unknown("reasoning.content", Span())
                }
            }
            let signature = isOurs ? proof.extracting(6..<proof.count) : Span()
            if !text.isEmpty || !signature.isEmpty { sink.reasoning(text.bytes, signature: signature) }
        }
        sink.turnEnded()
    }

    /// Appends the texts of the parts of a reasoning item, a blank line between them.
    private static func appendTexts(of parts: ByteRange, _ body: Span<UInt8>, into out: inout ByteBuffer) {
        var parts = JSONCursor(of: parts, in: body)
        while let part = parts.next(in: body) {
            guard let text = JSONScan.find("text", in: body, from: part.value), text.kind == .string else { continue }
            if !out.isEmpty { out.append("\\n\\n") }
            out.append(body.extracting(PromptJSON.raw(text, in: body)))
        }
    }

    // MARK: Content

    /// A text, or an array of parts.
    private static func readContent<S: PromptSink & ~Copyable>(
        _ content: JSONMember?, isSystem: Bool = false, _ body: Span<UInt8>, _ sink: inout S
    ) throws(TranslationFault) {
        guard let content, content.kind != .null else { return }
        if content.kind == .string {
            let text = body.extracting(PromptJSON.raw(content, in: body))
            if isSystem { sink.system(text, cache: Span()) } else { sink.text(text, cache: Span()) }
            return
        }
        guard content.kind == .array else { throw .unknownPart }
        var parts = JSONCursor(of: content.value, in: body)
        while let part = parts.next(in: body) {
            guard part.kind == .object else { throw .unknownPart }
            try readPart(part.value, isSystem: isSystem, body, &sink)
        }
    }

    private static func readPart<S: PromptSink & ~Copyable>(
        _ part: ByteRange, isSystem: Bool, _ body: Span<UInt8>, _ sink: inout S
    ) throws(TranslationFault) {
        var (type, text, url) = (ByteRange.none, ByteRange.none, ByteRange.none)
        var (data, name, detail) = (ByteRange.none, ByteRange.none, ByteRange.none)
        var members = JSONCursor(of: part, in: body)
        while let member = members.next(in: body) {
            if JSONScan.isName(of: member, "type", in: body) {
                type = member.value
            } else if JSONScan.isName(of: member, "text", in: body) || JSONScan.isName(of: member, "refusal", in: body)
            {
                text = PromptJSON.raw(member, in: body)
            } else if JSONScan.isName(of: member, "image_url", in: body)
                || JSONScan.isName(of: member, "file_url", in: body)
            {
                url = PromptJSON.raw(member, in: body)
            } else if JSONScan.isName(of: member, "file_data", in: body) {
                data = PromptJSON.raw(member, in: body)
            } else if JSONScan.isName(of: member, "filename", in: body) {
                name = PromptJSON.raw(member, in: body)
            } else if JSONScan.isName(of: member, "detail", in: body) {
                detail = PromptJSON.raw(member, in: body)
            } else if !JSONScan.isName(of: member, "file_id", in: body), !PromptJSON.isVoid(member) {
                sink.unknown("input.", body.extracting(member.name))
            }
        }
        func isType(_ name: StaticString) -> Bool { JSONScan.equals(body, type, name) }
        if isType("input_text") || isType("output_text") || isType("text") {
            let text = body.extracting(text)
            if isSystem { sink.system(text, cache: Span()) } else { sink.text(text, cache: Span()) }
        } else if isSystem {
            throw .unknownPart
        } else if isType("refusal") {
            sink.refusal(body.extracting(text))
        } else if isType("input_image") {
            if url.isEmpty { throw .fileReference }
            sink.image(at: url, detail: detail, cache: .none, in: body)
        } else if isType("input_file") {
            if !detail.isEmpty { sink.unknown("input.detail", Span()) }
            try tellFile(url, data, name, body, &sink)
        } else {
            throw .unknownPart
        }
    }

    private static func tellFile<S: PromptSink & ~Copyable>(
        _ url: ByteRange, _ data: ByteRange, _ name: ByteRange, _ body: Span<UInt8>, _ sink: inout S
    ) throws(TranslationFault) {
        if !url.isEmpty {
            sink.document(
                .url, body.extracting(url), mediaType: Span(), name: body.extracting(name), cache: Span())
            return
        }
        guard !data.isEmpty else { throw .fileReference }
        guard let (mediaType, data) = PromptJSON.data(data, in: body) else { throw .unknownPart }
        sink.document(
            .base64, body.extracting(data), mediaType: body.extracting(mediaType), name: body.extracting(name),
            cache: Span())
    }
}
