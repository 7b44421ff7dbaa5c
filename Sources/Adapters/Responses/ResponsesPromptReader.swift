// A Responses request, taken apart.

import Wire

/// Reads the wire of OpenAI's Responses, as its SDK and Codex speak it.
///
/// What only the server of that wire could do for its client is a fault: conversations it would have to know, answers in the
/// background. What it would do beside the answer (storing it, cutting the prompt) is dropped and named.
/// - Source: the request types of the OpenAI Python SDK 3.54.0; the items of Codex's `ResponseItem`.
enum ResponsesPromptReader: PromptReader {
    /// - Parameter body: a request that is valid JSON.
    static func read<S: PromptSink & ~Copyable>(_ body: Span<UInt8>, into sink: inout S) throws(TranslationFault) {
        var (input, user): (JSONMember?, JSONMember?)
        var instructions = ByteRange.none
        var tools = ByteRange.none
        var cursor = JSONCursor(of: ByteRange(0, body.count), in: body)
        while let member = cursor.next(in: body) {
            if member.kind == .null { continue }
            if JSONScan.isName(of: member, "input", in: body) {
                input = member
            } else if JSONScan.isName(of: member, "instructions", in: body) {
                instructions = PromptJSON.raw(member, in: body)
            } else if JSONScan.isName(of: member, "tools", in: body) {
                tools = member.value
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
        readTools(tools, body, &sink)
        if !instructions.isEmpty { sink.system(body.extracting(instructions), cache: Span()) }
        if let input { try readInput(input, body, &sink) }
        try sink.ended()
    }

    private static let settings: [(name: StaticString, setting: PromptSetting)] = [
        ("stream", .stream), ("max_output_tokens", .outputTokensMax), ("temperature", .temperature),
        ("top_p", .topP), ("parallel_tool_calls", .parallelCalls), ("service_tier", .serviceTier),
        ("prompt_cache_key", .cacheKey),
    ]

    /// The setting that a member is without more ado.
    private static func setting(_ member: JSONMember, _ body: Span<UInt8>) -> PromptSetting? {
        for (name, setting) in settings where ByteScan.equals(body, member.name.range, name) { return setting }
        return nil
    }

    private static func take<S: PromptSink & ~Copyable>(
        _ member: JSONMember, _ body: Span<UInt8>, _ sink: inout S
    ) throws(TranslationFault) {
        func isNamed(_ name: StaticString) -> Bool { JSONScan.isName(of: member, name, in: body) }
        if isNamed("model") || isNamed("stream_options") || isNamed("metadata") {
            // Ours to choose; padding of events, which ours have none of; what the response repeats and no model reads. OpenAI's
            // chat completions refuse metadata unless the answer is stored.
            return
        } else if isNamed("tool_choice") {
            readToolChoice(member, body, &sink)
        } else if isNamed("text") {
            try readTextFormat(member, body, &sink)
        } else if isNamed("reasoning") {
            readReasoningSettings(member, body, &sink)
        } else if isNamed("previous_response_id") || isNamed("conversation") {
            throw .storedConversation
        } else if isNamed("prompt") {
            throw .storedPrompt
        } else if isNamed("background") {
            if PromptJSON.isTrue(member, in: body) { throw .background }
        } else if isNamed("store") {
            if PromptJSON.isTrue(member, in: body) { sink.unknown("store", Span()) }
        } else if isNamed("truncation") {
            if !JSONScan.equals(body, member.value, "disabled") { sink.unknown("truncation", Span()) }
        } else if isNamed("include") {
            readIncludes(member, body, &sink)
        } else if !PromptJSON.isVoid(member) {
            sink.unknown("", body.extracting(member.name))
        }
    }

    private static func readIncludes<S: PromptSink & ~Copyable>(
        _ member: JSONMember, _ body: Span<UInt8>, _ sink: inout S
    ) {
        var includes = JSONCursor(of: member.value, in: body)
        while let include = includes.next(in: body) {
            // The proof of reasoning is always told.
            if JSONScan.equals(body, include.value, "reasoning.encrypted_content") { continue }
            sink.unknown("include.", body.extracting(PromptJSON.raw(include, in: body)))
        }
    }

    /// A mode, or an object: a tool by name, several of them, or one of the server's own.
    private static func readToolChoice<S: PromptSink & ~Copyable>(
        _ member: JSONMember, _ body: Span<UInt8>, _ sink: inout S
    ) {
        if tellToolChoice(member.value, body, &sink) { return }
        let type = JSONScan.find("type", in: body, from: member.value)?.value ?? .none
        let name = JSONScan.find("name", in: body, from: member.value).map { PromptJSON.raw($0, in: body) }
        if let name, !name.isEmpty, JSONScan.equals(body, type, "function") || JSONScan.equals(body, type, "custom") {
            sink.toolChoice(.named, name: body.extracting(name))
            return
        }
        if JSONScan.equals(body, type, "allowed_tools"), let mode = JSONScan.find("mode", in: body, from: member.value)
        {
            _ = tellToolChoice(mode.value, body, &sink)
        }
        sink.unknown("tool_choice.", body.extracting(JSONScan.stringBody(body, type) ?? .none))
    }

    private static func tellToolChoice<S: PromptSink & ~Copyable>(
        _ mode: ByteRange, _ body: Span<UInt8>, _ sink: inout S
    ) -> Bool {
        if JSONScan.equals(body, mode, "none") {
            sink.toolChoice(.none, name: Span())
        } else if JSONScan.equals(body, mode, "auto") {
            sink.toolChoice(.auto, name: Span())
        } else if JSONScan.equals(body, mode, "required") {
            sink.toolChoice(.required, name: Span())
        } else {
            return false
        }
        return true
    }

    /// `text`: the format of the answer, and how much of it there should be.
    private static func readTextFormat<S: PromptSink & ~Copyable>(
        _ member: JSONMember, _ body: Span<UInt8>, _ sink: inout S
    ) throws(TranslationFault) {
        var members = JSONCursor(of: member.value, in: body)
        while let member = members.next(in: body) {
            if PromptJSON.isVoid(member) { continue }
            if JSONScan.isName(of: member, "verbosity", in: body), member.kind == .string {
                try sink.setting(.verbosity, body.extracting(member.value), .string)
            } else if JSONScan.isName(of: member, "format", in: body), member.kind == .object {
                let format = PromptFormat(member.value, in: body)
                if JSONScan.equals(body, format.type, "text") { continue }
                if JSONScan.equals(body, format.type, "json_object") {
                    sink.format(name: Span(), description: Span(), schema: Span(), isStrict: false)
                } else if format.schema.isEmpty {
                    sink.unknown("text.format", Span())
                } else {
                    format.tell("text.format.", body, &sink)
                }
            } else {
                sink.unknown("text.", body.extracting(member.name))
            }
        }
    }

    private static func readReasoningSettings<S: PromptSink & ~Copyable>(
        _ member: JSONMember, _ body: Span<UInt8>, _ sink: inout S
    ) {
        var members = JSONCursor(of: member.value, in: body)
        while let member = members.next(in: body) {
            if PromptJSON.isVoid(member) { continue }
            if JSONScan.isName(of: member, "effort", in: body) {
                if let effort = PromptJSON.effort(member.value, in: body) {
                    sink.effort(effort, budgetTokens: 0)
                } else {
                    sink.unknown("reasoning.effort", Span())
                }
            } else if !JSONScan.isName(of: member, "summary", in: body),
                !JSONScan.isName(of: member, "generate_summary", in: body)
            {
                // Whatever a provider tells of its reasoning is told on, summary or not.
                sink.unknown("reasoning.", body.extracting(member.name))
            }
        }
    }

    // MARK: Tools

    private static func readTools<S: PromptSink & ~Copyable>(
        _ tools: ByteRange, _ body: Span<UInt8>, _ sink: inout S
    ) {
        var cursor = JSONCursor(of: tools, in: body)
        while let tool = cursor.next(in: body) {
            let tool = PromptTool(tool.kind == .object ? tool.value : .none, in: body)
            let isFreeform = ByteScan.equals(body, tool.type.range, "custom")
            if !tool.name.isEmpty, isFreeform || ByteScan.equals(body, tool.type.range, "function") {
                tool.tell(isFreeform: isFreeform, cache: .none, body, &sink)
            } else {
                // The server's own: a web search, a file search, a namespace of tools that it finds by itself.
                sink.unknown("tools.", body.extracting(tool.type))
            }
        }
    }
}
