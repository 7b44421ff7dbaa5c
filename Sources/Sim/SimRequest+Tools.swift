// Which tools an answer calls.

import Wire

extension SimRequest {
    /// A tool that can be called. Offsets point into the body.
    struct Tool: Sendable {
        /// The inside of its name.
        var name: ByteRange
        /// The value of its schema; may be empty.
        var schema: ByteRange
    }

    /// The tools that are called, in order: the one that `tool_choice` names, or the first when some one is required.
    /// - Parameter wanted: calls asked for although nobody insists: of the tools in turn.
    func calls(_ body: Span<UInt8>, wanted: Int) -> [Tool] {
        guard !tools.isEmpty, !says("none", body) else { return [] }
        let named =
            JSONScan.find("function.name", in: body, from: toolChoice)
            ?? JSONScan.find("name", in: body, from: toolChoice)
        let isForced = named != nil || says("required", body) || says("any", body)
        let count = callsOne ? min(wanted, 1) : min(wanted, Limits.callCountMax)
        guard isForced || count > 0 else { return [] }
        let name = named.flatMap { JSONScan.bytes(body, $0.value) }
        var found: [Tool] = []
        var cursor = JSONCursor(of: tools, in: body)
        while let tool = cursor.next(in: body), found.count < max(count, 1) {
            guard let own = JSONScan.find(operation == .chat ? "function.name" : "name", in: body, from: tool.value),
                let inside = JSONScan.stringBody(body, own.value)
            else { continue }
            if let name, JSONScan.bytes(body, own.value) != name { continue }
            let path: StaticString =
                operation == .chat ? "function.parameters" : operation == .messages ? "input_schema" : "parameters"
            found.append(Tool(name: inside, schema: JSONScan.find(path, in: body, from: tool.value)?.value ?? .none))
        }
        guard !found.isEmpty else { return [] }
        return (0..<max(count, 1)).map { found[$0 % found.count] }
    }

    /// Whether `tool_choice` is this word or an object of this type.
    private func says(_ word: StaticString, _ body: Span<UInt8>) -> Bool {
        let type = JSONScan.find("type", in: body, from: toolChoice)?.value ?? toolChoice
        return JSONScan.equals(body, type, word)
    }
}
