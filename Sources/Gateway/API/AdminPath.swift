// The part of a path behind `/admin/v1/`, taken apart.

struct AdminPath {
    /// Percent-decoded, one by one.
    let segments: [String]

    /// `nil` when the path is not below `/admin/v1` or has a broken escape. One slash at the end is forgiven.
    init?(_ path: String) {
        guard path.hasPrefix("/admin/v1") else { return nil }
        var rest = path.dropFirst(9)
        guard rest.isEmpty || rest.hasPrefix("/") else { return nil }
        if rest.hasSuffix("/") { rest = rest.dropLast() }
        var segments: [String] = []
        for segment in rest.dropFirst().split(separator: "/", omittingEmptySubsequences: false) {
            guard let decoded = PercentCoding.decode(segment, plusIsBlank: false) else { return nil }
            segments.append(decoded)
        }
        self.segments = segments
    }

    /// What stands behind the first `count` segments, slashes included: model ids and secret names may hold them raw.
    func rest(after count: Int) -> String { segments.dropFirst(count).joined(separator: "/") }
}
