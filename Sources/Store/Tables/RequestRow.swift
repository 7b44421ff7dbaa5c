// A row of `request_logs`: one exchange with its outcome.

package struct RequestRow: Sendable, Equatable {
    /// Given by the database; 0 before.
    package var id: Int64
    package var timestamp: Timestamp
    package var modelID: String
    package var providerID: String
    package var mode: String
    /// `nil` when the price is not known.
    package var costNanoUSD: Int64?
    /// Held against the key's budget for a price that is not known.
    package var assumedNanoUSD: Int64
    package var latencyMS: Int
    /// Milliseconds to the first content event; `nil` for an answer that was not streamed or never began.
    package var firstTokenMS: Int?
    /// What the client got.
    package var statusCode: Int
    /// What the last provider said; 0 for nothing.
    package var providerStatus: Int
    package var errorClass: String
    package var requestID: String
    package var apiKeyID: String
    package var inputTokens: Int
    package var outputTokens: Int
    package var aliasFrom: String
    package var attempts: Int
    package var isStream: Bool
    /// Why this model: `routed-weight-7`, `routed-hint-exact`.
    package var reason: String

    /// What counts against the key's budget: the cost, or what was assumed where the price is not known.
    package var chargedNanoUSD: Int64 { costNanoUSD ?? assumedNanoUSD }

    package var totalTokens: Int { inputTokens + outputTokens }

    package init(
        id: Int64 = 0, timestamp: Timestamp, modelID: String, providerID: String, mode: String = "",
        costNanoUSD: Int64? = nil, assumedNanoUSD: Int64 = 0, latencyMS: Int = 0, firstTokenMS: Int? = nil,
        statusCode: Int = 200,
        providerStatus: Int = 0, errorClass: String = "", requestID: String = "", apiKeyID: String = "",
        inputTokens: Int = 0, outputTokens: Int = 0, aliasFrom: String = "", attempts: Int = 1, isStream: Bool = false,
        reason: String = ""
    ) {
        self.id = id
        self.timestamp = timestamp
        self.modelID = modelID
        self.providerID = providerID
        self.mode = mode
        self.costNanoUSD = costNanoUSD
        self.assumedNanoUSD = assumedNanoUSD
        self.latencyMS = latencyMS
        self.firstTokenMS = firstTokenMS
        self.statusCode = statusCode
        self.providerStatus = providerStatus
        self.errorClass = errorClass
        self.requestID = requestID
        self.apiKeyID = apiKeyID
        self.inputTokens = inputTokens
        self.outputTokens = outputTokens
        self.aliasFrom = aliasFrom
        self.attempts = attempts
        self.isStream = isStream
        self.reason = reason
    }
}
