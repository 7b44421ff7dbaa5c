/// What happens on one connection.
extension Generator {
    /// Opens a connection; in the closed loop its first exchange follows by itself.
    func open(_ connection: Connection, _ now: UInt64) {
        connection.generation &+= 1
        connection.state = .connecting
        tally.connects += 1
        if options.newConnections && !connection.isBusy && options.rate == 0 { beginExchange(connection, now, now) }
        guard connection.transport.open(address, tls: tls) else { return fail(connection, .connect, now) }
        guard poller.add(connection.transport.descriptor, tag: connection.tag) else {
            return fail(connection, .connect, now)
        }
    }

    /// Begins an exchange that was due at `due`.
    func begin(_ connection: Connection, _ due: UInt64, _ now: UInt64) {
        if options.requestsMax > 0 && isMeasuring && begunCount >= options.requestsMax { return }
        beginExchange(connection, due, now)
        switch connection.state {
        case .closed: open(connection, now)
        case .connecting: break
        case .idle, .sending, .waiting: send(connection, now)
        }
    }

    func eventArrived(_ tag: UInt64, hungUp: Bool, _ now: UInt64) {
        let connection = connections[Int(truncatingIfNeeded: tag & 0xFFFF_FFFF)]
        guard connection.generation == UInt32(truncatingIfNeeded: tag >> 32) else { return }
        switch connection.state {
        case .closed: break
        case .connecting: establish(connection, now)
        case .sending:
            send(connection, now)
            receive(connection, hungUp: hungUp, now)
        case .idle, .waiting: receive(connection, hungUp: hungUp, now)
        }
    }

    /// Counts a failure and gives the connection up.
    func fail(_ connection: Connection, _ failure: Failure, _ now: UInt64) {
        tally.fail(failure)
        totalFailures += 1
        close(connection)
        if options.rate > 0 {
            idle.append(connection.index)
        } else {
            connection.reopenAt = now + Limits.reopenDelayNS
            parked.append(connection.index)
        }
    }

    private func beginExchange(_ connection: Connection, _ due: UInt64, _ now: UInt64) {
        begunCount += 1
        var vanishAfter = -1
        if options.vanishPercent > 0 && nextRandom() < options.vanishPercent / 100 {
            vanishAfter = 1 + Int(nextRandom() * 100)
        }
        begunEver += 1
        connection.beginExchange(begunEver, at: due, now: now, vanishAfter: vanishAfter)
    }

    private func establish(_ connection: Connection, _ now: UInt64) {
        switch connection.transport.establish() {
        case .wait: return
        case .closed, .failed: return fail(connection, .connect, now)
        case .bytes: break
        }
        if connection.transport.isResumed { tally.resumedSessions += 1 }
        connection.state = .idle
        if connection.isBusy {
            send(connection, now)
        } else if options.rate > 0 {
            idle.append(connection.index)
        } else {
            begin(connection, now, now)
        }
    }

    private func send(_ connection: Connection, _ now: UInt64) {
        connection.state = .sending
        if let numberOffset {
            var rest = connection.number
            for digit in 1...Limits.numberDigits {
                request[numberOffset + Limits.numberDigits - digit] = UInt8(ascii: "0") + UInt8(rest % 10)
                rest /= 10
            }
        }
        let request = request
        while connection.sentBytes < request.count {
            switch connection.transport.send(request.span, from: connection.sentBytes) {
            case .bytes(let count): connection.sentBytes += count
            case .wait: return
            case .closed, .failed: return fail(connection, brokenKind(connection), now)
            }
        }
        connection.state = .waiting
    }

    private func receive(_ connection: Connection, hungUp: Bool, _ now: UInt64) {
        let generation = connection.generation
        // A failure or the end of an exchange may have replaced the socket that the event was about.
        while connection.generation == generation && connection.transport.isReady {
            switch connection.transport.receive(into: &scratch) {
            case .wait: return
            case .closed where connection.isBusy && connection.decoder.endsWithConnection:
                return finished(connection, now)
            case .closed, .failed:
                // A server may close what is idle; what is unanswered it may not.
                if connection.isBusy { return fail(connection, brokenKind(connection), now) }
                return close(connection)
            case .bytes(let count):
                tally.bytesIn += count
                consume(connection, count, now)
                if count < scratch.count && tls == nil && !hungUp { return }
            }
        }
    }

