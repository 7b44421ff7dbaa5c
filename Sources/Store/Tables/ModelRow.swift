// A row of `models`.

package struct ModelRow: Sendable, Equatable {
    package var id: String
    package var providerID: String
    package var weight: Int
    /// 0 when nobody said.
    package var contextTokensMax: Int
    /// Bound on the tokens of an answer; 0 for none.
    package var outputTokensMax: Int
    /// Nano-dollars per 1,000 tokens; `nil` when the price is not known.
    package var inputNanoUSDPer1K: Int64?
    package var outputNanoUSDPer1K: Int64?
    package var isEnabled: Bool
    package var pricingSource: String
    /// A JSON object, model-facing name to client-facing name, as text.
    package var toolNameMap: String
    package var isGemma4: Bool
    /// Who wrote the row: as `ProviderRow.origin`.
    package var origin: String
    /// The name the provider knows it by; empty when that is the id.
    package var upstreamModel: String

    package init(
        id: String, providerID: String, weight: Int = 1, contextTokensMax: Int = 0, outputTokensMax: Int = 0,
        inputNanoUSDPer1K: Int64? = nil, outputNanoUSDPer1K: Int64? = nil, isEnabled: Bool = true,
        pricingSource: String = "manual", toolNameMap: String = "{}", isGemma4: Bool = false, origin: String = "admin",
        upstreamModel: String = ""
    ) {
        self.id = id
        self.providerID = providerID
        self.weight = weight
        self.contextTokensMax = contextTokensMax
        self.outputTokensMax = outputTokensMax
        self.inputNanoUSDPer1K = inputNanoUSDPer1K
        self.outputNanoUSDPer1K = outputNanoUSDPer1K
        self.isEnabled = isEnabled
        self.pricingSource = pricingSource
        self.toolNameMap = toolNameMap
        self.isGemma4 = isGemma4
        self.origin = origin
        self.upstreamModel = upstreamModel
    }
}
