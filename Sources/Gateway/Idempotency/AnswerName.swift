// What makes two requests the same one: who asks, what for, under which key, with which bytes.

internal import Reactor
internal import Wire

struct AnswerName: Hashable, Sendable {
    /// SHA-256 of all of it, each part behind its length, so that no two lists of parts are the same bytes.
    let digest: [UInt8]

    /// - Parameter principal: id of the client's key: nobody gets the answer to another's request.
    /// - Parameter body: as it came, compressed or not.
    /// - Source: spec section 7.
    init(
        principal: String, path: Span<UInt8>, query: Span<UInt8>, coding: Span<UInt8>, key: Span<UInt8>,
        body: Span<UInt8>
    ) {
        var hash = SHA256()
        let principal = Array(principal.utf8)
        AnswerName.add(principal.span, to: &hash)
        AnswerName.add(path, to: &hash)
        AnswerName.add(query, to: &hash)
        AnswerName.add(coding, to: &hash)
        AnswerName.add(key, to: &hash)
        AnswerName.add(body, to: &hash)
        let digest = hash.finish()
        self.digest = Array(copying: digest.span)
    }

    init(digest: [UInt8]) { self.digest = digest }

    private static func add(_ part: Span<UInt8>, to hash: inout SHA256) {
        var length = InlineArray<8, UInt8>(repeating: 0)
        for index in 0..<8 { length[index] = UInt8(truncatingIfNeeded: part.count >> (8 * index)) }
        hash.update(length.span)
        hash.update(part)
    }
}
