// What only few exchanges have to remember: that something went wrong, that a page of another origin asks.

internal import Adapters

/// Behind one reference of the exchange, so that a stream to which nothing happens does not hold the room for all of it.
final class Incidents {
    /// The attempt under way tries a provider that was down: which, as an index into `snapshot.providers`, and what ends it.
    var trial: (provider: Int, until: UInt64)?
    var lastFault: AttemptFault?
    var retryAfterNS: Int64?
    /// When a provider will be asked again.
    var pauseEnd: UInt64 = 0
    /// Nano-dollars held for the answer that will be thrown away.
    var hedgeHeldNanoUSD: Int64 = 0
    /// What of the request the provider's wire had no place for, when `lastFault` says so: names joined by commas.
    var uncarried: [UInt8] = []
    /// Lines of the answer's head about what of the request could not be heeded; mostly none.
    var noticeLines: [UInt8] = []
    /// Lines of the answer's head for a web page that asks; empty where none does.
    var originLines: [UInt8] = []
    /// What the client wants of the answer's text; nil: nothing.
    var outputRules: OutputRules?
    /// Content type of an error answer that may be passed on.
    var contentType: [UInt8] = []
}
