// A model as the router weighs it, apart from its names. A snapshot holds them side by side: a decision looks at each.

internal import Adapters

struct Offer: Sendable {
    let prices: Prices
    let weight: Int
    let contextTokensMax: Int
    /// Index into `Snapshot.providers`.
    let provider: Int
    let isEnabled: Bool
    let makesVectors: Bool

    init(_ model: ModelEntry) {
        prices = model.prices
        weight = model.weight
        contextTokensMax = model.contextTokensMax
        provider = model.provider
        isEnabled = model.isEnabled
        makesVectors = model.makesVectors
    }
}
