// The rules by which Anthropic's Messages refuses a request.

import Wire

/// Read from the API's documentation, its SDK's types and the words of its errors.
struct SimMessagesRules {
    private static let members: [StaticString] = [
        "model", "messages", "max_tokens", "cache_control", "container", "context_management", "diagnostics",
        "inference_geo", "mcp_servers", "metadata", "output_config", "service_tier", "speed", "stop_sequences",
        "stream",
        "system", "temperature", "thinking", "tool_choice", "tools", "top_k", "top_p",
    ]
    private static let cacheMarksMax = 4

    /// Blocks marked for the cache so far.
    private var cacheMarkCount = 0
    /// Calls of the turn before, which this turn must answer, and all calls so far.
    private var openCalls: [String] = []
    private var calls: Set<String> = []
    private var isThinking = false
    /// What is wrong with the last turn of calls, should the turn behind it be the last one.
    private var unthought: SimRuleFault?

    /// - Parameter isCounting: only tokens are counted.
    static func check(_ body: Span<UInt8>, isCounting: Bool) throws(SimRuleFault) {
        var rules = SimMessagesRules()
        let root = SimRules.root(body)
        try SimRules.only(members, root, body)
        try rules.checkSettings(root, body, isCounting)
        try rules.checkSystem(root, body)
        try rules.checkTools(root, body)
        try rules.checkTurns(root, body)
        guard rules.cacheMarkCount <= cacheMarksMax else {
            throw SimRuleFault(
                "cache_control",
                "A maximum of \(cacheMarksMax) blocks with cache_control may be provided. Found \(rules.cacheMarkCount)."
            )
        }
    }

    private mutating func checkSettings(
        _ root: ByteRange, _ body: Span<UInt8>, _ isCounting: Bool
    ) throws(SimRuleFault) {
        let bound = SimRules.member("max_tokens", root, body)
        if bound == nil, !isCounting { throw SimRuleFault("max_tokens", "Field required") }
        let most = bound.flatMap { JSONScan.int(body, $0.value) }
        if bound != nil, (most ?? -1) < 0 {
            throw SimRuleFault("max_tokens", "Input should be greater than or equal to 0")
        }
        try SimRules.bound("temperature", 0...1, root, body)
        try SimRules.bound("top_p", 0...1, root, body)
        let stops = SimRules.member("stop_sequences", root, body)
        if let stops, stops.kind != .array { throw SimRuleFault("stop_sequences", "Input should be a valid list") }
        var cursor = JSONCursor(of: stops?.value ?? .none, in: body)
        while let stop = cursor.next(in: body) {
            if SimRules.isBlank(JSONScan.string(body, stop.value) ?? "") {
                throw SimRuleFault("stop_sequences", "each stop sequence must contain non-whitespace")
            }
        }
        if let metadata = SimRules.member("metadata", root, body) {
            try SimRules.only(["user_id"], metadata.value, body, "metadata")
        }
        if let tier = SimRules.member("service_tier", root, body),
            !JSONScan.equals(body, tier.value, "auto"), !JSONScan.equals(body, tier.value, "standard_only")
        {
            throw SimRuleFault("service_tier", "Input should be 'auto' or 'standard_only'")
        }
        try checkOutput(root, body)
        try checkThinking(root, body, most)
        try checkContext(root, body)
    }

    private func checkOutput(_ root: ByteRange, _ body: Span<UInt8>) throws(SimRuleFault) {
        guard let output = SimRules.member("output_config", root, body) else { return }
        try SimRules.only(["effort", "format"], output.value, body, "output_config")
        if let effort = SimRules.member("effort", output.value, body) {
            let known: [StaticString] = ["low", "medium", "high", "xhigh", "max"]
            guard known.contains(where: { JSONScan.equals(body, effort.value, $0) }) else {
                throw SimRuleFault("output_config.effort", "Input should be 'low', 'medium', 'high', 'xhigh' or 'max'")
            }
        }
        guard let format = SimRules.member("format", output.value, body) else { return }
        try SimRules.only(["type", "schema"], format.value, body, "output_config.format")
        guard try SimRules.string("type", format.value, body, "output_config.format") == "json_schema" else {
            throw SimRuleFault("output_config.format.type", "Input should be 'json_schema'")
        }
        guard SimRules.member("schema", format.value, body)?.kind == .object else {
            throw SimRuleFault("output_config.format.schema", "Input should be a valid dictionary")
        }
    }

