// Directives that stand in the prompt, where no gateway takes them away.

import Wire

extension SimDirectives {
    /// Takes the directives of the last text that the user says.
    /// - Parameter subject: the conversation: a list of turns of any wire, or a text.
    mutating func take(conversation subject: ByteRange, in body: Span<UInt8>) {
        // Nearly no request has any, and then its turns need not be looked for.
        guard SimDirectives.mark(in: body, subject.range) != nil else { return }
        let text = SimDirectives.lastUserText(subject, body)
        guard let start = SimDirectives.mark(in: body, text.range) else { return }
        let end = min(text.range.upperBound, start + Limits.directiveBytesMax)
        var index = start + 2
        while index < end, body[index] != ASCII.closeBracket {
            let nameStart = index
            while index < end, ASCII.isToken(body[index]) { index += 1 }
            let name = nameStart..<index
            guard index < end, body[index] == ASCII.colon else { return }
            let valueStart = index + 1
            while index < end, body[index] != ASCII.semicolon, body[index] != ASCII.closeBracket { index += 1 }
            take(field: body.extracting(name), body.extracting(ASCII.trimmed(body, valueStart..<index)))
            if index < end, body[index] == ASCII.semicolon { index += 1 }
            while index < end, ASCII.isBlank(body[index]) { index += 1 }
        }
    }

    /// Where `[[x-sim-` begins.
    private static func mark(in body: Span<UInt8>, _ range: Range<Int>) -> Int? {
        let mark: StaticString = "[[x-sim-"
        var index = range.lowerBound
        while index + mark.utf8CodeUnitCount <= range.upperBound {
            index = ByteScan.first(ASCII.openBracket, in: body, from: index)
            let end = index + mark.utf8CodeUnitCount
            if end <= range.upperBound, ByteScan.equals(body, index..<end, mark) { return index }
            index += 1
        }
        return nil
    }

    /// The string, quotes included, that is the last text of the last turn of the user that has one.
    private static func lastUserText(_ subject: ByteRange, _ body: Span<UInt8>) -> ByteRange {
        var found = ByteRange.none
        if JSONScan.stringBody(body, subject) != nil { return subject }
        var turns = JSONCursor(of: subject, in: body)
        while let turn = turns.next(in: body) {
            guard let role = JSONScan.member(of: turn.value, in: body, named: "role"),
                JSONScan.equals(body, role.value, "user"),
                let content = JSONScan.member(of: turn.value, in: body, named: "content")
            else { continue }
            if content.kind == .string { found = content.value }
            var parts = JSONCursor(of: content.kind == .array ? content.value : .none, in: body)
            while let part = parts.next(in: body) {
                let text = JSONScan.member(of: part.value, in: body, named: "text")
                if let text, text.kind == .string { found = text.value }
            }
        }
        return found
    }
}
