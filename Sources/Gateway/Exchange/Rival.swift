// The other of two attempts that an exchange has under way.

internal import Adapters
internal import Reactor
internal import Wire

/// What an exchange knows of one attempt, put aside while the other is at hand: see `Exchange.trade`. Used again, with its memory.
final class Rival {
    var phase = Exchange.Phase.idle
    var upstream: UpstreamConnection?
    var decision = Decision(model: -1, reason: .hedged, probability: 0)
    var considered: [Candidate] = []
    var head: Block?
    var translated: Translated?
    var tap = UsageTap(stripsUsage: false)
    var tappedBytes = 0
    var stripsUsage = false
    var shrunkTokens = 0
    var attemptStartedAt: UInt64 = 0
    var firstByteNS: UInt64 = 0
    var retryAfterNS: Int64?
    var contentType: [UInt8] = []
    var trial: (provider: Int, until: UInt64)?

    /// Ready for another exchange.
    func reset() {
        phase = .idle
        upstream = nil
        decision = Decision(model: -1, reason: .hedged, probability: 0)
        considered.removeAll(keepingCapacity: considered.count <= Limits.candidatesKept)
        (tappedBytes, stripsUsage, shrunkTokens) = (0, false, 0)
        (attemptStartedAt, firstByteNS, retryAfterNS) = (0, 0, nil)
        (contentType, trial) = ([], nil)
    }
}
