// What a request asks of the simulated provider, in `x-sim-*` headers or in a line of its last user text.

package import Wire

/// The profile as one request bends it.
///
/// | header | value |
/// |---|---|
/// | `x-sim-seed` | decides text, delays and chance faults |
/// | `x-sim-fault` | `name` or `name:argument`, see `SimFault`; `none` also stops chance faults |
/// | `x-sim-tokens` | tokens (content events) of each answer |
/// | `x-sim-chunk-bytes` | content bytes of each token; 0: a word |
/// | `x-sim-gap-us` | microseconds between two content events |
/// | `x-sim-ttft-us` | microseconds before the first byte |
/// | `x-sim-tool` | call so many tools, in turn, although nobody insists |
/// | `x-sim-echo` | `head` or `body`: the answer's text is what arrived |
/// | `x-sim-cached`, `x-sim-cache-write` | prompt tokens that count as read from the cache, as written to it |
/// | `x-sim-reasoning` | words of reasoning in front of the answer |
/// | `x-sim-redacted` | `1`: reasoning of Messages that must not be read |
/// | `x-sim-finish` | `length`, `filter`, `sequence` or `refusal`: why the answer ends |
/// | `x-sim-cuts` | a seed: the answer's bytes are sent in pieces of random sizes, whatever stands in them |
///
/// The same stands in the last text of the user as `[[x-sim-fault: cut:3; x-sim-tool: 1]]`, which reaches a provider
/// through any gateway. A value that cannot be read is ignored, as every server does with headers it does not know.
package struct SimDirectives: Sendable {
    package enum Echo: Equatable, Sendable { case nothing, head, body }

    package private(set) var seed: UInt64?
    package private(set) var fault = SimFault.none
    package private(set) var tokens: Int
    package private(set) var chunkBytes: Int
    package private(set) var timeToFirst: SimDelay
    package private(set) var betweenTokens: SimDelay
    package private(set) var callCount = 0
    package private(set) var echo = Echo.nothing
    package private(set) var cachedTokens = 0
    package private(set) var cacheWriteTokens = 0
    package private(set) var reasoningWords: Int?
    package private(set) var isRedacted = false
    private(set) var finish: SimFinish?
    package private(set) var cuts: UInt64?
    private var namesFault = false

    package init(fields: borrowing HeaderFields, head: Span<UInt8>, profile: SimProfile) {
        tokens = profile.tokens
        chunkBytes = profile.chunkBytes
        timeToFirst = profile.timeToFirst
        betweenTokens = profile.betweenTokens
        for index in 0..<fields.count where fields[index].id == .other {
            take(field: head.extracting(fields[index].name), head.extracting(fields[index].value))
        }
    }

    /// - Parameter name: a whole name; those that do not begin with `x-sim-` are passed over.
    mutating func take(field name: Span<UInt8>, _ value: Span<UInt8>) {
        guard name.count > 6, ASCII.equalsIgnoringCase(name.extracting(0..<6), "x-sim-") else { return }
        take(name.extracting(6...), value)
    }

    private mutating func take(_ name: Span<UInt8>, _ value: Span<UInt8>) {
        if ASCII.equalsIgnoringCase(name, "fault") {
            guard let named = SimFault(parsing: value) else { return }
            (fault, namesFault) = (named, true)
        } else if ASCII.equalsIgnoringCase(name, "echo") {
            echo = SimBytes.equal(value, "head") ? .head : SimBytes.equal(value, "body") ? .body : .nothing
        } else if ASCII.equalsIgnoringCase(name, "finish") {
            finish = SimFinish(parsing: value)
        } else if let number = ASCII.decimal(value) {
            take(name, number)
        }
    }

    private mutating func take(_ name: Span<UInt8>, _ number: Int) {
        if ASCII.equalsIgnoringCase(name, "seed") {
            seed = UInt64(number)
        } else if ASCII.equalsIgnoringCase(name, "cuts") {
            cuts = UInt64(number)
        } else if ASCII.equalsIgnoringCase(name, "tokens") {
            tokens = min(number, Limits.tokensMax)
        } else if ASCII.equalsIgnoringCase(name, "chunk-bytes") {
            chunkBytes = min(number, Limits.chunkBytesMax)
        } else if ASCII.equalsIgnoringCase(name, "gap-us") {
            betweenTokens = SimDirectives.microseconds(number)
        } else if ASCII.equalsIgnoringCase(name, "ttft-us") {
            timeToFirst = SimDirectives.microseconds(number)
        } else if ASCII.equalsIgnoringCase(name, "tool") {
            callCount = min(number, Limits.callCountMax)
        } else if ASCII.equalsIgnoringCase(name, "cached") {
            cachedTokens = min(number, Limits.tokensMax)
        } else if ASCII.equalsIgnoringCase(name, "cache-write") {
            cacheWriteTokens = min(number, Limits.tokensMax)
        } else if ASCII.equalsIgnoringCase(name, "reasoning") {
            reasoningWords = min(number, Limits.reasoningWordsMax)
        } else if ASCII.equalsIgnoringCase(name, "redacted") {
            isRedacted = number == 1
        }
    }

    private static func microseconds(_ number: Int) -> SimDelay {
        .constant(nanoseconds: min(Int64(number), Limits.delayNanosecondsMax / 1000) * 1000)
    }

    /// Lets chance choose a fault where the request named none.
    package mutating func rollFault(_ profile: SimProfile, seed: UInt64) {
        if namesFault { return }
        for (index, chance) in profile.chances.enumerated() {
            // Another sequence than that of the delays, so that adding a chance changes no delay.
            let roll = SimRandom.word(SimRandom.mix(seed ^ 0xFA17), at: index) % 1000
            if roll < UInt64(max(0, chance.perMille)) {
                fault = chance.fault
                return
            }
        }
    }
}
