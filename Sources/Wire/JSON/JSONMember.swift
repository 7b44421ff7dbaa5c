// One member of an object or element of an array, as offsets into the text.

public struct JSONMember: Equatable, Sendable {
    /// Between the quotes, escapes as they stand; `.none` for an element.
    public let name: ByteRange
    /// The whole value, quotes and brackets included, blanks around it not.
    public let value: ByteRange
    public let kind: JSONKind
    /// Whether `name` holds a backslash, so that its bytes are not its characters.
    public let isNameEscaped: Bool

    public init(name: ByteRange, value: ByteRange, kind: JSONKind, isNameEscaped: Bool) {
        self.name = name
        self.value = value
        self.kind = kind
        self.isNameEscaped = isNameEscaped
    }

    static var none: JSONMember { JSONMember(name: .none, value: .none, kind: .null, isNameEscaped: false) }
}
