// A row of `reward_logs`: what the bandit learns from.

package struct RewardRow: Sendable, Equatable {
    package var id: Int64
    package var timestamp: Timestamp
    package var requestID: String
    package var modelID: String
    package var providerID: String
    package var mode: String
    package var estimatedTokens: Int
    /// `small`, `medium` or `large`.
    package var tokenBucket: String
    package var latencyBudgetMS: Int
    package var latencyMS: Double
    package var costNanoUSD: Int64
    package var isSuccess: Bool
    package var errorClass: String
    /// 0...1.
    package var reward: Double
    /// With which the model was chosen.
    package var probability: Double
    /// What it was chosen from, as JSON; empty where nothing was to be chosen.
    package var candidates: String
    /// The user's verdict, 0...1; nil: none.
    package var score: Double?
    /// Whose request it was.
    package var apiKeyID: String

    package init(
        id: Int64 = 0, timestamp: Timestamp, requestID: String = "", modelID: String, providerID: String,
        mode: String = "", estimatedTokens: Int = 0, tokenBucket: String = "", latencyBudgetMS: Int = 0,
        latencyMS: Double = 0, costNanoUSD: Int64 = 0, isSuccess: Bool = true, errorClass: String = "",
        reward: Double = 0, probability: Double = 1, candidates: String = "", score: Double? = nil,
        apiKeyID: String = ""
    ) {
        self.id = id
        self.timestamp = timestamp
        self.requestID = requestID
        self.modelID = modelID
        self.providerID = providerID
        self.mode = mode
        self.estimatedTokens = estimatedTokens
        self.tokenBucket = tokenBucket
        self.latencyBudgetMS = latencyBudgetMS
        self.latencyMS = latencyMS
        self.costNanoUSD = costNanoUSD
        self.isSuccess = isSuccess
        self.errorClass = errorClass
        self.reward = reward
        self.probability = probability
        self.candidates = candidates
        self.score = score
        self.apiKeyID = apiKeyID
    }
}
