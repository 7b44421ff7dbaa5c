// The blocks of one core: taken when bytes must wait, given back as soon as they do not.

internal import Wire

package struct BlockPool {
    private var free: [Block] = []
    /// Blocks that are out, for the leak assertions and the metrics.
    package private(set) var takenCount = 0
    package private(set) var madeCount = 0

    package init() {}

    package mutating func take() -> Block {
        takenCount += 1
        if let block = free.popLast() { return block }
        madeCount += 1
        return Block(capacity: 4096)
    }

    package mutating func give(_ block: Block) {
        takenCount -= 1
        precondition(takenCount >= 0, "a block was given back twice")
        guard free.count < Limits.freeBlocksMax, block.bytes.bytesHeld <= Limits.keptBlockBytesMax else { return }
        block.bytes.removeAll()
        free.append(block)
    }
}
