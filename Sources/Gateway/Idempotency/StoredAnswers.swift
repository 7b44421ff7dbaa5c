// The answers to requests with an `Idempotency-Key`, of all cores: a retry may arrive at another one.

internal import Synchronization

/// Only requests that bring the key come here: a lock is held for a look into a table, never while anything is copied.
package final class StoredAnswers: Sendable {
    private final class Shard: Sendable {
        let shelf = Mutex(
            AnswerShelf(
                entriesMax: Limits.storedAnswersMax / StoredAnswers.shardCount,
                bytesMax: Limits.storedAnswerBytesTotalMax / StoredAnswers.shardCount, keptNS: Limits.storedAnswerNS))
    }

    private static let shardCount = 16
    private let shards = (0..<StoredAnswers.shardCount).map { _ in Shard() }

    package init() {}

    private func shard(_ name: AnswerName) -> Shard { shards[Int(name.digest[0]) % StoredAnswers.shardCount] }

    func look(for name: AnswerName, now: UInt64) -> AnswerShelf.Standing {
        shard(name).shelf.withLock { $0.look(for: name, now: now) }
    }

    func isUnderWay(_ name: AnswerName) -> Bool { shard(name).shelf.withLock { $0.isUnderWay(name) } }

    func streams(_ name: AnswerName) { shard(name).shelf.withLock { $0.streams(name) } }

    func end(_ name: AnswerName, with answer: StoredAnswer?, now: UInt64) {
        shard(name).shelf.withLock { $0.end(name, with: answer, now: now) }
    }

    func expire(now: UInt64) { for shard in shards { shard.shelf.withLock { $0.expire(now) } } }

    var answerCount: Int { shards.reduce(0) { $0 + $1.shelf.withLock { $0.answerCount } } }
}
