// A model as the data plane sees it.

package import Adapters

package struct ModelEntry: Sendable {
    package let id: String
    /// `id` as a JSON string, quotes included.
    package let nameLiteral: [UInt8]
    /// `id` as it may stand in a header: visible ASCII, anything else percent-encoded.
    package let headerValue: [UInt8]
    package let idBytes: [UInt8]
    /// The upstream's name for it as a JSON string, quotes included.
    package let literal: [UInt8]
    /// Index into `Snapshot.providers`.
    package let provider: Int
    package let weight: Int
    /// Tokens of prompt and answer together; 0: unknown, never a reason to refuse.
    package let contextTokensMax: Int
    package let prices: Prices
    package let isEnabled: Bool

    package init(
        id: String, literal: [UInt8], provider: Int, weight: Int, contextTokensMax: Int, prices: Prices, isEnabled: Bool
    ) {
        self.id = id
        nameLiteral = JSONLiteral.of(id)
        headerValue = HeaderValue.of(id)
        idBytes = Array(id.utf8)
        self.literal = literal
        self.provider = provider
        self.weight = weight
        self.contextTokensMax = contextTokensMax
        self.prices = prices
        self.isEnabled = isEnabled
    }
}
