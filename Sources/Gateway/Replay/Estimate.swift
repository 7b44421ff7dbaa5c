// A mean and how far it can be trusted.

package struct Estimate: Sendable, Equatable {
    package let mean: Double
    package let standardError: Double

    /// 95 % by the normal approximation.
    package var low: Double { mean - 1.959_964 * standardError }
    package var high: Double { mean + 1.959_964 * standardError }

    package func covers(_ value: Double) -> Bool { low <= value && value <= high }
}
