// Models that a provider named by its key alone begins with.

import Store

/// List prices of 1 January 2026 in nano-dollars per 1,000 tokens, from the providers' price pages. They seed the table once;
/// what an operator makes of them stays.
enum KnownModels {
    private static let openAI: [(id: String, context: Int, output: Int, inputPrice: Int64, outputPrice: Int64)] = [
        ("gpt-4.1", 1_047_576, 32_768, 2_000_000, 8_000_000),
        ("gpt-4.1-mini", 1_047_576, 32_768, 400_000, 1_600_000),
        ("gpt-4o", 128_000, 16_384, 2_500_000, 10_000_000),
        ("gpt-4o-mini", 128_000, 16_384, 150_000, 600_000),
        ("text-embedding-3-small", 8191, 0, 20_000, 0),
    ]

    private static let anthropic: [(id: String, context: Int, output: Int, inputPrice: Int64, outputPrice: Int64)] = [
        ("claude-sonnet-4-5", 200_000, 64_000, 3_000_000, 15_000_000),
        ("claude-haiku-4-5", 200_000, 64_000, 1_000_000, 5_000_000),
    ]

    static func rows(type: String, providerID: String, origin: String) -> [ModelRow] {
        (type == "anthropic" ? anthropic : openAI).map {
            ModelRow(
                id: $0.id, providerID: providerID, weight: 5, contextTokensMax: $0.context, outputTokensMax: $0.output,
                inputNanoUSDPer1K: $0.inputPrice, outputNanoUSDPer1K: $0.outputPrice, pricingSource: "bundled",
                origin: origin)
        }
    }
}