    private mutating func checkThinking(_ root: ByteRange, _ body: Span<UInt8>, _ most: Int64?) throws(SimRuleFault) {
        guard let thinking = SimRules.member("thinking", root, body) else { return }
        try SimRules.only(["type", "budget_tokens", "display"], thinking.value, body, "thinking")
        let type = try SimRules.string("type", thinking.value, body, "thinking")
        guard ["enabled", "adaptive", "disabled", "between_tools"].contains(type) else {
            throw SimRuleFault("thinking.type", "Input tag '\(type)' does not match any of the expected tags")
        }
        if type == "disabled" { return }
        isThinking = type == "enabled"
        if isThinking {
            let budget = SimRules.member("budget_tokens", thinking.value, body).flatMap { JSONScan.int(body, $0.value) }
            guard let budget, budget >= 1024 else {
                throw SimRuleFault("thinking.enabled.budget_tokens", "Input should be greater than or equal to 1024")
            }
            if let most, budget >= most {
                throw SimRuleFault("max_tokens", "`max_tokens` must be greater than `thinking.budget_tokens`")
            }
        }
        if let temperature = SimRules.member("temperature", root, body), JSONScan.double(body, temperature.value) != 1 {
            throw SimRuleFault("temperature", "`temperature` may only be set to 1 when thinking is enabled")
        }
        if SimRules.member("top_k", root, body) != nil {
            throw SimRuleFault("top_k", "`top_k` must be unset when thinking is enabled")
        }
        if let share = SimRules.member("top_p", root, body), JSONScan.double(body, share.value) ?? 0 < 0.95 {
            throw SimRuleFault(
                "top_p", "`top_p` must be greater than or equal to 0.95 or unset when thinking is enabled")
        }
        let choice = JSONScan.find("tool_choice.type", in: body, from: root)?.value ?? .none
        if JSONScan.equals(body, choice, "any") || JSONScan.equals(body, choice, "tool") {
            throw SimRuleFault("tool_choice", "Thinking may not be enabled when tool_choice forces tool use.")
        }
    }

    /// Thoughts can be cleared only where there are any.
    private func checkContext(_ root: ByteRange, _ body: Span<UInt8>) throws(SimRuleFault) {
        let thinking = JSONScan.find("thinking.type", in: body, from: root)?.value ?? .none
        let isThinking = JSONScan.equals(body, thinking, "enabled") || JSONScan.equals(body, thinking, "adaptive")
        let edits = JSONScan.find("context_management.edits", in: body, from: root)
        var cursor = JSONCursor(of: edits?.value ?? .none, in: body)
        var index = 0
        while let edit = cursor.next(in: body) {
            let place = "context_management.edits.\(index)"
            let type = try SimRules.string("type", edit.value, body, place)
            if !isThinking, type.hasPrefix("clear_thinking") {
                throw SimRuleFault(place, "`\(type)` strategy requires `thinking` to be enabled or adaptive")
            }
            index += 1
        }
    }

    private mutating func checkSystem(_ root: ByteRange, _ body: Span<UInt8>) throws(SimRuleFault) {
        guard let system = SimRules.member("system", root, body), system.kind != .string else { return }
        guard system.kind == .array else { throw SimRuleFault("system", "Input should be a valid list") }
        var cursor = JSONCursor(of: system.value, in: body)
        var index = 0
        while let block = cursor.next(in: body) {
            let place = "system.\(index)"
            guard try SimRules.string("type", block.value, body, place) == "text" else {
                throw SimRuleFault("\(place).type", "Input should be 'text'")
            }
            try checkText(block.value, body, place)
            index += 1
        }
    }

