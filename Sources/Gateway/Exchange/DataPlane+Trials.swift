// The one request that tries a provider which was down, when its cooldown is over.

internal import Reactor

extension DataPlane {
    /// An attempt has just been given a connection.
    func beginTrial(_ exchange: Exchange) {
        endTrial(exchange)
        guard let index = healthIndex(exchange.providerIndex, of: exchange.snapshot) else { return }
        let until = health[index].beginTrial(at: loop.now)
        if until > 0 { exchange.trial = (exchange.providerIndex, until) }
    }

    /// Content has come: others need not wait until a long stream is over.
    func trialAnswered(_ exchange: Exchange) {
        guard let trial = exchange.trial else { return }
        exchange.trial = nil
        if let index = healthIndex(trial.provider, of: exchange.snapshot) {
            health[index].recovered(wallClock: loop.wallClock)
        }
    }

    /// The attempt is over. When nothing of it counts (the client left, or was at fault), the next request may try.
    func endTrial(_ exchange: Exchange) { endTrial(&exchange.trial, exchange.snapshot) }

    func endTrial(_ trial: inout (provider: Int, until: UInt64)?, _ snapshot: Snapshot) {
        guard let ended = trial else { return }
        trial = nil
        if let index = healthIndex(ended.provider, of: snapshot) { health[index].endTrial(ended.until) }
    }
}
