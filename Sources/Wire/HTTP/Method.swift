// Request methods. Case matters: `get` is `.other`.

public enum Method: UInt8, Sendable, CaseIterable {
    case get, head, post, put, delete, patch, options, trace, connect
    /// A valid token that is none of the above; its bytes stand in `RequestParser.methodRange`.
    case other

    /// - Parameter range: valid token bytes.
    @inline(__always)
    init(_ bytes: Span<UInt8>, _ range: Range<Int>) {
        guard range.count <= 7 else {
            self = .other
            return
        }
        let word = ByteScan.word(bytes, range.lowerBound) & ~(~0 &<< UInt64(range.count &* 8))
        switch word {
        case ByteScan.word("GET"): self = .get
        case ByteScan.word("HEAD"): self = .head
        case ByteScan.word("POST"): self = .post
        case ByteScan.word("PUT"): self = .put
        case ByteScan.word("DELETE"): self = .delete
        case ByteScan.word("PATCH"): self = .patch
        case ByteScan.word("OPTIONS"): self = .options
        case ByteScan.word("TRACE"): self = .trace
        case ByteScan.word("CONNECT"): self = .connect
        default: self = .other
        }
    }

    public var text: StaticString {
        switch self {
        case .get: "GET"
        case .head: "HEAD"
        case .post: "POST"
        case .put: "PUT"
        case .delete: "DELETE"
        case .patch: "PATCH"
        case .options: "OPTIONS"
        case .trace: "TRACE"
        case .connect: "CONNECT"
        case .other: ""
        }
    }
}
