// The members of a request's JSON object, typed. What is not asked for is ignored.

import Wire

struct AdminBody: ~Copyable {
    private let bytes: [UInt8]
    private let members: JSONMembers

    /// - Parameter bytes: nothing at all counts as `{}`.
    init(_ bytes: [UInt8]) throws(AdminFault) {
        let bytes = bytes.isEmpty ? [0x7B, 0x7D] : bytes
        var members = JSONMembers()
        do throws(JSONFault) {
            try JSONScan.topLevelMembers(bytes.span, into: &members)
        } catch {
            throw .badRequest("bad json: \(error.reason.text) at byte \(error.position)")
        }
        if members.isTruncated { throw .badRequest("bad json: too many members") }
        self.bytes = bytes
        self.members = members
    }

    private func member(_ name: StaticString) -> JSONMember? { members.member(named: name, in: bytes.span) }

    /// Whether there is a member of this name, null included.
    func has(_ name: StaticString) -> Bool { member(name) != nil }

    func isNull(_ name: StaticString) -> Bool { member(name)?.kind == .null }

    /// `nil` when the member is absent or null; so in all readers below.
    private func value(_ name: StaticString, _ kind: JSONKind, _ wanted: StaticString) throws(AdminFault) -> ByteRange?
    {
        guard let member = member(name), member.kind != .null else { return nil }
        guard member.kind == kind else { throw .badRequest("\(name) must be \(wanted)") }
        return member.value
    }

    func string(_ name: StaticString) throws(AdminFault) -> String? {
        guard let range = try value(name, .string, "a string") else { return nil }
        guard let text = JSONScan.string(bytes.span, range), !text.utf8.contains(0) else {
            throw .badRequest("\(name) holds a NUL character")
        }
        return text
    }

    func bool(_ name: StaticString) throws(AdminFault) -> Bool? {
        guard let range = try value(name, .bool, "true or false") else { return nil }
        return JSONScan.bool(bytes.span, range)
    }

    func double(_ name: StaticString, in bounds: ClosedRange<Double>) throws(AdminFault) -> Double? {
        guard let range = try value(name, .number, "a number") else { return nil }
        guard let number = JSONScan.double(bytes.span, range), bounds.contains(number) else {
            throw .badRequest(
                "\(name) must be between \(AdminBody.plain(bounds.lowerBound)) and \(AdminBody.plain(bounds.upperBound))"
            )
        }
        return number
    }

    /// A whole number, `5.0` and `5e0` included: some clients know no other numbers.
    func int(_ name: StaticString, in bounds: ClosedRange<Int>) throws(AdminFault) -> Int? {
        guard let range = try value(name, .number, "a number") else { return nil }
        let number =
            JSONScan.int(bytes.span, range) ?? JSONScan.double(bytes.span, range).flatMap { Int64(exactly: $0) }
        guard let number else { throw .badRequest("\(name) must be a whole number") }
        guard let number = Int(exactly: number), bounds.contains(number) else {
            throw .badRequest("\(name) must be between \(bounds.lowerBound) and \(bounds.upperBound)")
        }
        return number
    }

    /// The text of an object or array as it stands.
    func json(_ name: StaticString, _ kind: JSONKind) throws(AdminFault) -> [UInt8]? {
        guard let range = try value(name, kind, kind == .object ? "an object" : "an array") else { return nil }
        return Array(bytes[range.range])
    }

    /// A list of words: a JSON array, or a string that holds one.
    func words(_ name: StaticString) throws(AdminFault) -> [String]? {
        guard let member = member(name), member.kind != .null else { return nil }
        let refusal = AdminFault.badRequest("\(name) must be an array of strings, or a string that holds one")
        var text = Array(bytes[member.value.range])
        if member.kind == .string {
            guard let inner = JSONScan.bytes(bytes.span, member.value) else { throw refusal }
            if inner.isEmpty { return [] }
            text = inner
            guard (try? JSONScan.validate(text.span)) != nil else { throw refusal }
        }
        let start = text.firstIndex { $0 > 0x20 } ?? text.count
        guard start < text.count, text[start] == 0x5B else { throw refusal }
        var cursor = JSONCursor(of: ByteRange(start, text.count), in: text.span)
        var words: [String] = []
        while let element = cursor.next(in: text.span) {
            guard element.kind == .string, let word = JSONScan.string(text.span, element.value) else { throw refusal }
            words.append(word)
        }
        return words
    }

    /// `10`, not `10.0`, as the original's messages have it.
    private static func plain(_ bound: Double) -> String {
        bound == bound.rounded() && bound.magnitude < 1e15 ? "\(Int(bound))" : "\(bound)"
    }
}
