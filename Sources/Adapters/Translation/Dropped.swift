// What a translation had to leave out.

package import Wire

/// Names of what a translation could not carry, for `x-tokenhub-dropped`: each once, visible ASCII, bounded.
package struct Dropped: ~Copyable {
    private var list = ByteBuffer()
    private var hasMore = false

    package init() {}

    package var isEmpty: Bool { list.isEmpty }

    /// - Parameter path: such as `seed` or `tools.`; `member`, from the request, is put behind it.
    package mutating func note(_ path: StaticString, _ member: Span<UInt8> = Span()) {
        if hasMore { return }
        let start = list.count
        list.append(path)
        for index in 0..<min(member.count, Limits.droppedNameBytesMax) {
            let byte = member[index]
            let isPlain = ASCII.isAlphanumeric(byte) || byte == UInt8(ascii: "_")
            list.append(isPlain ? byte : UInt8(ascii: "."))
        }
        if list.count == start { list.append(".") }
        list.append(", ")
        if !isNew(start) {
            list.truncate(to: start)
        } else if list.count > Limits.droppedBytesMax {
            list.truncate(to: start)
            hasMore = true
        }
    }

    /// Appends the names, joined by commas; `...` stands for those that had no room.
    package func write(into out: inout ByteBuffer) {
        out.append(list.bytes.extracting(0..<max(0, list.count - (hasMore ? 0 : 2))))
        if hasMore { out.append("...") }
    }

    /// Whether the last entry, which begins at `last`, is no repetition.
    private func isNew(_ last: Int) -> Bool {
        let (list, count) = (list.bytes, list.count - last)
        var start = 0
        while start < last {
            let end = ByteScan.first(ASCII.comma, in: list, from: start) + 2
            if end - start == count, ByteScan.equals(list, from: start, list, from: last, count: count) { return false }
            start = end
        }
        return true
    }
}
