// The blocks of one core: taken when bytes must wait, given back as soon as they do not.

internal import Wire

package struct BlockPool {
    private var free: [Block] = []
    /// Bytes that the free blocks have room for.
    private var freeBytes = 0
    /// Blocks that are out, for the leak assertions and the metrics.
    package private(set) var takenCount = 0
    package private(set) var madeCount = 0

    package init() {}

    package mutating func take() -> Block {
        takenCount += 1
        if let block = free.popLast() {
            freeBytes -= block.bytes.bytesHeld
            return block
        }
        madeCount += 1
        return Block(capacity: 4096)
    }

    package mutating func give(_ block: Block) {
        takenCount -= 1
        precondition(takenCount >= 0, "a block was given back twice")
        let bytes = block.bytes.bytesHeld
        guard bytes <= Limits.keptBlockBytesMax, freeBytes + bytes <= Limits.freeBlockBytesMax else { return }
        freeBytes += bytes
        block.bytes.removeAll()
        free.append(block)
    }
}
