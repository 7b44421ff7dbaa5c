// The blocks of one core: taken when bytes must wait, given back as soon as they do not.

internal import Wire

package struct BlockPool {
    private var free: [Block] = []
    /// Those that have grown. Kept apart: a block that waits with a few bytes must not hold the room of many, or in hours every block
    /// of a core will have grown to its largest use.
    private var grown: [Block] = []
    /// Bytes that the free blocks of both kinds have room for.
    private var freeBytes = 0
    /// Blocks that are out, for the leak assertions and the metrics.
    package private(set) var takenCount = 0
    package private(set) var madeCount = 0

    package init() {}

    /// - Parameter count: bytes that will be put into it at once, when there are more than a few.
    package mutating func take(for count: Int = 0) -> Block {
        takenCount += 1
        if let block = count > Block.freshBytes ? grown.popLast() : free.popLast() {
            freeBytes -= block.bytes.bytesHeld
            return block
        }
        madeCount += 1
        return Block(capacity: max(count, Block.freshBytes))
    }

    package mutating func give(_ block: consuming Block) {
        takenCount -= 1
        precondition(takenCount >= 0, "a block was given back twice")
        let bytes = block.bytes.bytesHeld
        guard bytes <= Limits.keptBlockBytesMax, freeBytes + bytes <= Limits.freeBlockBytesMax else { return }
        freeBytes += bytes
        block.bytes.removeAll()
        if bytes > Block.freshBytes { grown.append(block) } else { free.append(block) }
    }
}
