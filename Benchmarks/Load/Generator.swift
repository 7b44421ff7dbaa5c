/// Drives all connections of a run from one thread and one epoll set.
///
/// Closed loop: every connection begins its next exchange when the last one ended. Open loop: exchange number k is due at
/// start + k / rate, whatever has become of those before it, and its latency counts from then, so that a server that stands
/// still is charged for everything that should have been sent meanwhile (no coordinated omission).
final class Generator {
    let options: Options
    let address: Address
    let tls: TLSClientContext?
    var request: [UInt8]
    /// Where the number of the exchange goes, in front of each send.
    let numberOffset: Int?
    var tally = Tally()
    var connections: [Connection] = []
    var poller = Poller()
    var scratch = [UInt8](repeating: 0, count: Limits.scratchBytes)
    /// Connections without an exchange, in the open loop.
    var idle: [Int] = []
    /// Connections waiting to be opened, for the ramp or after a failure.
    var parked: [Int] = []
    private var parkedBefore: [Int] = []
    var random: UInt64
    /// When the first exchange of the open loop was due, and how many have been dispatched since.
    var scheduleStart: UInt64 = 0
    var dispatched = 0
    var begunCount = 0
    /// Exchanges begun, those of the warm-up too.
    var begunEver = 0
    var totalFailures = 0
    var isMeasuring = false

    init(options: Options, address: Address, tls: TLSClientContext?) {
        self.options = options
        self.address = address
        self.tls = tls
        request = options.request
        numberOffset = options.numberOffset(in: request)
        random = options.seed &* 0x9E37_79B9_7F4A_7C15 | 1
        idle.reserveCapacity(options.connections)
        parked.reserveCapacity(options.connections)
    }

    /// Runs warm-up and measured window and returns what was seen in the latter.
    func run() -> Report {
        let begun = Clock.now()
        scheduleStart = begun
        let before = sample()
        for index in 0..<options.connections {
            let connection = Connection(index: index)
            connections.append(connection)
            connection.reopenAt = begun + options.rampNS * UInt64(index) / UInt64(options.connections)
            parked.append(index)
        }
        // A run of so many exchanges counts them all, those of its ramp too.
        let measureAt = options.requestsMax > 0 ? begun : begun + options.rampNS + options.warmupNS
        drive(until: measureAt, stopsAfter: 0)
        isMeasuring = true
        // A run given up in its warm-up reports that.
        if totalFailures < Limits.failuresMax { tally = Tally() }
        begunCount = connections.count(where: \.isBusy)
        let start = sample()
        let startBusy = options.core >= 0 ? ProcessSample.coreBusyUS(options.core) : 0
        let startedAt = Clock.now()
        let ramp = options.requestsMax > 0 ? options.rampNS : 0
        drive(until: startedAt + ramp + options.durationNS, stopsAfter: options.requestsMax)
        let endedAt = Clock.now()
        let end = sample()
        let endBusy = options.core >= 0 ? ProcessSample.coreBusyUS(options.core) : 0
        let unfinished = connections.count(where: \.isBusy)
        let due = options.rate > 0 ? Int(Double(endedAt - scheduleStart) / 1e9 * options.rate) : dispatched
        return Report(
            tally: tally, seconds: Double(endedAt - startedAt) / 1e9, unfinished: unfinished,
            unsent: max(0, due - dispatched), openConnections: connections.count { $0.transport.isOpen },
            before: before, start: start, end: end, coreBusyUS: endBusy - startBusy)
    }

    private func sample() -> ProcessSample? {
        if options.pid == 0 { return nil }
        return ProcessSample(
            pids: [options.pid] + (options.pidChildren ? ProcessSample.descendants(of: options.pid) : []))
    }

    private func drive(until end: UInt64, stopsAfter count: Int) {
        var now = Clock.now()
        var sweepAt = now + Limits.sweepNS
        while now < end && totalFailures < Limits.failuresMax {
            if count > 0 && tally.requests + tally.failureCount + tally.vanished >= count { return }
            openParked(now)
            let wake = min(end, sweepAt, dispatchDue(now), parked.isEmpty ? end : now + 1_000_000)
            let ready = poller.wait(timeoutNS: wake > now ? wake - now : 0)
            now = Clock.now()
            for index in 0..<ready { eventArrived(poller.tag(index), hungUp: poller.hasHungUp(index), now) }
            if now >= sweepAt {
                sweep(now)
                sweepAt = now + Limits.sweepNS
            }
        }
    }

    /// Begins what is due in the open loop while a connection is free. Returns when the next one is due.
    private func dispatchDue(_ now: UInt64) -> UInt64 {
        if options.rate == 0 { return .max }
        while true {
            let due = scheduleStart + UInt64(Double(dispatched) / options.rate * 1e9)
            if due > now { return due }
            guard let index = idle.popLast() else { return .max }
            dispatched += 1
            if isMeasuring { tally.lag.record(now - due) }
            begin(connections[index], due, now)
        }
    }

    private func openParked(_ now: UInt64) {
        if parked.isEmpty { return }
        swap(&parked, &parkedBefore)
        for index in parkedBefore {
            if connections[index].reopenAt <= now { open(connections[index], now) } else { parked.append(index) }
        }
        parkedBefore.removeAll(keepingCapacity: true)
    }

    /// Fails exchanges that have gone on for too long.
    private func sweep(_ now: UInt64) {
        for connection in connections where connection.isBusy && now > connection.begunAt + options.timeoutNS {
            fail(connection, .timeout, now)
        }
    }
}
