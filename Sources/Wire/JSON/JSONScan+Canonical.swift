// One text for all values that are equal.

extension JSONScan {
    /// The value without blanks, its strings and numbers written in one way, its members ordered by name: two values are equal when
    /// these texts are the same.
    ///
    /// Numbers count as doubles, so that 1 is 1.0; those beyond all doubles are equal where they are written alike.
    static func canonical(_ value: JSONMember, in bytes: Span<UInt8>) -> [UInt8] {
        var writer = JSONWriter()
        write(canonical: value, in: bytes, into: &writer)
        return writer.takeBytes()
    }

    // As deep as the text, which was validated.
    private static func write(canonical value: JSONMember, in bytes: Span<UInt8>, into writer: inout JSONWriter) {
        switch value.kind {
        case .object:
            writer.beginObject()
            let members = JSONObject(value.value, in: bytes).members
            for member in members.sorted(by: { $0.name.lexicographicallyPrecedes($1.name) }) {
                writer.key(member.name.span)
                write(canonical: member.value, in: bytes, into: &writer)
            }
            writer.endObject()
        case .array:
            writer.beginArray()
            var cursor = JSONCursor(of: value.value, in: bytes)
            while let element = cursor.next(in: bytes) { write(canonical: element, in: bytes, into: &writer) }
            writer.endArray()
        case .string:
            let text = JSONScan.bytes(bytes, value.value) ?? []
            writer.string(text.span)
        case .number:
            guard let number = double(bytes, value.value) else { return writer.raw(bytes.extracting(value.value)) }
            writer.double(number == 0 ? 0 : number)
        case .bool, .null:
            writer.raw(bytes.extracting(value.value))
        }
    }
}
