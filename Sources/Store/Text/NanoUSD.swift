// Money: whole billionths of a dollar, so that sums are exact and the largest is 9.2 billion dollars.

package enum NanoUSD {
    package static let perDollar: Double = 1_000_000_000

    /// Dollars as the original's REAL columns and JSON hold them, rounded to the nearest nano-dollar. Not finite, negative
    /// or too large gives the nearest bound.
    package static func fromDollars(_ dollars: Double) -> Int64 {
        guard dollars > 0 else { return 0 }
        let scaled = (dollars * perDollar).rounded()
        return scaled < 9.2e18 ? Int64(scaled) : Int64.max
    }

    package static func dollars(_ nano: Int64) -> Double { Double(nano) / perDollar }
}