    private mutating func checkTools(_ root: ByteRange, _ body: Span<UInt8>) throws(SimRuleFault) {
        let tools = SimRules.member("tools", root, body)
        var names: Set<String> = []
        var cursor = JSONCursor(of: tools?.value ?? .none, in: body)
        var index = 0
        while let tool = cursor.next(in: body) {
            let place = "tools.\(index)"
            index += 1
            try checkCacheMark(tool.value, body, place)
            let type = SimRules.member("type", tool.value, body)?.value
            // Tools that run at the provider have shapes of their own.
            if let type, !JSONScan.equals(body, type, "custom") { continue }
            try SimRules.only(
                [
                    "type", "name", "description", "input_schema", "strict", "cache_control", "allowed_callers",
                    "defer_loading", "eager_input_streaming", "input_examples",
                ], tool.value, body, place)
            let name = try SimRules.string("name", tool.value, body, place)
            guard SimRules.isName(name, countMax: 128) else {
                throw SimRuleFault("\(place).name", "String should match pattern '^[a-zA-Z0-9_-]{1,128}$'")
            }
            guard names.insert(name).inserted else { throw SimRuleFault("tools", "Tool names must be unique.") }
            let schema = SimRules.member("input_schema", tool.value, body)?.value ?? .none
            guard
                JSONScan.find("type", in: body, from: schema).map({ JSONScan.equals(body, $0.value, "object") }) == true
            else { throw SimRuleFault("\(place).input_schema.type", "Field required") }
        }
        guard let choice = SimRules.member("tool_choice", root, body) else { return }
        try SimRules.only(["type", "name", "disable_parallel_tool_use"], choice.value, body, "tool_choice")
        let type = try SimRules.string("type", choice.value, body, "tool_choice")
        guard ["auto", "any", "tool", "none"].contains(type) else {
            throw SimRuleFault("tool_choice.type", "Input tag '\(type)' does not match any of the expected tags")
        }
        guard index > 0 else { throw SimRuleFault("tool_choice", "may only be specified while providing tools") }
        if type == "tool", !names.contains(try SimRules.string("name", choice.value, body, "tool_choice")) {
            throw SimRuleFault("tool_choice.name", "Tool not found in provided tools")
        }
    }

    // MARK: Turns

    private mutating func checkTurns(_ root: ByteRange, _ body: Span<UInt8>) throws(SimRuleFault) {
        guard let turns = SimRules.member("messages", root, body), turns.kind == .array else {
            throw SimRuleFault("messages", "Field required")
        }
        var cursor = JSONCursor(of: turns.value, in: body)
        var index = 0
        var last = ByteRange.none
        while let turn = cursor.next(in: body) {
            let place = "messages.\(index)"
            try SimRules.only(["role", "content"], turn.value, body, place)
            let role = try SimRules.string("role", turn.value, body, place)
            guard ["user", "assistant", "system"].contains(role) else {
                throw SimRuleFault("\(place).role", "Input should be 'user', 'assistant' or 'system'")
            }
            if index == 0, role != "user" {
                throw SimRuleFault("messages", "first message must use the \"user\" role")
            }
            guard let content = SimRules.member("content", turn.value, body) else {
                throw SimRuleFault("\(place).content", "Field required")
            }
            try checkContent(content, role, body, place)
            last = turn.value
            index += 1
        }
        guard index > 0 else { throw SimRuleFault("messages", "at least one message is required") }
        try refuseOpenCalls("messages.\(index)")
        if let unthought { throw unthought }
        try checkPrefill(last, body)
    }