    private func brokenKind(_ connection: Connection) -> Failure { connection.decoder.isFresh ? .unanswered : .broken }

    private func consume(_ connection: Connection, _ count: Int, _ now: UInt64) {
        // A second reference for the length of this call, dropped before the next read writes there: no copy is made.
        let held = scratch
        let bytes = held.span.extracting(0..<count)
        var at = 0
        while at < count {
            guard connection.isBusy, let step = try? connection.decoder.next(in: bytes, from: at) else {
                return fail(connection, .malformed, now)
            }
            if step.start < step.end { bodyArrived(connection, bytes, step, now) }
            at = step.next
            if step.isFinished {
                // With one exchange at a time nothing may follow the answer.
                return at < count ? fail(connection, .malformed, now) : finished(connection, now)
            }
            if !connection.isBusy { return }
        }
    }

    private func bodyArrived(_ connection: Connection, _ bytes: Span<UInt8>, _ step: AnswerDecoder.Step, _ now: UInt64)
    {
        if options.hashes { connection.addToHash(bytes, step.start, step.end) }
        if !connection.decoder.isEventStream { return }
        let count = connection.events.feed(bytes, step.start, step.end)
        if count == 0 { return }
        tally.events += count
        if connection.lastEventAt == 0 {
            tally.firstEvent.record(now - connection.startedAt)
        } else {
            tally.gap.record(now - connection.lastEventAt)
        }
        // Events that came in one piece came at one time.
        tally.gap.record(0, times: count - 1)
        connection.lastEventAt = now
        if connection.vanishAfter >= 0 && connection.events.eventCount >= connection.vanishAfter {
            tally.vanished += 1
            close(connection)
            if numberOffset != nil, tally.departures.count < Limits.numberedMax {
                tally.departures.append((connection.number, Clock.now()))
            }
            next(connection, now)
        }
    }

    private func finished(_ connection: Connection, _ now: UInt64) {
        connection.isBusy = false
        if let failure = verdict(on: connection) {
            tally.fail(failure)
            totalFailures += 1
        } else {
            tally.requests += 1
            tally.latency.record(now - connection.startedAt)
        }
        if connection.decoder.closes || options.newConnections {
            close(connection)
        } else {
            connection.state = .idle
        }
        next(connection, now)
    }

    /// The connection is free: idle or closed.
    private func next(_ connection: Connection, _ now: UInt64) {
        if options.rate > 0 {
            idle.append(connection.index)
        } else if connection.state == .closed {
            if options.requestsMax == 0 || !isMeasuring || begunCount < options.requestsMax { open(connection, now) }
        } else {
            begin(connection, now, now)
        }
    }

    private func verdict(on connection: Connection) -> Failure? {
        switch connection.decoder.status {
        case 300..<400: return .status3xx
        case 400..<500: return .status4xx
        case 500...: return .status5xx
        default: break
        }
        if connection.decoder.isEventStream {
            if connection.events.hasError { return .errorEvent }
            if !connection.events.isDone { return .incomplete }
        } else if options.isStream {
            return .incomplete
        }
        if options.hashes {
            tally.add(hash: connection.hash)
            if numberOffset != nil, tally.numberedHashes.count < Limits.numberedMax {
                tally.numberedHashes.append((connection.number, connection.hash))
            }
            if let expected = options.expectedHash, expected != connection.hash { return .hash }
        }
        return nil
    }

    private func close(_ connection: Connection) {
        connection.transport.close(tls: tls)
        connection.state = .closed
        connection.isBusy = false
        connection.generation &+= 1
    }

    /// A number in 0..<1 from the seeded sequence (xorshift64*).
    private func nextRandom() -> Double {
        random ^= random >> 12
        random ^= random << 25
        random ^= random >> 27
        return Double((random &* 0x2545_F491_4F6C_DD1D) >> 11) / Double(1 << 53)
    }
}
