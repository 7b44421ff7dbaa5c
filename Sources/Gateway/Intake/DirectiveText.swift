// Directives in a plain text: where they stand, and what goes when they are taken out.

internal import Wire

/// A walk over the directives of one text, from front to back, in linear time.
struct DirectiveText {
    /// Text that is taken out.
    struct Removal: Equatable {
        var start: Int
        var end: Int
        /// A line break stands in its place, so that what is in front of it does not run into what is behind it.
        var leavesLineBreak = false
    }

    private enum Mark { case directive, end }

    /// Of every directive, well-formed or not, in order.
    private(set) var removals: [Removal] = []
    /// The last directive that says anything.
    private(set) var directive = Directive()
    /// Behind it stands a block without an end.
    private(set) var isLastUnended = false

    /// - Parameter text: a message's text, escapes resolved.
    init(_ text: Span<UInt8>) {
        var from = 0
        while let found = DirectiveText.next(in: text, from: from) {
            // An `@@end` without a beginning is the caller's own text.
            guard found.mark == .directive else {
                from = found.start + 5
                continue
            }
            from = take(text, at: found.start)
        }
        trimEnd(text)
    }

    /// Reads the directive at `start`.
    /// - Returns: where it ends.
    private mutating func take(_ text: Span<UInt8>, at start: Int) -> Int {
        let words = start + 10
        var line = ByteScan.first(ASCII.lf, in: text, from: words)
        let next = line
        if line > words, text[line - 1] == ASCII.cr { line -= 1 }
        let isBlock = (words..<line).allSatisfy { Directive.isBlank(text[$0]) }
        if !isBlock {
            heed(Directive(text.extracting(words..<line), isBlock: false))
            return remove(text, start, line)
        }
        // Another directive inside of it shows that the block was never meant to reach its end.
        guard let end = DirectiveText.next(in: text, from: next), end.mark == .end else {
            isLastUnended = true
            return remove(text, start, line)
        }
        heed(Directive(text.extracting(next..<end.start), isBlock: true))
        return remove(text, start, end.start + 5)
    }

    private mutating func heed(_ next: Directive) {
        guard next.saysAnything else { return }
        directive = next
        isLastUnended = false
    }

    /// Notes what goes with a directive: the whole line or lines, where it stands on them alone.
    private mutating func remove(_ text: Span<UInt8>, _ start: Int, _ end: Int) -> Int {
        var removal = Removal(start: start, end: end)
        let startsLine: Bool
        if let last = removals.last, last.end == start {
            startsLine = !last.leavesLineBreak
        } else {
            startsLine = start == 0 || text[start - 1] == ASCII.lf
        }
        var next = end
        if next < text.count, text[next] == ASCII.cr { next += 1 }
        let endsLine = next < text.count && text[next] == ASCII.lf
        if startsLine {
            if endsLine { removal.end = next + 1 }
        } else {
            removal.leavesLineBreak = !endsLine
        }
        removals.append(removal)
        return removal.end
    }

    /// Blanks in front of a directive that ends the text go with it.
    private mutating func trimEnd(_ text: Span<UInt8>) {
        guard var last = removals.popLast() else { return }
        if last.end == text.count {
            last.leavesLineBreak = false
            while last.start > 0 {
                if let previous = removals.last, previous.end == last.start {
                    last.start = previous.start
                    removals.removeLast()
                } else if Directive.isBlank(text[last.start - 1]) {
                    last.start -= 1
                } else {
                    break
                }
            }
        }
        removals.append(last)
    }

    /// The next `@@tokenhub` or `@@end`.
    private static func next(in text: Span<UInt8>, from: Int) -> (start: Int, mark: Mark)? {
        var index = ByteScan.first(ASCII.at, in: text, from: from)
        while index < text.count {
            if ByteScan.byte(text, index + 1) == ASCII.at {
                if ByteScan.word(text, index + 2) == ByteScan.word("tokenhub") { return (index, .directive) }
                if ByteScan.word(text, index + 2) & 0xFF_FFFF == ByteScan.word("end") { return (index, .end) }
            }
            index = ByteScan.first(ASCII.at, in: text, from: index + 1)
        }
        return nil
    }
}