    private mutating func checkContent(
        _ content: JSONMember, _ role: String, _ body: Span<UInt8>, _ place: String
    ) throws(SimRuleFault) {
        if content.kind == .string {
            if SimRules.isBlank(JSONScan.string(body, content.value) ?? "") {
                throw SimRuleFault(place, "user messages must have non-empty content")
            }
            unthought = nil
            return try refuseOpenCalls(place)
        }
        guard content.kind == .array else { throw SimRuleFault("\(place).content", "Input should be a valid list") }
        var blocks = SimBlocks(role: role, place: place)
        var cursor = JSONCursor(of: content.value, in: body)
        while let block = cursor.next(in: body) {
            let place = "\(place).content.\(blocks.count)"
            let type = try SimRules.string("type", block.value, body, place)
            try blocks.take(type)
            switch type {
            case "text": try checkText(block.value, body, place)
            case "image", "document": try checkMedia(type, block.value, body, place)
            case "thinking": try checkReasoning(block.value, body, place)
            case "redacted_thinking":
                try SimRules.only(["type", "data"], block.value, body, place)
                guard try SimRules.string("data", block.value, body, place).hasPrefix("sim-redacted-") else {
                    throw SimRuleFault(place, "Invalid `data` in `redacted_thinking` block")
                }
            case "tool_use": blocks.calls.append(try checkCall(block.value, body, place))
            case "tool_result": try checkResult(block.value, body, place)
            default:
                throw SimRuleFault(
                    place, "Input tag '\(type)' found using 'type' does not match any of the expected tags")
            }
        }
        guard blocks.count > 0 else { throw SimRuleFault(place, "all messages must have non-empty content") }
        try refuseOpenCalls(place)
        openCalls = blocks.calls
        if role == "assistant" {
            unthought = isThinking ? blocks.unthought : nil
        } else if blocks.first != "tool_result" {
            unthought = nil
        }
    }

    /// A turn of calls must be answered by the one behind it.
    private func refuseOpenCalls(_ place: String) throws(SimRuleFault) {
        guard !openCalls.isEmpty else { return }
        throw SimRuleFault(
            place,
            "`tool_use` ids were found without `tool_result` blocks immediately after: "
                + "\(openCalls.joined(separator: ", ")). Each `tool_use` block must have a corresponding "
                + "`tool_result` block in the next message.")
    }

    private mutating func checkText(_ block: ByteRange, _ body: Span<UInt8>, _ place: String) throws(SimRuleFault) {
        try SimRules.only(["type", "text", "cache_control", "citations"], block, body, place)
        try checkCacheMark(block, body, place)
        let text = try SimRules.string("text", block, body, place)
        if text.isEmpty { throw SimRuleFault(place, "text content blocks must be non-empty") }
        if SimRules.isBlank(text) { throw SimRuleFault(place, "text content blocks must contain non-whitespace text") }
    }

    private mutating func checkMedia(
        _ type: String, _ block: ByteRange, _ body: Span<UInt8>, _ place: String
    ) throws(SimRuleFault) {
        let isImage = type == "image"
        try SimRules.only(
            isImage
                ? ["type", "source", "cache_control"]
                : ["type", "source", "cache_control", "title", "context", "citations"],
            block, body, place)
        try checkCacheMark(block, body, place)
        guard let source = SimRules.member("source", block, body)?.value else {
            throw SimRuleFault("\(place).source", "Field required")
        }
        let inside = "\(place).source"
        switch try SimRules.string("type", source, body, inside) {
        case "url":
            try SimRules.only(["type", "url"], source, body, inside)
            guard try SimRules.string("url", source, body, inside).hasPrefix("https://") else {
                throw SimRuleFault(inside, "Only HTTPS URLs are supported.")
            }
        case "base64":
            try SimRules.only(["type", "media_type", "data"], source, body, inside)
            let media = try SimRules.string("media_type", source, body, inside)
            let known = isImage ? ["image/jpeg", "image/png", "image/gif", "image/webp"] : ["application/pdf"]
            guard known.contains(media) else {
                throw SimRuleFault("\(inside).media_type", "Input should be '\(known.joined(separator: "', '"))'")
            }
            guard SimRules.isBase64(try SimRules.string("data", source, body, inside)) else {
                throw SimRuleFault("\(inside).data", "invalid base64 data")
            }
        case "text" where !isImage:
            guard try SimRules.string("media_type", source, body, inside) == "text/plain" else {
                throw SimRuleFault("\(inside).media_type", "Input should be 'text/plain'")
            }
            _ = try SimRules.string("data", source, body, inside)
        case "file", "content": return
        default: throw SimRuleFault(inside, "Input tag does not match any of the expected tags")
        }
    }

