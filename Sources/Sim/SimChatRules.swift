// The rules by which OpenAI's chat completions refuse a request.

import Wire

/// Read from the API's documentation, its SDK's types and the words of its errors.
struct SimChatRules {
    private static let members: [StaticString] = [
        "model", "messages", "audio", "frequency_penalty", "function_call", "functions", "logit_bias", "logprobs",
        "max_completion_tokens", "max_tokens", "metadata", "modalities", "moderation", "n", "parallel_tool_calls",
        "prediction", "presence_penalty", "prompt_cache_key", "prompt_cache_options", "prompt_cache_retention",
        "reasoning_effort", "response_format", "safety_identifier", "seed", "service_tier", "stop", "store", "stream",
        "stream_options", "temperature", "tool_choice", "tools", "top_logprobs", "top_p", "user", "verbosity",
        "web_search_options",
    ]
    /// What vLLM takes besides.
    private static let vllmMembers: [StaticString] = [
        "top_k", "min_p", "repetition_penalty", "length_penalty", "stop_token_ids", "ignore_eos", "min_tokens",
        "chat_template_kwargs", "guided_json", "structured_outputs", "cache_salt",
    ]

    /// Whether the model's name says that a vLLM serves it.
    private var isVLLM = false
    /// Calls that the turns behind them must answer.
    private var openCalls: [String] = []

    static func check(_ body: Span<UInt8>) throws(SimRuleFault) {
        var rules = SimChatRules()
        let root = SimRules.root(body)
        rules.isVLLM = try SimRules.string("model", root, body, "").hasPrefix("vllm")
        try SimRules.only(rules.isVLLM ? members + vllmMembers : members, root, body)
        try SimRules.bound("temperature", 0...2, root, body)
        try SimRules.bound("top_p", 0...1, root, body)
        try SimRules.bound("presence_penalty", -2...2, root, body)
        try SimRules.bound("frequency_penalty", -2...2, root, body)
        if let stop = SimRules.member("stop", root, body), JSONScan.element(of: stop.value, in: body, at: 4) != nil {
            throw SimRuleFault("stop", "Array should have at most 4 items")
        }
        let isStream = SimRules.member("stream", root, body).flatMap { JSONScan.bool(body, $0.value) } ?? false
        if SimRules.member("stream_options", root, body) != nil, !isStream {
            throw SimRuleFault(
                "stream_options", "The 'stream_options' parameter is only allowed when 'stream' is enabled.")
        }
        if SimRules.member("max_tokens", root, body) != nil, SimRules.member("max_completion_tokens", root, body) != nil
        {
            throw SimRuleFault(
                "max_tokens", "Setting 'max_tokens' and 'max_completion_tokens' at the same time is not supported.")
        }
        try rules.checkTools(root, body)
        try rules.checkTurns(root, body)
    }

    private func checkTools(_ root: ByteRange, _ body: Span<UInt8>) throws(SimRuleFault) {
        let tools = SimRules.member("tools", root, body)
        var cursor = JSONCursor(of: tools?.value ?? .none, in: body)
        var index = 0
        while let tool = cursor.next(in: body) {
            let place = "tools[\(index)]"
            index += 1
            let type = try SimRules.string("type", tool.value, body, place)
            if type == "custom" { continue }
            guard type == "function", let function = SimRules.member("function", tool.value, body)?.value else {
                throw SimRuleFault(place, "Missing required parameter: 'function'.")
            }
            try SimRules.only(["type", "function"], tool.value, body, place)
            try SimRules.only(["name", "description", "parameters", "strict"], function, body, "\(place).function")
            guard SimRules.isName(try SimRules.string("name", function, body, place), countMax: 64) else {
                throw SimRuleFault(
                    "\(place).function.name", "Expected a string that matches the pattern '^[a-zA-Z0-9_-]+$'.")
            }
            let schema = SimRules.member("parameters", function, body)
            if let schema,
                JSONScan.find("type", in: body, from: schema.value).map({
                    JSONScan.equals(body, $0.value, "object")
                }) != true
            {
                throw SimRuleFault("\(place).function.parameters", "schema must be of type 'object'")
            }
        }
        if index == 0 {
            if tools != nil { throw SimRuleFault("tools", "Array should have at least 1 item") }
            for name: StaticString in ["tool_choice", "parallel_tool_calls"] {
                if SimRules.member(name, root, body) != nil {
                    throw SimRuleFault("\(name)", "is only allowed when 'tools' are specified.")
                }
            }
        }
    }

