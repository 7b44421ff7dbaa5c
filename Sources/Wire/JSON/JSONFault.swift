// Why a text is not the JSON that was asked for.

public struct JSONFault: Error, Equatable, Sendable {
    /// Offset in bytes of the first byte that no valid text could have there; the length of a text that ends too early.
    public let position: Int
    public let reason: Reason

    public init(position: Int, reason: Reason) {
        self.position = position
        self.reason = reason
    }

    public enum Reason: UInt8, Sendable {
        case endsEarly, unexpectedByte, trailingBytes, controlByte, escape, notUTF8, number, literal
        case tooDeep, notAnObject

        public var text: StaticString {
            switch self {
            case .endsEarly: "the text ends inside a value"
            case .unexpectedByte: "unexpected byte"
            case .trailingBytes: "bytes behind the end of the value"
            case .controlByte: "unescaped control byte in a string"
            case .escape: "invalid escape in a string"
            case .notUTF8: "a string is not valid UTF-8"
            case .number: "invalid number"
            case .literal: "invalid literal"
            case .tooDeep: "nested too deeply"
            case .notAnObject: "the text is not an object"
            }
        }
    }
}
