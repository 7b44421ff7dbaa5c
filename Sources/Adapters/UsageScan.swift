// Reads what an answer costs that passes through in pieces, and keeps nothing else of it.

internal import Wire

/// Finds the `usage` at the top of an object, or of the events of a stream, wherever the pieces are cut.
///
/// It does not validate: what passes through unread is its provider's. A text that is no JSON tells no usage, or a wrong one to its own
/// cost.
package struct UsageScan: Sendable {
    /// What was told last.
    package private(set) var usage: Usage?
    private var member = UsageMember()
    private let isEventStream: Bool
    /// How much of `data:` the line at hand begins with; -1: it is another line.
    private var prefixCount = 0

    package init(isEventStream: Bool) { self.isEventStream = isEventStream }

    package mutating func feed(_ bytes: Span<UInt8>) {
        if !isEventStream { return take(bytes) }
        var index = 0
        while index < bytes.count {
            if (0..<5).contains(prefixCount) {
                index = passPrefix(bytes, from: index)
                continue
            }
            let end = min(ByteScan.first(ASCII.lf, in: bytes, from: index), bytes.count)
            if prefixCount == 5 { take(bytes.extracting(index..<end)) }
            if end < bytes.count { prefixCount = 0 }
            index = end + 1
        }
    }

    private mutating func take(_ bytes: Span<UInt8>) {
        member.feed(bytes)
        if let told = member.usage { usage = told }
    }

    /// A line with data begins a text of its own: no provider breaks one over several.
    private mutating func passPrefix(_ bytes: Span<UInt8>, from index: Int) -> Int {
        let byte = bytes[index]
        if byte == UInt8(truncatingIfNeeded: ByteScan.word("data:") >> UInt64(8 * prefixCount)) {
            prefixCount += 1
            if prefixCount == 5 { member = UsageMember() }
        } else {
            prefixCount = byte == ASCII.lf || byte == ASCII.cr ? 0 : -1
        }
        return index + 1
    }
}
