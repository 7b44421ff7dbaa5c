// What a Responses object repeats of its request.

import Wire

enum ResponseEcho {
    /// Members that are repeated, with what stands for one that is absent or too long. The SDK's type demands some of them.
    private static let members: [(name: StaticString, absent: StaticString)] = [
        ("max_output_tokens", "null"), ("max_tool_calls", "null"), ("metadata", "{}"), ("parallel_tool_calls", "true"),
        ("prompt_cache_key", "null"), ("reasoning", "null"), ("safety_identifier", "null"), ("service_tier", "null"),
        ("temperature", "null"), ("text", "{\"format\":{\"type\":\"text\"}}"), ("tool_choice", "\"auto\""),
        ("top_logprobs", "null"), ("top_p", "null"), ("truncation", "\"disabled\""), ("user", "null"),
    ]

    /// The members of the object that repeat the request, a comma behind each: `AnswerFrame.echo`.
    /// - Parameter body: a request that is valid JSON.
    static func of(_ body: Span<UInt8>) -> [UInt8] {
        var values = [ByteRange](repeating: .none, count: members.count)
        var cursor = JSONCursor(of: ByteRange(0, body.count), in: body)
        while let member = cursor.next(in: body) {
            guard member.kind != .null, member.value.count <= Limits.echoBytesMax else { continue }
            for (index, echo) in members.enumerated() where ByteScan.equals(body, member.name.range, echo.name) {
                values[index] = member.value
            }
        }
        var out = ByteBuffer()
        for (echo, value) in zip(members, values) {
            out.append(ASCII.quote)
            out.append(echo.name)
            out.append("\":")
            if value.isEmpty { out.append(echo.absent) }
            // Line ends stand between tokens only, and an event has its data on one line.
            for index in value.range where body[index] > ASCII.cr { out.append(body[index]) }
            out.append(ASCII.comma)
        }
        return [UInt8](copying: out.bytes)
    }
}
