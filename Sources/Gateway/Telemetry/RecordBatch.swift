// The records of some milliseconds of one core, on their way to the control thread.

package struct RecordBatch: Sendable {
    package let core: Int
    /// The snapshot that the records' indices point into.
    package let snapshot: Snapshot
    package let records: [RequestRecord]
    /// Nanoseconds on the clock of the cores.
    package let postedAt: UInt64

    package var byteCount: Int { records.count * MemoryLayout<RequestRecord>.stride }

    package init(core: Int, snapshot: Snapshot, records: [RequestRecord], postedAt: UInt64) {
        self.core = core
        self.snapshot = snapshot
        self.records = records
        self.postedAt = postedAt
    }
}
