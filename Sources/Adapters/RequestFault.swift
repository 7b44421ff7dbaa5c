// What is wrong with a client's request body.

package import Wire

/// A request that is refused before it is sent anywhere: always the caller's fault, always 400.
///
/// The parts are static, so that a refused request costs no more than a served one; the text is put together when the
/// answer is written.
package enum RequestFault: Error, Equatable, Sendable {
    /// The body is not one JSON text; the byte offset where that showed.
    case malformed(JSONFault)
    /// The body is JSON, but no object.
    case notAnObject
    case missing(RequestField)
    /// An array that must have at least one element.
    case empty(RequestField)
    /// A value of the wrong kind; what it must be.
    case wrongKind(RequestField, expected: Expected)
    /// A number outside of its bounds.
    case outOfBounds(RequestField, min: Int, max: Int)
    /// More elements than the bound.
    case tooMany(RequestField, max: Int)
    /// A text longer than the bound, in bytes as written.
    case tooLong(RequestField, bytesMax: Int)
    /// The member stands there twice, or in another spelling that some servers take for it. Whoever checks one and
    /// obeys the other can be talked past every policy.
    case ambiguous(RequestField)
    /// More members in the request object than the bound.
    case tooManyMembers(max: Int)

    /// What a value must be.
    package enum Expected: Equatable, Sendable {
        case string, boolean, integer, array, object, objects, stringOrArray, stringOrStrings

        package var text: StaticString {
            switch self {
            case .string: "a string"
            case .boolean: "a boolean"
            case .integer: "an integer"
            case .array: "an array"
            case .object: "an object"
            case .objects: "an array of objects"
            case .stringOrArray: "a string or an array"
            case .stringOrStrings: "a string or an array of strings"
            }
        }
    }

    package var status: Int { 400 }
    package var type: StaticString { "invalid_request_error" }

    package var code: StaticString? {
        switch self {
        case .malformed, .notAnObject: "invalid_json"
        case .missing: "missing_required_parameter"
        case .empty: "empty_array"
        case .wrongKind: "invalid_type"
        case .outOfBounds: "integer_out_of_range"
        case .tooMany: "array_above_max_length"
        case .tooLong: "string_above_max_length"
        case .ambiguous: "ambiguous_parameter"
        case .tooManyMembers: "too_many_parameters"
        }
    }

    /// The member at fault, where there is one.
    package var field: RequestField? {
        switch self {
        case .malformed, .notAnObject, .tooManyMembers: nil
        case .missing(let field), .empty(let field), .wrongKind(let field, _), .outOfBounds(let field, _, _),
            .tooMany(let field, _), .tooLong(let field, _), .ambiguous(let field):
            field
        }
    }

    /// Appends the sentence for the caller: plain ASCII without quotes or backslashes, so that any shape may hold it.
    package func writeMessage(into out: inout ByteBuffer) {
        switch self {
        case .malformed(let fault):
            out.append("invalid JSON at byte ")
            out.append(decimal: fault.position)
            out.append(": ")
            out.append(fault.reason.text)
        case .notAnObject:
            out.append("the request body must be a JSON object")
        case .missing(let field):
            out.append(field.name)
            out.append(" is required")
        case .empty(let field):
            out.append(field.name)
            out.append(" is required and must not be empty")
        case .wrongKind(let field, let expected):
            out.append(field.name)
            out.append(" must be ")
            out.append(expected.text)
        case .outOfBounds(let field, let min, let max):
            out.append(field.name)
            out.append(" must be between ")
            out.append(decimal: min)
            out.append(" and ")
            out.append(decimal: max)
        case .tooMany(let field, let max):
            out.append(field.name)
            out.append(" may have at most ")
            out.append(decimal: max)
            out.append(" elements")
        case .tooLong(let field, let bytesMax):
            out.append("each text of ")
            out.append(field.name)
            out.append(" may have at most ")
            out.append(decimal: bytesMax)
            out.append(" bytes")
        case .ambiguous(let field):
            out.append(field.name)
            out.append(" is given more than once or in another spelling")
        case .tooManyMembers(let max):
            out.append("the request may have at most ")
            out.append(decimal: max)
            out.append(" members")
        }
    }
}
