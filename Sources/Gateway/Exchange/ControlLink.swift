// The way from the cores to the control thread. Posting never waits; what may grow is bounded by who posts.

package import Reactor
internal import Synchronization

package final class ControlLink: Sendable {
    package let mailbox: Mailbox
    private let adminCount = Atomic(0)
    private let queuedRows = Atomic(0)
    private let droppedRows = Atomic(0)

    package init(mailbox: Mailbox) { self.mailbox = mailbox }

    package func post(_ message: ControlMessage) { mailbox.post(.delivery(message)) }

    /// Posts rows, or drops and counts them when the store is too far behind.
    package func post(_ batch: RecordBatch) {
        if takeRoom(batch.byteCount, rows: batch.records.count) { post(.records(batch)) }
    }

    /// The same for rewards, which the bandit has learnt from already.
    package func post(_ batch: RewardBatch) {
        if takeRoom(batch.byteCount, rows: batch.records.count) { post(.rewards(batch)) }
    }

    package func taken(_ batch: RecordBatch) { giveRoom(batch.byteCount) }
    package func taken(_ batch: RewardBatch) { giveRoom(batch.byteCount) }

    private func takeRoom(_ bytes: Int, rows: Int) -> Bool {
        if queuedRows.wrappingAdd(bytes, ordering: .relaxed).newValue <= Limits.queuedRowBytesMax { return true }
        giveRoom(bytes)
        droppedRows.wrappingAdd(rows, ordering: .relaxed)
        return false
    }

    private func giveRoom(_ bytes: Int) { queuedRows.wrappingSubtract(bytes, ordering: .relaxed) }

    /// Rows dropped since the start, for the metric.
    package var droppedRowCount: Int { droppedRows.load(ordering: .relaxed) }

    /// False when as many admin requests wait as may.
    package func post(_ call: AdminCall) -> Bool {
        if adminCount.wrappingAdd(1, ordering: .relaxed).newValue > Limits.adminRequestsMax {
            adminCount.wrappingSubtract(1, ordering: .relaxed)
            return false
        }
        post(.admin(call))
        return true
    }

    package func answered() { adminCount.wrappingSubtract(1, ordering: .relaxed) }
}
