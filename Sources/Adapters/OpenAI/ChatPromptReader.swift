// A chat completions request, taken apart.

import Wire

/// Reads the wire of OpenAI's chat completions, with what its relatives add: `reasoning_content`, `thinking_blocks`,
/// `cache_control` in parts, `top_k`.
///
/// - Source: the request types of the OpenAI Python SDK 3.54.0; the additions as LiteLLM, DeepSeek and OpenRouter
///   document them.
enum ChatPromptReader: PromptReader {
    static func read<S: PromptSink & ~Copyable>(_ body: Span<UInt8>, into sink: inout S) throws(TranslationFault) {
        var (messages, tools, functions) = (ByteRange.none, ByteRange.none, ByteRange.none)
        var outputTokensMax: (range: ByteRange, tokens: Int64)?
        var user: JSONMember?
        var cursor = JSONCursor(of: ByteRange(0, body.count), in: body)
        while let member = cursor.next(in: body) {
            if member.kind == .null { continue }
            if JSONScan.isName(of: member, "messages", in: body) {
                messages = member.value
            } else if JSONScan.isName(of: member, "tools", in: body) {
                tools = member.value
            } else if JSONScan.isName(of: member, "functions", in: body) {
                functions = member.value
            } else if JSONScan.isName(of: member, "max_tokens", in: body)
                || JSONScan.isName(of: member, "max_completion_tokens", in: body)
            {
                let tokens = JSONScan.int(body, member.value) ?? .max
                if tokens < outputTokensMax?.tokens ?? .max { outputTokensMax = (member.value, tokens) }
            } else if JSONScan.isName(of: member, "user", in: body)
                || JSONScan.isName(of: member, "safety_identifier", in: body)
            {
                try sink.user(member, behind: &user, in: body)
            } else if let setting = setting(member, body) {
                try sink.setting(setting, body.extracting(member.value), member.kind)
            } else {
                try take(member, body, &sink)
            }
        }
        if let outputTokensMax {
            try sink.setting(.outputTokensMax, body.extracting(outputTokensMax.range), .number)
        }
        readTools(tools, body, &sink)
        readTools(functions, body, &sink)
        cursor = JSONCursor(of: messages, in: body)
        while let message = cursor.next(in: body) { try readMessage(message, body, &sink) }
        try sink.ended()
    }

    private static let settings: [(name: StaticString, setting: PromptSetting)] = [
        ("stream", .stream), ("temperature", .temperature), ("top_p", .topP), ("top_k", .topK), ("n", .choiceCount),
        ("seed", .seed), ("frequency_penalty", .frequencyPenalty), ("presence_penalty", .presencePenalty),
        ("logprobs", .logprobs), ("top_logprobs", .topLogprobs), ("logit_bias", .logitBias),
        ("metadata", .metadata), ("service_tier", .serviceTier), ("store", .store),
        ("parallel_tool_calls", .parallelCalls), ("verbosity", .verbosity), ("prompt_cache_key", .cacheKey),
    ]

    /// The setting that a member is without more ado.
    private static func setting(_ member: JSONMember, _ body: Span<UInt8>) -> PromptSetting? {
        for (name, setting) in settings where ByteScan.equals(body, member.name.range, name) { return setting }
        return nil
    }

    private static func take<S: PromptSink & ~Copyable>(
        _ member: JSONMember, _ body: Span<UInt8>, _ sink: inout S
    ) throws(TranslationFault) {
        if JSONScan.isName(of: member, "model", in: body) { return }
        if JSONScan.isName(of: member, "stream_options", in: body) {
            try readStreamOptions(member, body, &sink)
        } else if JSONScan.isName(of: member, "stop", in: body) {
            readStops(member, body, &sink)
        } else if JSONScan.isName(of: member, "tool_choice", in: body)
            || JSONScan.isName(of: member, "function_call", in: body)
        {
            readToolChoice(member, body, &sink)
        } else if JSONScan.isName(of: member, "response_format", in: body) {
            readFormat(member, body, &sink)
        } else if JSONScan.isName(of: member, "reasoning_effort", in: body) {
            if let effort = PromptJSON.effort(member.value, in: body) {
                sink.effort(effort, budgetTokens: 0)
            } else {
                sink.unknown("reasoning_effort", Span())
            }
        } else if JSONScan.isName(of: member, "modalities", in: body) {
            var modes = JSONCursor(of: member.value, in: body)
            while let mode = modes.next(in: body) {
                if !JSONScan.equals(body, mode.value, "text") { throw .audioOutput }
            }
        } else if !PromptJSON.isVoid(member) {
            sink.unknown("", body.extracting(member.name))
        }
    }

