// The rules by which OpenAI's Responses refuse a request.

import Wire

/// Read from the API's documentation, its SDK's types and the words of its errors.
struct SimResponsesRules {
    private static let members: [StaticString] = [
        "model", "input", "background", "client_metadata", "context_management", "conversation", "include",
        "instructions", "max_output_tokens", "max_tool_calls", "metadata", "moderation", "parallel_tool_calls",
        "previous_response_id", "prompt", "prompt_cache_key", "prompt_cache_options", "prompt_cache_retention",
        "reasoning", "safety_identifier", "service_tier", "store", "stream", "stream_options", "temperature", "text",
        "tool_choice", "tools", "top_logprobs", "top_p", "truncation", "user",
    ]

    private var calls: [String] = []
    private var results: Set<String> = []

    static func check(_ body: Span<UInt8>) throws(SimRuleFault) {
        var rules = SimResponsesRules()
        let root = SimRules.root(body)
        try SimRules.only(members, root, body)
        try SimRules.bound("temperature", 0...2, root, body)
        try SimRules.bound("top_p", 0...1, root, body)
        try rules.checkTools(root, body)
        guard let input = SimRules.member("input", root, body), input.kind == .array else { return }
        var cursor = JSONCursor(of: input.value, in: body)
        var index = 0
        while let item = cursor.next(in: body) {
            try rules.checkItem(item.value, body, "input[\(index)]")
            index += 1
        }
        if let call = rules.calls.first(where: { !rules.results.contains($0) }) {
            throw SimRuleFault("input", "No tool output found for function call \(call).")
        }
    }

    private func checkTools(_ root: ByteRange, _ body: Span<UInt8>) throws(SimRuleFault) {
        var cursor = JSONCursor(of: SimRules.member("tools", root, body)?.value ?? .none, in: body)
        var index = 0
        while let tool = cursor.next(in: body) {
            let place = "tools[\(index)]"
            index += 1
            guard try SimRules.string("type", tool.value, body, place) == "function" else { continue }
            try SimRules.only(["type", "name", "description", "parameters", "strict"], tool.value, body, place)
            guard SimRules.isName(try SimRules.string("name", tool.value, body, place), countMax: 64) else {
                throw SimRuleFault("\(place).name", "Expected a string that matches the pattern '^[a-zA-Z0-9_-]+$'.")
            }
        }
    }

    private mutating func checkItem(_ item: ByteRange, _ body: Span<UInt8>, _ place: String) throws(SimRuleFault) {
        // A message may leave its type out.
        let type = SimRules.member("type", item, body).flatMap { JSONScan.string(body, $0.value) } ?? "message"
        switch type {
        case "message": try checkMessage(item, body, place)
        case "function_call", "custom_tool_call":
            _ = try SimRules.string("name", item, body, place)
            _ = try SimRules.string(type == "function_call" ? "arguments" : "input", item, body, place)
            let id = try SimRules.string("call_id", item, body, place)
            guard id.utf8.count <= 64 else {
                throw SimRuleFault("\(place).call_id", "string too long. Expected a string with maximum length 64.")
            }
            calls.append(id)
        case "function_call_output", "custom_tool_call_output":
            let id = try SimRules.string("call_id", item, body, place)
            guard calls.contains(id) else {
                throw SimRuleFault("input", "No tool call found for function call output with call_id \(id).")
            }
            guard SimRules.member("output", item, body) != nil else {
                throw SimRuleFault("\(place).output", "Missing required parameter")
            }
            results.insert(id)
        case "reasoning":
            guard SimRules.member("summary", item, body) != nil else {
                throw SimRuleFault("\(place).summary", "Missing required parameter")
            }
        default: return
        }
    }

    private func checkMessage(_ item: ByteRange, _ body: Span<UInt8>, _ place: String) throws(SimRuleFault) {
        let role = try SimRules.string("role", item, body, place)
        guard ["user", "assistant", "system", "developer"].contains(role) else {
            throw SimRuleFault("\(place).role", "Invalid value: '\(role)'.")
        }
        guard let content = SimRules.member("content", item, body) else {
            throw SimRuleFault("\(place).content", "Missing required parameter")
        }
        let known = role == "assistant" ? ["output_text", "refusal"] : ["input_text", "input_image", "input_file"]
        var cursor = JSONCursor(of: content.kind == .array ? content.value : .none, in: body)
        var index = 0
        while let part = cursor.next(in: body) {
            let place = "\(place).content[\(index)]"
            index += 1
            let type = try SimRules.string("type", part.value, body, place)
            guard known.contains(type) else {
                throw SimRuleFault(
                    "\(place).type",
                    "Invalid value: '\(type)'. Supported values are: '\(known.joined(separator: "', '"))'.")
            }
            if type == "input_image", SimRules.member("image_url", part.value, body) != nil {
                try SimRules.checkImage(try SimRules.string("image_url", part.value, body, place), place)
            }
        }
    }
}
