/// What was counted in the measured window.
struct Tally {
    var requests = 0
    var failures = [Int](repeating: 0, count: Failure.allCases.count)
    var events = 0
    var bytesIn = 0
    var connects = 0
    var resumedSessions = 0
    /// Streams dropped on purpose.
    var vanished = 0
    /// Request to last byte, from the scheduled time in the open loop; nanoseconds, as all histograms here.
    var latency = Histogram()
    /// Request to first event.
    var firstEvent = Histogram()
    /// Between the arrivals of two events of one stream.
    var gap = Histogram()
    /// How late requests left in the open loop: the generator's own fault or that of busy connections.
    var lag = Histogram()
    /// Body hash to how often it was seen, for `Limits.hashesMax` hashes.
    var hashes: [UInt64: Int] = [:]
    var hashesBeyond = 0

    var failureCount: Int { failures.reduce(0, +) }

    mutating func fail(_ failure: Failure) { failures[failure.index] += 1 }

    /// Of numbered exchanges: the hash of those that ended well, and when others were dropped, in nanoseconds.
    var numberedHashes: [(number: Int, hash: UInt64)] = []
    var departures: [(number: Int, at: UInt64)] = []

    mutating func add(hash: UInt64) {
        if hashes[hash] != nil || hashes.count < Limits.hashesMax {
            hashes[hash, default: 0] += 1
        } else {
            hashesBeyond += 1
        }
    }
}
