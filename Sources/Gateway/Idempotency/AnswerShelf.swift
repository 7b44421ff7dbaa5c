// A part of the stored answers, and of the requests under way that others may wait for.

/// All answers are kept for the same time, so the order in which they came is that in which they go.
struct AnswerShelf {
    enum Standing {
        /// Nobody has asked this: whoever looked is to ask, and to say how it ended.
        case claimed
        /// It is being asked; the answer will be one that is kept, as far as can be told.
        case underWay
        /// It is being asked, and the answer is a stream, which is not kept.
        case streaming
        case answered(StoredAnswer)
    }

    private enum Entry {
        case underWay, streaming
        case answered(StoredAnswer)
    }

    private let entriesMax: Int
    private let bytesMax: Int
    private let keptNS: UInt64
    private var entries: [AnswerName: Entry] = [:]
    /// Names of the answers, the oldest first, from `first` on.
    private var order: [(name: AnswerName, until: UInt64)] = []
    private var first = 0
    private(set) var byteCount = 0

    var answerCount: Int { order.count - first }

    init(entriesMax: Int, bytesMax: Int, keptNS: UInt64) {
        (self.entriesMax, self.bytesMax, self.keptNS) = (entriesMax, bytesMax, keptNS)
    }

    mutating func look(for name: AnswerName, now: UInt64) -> Standing {
        expire(now)
        switch entries[name] {
        case .none:
            entries[name] = .underWay
            return .claimed
        case .underWay: return .underWay
        case .streaming: return .streaming
        case .answered(let answer): return .answered(answer)
        }
    }

    func isUnderWay(_ name: AnswerName) -> Bool { if case .underWay = entries[name] { true } else { false } }

    /// What was claimed is answered by a stream.
    mutating func streams(_ name: AnswerName) { entries[name] = .streaming }

    /// What was claimed is over. Without an answer the next who asks has the claim.
    mutating func end(_ name: AnswerName, with answer: StoredAnswer?, now: UInt64) {
        guard let answer else {
            entries[name] = nil
            return
        }
        entries[name] = .answered(answer)
        order.append((name, now &+ keptNS))
        byteCount += answer.byteCount
        expire(now)
        while answerCount > entriesMax || byteCount > bytesMax { dropOldest() }
    }

    mutating func expire(_ now: UInt64) {
        while first < order.count, order[first].until <= now { dropOldest() }
    }

    private mutating func dropOldest() {
        if case .answered(let answer) = entries.removeValue(forKey: order[first].name) { byteCount -= answer.byteCount }
        first += 1
        // What is gone is cut off when it is half of the list, so each place is moved about once.
        if first * 2 >= order.count {
            order.removeSubrange(0..<first)
            first = 0
        }
    }
}
