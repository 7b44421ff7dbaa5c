// Every bound of the gateway, with its unit and its reason.

package enum Limits {
    /// Errors in a row (count) after which a provider counts as degraded: the original's threshold.
    static let errorsUntilDegraded = 2
    /// Errors in a row (count) after which a provider is down and left alone: the original's threshold.
    static let errorsUntilDown = 5
    /// Nanoseconds a provider that is down is left alone: the original's 30 s.
    static let cooldownNS: UInt64 = 30_000_000_000
    /// What the control thread adds to its nice value: at 5 it still gets a quarter of a processor that a core keeps busy, more
    /// than the rows of that core need.
    static let controlNiceness: Int32 = 5
    /// Nanoseconds between two probes of a provider: the original's 30 s.
    static let probeEveryNS: UInt64 = 30_000_000_000
    /// Nanoseconds from a probe that found no connection to the next: as long as clients of the only provider have to wait after it
    /// has come back.
    static let probeAgainNS: UInt64 = 5_000_000_000
    /// Nanoseconds a probe may take in all: the original's 5 s.
    static let probeNSMax: UInt64 = 5_000_000_000
    /// Milliseconds a phase of a probe may take, which the time for all of it ends first: twice that.
    static let probePatienceMS = 10_000
    /// Probes (count) at once, so that a thousand providers do not cost a burst of handshakes.
    static let probesAtOnceMax = 16
    /// Probes in a row (count) without a connection after which nobody is sent there: one lost packet is no failure.
    static let probesUntilUnreachable = 2
    /// Nanoseconds after which what was seen of a provider counts half: a minute, so that a few minutes' trouble is forgotten in a
    /// few minutes.
    static let healthHalfLifeNS: UInt64 = 60_000_000_000
    /// Attempts beyond the first (count) that each request adds to what a core may make: a fifth of its traffic.
    static let retryShare = 0.2
    /// Such attempts (count) a core holds at most, and begins with: a burst of trouble on an idle core passes.
    static let retriesHeldMax = 100.0
    /// Nano-dollars a core holds at most for second answers beside slow ones: a dollar, so that an hour without trouble does not pay
    /// for doubling all traffic in the next.
    static let hedgeHeldNanoUSDMax: Int64 = 1_000_000_000
    /// Recent answers (count, faded) from which on it is said how long nine of ten take: below it the tenth is not among them.
    static let timesKnownMin: Float = 10
    /// Second tries at one provider (count) for a request, when nobody else is left: the original's two.
    static let triesAgainMax = 2
    /// Nanoseconds before the first of them, doubled for the second, each times 0.5 to 1.5: the original's 100 ms.
    static let tryAgainNS: UInt64 = 100_000_000
    /// Nanoseconds for which a Retry-After is believed: two minutes, the longest that client libraries wait themselves.
    static let retryAfterNSMax: UInt64 = 120_000_000_000
    /// Attempts (count) one request may make before the client is told: each costs the client time and somebody money.
    static let attemptsMax = 4
    /// Tokens left free beside prompt and answer when a request is made to fit: the original's 256, for the prompt was estimated.
    static let contextReserveTokens = 256
    /// Tokens of answer below which a request is not made to fit: the original's 64, for less is hardly an answer.
    static let shrunkTokensMin = 64
    /// Nanoseconds of silence after which a stream gets a comment, so that load balancers do not cut it: the event
    /// stream standard's 15 s.
    static let keepAliveNS: UInt64 = 15_000_000_000
    /// Nanoseconds until a whole answer stands or a stream has begun: the 600 s of silence after which the OpenAI SDK gives up.
    static let totalNSMax: UInt64 = 600_000_000_000
    /// Nanoseconds one stream may run: an hour. The longest answers known take half of it; a drip without end must have one.
    static let streamNSMax: UInt64 = 3_600_000_000_000
    /// Events (count) queued for a listener who does not read; he misses the rest. The original's 64, 30 KB.
    static let listenerEventsMax = 64
    /// Bytes of a request id taken over from a client; longer ones are replaced.
    static let requestIDBytesMax = 64
    /// Answers (entries, count) kept for those who send the same `Idempotency-Key` again: the original's 10,000.
    static let storedAnswersMax = 10_000
    /// Nanoseconds for which such an answer is kept: the original's five minutes, longer than clients try again.
    static let storedAnswerNS: UInt64 = 300_000_000_000
    /// Bytes of such an answer with its head: a megabyte holds 200 embeddings and any chat; a larger one is asked for again.
    static let storedAnswerBytesMax = 1 << 20
    /// Bytes of all such answers: what ten thousand of common size take, a hundredth of a small machine's memory.
    static let storedAnswerBytesTotalMax = 64 << 20
    /// Bytes of requests that are set aside on one core: as many small ones as there are connections, or a few large ones.
    static let parkedBytesMax = 32 << 20
    /// Bytes of a client's header lines that go on with its body, where room is made for both: some fields are named, all are short.
    static let keptLineBytesAssumed = 512
    /// Bytes of an error body kept to be classified and passed on.
    static let errorBytesMax = 64 * 1024
    /// Bytes of an answer head passed on: what fits in front of an answer in the receive scratch.
    static let answerHeadBytesMax = 6 * 1024
    /// Bytes of a client key or token that is looked at: ours have 73.
    static let keyBytesMax = 256
    /// Bytes of access log a core keeps back before it hands them over early.
    static let logBytesMax = 64 * 1024
    /// Request rows (count) a core keeps back before it hands them over early: a turn of 50 ms at 40,000 a second.
    static let recordsPerBatchMax = 2048
    /// Bytes of rewards, each with its candidates, that a core keeps back before it hands them over early.
    static let rewardBytesPerBatchMax = 256 * 1024
    /// Candidates (count) an exchange keeps room for from one request to the next: 40 models take 3 KB.
    static let candidatesKept = 40
    /// Bytes of batches that may wait for the store; beyond it rows are dropped and counted.
    static let queuedRowBytesMax = 64 << 20
    /// Admin requests (count) that may wait for the control thread.
    static let adminRequestsMax = 256
    /// Client addresses (count) whose rate is told apart; more share a place. 64 KB in all.
    typealias AddressPlaces = InlineArray<8_192, Rate>
    /// Sentences (count) about what is wrong with a directive, one per line or word of it: whoever errs more often reads no more.
    static let directiveFaultsMax = 8
    /// Bytes of a directive's word quoted in such a sentence: more than the longest key has.
    static let directiveWordBytesMax = 32
    /// Tokens of answer assumed where the client sets no limit: the original's 512.
    static let outputTokensAssumed: Int64 = 512
    /// Times (count) a request is sent again because a kept connection turned out to be closed: a restarted provider leaves many.
    static let staleRetriesMax = 8
    /// Nanoseconds for which an address that cannot be reached is passed over, where its provider has others: as often as such a
    /// provider is probed.
    static let placeRestNS: UInt64 = 5_000_000_000
    /// Nanoseconds after which a kept connection that ends was not closed beforehand: no round trip takes a second, so the
    /// provider has begun to work, and a request sent again would be paid twice.
    static let staleNSMax: UInt64 = 1_000_000_000
    /// Bytes of a request body up to which it is copied behind its head, so that both leave in one send.
    static let copiedBodyBytesMax = 32 * 1024
    /// Bytes at the front of a body that passes through in which its model is looked for: SDKs write it first, or behind a short prompt.
    static let pipedFrontBytes = 16 * 1024
    /// The same of a form whose model stands behind its file, as with curl: that much of it waits here. Most recordings are shorter.
    static let pipedFormBytesMax = 16 << 20
    /// Bytes of a body that passes through up to which they are copied between the lines of a chunk, so that all leave in one send:
    /// twice as many as are received at once.
    static let copiedChunkBytesMax = 128 * 1024
    /// Nanoseconds from the head of such a body until its model is named, for what waits takes from the memory of all: 16 MiB come in
    /// that time at 2.3 Mbit/s.
    static let pipedFrontNSMax: UInt64 = 60_000_000_000
    /// By how much more of a form is waited for when its model was not found (factor): few steps, and seldom much more than needed.
    static let pipedFrontGrowth = 4
    /// Bytes of a translated stream held back until it has content: before that a provider says its name and what the prompt counted.
    static let heldWordsBytesMax = 64 * 1024
    /// Bytes of log that wait for a slow reader of standard output; beyond it lines are dropped and counted.
    static let queuedLogBytesMax = 4 << 20
    /// Models (count) whose traffic the statistics tell apart; the rest is `other`. 31 KB each.
    static let statsModelsMax = 256
    /// Providers (count) whose traffic the statistics tell apart; the rest is `other`.
    static let statsProvidersMax = 128
    /// Names of client keys (count) whose traffic the statistics tell apart; the rest is `other`.
    static let statsKeysMax = 256
    /// Snapshots (count) from which records may still come without a look-up by name: more than change while one request runs.
    static let countedSnapshotsMax = 4
    /// Combinations of mode, model and provider (count) that the metrics tell apart; the rest is `other`. Each is about 70 series.
    static let metricSeriesMax = 256
    /// Statuses (count) that one such combination tells apart: all that occur.
    static let metricStatusesMax = 32
    /// Requests (count) of one core that may wait for a key of the original to be recognised: a start of many clients at once.
    static let parkedRequestsMax = 64
    /// Milliseconds an answer is measured by when neither client nor configuration bounds it: the original's default policy, 20 s.
    static let latencyBudgetMSAssumed = 20_000
    /// Seconds after which a reward counts half, unless configured. In the arena 300 follows failures better and 1,200 misses less where nothing
    /// changes; 600 is ahead of every rival at 5 requests a second, and of all but UCB1 among failures at a tenth of that.
    package static let rewardHalfLifeSeconds = 600.0
    /// Decisions (events, count) that a replay's effective sample must have: with fewer, a few heavy ones decide and the
    /// normal approximation of the interval does not hold.
    package static let replaySampleMin = 100.0
    /// Ratio of a policy's choices that may be such as the log never makes: of rewards between 0 and 1 they bias the estimate by
    /// no more than this.
    package static let replayUnseenShareMax = 0.01
    /// Bytes of a policy's file: a hundred times the longest that says something.
    package static let policyBytesMax = 64 * 1024
}
