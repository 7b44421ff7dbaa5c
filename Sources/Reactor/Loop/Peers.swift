// What the cores know of each other: their mailboxes, and how many connections each of them serves.

internal import Synchronization

package final class Peers: Sendable {
    package final class Gauge: Sendable {
        private let value = Atomic(0)
        /// Written by its core alone and read as a hint, so no ordering is needed.
        package var load: Int { value.load(ordering: .relaxed) }
        func set(_ load: Int) { value.store(load, ordering: .relaxed) }
    }

    package let mailboxes: [Mailbox]
    package let gauges: [Gauge]

    package init(count: Int) throws(SystemError) {
        var mailboxes: [Mailbox] = []
        for _ in 0..<count { mailboxes.append(try Mailbox()) }
        self.mailboxes = mailboxes
        gauges = (0..<count).map { _ in Gauge() }
    }

    /// The core with the fewest exchanges, when `core` has clearly more than it.
    func lighter(than core: Int) -> Int? {
        guard gauges.count > 1 else { return nil }
        var best = core
        for other in gauges.indices where gauges[other].load < gauges[best].load { best = other }
        return gauges[core].load > gauges[best].load + Limits.handOverSlack ? best : nil
    }
}
