// One answer of the simulated provider, as a sequence of steps.

package import Wire

/// The answer to one request: a pure function of request, profile and seed, produced piece by piece on demand.
///
/// A whole answer is one buffer, a stream a small machine that writes each event when it is asked for; neither keeps
/// what it has handed out.
package struct SimScript: ~Copyable {
    /// How much of HTTP the bytes contain.
    package enum Framing: Equatable, Sendable {
        /// A response with head and framing, as it goes over a socket.
        case http
        /// The payload alone, without waits and faults of the connection: what a client must end up with.
        case bare
    }

    /// What a stream writes next.
    enum Place: Equatable { case head, comments, events, usage, done, end, over }

    let request: SimRequest
    let directives: SimDirectives
    let framing: Framing
    let closes: Bool
    let created: Int64
    /// Decides the text; the rest of the request, which a gateway may rewrite, does not.
    let textSeed: UInt64
    var random: SimRandom

    /// A whole answer with its head; of a dripping stream what was written but not handed out yet.
    var pending = ByteBuffer()
    /// What follows once everything is handed out.
    var ending: SimStep
    /// Everything of a stream's event in front of the choices.
    var prefix = ByteBuffer()
    /// One event while its length is not known.
    var event = ByteBuffer()
    /// Raw text of the parts that are not made of words: arguments of calls, reasoning, what is echoed.
    var text = ByteBuffer()
    /// Names of the tools that are called, and the request's model, as the request spells them.
    var names = ByteBuffer()
    var model = 0..<0
    /// The first stop sequence of the request, in `names`.
    var stop = 0..<0
    /// What the answer consists of, in order.
    var parts: [SimPart] = []
    var finish = SimFinish.stop

    var place = Place.head
    /// Content events or tokens per choice.
    var pieceCount = 0
    /// Events of the choices written so far: each choice has a role, its pieces and a finish.
    var eventIndex = 0
    /// Content events written so far, all choices together.
    var contentCount = 0
    /// Numbers the events of Responses.
    var sequence = 0
    var hasStruck = false
    private var isStream = false
    private var hasWaited = false
    var owesGap = false
    private var owesPause = false
    /// Decides where a cut answer is cut, and how many bytes come before the next cut.
    private var cuts: SimRandom
    private var pieceBytes = 1

    /// Scripts the answer to one request.
    /// - Parameter path: the target without its query.
    /// - Parameter head: the request head; its `x-sim-*` fields direct the answer.
    /// - Parameter seed: decides text, delays and chance faults unless `x-sim-seed` does.
    /// - Parameter closes: the connection ends after this answer, which then says so.
    package init(
        method: Method, path: Span<UInt8>, head: Span<UInt8>, fields: borrowing HeaderFields, body: Span<UInt8>,
        profile: SimProfile, seed: UInt64, framing: Framing = .http, closes: Bool = false
    ) {
        var directives = SimDirectives(fields: fields, head: head, profile: profile)
        request = SimRequest(method: method, path: path, body: body)
        directives.take(conversation: request.subject, in: body)
        let seed = directives.seed ?? seed
        // Chance strikes answers, not probes.
        if request.isGenerative { directives.rollFault(profile, seed: seed) }
        self.directives = directives
        self.framing = framing
        self.closes = closes
        created = profile.created
        random = SimRandom(seed: seed)
        // Another sequence than that of the delays, so that cutting an answer changes no delay.
        cuts = SimRandom(seed: SimRandom.mix(seed ^ 0xC075) ^ (directives.cuts ?? 0))
        textSeed = SimRandom.hash(body.extracting(request.subject), seed: seed)
        ending = closes ? .close : .finished
        let refusal = SimRefusal(
            request: request, path: path, head: head, fields: fields, body: body, profile: profile)
        if let refusal {
            writeRefusal(refusal)
        } else if !strikesAtOnce() {
            prepareParts(head: head, body: body)
            isStream = request.isStream
            if isStream {
                writePrefix()
            } else {
                writeWhole(path: path, head: head, fields: fields, body: body, profile: profile)
            }
        }
    }

    /// Appends what comes next to `out`, or says what to do instead.
    ///
    /// With nothing to wait for, several events are written at once, up to `Limits.batchBytesMax`.
    package mutating func next(into out: inout ByteBuffer) -> SimStep {
        if !hasWaited {
            hasWaited = true
            let delay = firstDelay()
            if delay > 0, framing == .http { return .wait(nanoseconds: delay) }
        }
        if case .drip(let milliseconds) = directives.fault, framing == .http {
            return drip(milliseconds, into: &out)
        }
        if directives.cuts != nil, framing == .http { return cut(into: &out) }
        return isStream ? writeEvents(into: &out) : handOut(into: &out)
    }

    /// Appends the whole payload as a client must receive it, faults of the connection left out.
    package mutating func writePayload(into out: inout ByteBuffer) {
        precondition(framing == .bare, "a payload is asked of a script with framing")
        while next(into: &out) == .bytes {}
    }

    private mutating func handOut(into out: inout ByteBuffer) -> SimStep {
        if pending.isEmpty { return ending }
        out.append(pending.bytes)
        pending.removeAll()
        return .bytes
    }

    /// One byte, one wait, and so on.
    private mutating func drip(_ milliseconds: Int, into out: inout ByteBuffer) -> SimStep {
        if owesPause {
            owesPause = false
            return .wait(nanoseconds: Int64(milliseconds) * 1_000_000)
        }
        if pending.isEmpty {
            guard isStream else { return ending }
            var written = ByteBuffer()
            let step = writeEvents(into: &written)
            guard step == .bytes else { return step }
            pending.append(written.bytes)
        }
        out.append(pending.bytes[0])
        pending.consume(1)
        owesPause = milliseconds > 0
        return .bytes
    }

    /// A piece whose ends are nobody's borders, then a turn of the server, so that it is sent alone.
    private mutating func cut(into out: inout ByteBuffer) -> SimStep {
        if owesPause {
            owesPause = false
            return .wait(nanoseconds: 0)
        }
        while isStream, pending.count < pieceBytes {
            var written = ByteBuffer()
            let step = writeEvents(into: &written)
            if case .wait = step { return step }
            if step != .bytes { break }
            pending.append(written.bytes)
        }
        if pending.isEmpty { return ending }
        let count = min(pieceBytes, pending.count)
        out.append(pending.bytes.extracting(0..<count))
        pending.consume(count)
        let power = cuts.next() % UInt64(Limits.cutPowerCount)
        pieceBytes = 1 + Int(truncatingIfNeeded: cuts.next() & ((1 << power) - 1))
        owesPause = true
        return .bytes
    }

    /// Delay before the first byte. A whole answer is ready when its last token is.
    private mutating func firstDelay() -> Int64 {
        var delay = directives.timeToFirst.draw(&random)
        if !isStream, directives.betweenTokens != .none {
            var token = 1
            while token < pieceCount, delay < Limits.delayNanosecondsMax {
                delay += directives.betweenTokens.draw(&random)
                token += 1
            }
        }
        return min(delay, Limits.delayNanosecondsMax)
    }
}
