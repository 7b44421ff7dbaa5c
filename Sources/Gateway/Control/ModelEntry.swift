// A model as the data plane sees it.

package import Adapters
internal import Wire

package final class ModelEntry: Sendable {
    package let id: String
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
    package let limits: PhaseLimits
    /// An embedding model, which answers no chat. Nothing says so but its name, as with `text-embedding-3-small`,
    /// `nomic-embed-text` and `mxbai-embed-large`.
    package let makesVectors: Bool

    package init(
        id: String, literal: [UInt8], provider: Int, weight: Int, contextTokensMax: Int, prices: Prices,
        isEnabled: Bool,
        limits: PhaseLimits = PhaseLimits()
    ) {
        self.id = id
        idBytes = Array(id.utf8)
        self.literal = literal
        self.provider = provider
        self.weight = weight
        self.contextTokensMax = contextTokensMax
        self.prices = prices
        self.isEnabled = isEnabled
        self.limits = limits
        makesVectors = ModelEntry.isEmbeddingName(idBytes)
    }

    private static func isEmbeddingName(_ name: [UInt8]) -> Bool {
        let bytes = name.span
        return (0..<max(0, name.count - 4)).contains {
            ASCII.equalsIgnoringCase(bytes, $0..<$0 + 5, "embed")
        }
    }
}
