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
                effort = JSONScan.find("effort", in: body, from: member.value)?.value ?? effort
                if let format = JSONScan.find("format", in: body, from: member.value) {
                    readFormat(format, body, &sink)
                }
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
        let type = JSONScan.find("type", in: body, from: member.value)?.value ?? .none
        if JSONScan.equals(body, type, "none") {
            sink.toolChoice(.none, name: Span())
        } else if JSONScan.equals(body, type, "auto") {
            sink.toolChoice(.auto, name: Span())
        } else if JSONScan.equals(body, type, "any") {
            sink.toolChoice(.required, name: Span())
        } else if JSONScan.equals(body, type, "tool"), let name = JSONScan.find("name", in: body, from: member.value) {
            sink.toolChoice(.named, name: body.extracting(PromptJSON.raw(name, in: body)))
        } else {
            sink.unknown("tool_choice", Span())
        }
        if let one = JSONScan.find("disable_parallel_tool_use", in: body, from: member.value),
            let isOne = JSONScan.bool(body, one.value)
        {
            try sink.setting(.parallelCalls, isOne ? Span.of("false") : Span.of("true"), .bool)
        }
    }

    private static func readFormat<S: PromptSink & ~Copyable>(
        _ member: JSONMember, _ body: Span<UInt8>, _ sink: inout S
    ) {
        if member.kind == .null { return }
        guard let schema = JSONScan.find("schema", in: body, from: member.value), schema.kind == .object else {
            return sink.unknown("output_config.format", Span())
        }
        sink.format(name: Span.of("output"), schema: body.extracting(schema.value), isStrict: true)
    }

    /// `thinking` says whether and with how many tokens, `output_config.effort` how hard. A model that decides by
    /// itself thinks hard when not told.
    private static func readThinking<S: PromptSink & ~Copyable>(
        _ thinking: ByteRange, _ effort: ByteRange, _ body: Span<UInt8>, _ sink: inout S
    ) {
        let told = PromptJSON.effort(effort, in: body)
        let type = JSONScan.find("type", in: body, from: thinking)?.value ?? .none
        if JSONScan.equals(body, type, "enabled") {
            let value = JSONScan.find("budget_tokens", in: body, from: thinking)?.value
            let budget = Int(min(max(value.flatMap { JSONScan.int(body, $0) } ?? 0, 0), Int64(Limits.outputTokensMax)))
            sink.effort(told ?? PromptJSON.effort(ofBudget: budget), budgetTokens: budget)
        } else if JSONScan.equals(body, type, "adaptive") {
            sink.effort(told ?? .high, budgetTokens: 0)
        } else if let told {
            sink.effort(told, budgetTokens: 0)
        }
    }

    private static func readTool<S: PromptSink & ~Copyable>(_ tool: JSONMember, _ body: Span<UInt8>, _ sink: inout S) {
        guard tool.kind == .object else { return }
        var (name, description, schema) = (ByteRange.none, ByteRange.none, ByteRange.none)
        var (type, cache, other) = (ByteRange.none, ByteRange.none, ByteRange.none)
        var isStrict = false
        var members = JSONCursor(of: tool.value, in: body)
        while let member = members.next(in: body) {
            if JSONScan.isName(of: member, "name", in: body) {
                name = PromptJSON.raw(member, in: body)
            } else if JSONScan.isName(of: member, "description", in: body) {
                description = PromptJSON.raw(member, in: body)
            } else if JSONScan.isName(of: member, "input_schema", in: body) {
                if member.kind == .object { schema = member.value }
            } else if JSONScan.isName(of: member, "type", in: body) {
                type = PromptJSON.raw(member, in: body)
            } else if JSONScan.isName(of: member, "cache_control", in: body) {
                if member.kind == .object { cache = member.value }
            } else if JSONScan.isName(of: member, "strict", in: body) {
                isStrict = PromptJSON.isTrue(member, in: body)
            } else if !PromptJSON.isVoid(member) {
                other = member.name
            }
        }
        if !type.isEmpty, !ByteScan.equals(body, type.range, "custom") {
            // A tool that the provider runs, or knows without being told.
            sink.unknown("tools.", body.extracting(type))
        } else {
            sink.tool(
                name: body.extracting(name), description: body.extracting(description), schema: body.extracting(schema),
                isStrict: isStrict, isFreeform: false, cache: body.extracting(cache))
            if !other.isEmpty { sink.unknown("tools.", body.extracting(other)) }
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
        }
    }
}
