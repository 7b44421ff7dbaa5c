// What tokens cost, and what an answer cost.

/// Prices of one model in nano-dollars (10⁻⁹ USD) per 1,000 tokens, so that a configured `input_per_1k` is exact.
/// `nil` is unknown, which is not free: a cost that needs an unknown price is unknown as well.
package struct Prices: Equatable, Sendable {
    /// Prompt tokens that were not read from a cache.
    package var inputPer1K: Int64?
    package var outputPer1K: Int64?
    /// Prompt tokens read from the provider's cache; unknown: billed as input.
    package var cachedPer1K: Int64?
    /// Prompt tokens written to the provider's cache; unknown: billed as input.
    package var cacheWritePer1K: Int64?

    package init(
        inputPer1K: Int64? = nil, outputPer1K: Int64? = nil, cachedPer1K: Int64? = nil, cacheWritePer1K: Int64? = nil
    ) {
        self.inputPer1K = inputPer1K
        self.outputPer1K = outputPer1K
        self.cachedPer1K = cachedPer1K
        self.cacheWritePer1K = cacheWritePer1K
    }

    /// Cost of `usage` in nano-dollars; `nil` when a price it needs is unknown.
    ///
    /// The parts are summed exactly and rounded up once, so that many small requests cannot slip under a budget.
    /// A sum beyond `Int64.max` (nine billion dollars) stays there.
    package func cost(of usage: Usage) -> Int64? {
        let cached = min(max(usage.cachedTokens, 0), max(usage.inputTokens, 0))
        let written = min(max(usage.cacheWriteTokens, 0), max(usage.inputTokens, 0) - cached)
        let fresh = max(usage.inputTokens, 0) - cached - written
        guard
            let fresh = Prices.part(fresh, inputPer1K),
            let cached = Prices.part(cached, cachedPer1K ?? inputPer1K),
            let written = Prices.part(written, cacheWritePer1K ?? inputPer1K),
            let output = Prices.part(max(usage.outputTokens, 0), outputPer1K)
        else { return nil }
        let thousandths = fresh + cached + written + output + 999
        // A narrow division is a multiplication, a wide one a call.
        return Int64(exactly: thousandths).map { $0 / 1000 } ?? Int64(clamping: thousandths / 1000)
    }

    /// Tokens times price; no tokens cost nothing at any price.
    private static func part(_ tokens: Int64, _ price: Int64?) -> Int128? {
        if tokens == 0 { return 0 }
        guard let price else { return nil }
        return Int128(tokens) * Int128(max(price, 0))
    }
}
