// A row of `bandit_arms`: what is known of a model at one length of prompt.

package struct ArmRow: Sendable, Equatable {
    package let modelID: String
    /// `small`, `medium` or `large`.
    package let tokenBucket: String
    /// Rewards, their sum and that of their squares, each weighted by its age at `atNS`.
    package let count: Double
    package let sum: Double
    package let squares: Double
    /// Nanoseconds since 1970.
    package let atNS: Int64

    package init(modelID: String, tokenBucket: String, count: Double, sum: Double, squares: Double, atNS: Int64) {
        self.modelID = modelID
        self.tokenBucket = tokenBucket
        self.count = count
        self.sum = sum
        self.squares = squares
        self.atNS = atNS
    }
}
