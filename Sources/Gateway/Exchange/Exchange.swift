// One client request with its answer. Reused for one request after the other, so that a request allocates nothing.

internal import Adapters
internal import Reactor
internal import Wire

final class Exchange {
    /// What is expected from upstream now.
    enum Phase: Equatable {
        case idle
        /// An attempt was sent; no head has arrived.
        case awaitingHead
        /// Nobody else is left, and the last one asked will be asked again at `pauseEnd`.
        case pausing
        /// A stream has begun, and nothing of it was shown to the client.
        case gated
        /// Events go to the client as they come.
        case relaying
        /// A whole answer is being gathered.
        case gathering
        /// The answer to a body that passes through goes to the client as it comes.
        case piping
        /// An error answer of this status is being gathered.
        case refused(Int)
        /// The answer was queued; nothing more is expected.
        case answered
    }

    /// It is of one core and one snapshot for all its life: constants cost no reference count, whoever reads them.
    let loop: Loop
    let snapshot: Snapshot
    var client: ClientConnection?
    var upstream: UpstreamConnection?
    var request: ChatRequest
    /// What every attempt starts from: the header lines that may go on, then the client's body. Given back when the first content
    /// has been passed on, for then no other attempt can follow.
    var kept: Block?
    /// The answer's head as the client will get it.
    var head: Block?
    var query = Query(named: nil, operation: .chat, estimatedInputTokens: 0, now: 0)
    var decision = Decision(model: -1, reason: .hintExact, probability: 0)
    /// What the decision was made from; empty where the client made it.
    private(set) var considered: [Candidate] = []
    /// What the attempt's provider says is put into the client's words by it; `nil` where both speak the same wire.
    var translated: Translated?
    var tap = UsageTap(stripsUsage: false)
    var record = RequestRecord()
    var heldNanoUSD: Int64 = 0
    /// Nanoseconds on the loop's clock.
    var startedAt: UInt64 = 0
    var attemptStartedAt: UInt64 = 0
    /// The other attempt while two are under way: nothing of either has been passed on then.
    var rival: Rival?
    /// When the next candidate is asked beside the one at hand.
    var hedgeAt = UInt64.max
    /// When the stream brought content last.
    var contentAt: UInt64 = 0
    /// From the attempt's dispatch to the head of its answer.
    var firstByteNS: UInt64 = 0
    var lastSentAt: UInt64 = 0
    var phase = Phase.idle
    /// The protocol its client speaks.
    var surface = Surface.openAI
    var isHeadSent = false
    /// A stream goes to the client in chunks: it speaks HTTP/1.1.
    var isChunked = true
    var stripsUsage = false
    /// The record says what `record.usage` costs.
    private(set) var isPriced = false
    /// What a stream has cost may stand behind it.
    var takesTrailers = false
    /// Bytes at the front of what upstream has shown that the tap has seen and the gate still holds back.
    @Small var tappedBytes = 0
    /// What the attempt bounds its answer by, in tokens, because the prompt left no room for more; 0: what the client said.
    @Small var shrunkTokens = 0
    @Small var key = -1
    /// Index into `snapshot.aliases` of what the client named; -1: no alias.
    @Small var alias = -1
    @Small var staleRetries = 0
    /// Times (count) a provider was asked again.
    @Small var triesAgain = 0
    /// Bytes of `kept` that are header lines.
    @Small var keptLineBytes = 0
    /// Its number among the exchanges of its core; the tag of its connections.
    @Small private(set) var number: Int
    /// See `Exchange+Incidents`.
    var incidents: Incidents?

    init(number: Int, loop: Loop, snapshot: Snapshot, request: ChatRequest) {
        self.number = number
        self.loop = loop
        self.snapshot = snapshot
        self.request = request
    }

    /// Ready for the next request; keeps its memory.
    func reset() {
        phase = .idle
        decision = Decision(model: -1, reason: .hintExact, probability: 0)
        if !considered.isEmpty { considered.removeAll(keepingCapacity: considered.count <= Limits.candidatesKept) }
        isHeadSent = false
        isPriced = false
        tappedBytes = 0
        stripsUsage = false
        takesTrailers = false
        shrunkTokens = 0
        key = -1
        heldNanoUSD = 0
        staleRetries = 0
        triesAgain = 0
        alias = -1
        hedgeAt = .max
        if incidents != nil { incidents = nil }
    }

    func consider(_ candidates: Candidates) {
        if !considered.isEmpty { considered.removeAll(keepingCapacity: true) }
        if !candidates.all.isEmpty { considered.append(contentsOf: candidates.all) }
    }

    /// What was used is known: what it costs is told in the answer's head, to the bandit and in the row.
    func price() {
        record.costNanoUSD = model.prices.cost(of: record.usage)
        isPriced = true
    }

    /// Puts the attempt at hand aside and takes up the other one.
    func trade() {
        guard let rival else { return }
        swap(&phase, &rival.phase)
        swap(&upstream, &rival.upstream)
        swap(&decision, &rival.decision)
        swap(&considered, &rival.considered)
        swap(&head, &rival.head)
        swap(&translated, &rival.translated)
        swap(&tap, &rival.tap)
        swap(&tappedBytes, &rival.tappedBytes)
        swap(&stripsUsage, &rival.stripsUsage)
        swap(&shrunkTokens, &rival.shrunkTokens)
        swap(&attemptStartedAt, &rival.attemptStartedAt)
        swap(&firstByteNS, &rival.firstByteNS)
        swap(&retryAfterNS, &rival.retryAfterNS)
        swap(&contentType, &rival.contentType)
        swap(&trial, &rival.trial)
    }

    func keepContentType(_ type: Span<UInt8>) {
        contentType = type.count <= 256 ? Array(copying: type) : []
    }

    func writeContentType(into out: inout ByteBuffer) {
        if contentType.isEmpty {
            out.append("content-type: application/json\r\n")
        } else {
            let type = contentType
            HeadWriter.field("content-type", type.span, into: &out)
        }
    }

    /// The stream has told neither content nor why there is none.
    var isHollow: Bool {
        if let translated { return translated.stream.contentEventCount == 0 && translated.stream.finish == .none }
        return tap.contentEventCount == 0 && tap.finish == .none
    }

    /// The provider's answer is put into an envelope of ours.
    var isEnveloped: Bool { surface == .native && !request.isStream }
    // Inlined: what a call gives back is counted as held, what is read in passing is not.
    @inline(__always) var model: ModelEntry { snapshot.models[decision.model] }
    @inline(__always) var provider: ProviderEntry { snapshot.providers[providerIndex] }
    @inline(__always) var providerIndex: Int { snapshot.offers[decision.model].provider }
}
