@testable import Reactor
import Testing
import Wire

struct BlockPoolTests {
    @Test func aBlockComesBackEmptyAndIsUsedAgain() {
        var pool = BlockPool()
        let block = pool.take()
        block.bytes.append([1, 2, 3])
        #expect(pool.takenCount == 1)
        pool.give(block)
        #expect(pool.takenCount == 0)
        let again = pool.take()
        #expect(again === block)
        let isEmpty = again.bytes.isEmpty
        #expect(isEmpty)
        #expect(pool.madeCount == 1)
    }

    @Test func aLargeBlockIsNotKept() {
        var pool = BlockPool()
        let block = pool.take()
        block.bytes.reserve(Limits.keptBlockBytesMax + 1)
        pool.give(block)
        #expect(pool.take() !== block)
    }

    @Test func thePoolKeepsABoundedNumber() {
        var pool = BlockPool()
        let blocks = (0..<Limits.freeBlocksMax + 10).map { _ in pool.take() }
        for block in blocks { pool.give(block) }
        for _ in blocks { _ = pool.take() }
        #expect(pool.madeCount == blocks.count + 10)
    }

    @Test func nothingIsGivenTwice() async {
        await #expect(processExitsWith: .failure) {
            var pool = BlockPool()
            let block = pool.take()
            pool.give(block)
            pool.give(block)
        }
    }
}
