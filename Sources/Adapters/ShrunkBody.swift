// A request that asks for a shorter answer.

package import Wire

package enum ShrunkBody {
    /// Appends a request body with every bound on the tokens of the answer lowered to `tokens`, and one put in where there is none.
    /// - Parameter body: a request that has been scanned.
    /// - Parameter operation: what it asks for, which decides the name of a bound that is put in.
    package static func write(
        _ body: Span<UInt8>, _ operation: Operation = .chat, outputTokensMax tokens: Int, into out: inout ByteBuffer
    ) {
        if losesThinking(body, operation, outputTokensMax: tokens), Unsigned.clearsThoughts(body) {
            var cleared = ByteBuffer()
            Unsigned.removeEdits(from: body, into: &cleared)
            return write(cleared.bytes, operation, outputTokensMax: tokens, into: &out)
        }
        var done = 0
        if !isBounded(body) {
            done = ByteScan.first(UInt8(ascii: "{"), in: body, from: 0) + 1
            out.append(body.extracting(0..<done))
            out.append(operation == .responses ? "\"max_output_tokens\":" : "\"max_tokens\":")
            out.append(decimal: tokens)
            out.append(",")
        }
        var cursor = JSONCursor(of: ByteRange(0, body.count), in: body)
        while let member = cursor.next(in: body) {
            if isBound(member, in: body) {
                out.append(body.extracting(done..<Int(member.value.start)))
                out.append(decimal: tokens)
                done = Int(member.value.end)
            } else if operation == .messages, JSONScan.isName(of: member, "thinking", in: body) {
                shrinkThinking(member, below: tokens, in: body, &done, into: &out)
            }
        }
        out.append(body.extracting(done..<body.count))
    }

    /// Names what a request loses beside the length of its answer.
    package static func noteLost(
        from body: Span<UInt8>, _ operation: Operation, outputTokensMax tokens: Int, in dropped: inout Dropped
    ) {
        if losesThinking(body, operation, outputTokensMax: tokens) { Unsigned.noteThinking(from: body, in: &dropped) }
    }

    /// Whether the answer has no room for thoughts any more.
    private static func losesThinking(
        _ body: Span<UInt8>, _ operation: Operation, outputTokensMax tokens: Int
    ) -> Bool {
        guard operation == .messages, tokens <= Limits.thinkingTokensMin,
            let budget = JSONScan.find("thinking.budget_tokens", in: body, from: ByteRange(0, body.count))
        else { return false }
        return JSONScan.int(body, budget.value) ?? .max >= tokens
    }

    private static func isBounded(_ body: Span<UInt8>) -> Bool {
        var cursor = JSONCursor(of: ByteRange(0, body.count), in: body)
        while let member = cursor.next(in: body) { if isBound(member, in: body) { return true } }
        return false
    }

    private static func isBound(_ member: JSONMember, in body: Span<UInt8>) -> Bool {
        JSONScan.isName(of: member, "max_tokens", in: body)
            || JSONScan.isName(of: member, "max_completion_tokens", in: body)
            || JSONScan.isName(of: member, "max_output_tokens", in: body)
    }

    /// Appends a body up to a budget for thoughts that is too large, and a smaller one: it has to be below the bound on the answer, of which it
    /// is a part. Where that leaves less than the least budget, nothing is thought.
    private static func shrinkThinking(
        _ thinking: JSONMember, below tokens: Int, in body: Span<UInt8>, _ done: inout Int, into out: inout ByteBuffer
    ) {
        guard thinking.kind == .object,
            let budget = JSONScan.member(of: thinking.value, in: body, named: "budget_tokens"),
            JSONScan.int(body, budget.value) ?? .max >= tokens
        else { return }
        let fits = tokens > Limits.thinkingTokensMin
        let place = fits ? budget.value : thinking.value
        out.append(body.extracting(done..<Int(place.start)))
        if fits { out.append(decimal: tokens - 1) } else { out.append("{\"type\":\"disabled\"}") }
        done = Int(place.end)
    }
}
