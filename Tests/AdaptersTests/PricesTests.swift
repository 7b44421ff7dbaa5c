import Adapters
import Testing

struct PricesTests {
    @Test func aPriceOf15CentsPerMillionIsExactPerToken() {
        // 0.00015 USD per 1,000 tokens.
        let prices = Prices(inputPer1K: 150_000, outputPer1K: 600_000)
        #expect(prices.cost(of: Usage(inputTokens: 1, outputTokens: 0)) == 150)
        #expect(prices.cost(of: Usage(inputTokens: 1_000_000, outputTokens: 1_000_000)) == 750_000_000)
    }

    @Test func anUnknownPriceIsNotFree() {
        #expect(Prices(inputPer1K: 5).cost(of: Usage(inputTokens: 1, outputTokens: 1)) == nil)
        #expect(Prices().cost(of: Usage(inputTokens: 1)) == nil)
        #expect(Prices(outputPer1K: 5).cost(of: Usage(inputTokens: 1, outputTokens: 1)) == nil)
    }

    @Test func anUnknownPriceThatIsNotNeededDoesNoHarm() {
        #expect(Prices(inputPer1K: 5_000).cost(of: Usage(inputTokens: 2)) == 10)
        #expect(Prices().cost(of: Usage()) == 0)
    }

    @Test func aPriceOfZeroIsFree() {
        #expect(Prices(inputPer1K: 0, outputPer1K: 0).cost(of: Usage(inputTokens: 7, outputTokens: 9)) == 0)
    }

    @Test func partsOfANanoDollarAreRoundedUpOnce() {
        let prices = Prices(inputPer1K: 1, outputPer1K: 1)
        #expect(prices.cost(of: Usage(inputTokens: 1, outputTokens: 1)) == 1)
        #expect(prices.cost(of: Usage(inputTokens: 500, outputTokens: 500)) == 1)
        #expect(prices.cost(of: Usage(inputTokens: 501, outputTokens: 500)) == 2)
    }

    @Test func cachedTokensHaveTheirOwnPriceAndAreNotPaidTwice() {
        let prices = Prices(inputPer1K: 10_000, outputPer1K: 0, cachedPer1K: 1_000, cacheWritePer1K: 12_500)
        let usage = Usage(inputTokens: 1_000, cachedTokens: 600, cacheWriteTokens: 100)
        #expect(prices.cost(of: usage) == 4_850)
    }

    @Test func cachedTokensWithoutAPriceOfTheirOwnAreInput() {
        let prices = Prices(inputPer1K: 10_000, outputPer1K: 0)
        #expect(prices.cost(of: Usage(inputTokens: 1_000, cachedTokens: 600)) == 10_000)
    }

    @Test func moreCachedThanInputTokensMakeNoNegativeCost() {
        let prices = Prices(inputPer1K: 10_000, outputPer1K: 0, cachedPer1K: 0)
        #expect(prices.cost(of: Usage(inputTokens: 10, cachedTokens: 600, cacheWriteTokens: 600)) == 0)
        #expect(prices.cost(of: Usage(inputTokens: -10, outputTokens: -5)) == 0)
    }

    @Test func aSumBeyondAllMoneyStaysAtTheEnd() {
        let prices = Prices(inputPer1K: .max, outputPer1K: .max)
        #expect(prices.cost(of: Usage(inputTokens: .max, outputTokens: .max)) == .max)
    }
}
