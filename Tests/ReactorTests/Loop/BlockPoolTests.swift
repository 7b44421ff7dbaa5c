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

    @Test func aBlockThatHasGrownIsForManyBytesOnly() {
        var pool = BlockPool()
        let block = pool.take()
        block.bytes.reserve(Block.freshBytes + 1)
        pool.give(block)
        #expect(pool.take() !== block)
        #expect(pool.take(for: Block.freshBytes) !== block)
        #expect(pool.take(for: Block.freshBytes + 1) === block)
    }

    @Test(arguments: [4096, 10_000, Limits.keptBlockBytesMax]) func thePoolKeepsABoundedNumberOfBytes(size: Int) {
        var pool = BlockPool()
        let fitting = Limits.freeBlockBytesMax / size
        // Twice, so that what is taken again makes room for what comes back.
        for _ in 0..<2 {
            let blocks = (0..<fitting + 10).map { _ in pool.take(for: size) }
            for block in blocks { block.bytes.reserve(size) }
            for block in blocks { pool.give(block) }
        }
        #expect(pool.madeCount == fitting + 20)
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
