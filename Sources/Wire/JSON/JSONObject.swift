// The members of one object, found by their names.

/// For objects whose names are not known beforehand, in time that grows with their length only. It is copied out of the text.
struct JSONObject {
    /// Names with their escapes resolved, in the order of the text. Of members with the same name the last counts.
    private(set) var members: [(name: [UInt8], value: JSONMember)] = []
    private var places: [[UInt8]: Int] = [:]

    /// - Parameter object: the range of an object in a valid text; of anything else there are no members.
    init(_ object: ByteRange, in bytes: Span<UInt8>) {
        guard ByteScan.byte(bytes, Int(object.start)) == ASCII.openBrace else { return }
        var cursor = JSONCursor(of: object, in: bytes)
        while let member = cursor.next(in: bytes) {
            var text = JSONText(member.name)
            var name: [UInt8] = []
            while let byte = text.next(in: bytes) { name.append(byte) }
            if let place = places[name] {
                members[place].value = member
            } else {
                places[name] = members.count
                members.append((name, member))
            }
        }
    }

    subscript(name: [UInt8]) -> JSONMember? { places[name].map { members[$0].value } }
    subscript(name: String) -> JSONMember? { self[Array(name.utf8)] }
}
