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
        var entry = ByteBuffer()
        entry.append(path)
        for index in 0..<min(member.count, 64) {
            let byte = member[index]
            let isPlain = ASCII.isAlphanumeric(byte) || byte == UInt8(ascii: "_")
            entry.append(isPlain ? byte : UInt8(ascii: "."))
        }
        entry.append(", ")
        if holds(entry.bytes) { return }
        if list.count + entry.count <= Limits.droppedBytesMax { list.append(entry.bytes) } else { hasMore = true }
    }

    /// Appends the names, joined by commas; `...` stands for those that had no room.
    package func write(into out: inout ByteBuffer) {
        out.append(list.bytes.extracting(0..<max(0, list.count - (hasMore ? 0 : 2))))
        if hasMore { out.append("...") }
    }

    private func holds(_ entry: Span<UInt8>) -> Bool {
        var start = 0
        while start < list.count {
            let end = ByteScan.first(ASCII.comma, in: list.bytes, from: start) + 2
            if end - start == entry.count,
                ByteScan.equals(list.bytes, from: start, entry, from: 0, count: entry.count)
            {
                return true
            }
            start = end
        }
        return false
    }
}
