// Probes, as the core that makes them sees them.

internal import Reactor

extension DataPlane {
    /// The service's own look at the clock: what is due begins, and a drain ends all.
    func turnProbes() {
        guard let prober else { return }
        if loop.isDraining { return prober.stop() }
        prober.turn(loop) { provider, result in note(result, of: provider) }
    }

    func probeAnswered(_ status: Int, _ upstream: UpstreamConnection) {
        guard let (provider, result) = prober?.answered(status, upstream, now: loop.now) else { return }
        note(result, of: provider)
    }

    func probeFailed(_ fault: UpstreamFault, _ upstream: UpstreamConnection) {
        guard let (provider, result) = prober?.failed(fault, upstream, now: loop.now) else { return }
        note(result, of: provider)
    }

    private func note(_ result: ProbeResult, of provider: String) {
        guard let index = snapshot.providers.firstIndex(where: { $0.id == provider }) else { return }
        health[index].probed(result)
    }
}
