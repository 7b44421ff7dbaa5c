// A Messages request, taken apart.

import Wire

/// Reads the wire of Anthropic's Messages.
///
/// - Source: the request types of the Anthropic Python SDK 2.12.0.
enum MessagesPromptReader: PromptReader {
    private static let settings: [(name: StaticString, setting: PromptSetting)] = [
        ("stream", .stream), ("temperature", .temperature), ("top_p", .topP), ("top_k", .topK),
        ("max_tokens", .outputTokensMax),
    ]

    static func read<S: PromptSink & ~Copyable>(_ body: Span<UInt8>, into sink: inout S) throws(TranslationFault) {
        var (messages, tools, system) = (ByteRange.none, ByteRange.none, ByteRange.none)
        var (thinking, effort) = (ByteRange.none, ByteRange.none)
        var cursor = JSONCursor(of: ByteRange(0, body.count), in: body)
        while let member = cursor.next(in: body) {
            if member.kind == .null { continue }
            if JSONScan.isName(of: member, "messages", in: body) {
                messages = member.value
            } else if JSONScan.isName(of: member, "tools", in: body) {
                tools = member.value
            } else if JSONScan.isName(of: member, "system", in: body) {
                system = member.value
            } else if JSONScan.isName(of: member, "thinking", in: body) {
                thinking = member.value
            } else if JSONScan.isName(of: member, "output_config", in: body) {
                effort = readOutputConfig(member, body, &sink) ?? effort
            } else {
                try take(member, body, &sink)
            }
        }
        readThinking(thinking, effort, body, &sink)
        cursor = JSONCursor(of: tools, in: body)
        while let tool = cursor.next(in: body) { readTool(tool, body, &sink) }
        try readSystem(system, body, &sink)
        cursor = JSONCursor(of: messages, in: body)
        while let message = cursor.next(in: body) { try readMessage(message, body, &sink) }
        try sink.ended()
    }

    private static func take<S: PromptSink & ~Copyable>(
        _ member: JSONMember, _ body: Span<UInt8>, _ sink: inout S
    ) throws(TranslationFault) {
        for (name, setting) in settings where ByteScan.equals(body, member.name.range, name) {
            try sink.setting(setting, body.extracting(member.value), member.kind)
            return
        }
        if JSONScan.isName(of: member, "model", in: body) { return }
        if JSONScan.isName(of: member, "stop_sequences", in: body) {
            var stops = JSONCursor(of: member.value, in: body)
            while let stop = stops.next(in: body) {
                if stop.kind == .string { sink.stop(body.extracting(PromptJSON.raw(stop, in: body))) }
            }
        } else if JSONScan.isName(of: member, "tool_choice", in: body) {
            try readToolChoice(member, body, &sink)
        } else if JSONScan.isName(of: member, "metadata", in: body) {
            try readMetadata(member, body, &sink)
        } else if JSONScan.isName(of: member, "service_tier", in: body) {
            let isStandard = JSONScan.equals(body, member.value, "standard_only")
            try sink.setting(
                .serviceTier, isStandard ? Span.of("\"default\"") : body.extracting(member.value), member.kind)
        } else if JSONScan.isName(of: member, "output_format", in: body) {
            // The beta's place for what is now in `output_config`.
            readFormat(member, body, &sink)
        } else if !PromptJSON.isVoid(member) {
            sink.unknown("", body.extracting(member.name))
        }
    }

    private static func readMetadata<S: PromptSink & ~Copyable>(
        _ metadata: JSONMember, _ body: Span<UInt8>, _ sink: inout S
    ) throws(TranslationFault) {
        guard metadata.kind == .object else { return }
        var members = JSONCursor(of: metadata.value, in: body)
        while let member = members.next(in: body) {
            if member.kind == .string, JSONScan.isName(of: member, "user_id", in: body) {
                try sink.setting(.user, body.extracting(member.value), .string)
            } else if !PromptJSON.isVoid(member) {
                sink.unknown("metadata.", body.extracting(member.name))
            }
        }
    }

    private static func readToolChoice<S: PromptSink & ~Copyable>(
        _ member: JSONMember, _ body: Span<UInt8>, _ sink: inout S
    ) throws(TranslationFault) {
        var (type, name) = (ByteRange.none, ByteRange.none)
        var members = JSONCursor(of: member.value, in: body)
        while let member = members.next(in: body) {
            if JSONScan.isName(of: member, "type", in: body) {
                type = member.value
            } else if JSONScan.isName(of: member, "name", in: body) {
                name = PromptJSON.raw(member, in: body)
            } else if JSONScan.isName(of: member, "disable_parallel_tool_use", in: body) {
                guard let isOne = JSONScan.bool(body, member.value) else { continue }
                try sink.setting(.parallelCalls, isOne ? Span.of("false") : Span.of("true"), .bool)
            } else if !PromptJSON.isVoid(member) {
                sink.unknown("tool_choice.", body.extracting(member.name))
            }
        }
        if JSONScan.equals(body, type, "none") {
            sink.toolChoice(.none, name: Span())
        } else if JSONScan.equals(body, type, "auto") {
            sink.toolChoice(.auto, name: Span())
        } else if JSONScan.equals(body, type, "any") {
            sink.toolChoice(.required, name: Span())
        } else if JSONScan.equals(body, type, "tool"), !name.isEmpty {
            sink.toolChoice(.named, name: body.extracting(name))
        } else {
            sink.unknown("tool_choice", Span())
        }
    }

