// What a core may spend on answers that are thrown away: a share of what it spends on those that are used.

/// Nothing may be spent before it is earned, so that the share holds at any time.
struct HedgeBudget {
    private var leftNanoUSD: Int64 = 0

    /// An answer was used and cost so much.
    mutating func earn(_ nanoUSD: Int64, share: Double) {
        leftNanoUSD = min(leftNanoUSD + Int64(Double(nanoUSD) * share), Limits.hedgeHeldNanoUSDMax)
    }

    /// Whether a second answer may be asked for that costs at most so much; it is held until `settle`.
    mutating func hold(_ nanoUSD: Int64) -> Bool {
        if leftNanoUSD < nanoUSD { return false }
        leftNanoUSD -= nanoUSD
        return true
    }

    /// One of two answers was thrown away, and cost so much.
    mutating func settle(held: Int64, cost: Int64) { leftNanoUSD += held - cost }
}