    private static func readStreamOptions<S: PromptSink & ~Copyable>(
        _ options: JSONMember, _ body: Span<UInt8>, _ sink: inout S
    ) throws(TranslationFault) {
        guard options.kind == .object else { return }
        var members = JSONCursor(of: options.value, in: body)
        while let member = members.next(in: body) {
            if JSONScan.isName(of: member, "include_usage", in: body) {
                try sink.setting(.includeUsage, body.extracting(member.value), member.kind)
            } else if !JSONScan.isName(of: member, "include_obfuscation", in: body), !PromptJSON.isVoid(member) {
                // Padding of events is not missed: ours have none.
                sink.unknown("stream_options.", body.extracting(member.name))
            }
        }
    }

    private static func readStops<S: PromptSink & ~Copyable>(
        _ member: JSONMember, _ body: Span<UInt8>, _ sink: inout S
    ) {
        if member.kind == .string { sink.stop(body.extracting(PromptJSON.raw(member, in: body))) }
        guard member.kind == .array else { return }
        var stops = JSONCursor(of: member.value, in: body)
        while let stop = stops.next(in: body) {
            if stop.kind == .string { sink.stop(body.extracting(PromptJSON.raw(stop, in: body))) }
        }
    }

    /// A mode, or a tool by name: `{"type":"function","function":{"name":…}}`, in the old form `{"name":…}`.
    private static func readToolChoice<S: PromptSink & ~Copyable>(
        _ member: JSONMember, _ body: Span<UInt8>, _ sink: inout S
    ) {
        if JSONScan.equals(body, member.value, "none") {
            sink.toolChoice(.none, name: Span())
        } else if JSONScan.equals(body, member.value, "auto") {
            sink.toolChoice(.auto, name: Span())
        } else if JSONScan.equals(body, member.value, "required") {
            sink.toolChoice(.required, name: Span())
        } else if let name = JSONScan.find("function.name", in: body, from: member.value)
            ?? JSONScan.find("custom.name", in: body, from: member.value)
            ?? JSONScan.find("name", in: body, from: member.value), name.kind == .string
        {
            sink.toolChoice(.named, name: body.extracting(PromptJSON.raw(name, in: body)))
        } else {
            // `allowed_tools`, which no other wire has.
            sink.unknown("", body.extracting(member.name))
        }
    }

    private static func readFormat<S: PromptSink & ~Copyable>(
        _ member: JSONMember, _ body: Span<UInt8>, _ sink: inout S
    ) {
        let type = JSONScan.find("type", in: body, from: member.value)?.value ?? .none
        if JSONScan.equals(body, type, "text") { return }
        if JSONScan.equals(body, type, "json_object") {
            return sink.format(name: Span(), description: Span(), schema: Span(), isStrict: false)
        }
        let place = JSONScan.find("json_schema", in: body, from: member.value)
        let format = PromptFormat(place?.kind == .object ? place?.value ?? .none : .none, in: body)
        if format.schema.isEmpty { return sink.unknown("response_format", Span()) }
        format.tell("response_format.json_schema.", body, &sink)
    }

    /// `tools`, of which each is a function in an envelope, or `functions`, the old form without one.
    private static func readTools<S: PromptSink & ~Copyable>(
        _ tools: ByteRange, _ body: Span<UInt8>, _ sink: inout S
    ) {
        var cursor = JSONCursor(of: tools, in: body)
        while let tool = cursor.next(in: body) {
            if tool.kind == .object { PromptTool(tool.value, in: body).tellInner(body, &sink) }
        }
    }
}
