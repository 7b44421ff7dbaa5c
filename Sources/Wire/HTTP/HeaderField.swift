// One field line of a head, as offsets into the bytes it was parsed from.

public struct HeaderField: Equatable, Sendable {
    public let name: ByteRange
    /// Without blanks at both ends; may be empty.
    public let value: ByteRange
    public let id: HeaderName

    public init(name: ByteRange, value: ByteRange, id: HeaderName) {
        self.name = name
        self.value = value
        self.id = id
    }
}
