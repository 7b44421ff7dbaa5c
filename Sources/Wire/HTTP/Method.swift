// Request methods. Case matters: `get` is `.other`.

public enum Method: UInt8, Sendable, CaseIterable {
    case get, head, post, put, delete, patch, options, trace, connect
    /// A valid token that is none of the above; its bytes stand in `RequestParser.methodRange`.
    case other

    /// - Parameter range: valid token bytes.
    @inline(__always)
    init(_ bytes: Span<UInt8>, _ range: Range<Int>) {
        self = .other
        guard range.count <= 7 else { return }
        let word = ByteScan.word(bytes, range.lowerBound) & ~(~0 &<< UInt64(range.count &* 8))
        for method in Method.allCases where method != .other && word == ByteScan.word(method.text) {
            self = method
            return
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
