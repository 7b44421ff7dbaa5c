/// Counts of durations in log-linear buckets: 128 to the octave, so a figure read from it is right within 0.8 %,
/// from one nanosecond to 18 minutes in 35 KB, whatever the number of samples.
struct Histogram {
    private static let subBits = 7
    private static let octaves = 34
    private var buckets = [UInt64](repeating: 0, count: (octaves + 1) << subBits)
    private(set) var count: UInt64 = 0
    private(set) var sum: UInt64 = 0
    private(set) var max: UInt64 = 0

    /// Adds a duration in nanoseconds, seen so many times; what exceeds the range lands in the last bucket, and `max` stays exact.
    mutating func record(_ value: UInt64, times: Int = 1) {
        if times == 0 { return }
        buckets[Histogram.index(of: value)] &+= UInt64(times)
        count &+= UInt64(times)
        sum &+= value &* UInt64(times)
        if value > max { max = value }
    }

    mutating func removeAll() {
        for index in buckets.indices { buckets[index] = 0 }
        (count, sum, max) = (0, 0, 0)
    }

    var mean: UInt64 { count == 0 ? 0 : sum / count }

    /// The smallest duration that at least `fraction` (0...1) of the samples do not exceed, in nanoseconds; 0 without samples.
    func percentile(_ fraction: Double) -> UInt64 {
        if count == 0 { return 0 }
        let rank = Swift.max(1, UInt64((fraction * Double(count)).rounded(.up)))
        var seen: UInt64 = 0
        for index in buckets.indices {
            seen &+= buckets[index]
            if seen >= rank { return Swift.min(max, Histogram.upperEdge(of: index)) }
        }
        return max
    }

    private static func index(of value: UInt64) -> Int {
        let octave = Swift.max(0, 63 - value.leadingZeroBitCount - subBits)
        let index = octave << subBits &+ Int(truncatingIfNeeded: value >> UInt64(octave))
        return Swift.min(index, (octaves + 1) << subBits - 1)
    }

    private static func upperEdge(of index: Int) -> UInt64 {
        let octave = Swift.max(0, index >> subBits - 1)
        let mantissa = index - octave << subBits
        return (UInt64(mantissa + 1) << UInt64(octave)) - 1
    }
}
