// What a caller wants the text of an answer to look like.

internal import Wire

/// - Source: spec section 12.
struct OutputForm: Equatable {
    /// A type nobody knows leaves the text as it is, as in the original.
    enum Kind: String { case json, markdown, text, xml }

    var kind = Kind.xml
    /// Bytes of text; what is longer is cut.
    var bytesMax = Int.max
    var stripsThinking = false

    /// Tokens are taken for four bytes, as in the original.
    mutating func limit(toTokens tokens: Int64) {
        bytesMax = tokens > 0 ? Int(min(tokens, Int64(Int32.max))) * 4 : .max
    }

    /// The text in this form.
    /// - Parameter text: any bytes. Cost: a few passes.
    func shaped(_ text: [UInt8]) -> [UInt8] {
        let text = (stripsThinking ? OutputForm.withoutThinking(text.span) : text).cut(toBytes: bytesMax)
        switch kind {
        case .json: return OutputForm.fenced(text.span, isLeading: false)
        case .markdown: return OutputForm.trimmed(text.span, 0..<text.count)
        case .text: return OutputForm.plain(text.span)
        case .xml: return text
        }
    }

    /// The inside of the first fence of JSON; without one the trimmed text.
    /// - Parameter isLeading: only a fence counts in front of which there are but blanks.
    static func fenced(_ text: Span<UInt8>, isLeading: Bool) -> [UInt8] {
        let whole = trimmed(text, 0..<text.count)
        guard let fence = find("```json", in: whole.span, from: 0), fence == 0 || !isLeading else { return whole }
        // A fence inside a string of the JSON is not the end of it.
        let from = (try? JSONScan.validateValue(whole.span, from: fence + 7)) ?? fence + 7
        guard let end = find("```", in: whole.span, from: from) else { return whole }
        return trimmed(whole.span, fence + 7..<end)
    }

    /// The text without what a model thought, each time with the blanks behind it. What does not end stays.
    private static func withoutThinking(_ text: Span<UInt8>) -> [UInt8] {
        var result: [UInt8] = []
        var from = 0
        while let start = find("<think>", in: text, from: from), let end = find("</think>", in: text, from: start + 7) {
            result += Array(copying: text.extracting(from..<start))
            from = end + 8
            while from < text.count, Directive.isBlank(text[from]) { from += 1 }
        }
        return result + Array(copying: text.extracting(from..<text.count))
    }

    /// The text without the marks of headings, of emphasis and of code.
    private static func plain(_ text: Span<UInt8>) -> [UInt8] {
        var result: [UInt8] = []
        var from = 0
        while from < text.count {
            let end = ByteScan.first(ASCII.lf, in: text, from: from)
            var index = from
            while index < end, text[index] == ASCII.hash { index += 1 }
            if index > from { while index < end, ASCII.isBlank(text[index]) { index += 1 } }
            while index < end {
                if text[index] != ASCII.asterisk, text[index] != UInt8(ascii: "`") { result.append(text[index]) }
                index += 1
            }
            if end < text.count { result.append(ASCII.lf) }
            from = end + 1
        }
        return result
    }

    private static func trimmed(_ text: Span<UInt8>, _ range: Range<Int>) -> [UInt8] {
        var (start, end) = (range.lowerBound, range.upperBound)
        while start < end, Directive.isBlank(text[start]) { start += 1 }
        while start < end, Directive.isBlank(text[end - 1]) { end -= 1 }
        return Array(copying: text.extracting(start..<end))
    }

    /// - Parameter word: up to eight bytes.
    private static func find(_ word: StaticString, in text: Span<UInt8>, from: Int) -> Int? {
        let length = word.utf8CodeUnitCount
        let first = UInt8(truncatingIfNeeded: ByteScan.word(word))
        var index = ByteScan.first(first, in: text, from: from)
        while index < text.count {
            if ByteScan.equals(text, index..<index + length, word) { return index }
            index = ByteScan.first(first, in: text, from: index + 1)
        }
        return nil
    }
}
