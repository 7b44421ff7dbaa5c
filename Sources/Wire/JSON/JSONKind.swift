// What a JSON value is, told by its first byte.

public enum JSONKind: UInt8, Sendable {
    case object, array, string, number, bool, null

    /// - Parameter byte: the first byte of a valid value.
    @inlinable @inline(__always)
    init(firstByte byte: UInt8) {
        switch byte {
        case ASCII.openBrace: self = .object
        case ASCII.openBracket: self = .array
        case ASCII.quote: self = .string
        case UInt8(ascii: "t"), UInt8(ascii: "f"): self = .bool
        case UInt8(ascii: "n"): self = .null
        default: self = .number
        }
    }
}
