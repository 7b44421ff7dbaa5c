// Asks every enabled provider from time to time whether it can be reached. Lives on one core; the others hear of it when the cores'
// knowledge is merged.

internal import Adapters
internal import Reactor
internal import Wire

/// A probe has a connection of its own, which ends with it: a kept one would prove nothing, and requests get none less.
final class Prober {
    private struct Watch {
        var provider: ProviderEntry
        /// In the order of the provider's addresses, of which each is asked in its turn.
        let endpoints: [Endpoint]
        var turn = 0
        /// Nanoseconds on the loop's clock.
        var dueAt: UInt64
        var startedAt: UInt64 = 0
        var startedAtWall: UInt64 = 0
        var upstream: UpstreamConnection?
    }

    /// What the connections of probes bear in place of an exchange's number.
    static let tag = Int.max

    private var watches: [Watch] = []
    private var probeCount = 0

    /// Whom to ask from now on; who is new is asked at once.
    /// - Parameter endpoints: makes them, of the prober's own.
    func adopt(_ snapshot: Snapshot, now: UInt64, endpoints: (ProviderEntry) -> [Endpoint]) {
        var known: [String: Watch] = [:]
        for watch in watches { known[watch.provider.id] = watch }
        watches = snapshot.providers.filter(\.isEnabled).map { provider in
            if var watch = known[provider.id], watch.provider.hasSameAddress(as: provider) {
                known[provider.id] = nil
                watch.provider = provider
                return watch
            }
            return Watch(provider: provider, endpoints: endpoints(provider), dueAt: now)
        }
        for watch in known.values { discard(watch) }
    }

    /// Begins what is due. Call it some times a second.
    /// - Parameter found: gets the id of a provider whose time to answer is over, and what that means.
    func turn(_ loop: Loop, found: (String, ProbeResult) -> Void) {
        for index in watches.indices {
            if let upstream = watches[index].upstream {
                guard loop.now >= watches[index].startedAt + Limits.probeNSMax else { continue }
                let result = result(upstream, status: 0, cause: "timeout", of: watches[index], now: loop.now)
                end(index, result, upstream, loop.now)
                found(watches[index].provider.id, result)
            } else if loop.now >= watches[index].dueAt, probeCount < Limits.probesAtOnceMax {
                begin(index, loop)
            }
        }
    }

    /// The head of an answer has come: that is all a probe wants to see.
    func answered(_ status: Int, _ upstream: UpstreamConnection, now: UInt64) -> (provider: String, ProbeResult)? {
        guard let index = watches.firstIndex(where: { $0.upstream === upstream }) else { return nil }
        let result = result(upstream, status: status, cause: "", of: watches[index], now: now)
        end(index, result, upstream, now)
        return (watches[index].provider.id, result)
    }

    func failed(
        _ fault: UpstreamFault, _ upstream: UpstreamConnection, now: UInt64
    ) -> (provider: String, ProbeResult)? {
        guard let index = watches.firstIndex(where: { $0.upstream === upstream }) else { return nil }
        let result = result(
            upstream, status: 0, cause: AttemptFault(fault).causeLabel, of: watches[index], now: now)
        watches[index].upstream = nil
        end(index, result, nil, now)
        return (watches[index].provider.id, result)
    }

    /// Ends every probe and begins no other.
    func stop() {
        for watch in watches { discard(watch) }
        watches = []
    }

    private func begin(_ index: Int, _ loop: Loop) {
        // The time for all of it is watched here, so that a slow handshake does not add to a slow answer.
        let patience = UpstreamConnection.Patience(
            connectMS: Limits.probePatienceMS, firstByteMS: Limits.probePatienceMS,
            betweenBytesMS: Limits.probePatienceMS)
        let place = watches[index].turn % watches[index].endpoints.count
        guard let upstream = loop.lease(watches[index].endpoints[place], patience: patience, tag: Prober.tag) else {
            return
        }
        watches[index].turn += 1
        probeCount += 1
        watches[index].upstream = upstream
        watches[index].startedAt = loop.now
        watches[index].startedAtWall = loop.wallClock
        let draft = loop.draft
        draft.bytes.removeAll()
        watches[index].provider.addresses[place].target.writeHealthRequest(into: &draft.bytes)
        upstream.send(draft.bytes.bytes)
    }

    private func result(
        _ upstream: UpstreamConnection, status: Int, cause: StaticString, of watch: Watch, now: UInt64
    ) -> ProbeResult {
        ProbeResult(
            status > 0 ? .init(status: status) : upstream.hasOpened ? .connected : .unreachable,
            startedAt: watch.startedAtWall, latencyNS: now - watch.startedAt, status: status, cause: cause)
    }

    private func end(_ index: Int, _ result: ProbeResult, _ upstream: UpstreamConnection?, _ now: UInt64) {
        probeCount -= 1
        upstream?.discard()
        watches[index].upstream = nil
        // Who cannot be reached is asked sooner: requests wait for it to come back.
        watches[index].dueAt =
            result.finding == .unreachable ? now + Limits.probeAgainNS : watches[index].startedAt + Limits.probeEveryNS
    }

    private func discard(_ watch: Watch) {
        guard let upstream = watch.upstream else { return }
        probeCount -= 1
        upstream.discard()
    }
}
