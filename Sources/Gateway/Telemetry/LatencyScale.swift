// Latencies in few counters: four to each doubling, so that a quantile is at most an eighth off.

/// From a quarter of a millisecond to nine minutes; what is longer counts into the last place.
enum LatencyScale {
    static let count = 80

    /// The place of a latency. Source: the log-linear histograms of HdrHistogram, with two bits of mantissa.
    static func place(ofNS nanoseconds: UInt64) -> Int {
        let units = nanoseconds &>> unitBits
        if units < 4 { return Int(units) }
        let octave = 61 &- units.leadingZeroBitCount
        return min(count &- 1, 4 &+ octave &* 4 &+ Int(truncatingIfNeeded: (units &>> UInt64(octave)) & 3))
    }

    /// The shortest latency, in nanoseconds, that falls into a place.
    static func lowerNS(of place: Int) -> UInt64 {
        if place < 4 { return UInt64(place) << unitBits }
        let (octave, quarter) = ((place - 4) / 4, (place - 4) % 4)
        return UInt64(4 + quarter) << (UInt64(octave) + unitBits)
    }

    private static let unitBits: UInt64 = 18
}
