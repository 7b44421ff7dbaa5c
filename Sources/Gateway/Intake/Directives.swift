// The directives of a chat request: found in its messages, taken out of its body.

package import Wire

/// A body with directives is the rare case: it is walked once more, and copied without them. Each part of the body that is
/// no directive stays byte for byte.
package struct Directives {
    /// What the last directive of a user's message says.
    package private(set) var said = Directive()
    /// Removals from the body, in order.
    private var removals: [DirectiveText.Removal] = []

    /// Whether a directive may stand in these bytes, written plainly or with escapes. One pass; false for nearly all.
    package static func mayStand(in bytes: Span<UInt8>) -> Bool {
        var index = ByteScan.firstDouble(ASCII.at, orEscape: bytes, from: 0)
        while index < bytes.count {
            if ByteScan.byte(bytes, index) == ASCII.at {
                if ByteScan.word(bytes, index + 2) == ByteScan.word("tokenhub") { return true }
            } else if ByteScan.byte(bytes, index - 1) == ASCII.backslash, ByteScan.byte(bytes, index + 2) == ASCII.zero
            {
                return true
            }
            index = ByteScan.firstDouble(ASCII.at, orEscape: bytes, from: index + 1)
        }
        return false
    }

    /// - Parameter body: of a chat request; nothing is found in one that is no JSON.
    package init(in body: Span<UInt8>) {
        guard (try? JSONScan.validate(body)) != nil else { return }
        var reader = JSONReader()
        guard reader.nextKind(in: body) == .object else { return }
        var request = JSONCursor(of: ByteRange(reader.offset, body.count), in: body)
        while let member = request.next(in: body) {
            guard member.kind == .array, JSONScan.isName(of: member, "messages", in: body) else { continue }
            var messages = JSONCursor(of: member.value, in: body)
            while let message = messages.next(in: body) {
                if message.kind == .object { takeMessage(message.value, body) }
            }
        }
    }

    /// Whether there is anything to take out.
    package var isEmpty: Bool { removals.isEmpty }

    /// Appends the body without its directives.
    package func write(_ body: Span<UInt8>, into out: inout ByteBuffer) {
        out.reserve(body.count)
        var done = 0
        for removal in removals {
            out.append(body.extracting(done..<removal.start))
            if removal.leavesLineBreak { out.append("\\n") }
            done = removal.end
        }
        out.append(body.extracting(done..<body.count))
    }

    private mutating func takeMessage(_ message: ByteRange, _ body: Span<UInt8>) {
        // The last role counts, as it does for most readers; it may stand behind the content.
        var isUser = false
        var members = JSONCursor(of: message, in: body)
        while let member = members.next(in: body) {
            if JSONScan.isName(of: member, "role", in: body) { isUser = JSONScan.equals(body, member.value, "user") }
        }
        members = JSONCursor(of: message, in: body)
        while let member = members.next(in: body) {
            guard JSONScan.isName(of: member, "content", in: body) else { continue }
            if member.kind == .string { takeText(member.value, isUser, body) }
            if member.kind == .array { takeParts(member.value, isUser, body) }
        }
    }

    private mutating func takeParts(_ parts: ByteRange, _ isUser: Bool, _ body: Span<UInt8>) {
        var cursor = JSONCursor(of: parts, in: body)
        while let part = cursor.next(in: body) {
            if part.kind == .string { takeText(part.value, isUser, body) }
            guard part.kind == .object else { continue }
            var members = JSONCursor(of: part.value, in: body)
            while let member = members.next(in: body) {
                if member.kind == .string, JSONScan.isName(of: member, "text", in: body) {
                    takeText(member.value, isUser, body)
                }
            }
        }
    }

    private mutating func takeText(_ value: ByteRange, _ isUser: Bool, _ body: Span<UInt8>) {
        guard let inside = JSONScan.stringBody(body, value), Directives.mayStand(in: body.extracting(inside)) else {
            return
        }
        var text = ByteBuffer()
        _ = JSONScan.unescape(body, value, into: &text)
        let found = DirectiveText(text.bytes)
        if isUser {
            if found.directive.saysAnything { said = found.directive }
            if found.isLastUnended { said.noteUnended() }
        }
        var reader = JSONText(inside)
        var count = 0
        func place(of end: Int) -> Int {
            while count < end, reader.next(in: body) != nil { count += 1 }
            return reader.offset
        }
        for removal in found.removals {
            let start = place(of: removal.start)
            removals.append(
                DirectiveText.Removal(
                    start: start, end: place(of: removal.end), leavesLineBreak: removal.leavesLineBreak))
        }
    }
}