    /// Reasoning must be what was told, and its signature proves it.
    private func checkReasoning(_ block: ByteRange, _ body: Span<UInt8>, _ place: String) throws(SimRuleFault) {
        try SimRules.only(["type", "thinking", "signature"], block, body, place)
        let text = Array(try SimRules.string("thinking", block, body, place).utf8)
        var wanted = ByteBuffer()
        SimScript.writeSignature(of: text.span, into: &wanted)
        guard try SimRules.string("signature", block, body, place) == String(copying: wanted.bytes) else {
            throw SimRuleFault(place, "Invalid `signature` in `thinking` block")
        }
    }

    private mutating func checkCall(
        _ block: ByteRange, _ body: Span<UInt8>, _ place: String
    ) throws(SimRuleFault) -> String {
        try SimRules.only(["type", "id", "name", "input", "cache_control", "caller"], block, body, place)
        try checkCacheMark(block, body, place)
        let id = try SimRules.string("id", block, body, place)
        guard SimRules.isName(id, countMax: .max) else {
            throw SimRuleFault("\(place).id", "String should match pattern '^[a-zA-Z0-9_-]+$'")
        }
        guard calls.insert(id).inserted else { throw SimRuleFault(place, "`tool_use` ids must be unique") }
        guard SimRules.isName(try SimRules.string("name", block, body, place), countMax: 200) else {
            throw SimRuleFault("\(place).name", "String should have at most 200 characters")
        }
        guard SimRules.member("input", block, body)?.kind == .object else {
            throw SimRuleFault("\(place).input", "Input should be a valid dictionary")
        }
        return id
    }

    private mutating func checkResult(_ block: ByteRange, _ body: Span<UInt8>, _ place: String) throws(SimRuleFault) {
        try SimRules.only(["type", "tool_use_id", "content", "is_error", "cache_control"], block, body, place)
        try checkCacheMark(block, body, place)
        let id = try SimRules.string("tool_use_id", block, body, place)
        guard let index = openCalls.firstIndex(of: id) else {
            throw SimRuleFault(
                place,
                "unexpected `tool_use_id` found in `tool_result` blocks: \(id). Each `tool_result` block must have a "
                    + "corresponding `tool_use` block in the previous message.")
        }
        openCalls.remove(at: index)
        guard let content = SimRules.member("content", block, body), content.kind != .string else { return }
        var cursor = JSONCursor(of: content.value, in: body)
        var position = 0
        while let part = cursor.next(in: body) {
            let inside = "\(place).content.\(position)"
            position += 1
            switch try SimRules.string("type", part.value, body, inside) {
            case "text": try checkText(part.value, body, inside)
            case "image": try checkMedia("image", part.value, body, inside)
            case "document": try checkMedia("document", part.value, body, inside)
            default: throw SimRuleFault(inside, "Input tag does not match any of the expected tags")
            }
        }
    }

    private mutating func checkCacheMark(
        _ object: ByteRange, _ body: Span<UInt8>, _ place: String
    ) throws(SimRuleFault) {
        guard let mark = SimRules.member("cache_control", object, body)?.value else { return }
        cacheMarkCount += 1
        try SimRules.only(["type", "ttl"], mark, body, "\(place).cache_control")
        guard try SimRules.string("type", mark, body, "\(place).cache_control") == "ephemeral" else {
            throw SimRuleFault("\(place).cache_control.type", "Input should be 'ephemeral'")
        }
    }

    /// What the assistant has begun must not end in a blank.
    private func checkPrefill(_ turn: ByteRange, _ body: Span<UInt8>) throws(SimRuleFault) {
        guard try SimRules.string("role", turn, body, "messages") == "assistant",
            var text = SimRules.member("content", turn, body)
        else { return }
        if text.kind == .array {
            var cursor = JSONCursor(of: text.value, in: body)
            var last = ByteRange.none
            while let block = cursor.next(in: body) { last = block.value }
            guard let inside = SimRules.member("text", last, body) else { return }
            text = inside
        }
        if let end = JSONScan.string(body, text.value)?.utf8.last, end <= ASCII.space {
            throw SimRuleFault("messages", "final assistant content cannot end with trailing whitespace")
        }
    }
}
