// The thread that owns the database, the vault and every mutation. It hears from the cores twenty times a second.

internal import Adapters
package import Reactor
internal import Store

package final class ControlThread {
    private let state: ControlState
    private let admin: AdminAPI
    private let link: ControlLink
    private let peers: Peers
    private let log: LogSink
    private let stats = Stats()
    private let metrics: Metrics
    /// What each core last said of its providers, and of itself.
    private var health: [[ProviderHealth]]
    private var healthVersions: [Int]
    private var figures: [LoopFigures?]
    private var drainedCores: Set<Int> = []
    private var housekeepingAt: UInt64 = 0
    private var mergedAt: UInt64 = 0
    private let clock: @Sendable () -> (now: UInt64, wall: UInt64)

    package init(
        state: ControlState, link: ControlLink, peers: Peers, log: LogSink, version: String,
        clock: @escaping @Sendable () -> (now: UInt64, wall: UInt64)
    ) {
        self.state = state
        admin = AdminAPI(state: state)
        self.link = link
        self.peers = peers
        self.log = log
        self.clock = clock
        metrics = Metrics(version: version)
        health = Array(repeating: [], count: peers.mailboxes.count)
        healthVersions = Array(repeating: -1, count: peers.mailboxes.count)
        figures = Array(repeating: nil, count: peers.mailboxes.count)
    }

    /// Serves until every core has drained.
    package func run() {
        while drainedCores.count < peers.mailboxes.count {
            for message in link.mailbox.wait(milliseconds: 100) {
                guard case .delivery(let content) = message, let content = content as? ControlMessage else {
                    preconditionFailure("mail of an unknown kind for the control thread")
                }
                take(content)
            }
            let (now, _) = clock()
            if now >= mergedAt + ControlThread.mergeNS {
                mergedAt = now
                mergeHealth()
            }
            if now >= housekeepingAt + ControlThread.housekeepingNS {
                housekeepingAt = now
                housekeep()
            }
            log.flush()
        }
        log.flush()
    }

    private func take(_ message: ControlMessage) {
        switch message {
        case .records(let batch): take(batch)
        case .log(let lines): log.write(lines)
        case .admin(let call): answer(call)
        case .health(let core, let snapshot, let providers, let counts):
            health[core] = providers
            healthVersions[core] = snapshot.version
            figures[core] = counts
        case .reload: reload()
        case .drained(let core): drainedCores.insert(core)
        }
    }

    private func take(_ batch: RecordBatch) {
        defer { link.taken(batch) }
        stats.take(batch)
        metrics.take(batch)
        do throws(StoreFault) {
            try state.record(batch.records.map { RequestRow($0, batch.snapshot) }, now: timestamp)
        } catch {
            metrics.countDropped(batch.records.count)
            log.error("request rows could not be written", "\(error)")
        }
    }

    // MARK: Admin

    private func answer(_ call: AdminCall) {
        defer { link.answered() }
        if call.path == "/metrics" { return send(metricsAnswer(call), to: call) }
        let request = AdminRequest(
            method: call.method, path: call.path, query: call.query, authorization: call.authorization,
            cookie: call.cookie, body: call.body, remote: call.peer ?? "", requestID: call.requestID.string,
            isSecure: call.isSecure)
        let response = admin.handle(request, now: timestamp, live: liveView())
        // The cores hear of the change before the operator reads that it is done.
        if response.publish { publish() }
        send(
            AdminAnswer(
                token: call.token, requestID: call.requestID, status: response.status,
                headers: response.headers.map { ($0.name, $0.value) }, body: response.body), to: call)
    }

    private func send(_ answer: AdminAnswer, to call: AdminCall) {
        peers.mailboxes[call.core].post(.delivery(CoreMessage.answer(answer)))
    }

    private func metricsAnswer(_ call: AdminCall) -> AdminAnswer {
        AdminAnswer(
            token: call.token, requestID: call.requestID, status: 200,
            headers: [("content-type", "text/plain; version=0.0.4; charset=utf-8")],
            body: metrics.text(
                health: mergedHealth(), snapshot: state.snapshot, figures: figures.compactMap { $0 },
                droppedRows: link.droppedRowCount))
    }

    /// Hands the present snapshot to every core, each its own copy.
    package func publish() {
        for mailbox in peers.mailboxes { mailbox.post(.delivery(CoreMessage.snapshot(state.makeSnapshot()))) }
    }

    private func liveView() -> LiveView {
        let (_, wall) = clock()
        let (now, time) = (clock().now, Timestamp(milliseconds: Int64(wall / 1_000_000)))
        let rows = zip(state.snapshot.providers, mergedHealth()).map { provider, health in
            HealthRow(providerID: provider.id, health, loopNow: now, now: time)
        }
        return LiveView(health: rows)
    }

    // MARK: Merging

    /// The cores' knowledge put together; empty entries where no core has spoken about the present snapshot.
    private func mergedHealth() -> [ProviderHealth] {
        var merged = [ProviderHealth](repeating: ProviderHealth(), count: state.snapshot.providers.count)
        for core in health.indices where healthVersions[core] == state.snapshot.version {
            for index in merged.indices { merged[index] = ProviderHealth.merged(merged[index], health[core][index]) }
        }
        return merged
    }

    private func mergeHealth() {
        guard peers.mailboxes.count > 1 else { return }
        let message = CoreMessage.health(version: state.snapshot.version, mergedHealth())
        for mailbox in peers.mailboxes { mailbox.post(.delivery(message)) }
    }

    private func reload() {
        do throws(StoreFault) {
            try state.reload(now: timestamp)
            publish()
            for notice in state.notices.suffix(16) { log.note("reload", notice) }
        } catch {
            log.error("reload failed, everything stays as it was", "\(error)")
        }
    }

    private func housekeep() {
        do throws(StoreFault) {
            if try state.housekeep(now: timestamp) { publish() }
        } catch {
            log.error("housekeeping failed", "\(error)")
        }
    }

    private var timestamp: Timestamp {
        let (_, wall) = clock()
        return Timestamp(milliseconds: Int64(wall / 1_000_000))
    }

    private static let mergeNS: UInt64 = 100_000_000
    private static let housekeepingNS: UInt64 = 1_000_000_000
}