    private mutating func checkTurns(_ root: ByteRange, _ body: Span<UInt8>) throws(SimRuleFault) {
        let turns = SimRules.member("messages", root, body)?.value ?? .none
        var cursor = JSONCursor(of: turns, in: body)
        var index = 0
        while let turn = cursor.next(in: body) {
            let place = "messages[\(index)]"
            index += 1
            let role = try SimRules.string("role", turn.value, body, place)
            let known: [StaticString] = ["role", "content", "name", "refusal", "audio", "function_call"]
            switch role {
            case "tool":
                try SimRules.only(["role", "content", "tool_call_id"], turn.value, body, place)
                let id = try SimRules.string("tool_call_id", turn.value, body, place)
                guard let call = openCalls.firstIndex(of: id) else {
                    throw SimRuleFault(
                        place,
                        "messages with role 'tool' must be a response to a preceeding message with 'tool_calls'.")
                }
                openCalls.remove(at: call)
                try checkContent(turn.value, body, place, isOptional: false)
            case "assistant":
                try refuseOpenCalls(place)
                let reasoning: [StaticString] = isVLLM ? ["reasoning_content", "reasoning"] : []
                try SimRules.only(known + ["tool_calls"] + reasoning, turn.value, body, place)
                try checkCalls(turn.value, body, place)
                try checkContent(turn.value, body, place, isOptional: !openCalls.isEmpty)
            case "user", "system", "developer":
                try refuseOpenCalls(place)
                try SimRules.only(["role", "content", "name"], turn.value, body, place)
                try checkContent(turn.value, body, place, isOptional: false)
            case "function": try SimRules.only(known, turn.value, body, place)
            default:
                throw SimRuleFault("\(place).role", "Supported values are: 'system', 'assistant', 'user' and 'tool'.")
            }
        }
        guard index > 0 else { throw SimRuleFault("messages", "Array should have at least 1 item") }
        try refuseOpenCalls("messages")
    }

    private func refuseOpenCalls(_ place: String) throws(SimRuleFault) {
        guard !openCalls.isEmpty else { return }
        throw SimRuleFault(
            place,
            "An assistant message with 'tool_calls' must be followed by tool messages responding to each "
                + "'tool_call_id'. The following tool_call_ids did not have response messages: "
                + openCalls.joined(separator: ", "))
    }

    private mutating func checkCalls(_ turn: ByteRange, _ body: Span<UInt8>, _ place: String) throws(SimRuleFault) {
        guard let calls = SimRules.member("tool_calls", turn, body) else { return }
        var cursor = JSONCursor(of: calls.value, in: body)
        var index = 0
        while let call = cursor.next(in: body) {
            let place = "\(place).tool_calls[\(index)]"
            index += 1
            let id = try SimRules.string("id", call.value, body, place)
            guard id.utf8.count <= 40 else {
                throw SimRuleFault("\(place).id", "string too long. Expected a string with maximum length 40.")
            }
            guard try SimRules.string("type", call.value, body, place) == "function" else { continue }
            try SimRules.only(["id", "type", "function"], call.value, body, place)
            let function = SimRules.member("function", call.value, body)?.value ?? .none
            try SimRules.only(["name", "arguments"], function, body, place)
            _ = try SimRules.string("name", function, body, place)
            _ = try SimRules.string("arguments", function, body, place)
            guard !openCalls.contains(id) else { throw SimRuleFault("\(place).id", "ids of calls must be unique") }
            openCalls.append(id)
        }
        if index == 0 { throw SimRuleFault("\(place).tool_calls", "Array should have at least 1 item") }
    }

    private func checkContent(
        _ turn: ByteRange, _ body: Span<UInt8>, _ place: String, isOptional: Bool
    ) throws(SimRuleFault) {
        guard let content = SimRules.member("content", turn, body) else {
            let hasOther =
                SimRules.member("refusal", turn, body) != nil || SimRules.member("function_call", turn, body) != nil
            if isOptional || hasOther { return }
            throw SimRuleFault("\(place).content", "expected a string, got null.")
        }
        if content.kind == .string { return }
        var cursor = JSONCursor(of: content.value, in: body)
        var index = 0
        while let part = cursor.next(in: body) {
            let place = "\(place).content[\(index)]"
            index += 1
            switch try SimRules.string("type", part.value, body, place) {
            case "text":
                try SimRules.only(["type", "text"], part.value, body, place)
                _ = try SimRules.string("text", part.value, body, place)
            case "image_url":
                try SimRules.only(["type", "image_url"], part.value, body, place)
                let image = SimRules.member("image_url", part.value, body)?.value ?? .none
                try SimRules.only(["url", "detail"], image, body, "\(place).image_url")
                try SimRules.checkImage(try SimRules.string("url", image, body, place), place)
            case "file": try SimRules.only(["type", "file"], part.value, body, place)
            case "input_audio": try SimRules.only(["type", "input_audio"], part.value, body, place)
            case "refusal": try SimRules.only(["type", "refusal"], part.value, body, place)
            case let type: throw SimRuleFault("\(place).type", "Invalid value: '\(type)'.")
            }
        }
        if index == 0 { throw SimRuleFault("\(place).content", "Array should have at least 1 item") }
    }
}
