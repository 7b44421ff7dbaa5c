// Which web pages may call `/v1` from a browser (CORS), and what their answers say about it.

internal import Wire

/// Source: the Fetch standard, section 3.2. Credentials such as cookies never take part: a page must hold a client key.
package struct AllowedOrigins: Sendable {
    private let origins: [[UInt8]]
    /// The lines of an answer's head, one set per origin.
    private let lines: [[UInt8]]
    private let allowsAll: Bool

    /// - Parameter origins: as browsers send them, such as `https://app.example`; `*` for all.
    package init(_ origins: [String]) {
        allowsAll = origins.contains("*")
        let exposed = "access-control-expose-headers: \(AllowedOrigins.exposed)\r\n"
        if allowsAll {
            self.origins = []
            lines = [Array("access-control-allow-origin: *\r\n\(exposed)".utf8)]
        } else {
            // What would break a head was refused with the configuration; here it would be dropped in silence.
            let sound = origins.filter { origin in origin.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F } }
            self.origins = sound.map { Array($0.utf8) }
            lines = sound.map { Array("access-control-allow-origin: \($0)\r\nvary: Origin\r\n\(exposed)".utf8) }
        }
    }

    /// The lines for an answer to a page of this origin; empty: it may not read it.
    func lines(for origin: Span<UInt8>) -> [UInt8] {
        if allowsAll { return lines[0] }
        for index in origins.indices where AllowedOrigins.equal(origins[index], origin) { return lines[index] }
        return []
    }

    private static func equal(_ known: [UInt8], _ origin: Span<UInt8>) -> Bool {
        guard known.count == origin.count else { return false }
        for index in known.indices where ASCII.lowercased(known[index]) != ASCII.lowercased(origin[index]) {
            return false
        }
        return true
    }

    /// What a page's script may read of an answer's head beyond the few that it always may.
    private static let exposed = """
        x-request-id, x-tokenhub-model, x-tokenhub-provider, x-tokenhub-relay, x-tokenhub-reason, x-tokenhub-attempts, \
        x-tokenhub-cost-usd, x-tokenhub-overhead-us, X-Negotiated-Model, X-Alias-From, Idempotency-Replay, retry-after, \
        retry-after-ms
        """
}
