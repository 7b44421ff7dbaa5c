// Requests that wait until the control thread has told whether a key of the original stands behind them.

internal import Reactor
internal import Wire

/// Keys of the original are known by a bcrypt hash only, which takes 60 ms to try; once known they have a digest like all others.
struct ParkedRequests {
    struct Waiting {
        let client: Token
        let digest: [UInt8]
        /// Head and body as they came.
        let request: Block
        let body: ByteRange
    }

    private var waiting: [Waiting] = []

    var count: Int { waiting.count }
    var isFull: Bool { waiting.count >= Limits.parkedRequestsMax }

    /// The question about this key is on its way already.
    func isAsked(_ digest: Span<UInt8>) -> Bool {
        waiting.contains { ParkedRequests.equal($0.digest, digest) }
    }

    mutating func park(_ one: Waiting) { waiting.append(one) }

    /// Takes out the requests that have waited for this key.
    mutating func take(_ digest: [UInt8]) -> [Waiting] {
        let taken = waiting.filter { $0.digest == digest }
        waiting.removeAll { $0.digest == digest }
        return taken
    }

    private static func equal(_ known: [UInt8], _ digest: Span<UInt8>) -> Bool {
        for index in known.indices where known[index] != digest[index] { return false }
        return known.count == digest.count
    }
}
