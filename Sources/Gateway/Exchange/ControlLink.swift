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
        let bytes = batch.records.count * MemoryLayout<RequestRecord>.stride
        if queuedRows.wrappingAdd(bytes, ordering: .relaxed).newValue > Limits.queuedRowBytesMax {
            queuedRows.wrappingSubtract(bytes, ordering: .relaxed)
            droppedRows.wrappingAdd(batch.records.count, ordering: .relaxed)
            return
        }
        post(.records(batch))
    }

    /// Posts rewards, or drops them when the store is too far behind: the bandit has learnt from them already.
    package func post(_ batch: RewardBatch) {
        let bytes = batch.byteCount
        if queuedRows.wrappingAdd(bytes, ordering: .relaxed).newValue > Limits.queuedRowBytesMax {
            queuedRows.wrappingSubtract(bytes, ordering: .relaxed)
            droppedRows.wrappingAdd(batch.records.count, ordering: .relaxed)
            return
        }
        post(.rewards(batch))
    }

    package func taken(_ batch: RewardBatch) {
        queuedRows.wrappingSubtract(batch.byteCount, ordering: .relaxed)
    }

    package func taken(_ batch: RecordBatch) {
        queuedRows.wrappingSubtract(batch.records.count * MemoryLayout<RequestRecord>.stride, ordering: .relaxed)
    }

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
