// How one simulated provider behaves when a request says nothing else.

/// The configured character of a simulated provider.
package struct SimProfile: Sendable {
    /// A fault that strikes some of the requests.
    package struct Chance: Equatable, Sendable {
        package var fault: SimFault
        /// Struck requests per thousand.
        package var perMille: Int

        package init(_ fault: SimFault, perMille: Int) {
            self.fault = fault
            self.perMille = perMille
        }
    }

    /// Model names it serves, without characters that JSON escapes; empty: any name.
    package var models: [[UInt8]]
    /// Key it demands as a bearer token; empty: any key or none.
    package var key: [UInt8]
    /// Delay before the first byte of an answer.
    package var timeToFirst: SimDelay
    /// Delay between two content events of a stream; a whole answer takes as many of them as it has tokens.
    package var betweenTokens: SimDelay
    /// Tokens of an answer, unless `max_tokens` is less.
    package var tokens: Int
    /// Content bytes per token; 0: a word each.
    package var chunkBytes: Int
    /// Numbers of an embedding vector.
    package var dimensions: Int
    /// Seconds since 1970 in `created`. Fixed, for a pure function knows no clock.
    package var created: Int64
    /// Refuses requests of OpenAI's wires as OpenAI does. Messages are always held to their rules.
    package var isStrict = false
    /// Tried in order; the first that strikes counts.
    package var chances: [Chance]

    package init(
        models: [[UInt8]] = [], key: [UInt8] = [], timeToFirst: SimDelay = .none, betweenTokens: SimDelay = .none,
        tokens: Int = 16, chunkBytes: Int = 0, dimensions: Int = 256, created: Int64 = 1_700_000_000,
        chances: [Chance] = []
    ) {
        self.models = models
        self.key = key
        self.timeToFirst = timeToFirst
        self.betweenTokens = betweenTokens
        self.tokens = tokens
        self.chunkBytes = chunkBytes
        self.dimensions = dimensions
        self.created = created
        self.chances = chances
    }
}
