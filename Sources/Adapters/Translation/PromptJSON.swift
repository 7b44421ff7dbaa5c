// What the readers of all wires ask of a value.

import Wire

/// Looks at members of a request that is valid JSON.
enum PromptJSON {
    /// The inside of a string; empty for anything else.
    static func raw(_ member: JSONMember, in body: Span<UInt8>) -> ByteRange {
        member.kind == .string ? ByteRange(Int(member.value.start) + 1, Int(member.value.end) - 1) : .none
    }

    /// Says nothing: `null`, or a string, array or object without inside. SDKs send answers back with such members.
    static func isVoid(_ member: JSONMember) -> Bool {
        switch member.kind {
        case .null: true
        case .string, .array, .object: member.value.count <= 2
        case .bool, .number: false
        }
    }

    /// Whether two values are written alike.
    static func isSame(_ one: JSONMember, _ other: JSONMember, in body: Span<UInt8>) -> Bool {
        let count = one.value.count
        return other.value.count == count
            && ByteScan.equals(body, from: Int(one.value.start), body, from: Int(other.value.start), count: count)
    }

    static func isTrue(_ member: JSONMember, in body: Span<UInt8>) -> Bool {
        JSONScan.bool(body, member.value) ?? false
    }

    private static let efforts: [(name: StaticString, effort: Effort)] = [
        ("none", .none), ("minimal", .minimal), ("low", .low), ("medium", .medium), ("high", .high), ("xhigh", .xhigh),
        ("max", .max),
    ]

    /// A level of effort by its name; `nil` for one that nobody here knows.
    static func effort(_ value: ByteRange, in body: Span<UInt8>) -> Effort? {
        for (name, effort) in efforts where JSONScan.equals(body, value, name) { return effort }
        return nil
    }

    /// How long a budget lets a model think.
    static func effort(ofBudget tokens: Int) -> Effort { tokens < 4096 ? .low : tokens < 16384 ? .medium : .high }

    /// Splits `data:TYPE;base64,DATA`.
    /// - Parameter raw: the inside of a string.
    /// - Returns: `nil` for any other address.
    static func data(_ raw: ByteRange, in body: Span<UInt8>) -> (mediaType: ByteRange, data: ByteRange)? {
        let start = Int(raw.start)
        guard raw.count > 5, ASCII.equalsIgnoringCase(body, start..<start + 5, "data:") else { return nil }
        let comma = ByteScan.first(ASCII.comma, in: body.extracting(raw), from: 5) + start
        guard comma < Int(raw.end), comma - start >= 12,
            ASCII.equalsIgnoringCase(body, comma - 7..<comma, ";base64")
        else { return nil }
        // Parameters of the type, such as a character set, have no place on the other wire.
        let typeEnd = ByteScan.first(ASCII.semicolon, in: body.extracting(raw), from: 5) + start
        return (ByteRange(start + 5, typeEnd), ByteRange(comma + 1, Int(raw.end)))
    }
}
