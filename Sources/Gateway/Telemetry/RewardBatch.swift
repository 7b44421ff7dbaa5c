// The rewards of some milliseconds of one core, on their way to the control thread.

package struct RewardBatch: Sendable {
    /// The snapshot that the records' and candidates' indices point into.
    package let snapshot: Snapshot
    package private(set) var records: [RewardRecord] = []
    package private(set) var candidates: [Candidate] = []

    package init(snapshot: Snapshot) { self.snapshot = snapshot }

    package var byteCount: Int {
        records.count * MemoryLayout<RewardRecord>.stride + candidates.count * MemoryLayout<Candidate>.stride
    }

    package mutating func add(_ record: consuming RewardRecord, chosenFrom considered: [Candidate]) {
        let start = Int32(candidates.count)
        candidates.append(contentsOf: considered)
        record.candidates = start..<Int32(candidates.count)
        records.append(record)
    }
}
