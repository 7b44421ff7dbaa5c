// One bound parameter of a statement.

enum Value: Sendable, Equatable {
    case null
    case integer(Int64)
    case real(Double)
    case text(String)
    case blob([UInt8])

    static func integer(_ value: Int) -> Value { .integer(Int64(value)) }
    static func flag(_ value: Bool) -> Value { .integer(value ? 1 : 0) }
    static func time(_ value: Timestamp) -> Value { .text(value.description) }
    static func time(_ value: Timestamp?) -> Value { value.map { .text($0.description) } ?? .null }
    static func integer(_ value: Int64?) -> Value { value.map { .integer($0) } ?? .null }
    static func integer(_ value: Int?) -> Value { value.map { .integer(Int64($0)) } ?? .null }
}
