// Requests set aside: until the control thread has told whether a key of the original stands behind them, or until the same
// request has been answered.

internal import Reactor
internal import Wire

/// Keys of the original are known by a bcrypt hash only, which takes 60 ms to try; once known they have a digest like all others.
struct ParkedRequests {
    struct Waiting {
        let client: Token
        let digest: [UInt8]
        /// Head and body as they came.
        let request: Block
        /// Nil where it is handed on as it comes: until then it is not read.
        let body: ByteRange?
        /// Nanoseconds on the loop's clock at which it has waited for long enough.
        var until = UInt64.max
    }

    private var waiting: [Waiting] = []
    private var byteCount = 0

    var count: Int { waiting.count }
    subscript(_ index: Int) -> Waiting { waiting[index] }

    /// Whether one more request of so many bytes may be set aside.
    func hasRoom(for bytes: Int) -> Bool { byteCount + bytes <= Limits.parkedBytesMax }

    /// The question about this key is on its way already.
    func isAsked(_ digest: Span<UInt8>) -> Bool {
        waiting.contains { ParkedRequests.equal($0.digest, digest) }
    }

    mutating func park(_ one: Waiting) {
        waiting.append(one)
        byteCount += one.request.bytes.count
    }

    mutating func remove(at index: Int) -> Waiting {
        let one = waiting.remove(at: index)
        byteCount -= one.request.bytes.count
        return one
    }

    /// Takes out the request of this client.
    mutating func remove(of client: Token) -> Waiting? {
        waiting.firstIndex { $0.client == client }.map { remove(at: $0) }
    }

    /// Takes out the requests that have waited for this key.
    mutating func take(_ digest: [UInt8]) -> [Waiting] {
        let taken = waiting.filter { $0.digest == digest }
        waiting.removeAll { $0.digest == digest }
        byteCount -= taken.reduce(0) { $0 + $1.request.bytes.count }
        return taken
    }

    private static func equal(_ known: [UInt8], _ digest: Span<UInt8>) -> Bool {
        for index in known.indices where known[index] != digest[index] { return false }
        return known.count == digest.count
    }
}
