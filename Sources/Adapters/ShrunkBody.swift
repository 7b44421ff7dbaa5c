// A request that asks for a shorter answer.

package import Wire

package enum ShrunkBody {
    /// Appends a request body with every bound on the tokens of the answer lowered to `tokens`, and one put in where there is none.
    /// - Parameter body: a request that has been scanned.
    /// - Parameter operation: what it asks for, which decides the name of a bound that is put in.
    package static func write(
        _ body: Span<UInt8>, _ operation: Operation = .chat, outputTokensMax tokens: Int, into out: inout ByteBuffer
    ) {
        var done = 0
        var isBounded = false
        var cursor = JSONCursor(of: ByteRange(0, body.count), in: body)
        while let member = cursor.next(in: body) {
            guard
                JSONScan.isName(of: member, "max_tokens", in: body)
                    || JSONScan.isName(of: member, "max_completion_tokens", in: body)
                    || JSONScan.isName(of: member, "max_output_tokens", in: body)
            else { continue }
            isBounded = true
            out.append(body.extracting(done..<Int(member.value.start)))
            out.append(decimal: tokens)
            done = Int(member.value.end)
        }
        if !isBounded {
            let start = ByteScan.first(UInt8(ascii: "{"), in: body, from: 0) + 1
            out.append(body.extracting(0..<start))
            out.append(operation == .responses ? "\"max_output_tokens\":" : "\"max_tokens\":")
            out.append(decimal: tokens)
            out.append(",")
            done = start
        }
        out.append(body.extracting(done..<body.count))
    }
}
