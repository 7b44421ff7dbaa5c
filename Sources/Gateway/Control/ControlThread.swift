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
    private var arms: ArmLedger
    private var armsSavedAt: UInt64 = 0
    private var healthWatch = HealthWatch()
    private var heartbeatAt: UInt64 = 0
    private let addresses = AddressRates()
    /// How often bcrypt may run for keys that nobody knows.
    private let legacyChecks = KeyState()
    private var adminRateLimitedCount = 0
    private var drainedCores: Set<Int> = []
    private var housekeepingAt: UInt64 = 0
    private var mergedAt: UInt64 = 0
    private var trimmedAt: UInt64 = 0
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
        metrics = Metrics(version: version, legacyNames: state.configuration.metricsLegacyNames)
        health = Array(repeating: [], count: peers.mailboxes.count)
        healthVersions = Array(repeating: -1, count: peers.mailboxes.count)
        figures = Array(repeating: nil, count: peers.mailboxes.count)
        arms = ArmLedger(
            coreCount: peers.mailboxes.count, snapshot: state.snapshot, forgetting: state.snapshot.settings.forgetting)
    }

    /// Serves until every core has drained.
    package func run() {
        seedStats()
        restoreArms()
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
                mergeArms()
            }
            if now >= housekeepingAt + ControlThread.housekeepingNS {
                housekeepingAt = now
                housekeep()
            }
            if now >= armsSavedAt + ControlThread.armsSaveNS {
                armsSavedAt = now
                saveArms()
            }
            if now >= trimmedAt + ControlThread.trimNS {
                trimmedAt = now
                ProcessMemory.giveBack()
            }
            if now >= heartbeatAt + ControlThread.heartbeatNS {
                heartbeatAt = now
                state.events.publish(heartbeat)
            }
            postEvents()
            log.flush()
        }
        saveArms()
        do throws(StoreFault) {
            try state.close(now: timestamp)
        } catch {
            log.error("the store could not be closed cleanly", "\(error)")
        }
        log.flush()
    }

    /// The statistics go on where the last run left off, as far as the log tells.
    private func seedStats() {
        do throws(StoreFault) {
            let since = timestamp.advanced(byMS: -Timestamp.millisecondsPerDay)
            let rows = try state.database.requestLogs.newest(limit: ControlLimits.seedRowsMax).filter {
                $0.timestamp >= since
            }
            let names = Dictionary(state.snapshot.keys.map { ($0.id, $0.name) }) { first, _ in first }
            stats.seed(rows, keyNames: names)
        } catch {
            log.error("the statistics begin empty", "\(error)")
        }
    }

    private func take(_ message: ControlMessage) {
        switch message {
        case .records(let batch): take(batch)
        case .rewards(let batch): take(batch)
        case .arms(let core, let snapshot, let number, let delta):
            arms.fold(delta, of: core, number: number, from: snapshot)
        case .log(let lines): log.write(lines)
        case .admin(let call): answer(call)
        case .eventsLeft(let core): state.events.leave(core: core)
        case .health(let core, let snapshot, let providers, let counts):
            health[core] = providers
            healthVersions[core] = snapshot.version
            figures[core] = counts
        case .legacyKey(let core, let digest, let plaintext): recognise(plaintext, digest, for: core)
        case .budgetExceeded(let model): suspend(model)
        case .reload: reload()
        case .drained(let core): drainedCores.insert(core)
        }
    }

    private func take(_ batch: RecordBatch) {
        defer { link.taken(batch) }
        stats.take(batch, now: seconds)
        giveWay(batch)
        metrics.take(batch)
        giveWay(batch)
        if state.events.listenerCount > 0 {
            for record in batch.records { state.events.publish(Event(record, batch.snapshot)) }
        }
        do throws(StoreFault) {
            let rows = RequestRows(batch)
            giveWay(batch)
            try state.record(rows, now: timestamp, between: { giveWay(batch) })
            giveWay(batch)
        } catch {
            metrics.countDropped(batch.records.count)
            log.error("request rows could not be written", "\(error)")
        }
    }

    /// The rows of a busy core are some milliseconds of work: where it has no other processor, it goes on in between. Not once
    /// they are late, or a core without a break would put off its rows for ever.
    private func giveWay(_ batch: RecordBatch) {
        if batch.records.count <= Store.Limits.rowsPerRun { return }
        if clock().now < batch.postedAt + ControlThread.pausesNS { Thread.pause() }
    }

    private func take(_ batch: RewardBatch) {
        defer { link.taken(batch) }
        do throws(StoreFault) {
            try state.database.rewards.append(RewardRow.rows(batch))
        } catch {
            metrics.countDropped(batch.records.count)
            log.error("reward rows could not be written", "\(error)")
        }
    }

    /// Looks for the key of the original behind a plaintext. Takes about 60 ms.
    private func recognise(_ plaintext: Secret, _ digest: [UInt8], for core: Int) {
        // Another core may have asked for the same key a moment ago.
        var wasChecked = state.snapshot.key(digest: digest.span) != nil
        if !wasChecked {
            let wait = legacyChecks.admit(
                now: clock().now, ratePerSecond: ControlLimits.legacyChecksPerSecond,
                burst: ControlLimits.legacyChecksBurst)
            wasChecked = wait == 0
            if wasChecked { adopt(plaintext) }
        }
        peers.mailboxes[core].post(.delivery(CoreMessage.legacyKey(digest: digest, wasChecked: wasChecked)))
    }

    /// A model that its provider will not answer for want of money is left out by all cores.
    private func suspend(_ model: String) {
        do throws(StoreFault) {
            guard try state.suspend(model, now: timestamp) else { return }
            publish()
            log.error("model disabled until it is enabled again: its provider has no budget left", model)
        } catch {
            log.error("a model could not be disabled", "\(error)")
        }
    }

    private func adopt(_ plaintext: Secret) {
        do throws(StoreFault) {
            if try state.adoptLegacy(plaintext: TokenFiles.bytes(of: plaintext), now: timestamp) { publish() }
        } catch {
            log.error("a key of the original could not be taken over", "\(error)")
        }
    }

    // MARK: Admin

    private func answer(_ call: AdminCall) {
        defer { link.answered() }
        if call.path == "/metrics" { return send(metricsAnswer(call), to: call) }
        if let key = call.apiKeyID {
            return send(AdminAnswer(Feedback.answer(call, of: key, state, &arms), to: call), to: call)
        }
        // Before the token is looked at, so that nobody can try tokens at will.
        if let refused = rateRefusal(call) { return send(refused, to: call) }
        let request = AdminRequest(
            method: call.method, path: call.path, query: call.query, authorization: call.authorization,
            cookie: call.cookie, body: call.body, remote: call.peer ?? "", requestID: call.requestID.string,
            isSecure: call.isSecure)
        let response = admin.handle(request, now: timestamp, live: liveView(for: request))
        // The cores hear of the change before the operator reads that it is done.
        if response.publish { publish() }
        if response.isEventStream { state.events.join(core: call.core) }
        send(AdminAnswer(response, to: call), to: call)
    }

    /// The answer to who asks too fast; `nil`: he does not.
    private func rateRefusal(_ call: AdminCall) -> AdminAnswer? {
        let wait = addresses.admit(
            FNV.hash(call.peer ?? ""), now: clock().now, ratePerSecond: state.configuration.adminRateLimitRPS,
            burst: state.configuration.adminRateLimitBurst)
        if wait == 0 { return nil }
        adminRateLimitedCount += 1
        let seconds = (wait + 999_999_999) / 1_000_000_000
        let fault = AdminFault(
            status: 429, message: "rate limit exceeded",
            headers: [AdminResponse.Header(name: "Retry-After", value: "\(seconds)")])
        return AdminAnswer(AdminAPI.answer(fault), to: call)
    }

    private func send(_ answer: AdminAnswer, to call: AdminCall) {
        peers.mailboxes[call.core].post(.delivery(CoreMessage.answer(answer)))
    }

    private func metricsAnswer(_ call: AdminCall) -> AdminAnswer {
        let format = MetricsText.Format(accept: call.accept)
        var figures = Metrics.State()
        figures.providers = zip(state.snapshot.providers, mergedHealth()).map { ($0.id, $1) }
        figures.cores = self.figures.compactMap { $0 }
        figures.adminRateLimitedCount = adminRateLimitedCount
        figures.droppedRows = link.droppedRowCount
        figures.droppedLogBytes = log.droppedBytes
        figures.droppedEvents = state.events.droppedCount + figures.cores.reduce(0) { $0 + $1.droppedEventCount }
        return AdminAnswer(
            token: call.token, requestID: call.requestID, status: 200,
            headers: [("content-type", format.contentType)], body: metrics.text(figures, as: format))
    }

    /// Hands the present snapshot to every core, each its own copy.
    package func publish() {
        arms.follow(state.snapshot)
        for mailbox in peers.mailboxes { mailbox.post(.delivery(CoreMessage.snapshot(state.makeSnapshot()))) }
    }

    /// Summing the statistics takes milliseconds, so only who asks for them gets them.
    private func liveView(for request: AdminRequest) -> LiveView {
        let wanted = AdminPath(request.path)?.segments.first ?? ""
        let (now, wall) = clock()
        if wanted == "routing" {
            var view = LiveView()
            view.routing = RoutingView(health: mergedHealth(), arms: arms.table, now: now, wallClock: wall)
            return view
        }
        guard request.method == "GET", wanted == "health" || wanted == "stats" else { return LiveView() }
        let time = Timestamp(milliseconds: Int64(wall / 1_000_000))
        let rows = zip(state.snapshot.providers, mergedHealth()).map { provider, health in
            HealthRow(providerID: provider.id, health, loopNow: now, now: time)
        }
        var view = LiveView(health: rows)
        if wanted == "stats" { stats.show(in: &view, now: seconds) }
        return view
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
        let merged = mergedHealth()
        // A core that has not spoken of this snapshot yet would make every provider look healthy.
        if healthVersions.allSatisfy({ $0 == state.snapshot.version }) { tellChanges(merged) }
        guard peers.mailboxes.count > 1 else { return }
        let message = CoreMessage.health(version: state.snapshot.version, merged)
        for mailbox in peers.mailboxes { mailbox.post(.delivery(message)) }
    }

    private func tellChanges(_ merged: [ProviderHealth]) {
        let providers = zip(state.snapshot.providers, merged).map { (id: $0.id, health: $1) }
        for change in healthWatch.look(at: providers) {
            log.note("provider health", "\(change.provider): \(change.new) after \(change.old), \(change.reason)")
            var event = Event(.healthChange, at: timestamp)
            (event.providerID, event.reason) = (change.provider, change.reason)
            (event.oldState, event.newState) = (change.old, change.new)
            state.events.publish(event)
        }
    }

    // MARK: Events

    private var heartbeat: Event {
        var event = Event(.heartbeat, at: timestamp)
        let snapshot = state.snapshot
        let (providers, models) = (snapshot.providers.filter(\.isEnabled), snapshot.models.filter(\.isEnabled))
        event.reason = "providers=\(providers.count) models=\(models.count)"
        return event
    }

    private func postEvents() {
        guard let (events, cores) = state.events.take() else { return }
        for core in cores { peers.mailboxes[core].post(.delivery(CoreMessage.events(events))) }
    }

    private func mergeArms() {
        guard let table = arms.takeNews() else { return }
        for (core, mailbox) in peers.mailboxes.enumerated() {
            mailbox.post(
                .delivery(CoreMessage.arms(version: state.snapshot.version, table, folded: arms.foldedNumber(of: core)))
            )
        }
    }

    /// The bandit goes on where the last run left off; the first time, where the original's rewards do.
    private func restoreArms() {
        do throws(StoreFault) {
            let rows = try state.database.banditArms.all()
            if !rows.isEmpty { return arms.restore(rows) }
            arms.restore(try state.database.rewards.newest(limit: ControlLimits.seedRowsMax))
        } catch {
            log.error("the bandit begins anew", "\(error)")
        }
    }

    private func saveArms() {
        guard let rows = arms.takeUnsaved() else { return }
        do throws(StoreFault) {
            try state.database.banditArms.replace(rows)
        } catch {
            log.error("what the bandit has learnt could not be written", "\(error)")
        }
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

    /// Seconds since 1970.
    private var seconds: Int64 { Int64(clock().wall / 1_000_000_000) }

    /// Longer than a batch takes with its pauses where the core has idle moments; a fifth of the time to its next one.
    private static let pausesNS: UInt64 = 10_000_000
    private static let mergeNS: UInt64 = 100_000_000
    private static let housekeepingNS: UInt64 = 1_000_000_000
    private static let armsSaveNS: UInt64 = 10_000_000_000
    private static let heartbeatNS: UInt64 = 15_000_000_000
    private static let trimNS: UInt64 = 60_000_000_000
}