    /// - Returns: where the effort is.
    private static func readOutputConfig<S: PromptSink & ~Copyable>(
        _ config: JSONMember, _ body: Span<UInt8>, _ sink: inout S
    ) -> ByteRange? {
        var effort: ByteRange?
        var members = JSONCursor(of: config.value, in: body)
        while let member = members.next(in: body) {
            if PromptJSON.isVoid(member) { continue }
            if JSONScan.isName(of: member, "effort", in: body) {
                effort = member.value
                if PromptJSON.effort(member.value, in: body) == nil { sink.unknown("output_config.effort", Span()) }
            } else if JSONScan.isName(of: member, "format", in: body) {
                readFormat(member, body, &sink)
            } else {
                sink.unknown("output_config.", body.extracting(member.name))
            }
        }
        return effort
    }

    private static func readFormat<S: PromptSink & ~Copyable>(
        _ member: JSONMember, _ body: Span<UInt8>, _ sink: inout S
    ) {
        if PromptJSON.isVoid(member) { return }
        var schema = ByteRange.none
        var members = JSONCursor(of: member.value, in: body)
        while let member = members.next(in: body) {
            if JSONScan.isName(of: member, "schema", in: body), member.kind == .object {
                schema = member.value
            } else if !JSONScan.isName(of: member, "type", in: body), !PromptJSON.isVoid(member) {
                sink.unknown("output_config.format.", body.extracting(member.name))
            }
        }
        if schema.isEmpty { return sink.unknown("output_config.format", Span()) }
        sink.format(name: Span.of("output"), description: Span(), schema: body.extracting(schema), isStrict: true)
    }

    /// `thinking` says whether and with how many tokens, `output_config.effort` how hard. A model that decides by
    /// itself thinks hard when not told.
    private static func readThinking<S: PromptSink & ~Copyable>(
        _ thinking: ByteRange, _ effort: ByteRange, _ body: Span<UInt8>, _ sink: inout S
    ) {
        let told = PromptJSON.effort(effort, in: body)
        var (type, budget) = (ByteRange.none, 0)
        var members = JSONCursor(of: thinking, in: body)
        while let member = members.next(in: body) {
            if JSONScan.isName(of: member, "type", in: body) {
                type = member.value
            } else if JSONScan.isName(of: member, "budget_tokens", in: body) {
                budget = Int(min(max(JSONScan.int(body, member.value) ?? 0, 0), Int64(Limits.outputTokensMax)))
            } else if !PromptJSON.isVoid(member) {
                sink.unknown("thinking.", body.extracting(member.name))
            }
        }
        if JSONScan.equals(body, type, "enabled") {
            sink.effort(told ?? PromptJSON.effort(ofBudget: budget), budgetTokens: budget)
        } else if JSONScan.equals(body, type, "adaptive") {
            sink.effort(told ?? .high, budgetTokens: 0)
        } else if JSONScan.equals(body, type, "disabled") {
            sink.effort(.none, budgetTokens: 0)
        } else {
            if !type.isEmpty { sink.unknown("thinking", Span()) }
            if let told { sink.effort(told, budgetTokens: 0) }
        }
    }

    private static func readTool<S: PromptSink & ~Copyable>(_ tool: JSONMember, _ body: Span<UInt8>, _ sink: inout S) {
        guard tool.kind == .object else { return }
        let tool = PromptTool(tool.value, in: body)
        if !tool.type.isEmpty, !ByteScan.equals(body, tool.type.range, "custom") {
            // A tool that the provider runs, or knows without being told.
            sink.unknown("tools.", body.extracting(tool.type))
        } else {
            tool.tell(isFreeform: false, cache: tool.cache, body, &sink)
        }
    }

    /// A text, or an array of text blocks.
    private static func readSystem<S: PromptSink & ~Copyable>(
        _ system: ByteRange, _ body: Span<UInt8>, _ sink: inout S
    ) throws(TranslationFault) {
        if let text = JSONScan.stringBody(body, system) { return sink.system(body.extracting(text), cache: Span()) }
        var blocks = JSONCursor(of: system, in: body)
        while let value = blocks.next(in: body) {
            let block = MessagesPromptBlock(value.value, in: body)
            guard JSONScan.equals(body, block.type, "text") else { throw .unknownPart }
            sink.system(body.extracting(block.text), cache: body.extracting(block.cache))
            block.nameOthers("system.", body, &sink)
        }
    }
}
