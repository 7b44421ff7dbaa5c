// A schema for JSON values: read once, then texts are checked against it.

/// The subset that answers are described with: `type`, `enum`, `const`, `properties`, `required`, `additionalProperties`, `items`
/// and the keywords of `Bound`. What else a schema says is not checked.
///
/// Whatever the schema, a value meets one part of it, and what is listed there is looked up by hash: checking takes time in
/// proportion to the text's length and depth, but for the sorting of members. Both are bounded, see `Limits`.
/// - Source: JSON Schema 2020-12.
package final class JSONSchema {
    private enum Kind: String {
        case object, array, string, number, integer, boolean, null

        func admits(_ value: JSONMember, _ bytes: Span<UInt8>) -> Bool {
            switch self {
            case .object: return value.kind == .object
            case .array: return value.kind == .array
            case .string: return value.kind == .string
            case .number: return value.kind == .number
            case .integer:
                guard value.kind == .number else { return false }
                let number = JSONSchema.number(value, bytes)
                return number == number.rounded()
            case .boolean: return value.kind == .bool
            case .null: return value.kind == .null
            }
        }
    }

    /// The schema `false`.
    private var allowsNothing = false
    /// Empty: any.
    private var kinds: [Kind] = []
    /// Of `enum` and `const`: the values in canonical form, and what is said to those that are none of them.
    private var values: [(allowed: Set<[UInt8]>, expectation: String)] = []
    private var bounds: [(bound: Bound, limit: Double, expectation: String)] = []
    private var required: [[UInt8]] = []
    private var properties: [[UInt8]: JSONSchema] = [:]
    private var otherProperties: JSONSchema?
    private var items: JSONSchema?

    /// - Parameter text: any bytes.
    package convenience init(scanning text: Span<UInt8>) throws(JSONSchemaFault) {
        guard text.count <= Limits.schemaBytesMax else {
            throw JSONSchemaFault("schema has more than \(Limits.schemaBytesMax) bytes")
        }
        let root: JSONMember
        do throws(JSONFault) {
            root = try JSONSchema.value(of: text)
            guard root.kind == .object else { throw JSONFault(position: 0, reason: .notAnObject) }
        } catch {
            throw JSONSchemaFault("schema is not valid JSON: \(error.reason.text)")
        }
        guard JSONScan.member(of: root.value, in: text, named: "type") != nil else {
            throw JSONSchemaFault(#"schema missing required "type" field"#)
        }
        try self.init(root, text)
    }

    /// Checks a whole text.
    /// - Parameter text: any bytes; what is no JSON fits no schema.
    package func check(_ text: Span<UInt8>) throws(JSONSchemaFault) {
        guard text.count <= Limits.schemaTextBytesMax else {
            throw JSONSchemaFault("expected at most \(Limits.schemaTextBytesMax) bytes to check")
        }
        let root: JSONMember
        do throws(JSONFault) { root = try JSONSchema.value(of: text) } catch { throw wrongKind }
        try check(root, text)
    }

    private static func value(of text: Span<UInt8>) throws(JSONFault) -> JSONMember {
        var reader = JSONReader()
        let kind = reader.nextKind(in: text)
        let value = try reader.skip(in: text)
        try reader.finish(in: text)
        return JSONMember(name: .none, value: value, kind: kind, isNameEscaped: false)
    }

    // MARK: Reading; as deep as the text, which was validated

    private init(_ schema: JSONMember, _ bytes: Span<UInt8>) throws(JSONSchemaFault) {
        guard schema.kind == .object else {
            guard schema.kind == .bool else { throw JSONSchemaFault("schema must be an object or a boolean") }
            allowsNothing = JSONScan.bool(bytes, schema.value) == false
            return
        }
        let keywords = JSONObject(schema.value, in: bytes)
        if let type = keywords["type"] { try takeKinds(type, bytes) }
        if let list = keywords["enum"] {
            guard list.kind == .array else { throw JSONSchema.badForm("enum", "an array") }
            allow(JSONSchema.elements(of: list, bytes), "one of ", list, bytes)
        }
        if let value = keywords["const"] { allow([value], "", value, bytes) }
        for bound in Bound.allCases { if let limit = keywords[bound.rawValue] { try take(bound, limit, bytes) } }
        if let names = keywords["required"] { try takeRequired(names, bytes) }
        if let properties = keywords["properties"] {
            guard properties.kind == .object else { throw JSONSchema.badForm("properties", "an object") }
            for (name, schema) in JSONObject(properties.value, in: bytes).members {
                self.properties[name] = try JSONSchema.part(schema, bytes, at: "properties", name)
            }
        }
        // Which members and elements are left over depends on keywords outside the subset, where there are such.
        if let others = keywords["additionalProperties"], keywords["patternProperties"] == nil {
            otherProperties = try JSONSchema.part(others, bytes, at: "additionalProperties")
        }
        // An array of schemas is the tuple of older drafts.
        if let items = keywords["items"], items.kind != .array, keywords["prefixItems"] == nil {
            self.items = try JSONSchema.part(items, bytes, at: "items")
        }
    }

    private func takeKinds(_ type: JSONMember, _ bytes: Span<UInt8>) throws(JSONSchemaFault) {
        for name in type.kind == .array ? JSONSchema.elements(of: type, bytes) : [type] {
            guard let kind = JSONScan.string(bytes, name.value).flatMap(Kind.init) else {
                throw JSONSchema.badForm("type", "a type of JSON or a list of such")
            }
            if !kinds.contains(kind) { kinds.append(kind) }
        }
        if kinds.isEmpty { throw JSONSchema.badForm("type", "a type of JSON or a list of such") }
    }

    private func allow(_ values: [JSONMember], _ quantity: String, _ text: JSONMember, _ bytes: Span<UInt8>) {
        let quoted = JSONSchemaFault.quotable(Array(copying: bytes.extracting(text.value)))
        var allowed: Set<[UInt8]> = []
        for value in values { allowed.insert(JSONScan.canonical(value, in: bytes)) }
        self.values.append((allowed, "expected \(quantity)\(quoted)"))
    }

    private func take(_ bound: Bound, _ limit: JSONMember, _ bytes: Span<UInt8>) throws(JSONSchemaFault) {
        guard limit.kind == .number, let number = JSONScan.double(bytes, limit.value),
            !bound.isOfCount || number >= 0 && number == number.rounded()
        else { throw JSONSchema.badForm(bound.rawValue, bound.isOfCount ? "a count" : "a number") }
        let quoted = JSONSchemaFault.quotable(Array(copying: bytes.extracting(limit.value)))
        bounds.append((bound, number, "expected \(bound.rawValue) \(quoted)"))
    }

    private func takeRequired(_ names: JSONMember, _ bytes: Span<UInt8>) throws(JSONSchemaFault) {
        var seen: Set<[UInt8]> = []
        guard names.kind == .array else { throw JSONSchema.badForm("required", "a list of strings") }
        for element in JSONSchema.elements(of: names, bytes) {
            guard let name = JSONScan.bytes(bytes, element.value) else {
                throw JSONSchema.badForm("required", "a list of strings")
            }
            if seen.insert(name).inserted { required.append(name) }
        }
    }

    private static func part(
        _ schema: JSONMember, _ bytes: Span<UInt8>, at keyword: String, _ name: [UInt8]? = nil
    ) throws(JSONSchemaFault) -> JSONSchema {
        do throws(JSONSchemaFault) {
            return try JSONSchema(schema, bytes)
        } catch {
            throw (name.map(error.inside) ?? error).inside(keyword)
        }
    }

    private static func elements(of array: JSONMember, _ bytes: Span<UInt8>) -> [JSONMember] {
        var elements: [JSONMember] = []
        var cursor = JSONCursor(of: array.value, in: bytes)
        while let element = cursor.next(in: bytes) { elements.append(element) }
        return elements
    }

    private static func badForm(_ keyword: String, _ form: String) -> JSONSchemaFault {
        JSONSchemaFault("schema \"\(keyword)\" must be \(form)")
    }

    // MARK: Checking; as deep as the schema

    private func check(_ value: JSONMember, _ bytes: Span<UInt8>) throws(JSONSchemaFault) {
        if allowsNothing { throw JSONSchemaFault("expected no value") }
        if !kinds.isEmpty, !kinds.contains(where: { $0.admits(value, bytes) }) { throw wrongKind }
        if !values.isEmpty {
            let text = JSONScan.canonical(value, in: bytes)
            for (allowed, expectation) in values where !allowed.contains(text) { throw JSONSchemaFault(expectation) }
        }
        for (bound, limit, expectation) in bounds where !bound.admits(value, in: bytes, limit: limit) {
            throw JSONSchemaFault(expectation)
        }
        if value.kind == .object { try checkMembers(of: value, bytes) }
        guard value.kind == .array, let items else { return }
        var elements = JSONCursor(of: value.value, in: bytes)
        var index = 0
        while let element = elements.next(in: bytes) {
            do throws(JSONSchemaFault) { try items.check(element, bytes) } catch { throw error.inside("\(index)") }
            index += 1
        }
    }

    private func checkMembers(of object: JSONMember, _ bytes: Span<UInt8>) throws(JSONSchemaFault) {
        if required.isEmpty, properties.isEmpty, otherProperties == nil { return }
        let object = JSONObject(object.value, in: bytes)
        for name in required where object[name] == nil {
            throw JSONSchemaFault("missing required field \"\(JSONSchemaFault.quotable(name))\"")
        }
        for (name, value) in object.members {
            guard let schema = properties[name] ?? otherProperties else { continue }
            do throws(JSONSchemaFault) { try schema.check(value, bytes) } catch { throw error.inside(name) }
        }
    }

    private var wrongKind: JSONSchemaFault {
        let names = kinds.isEmpty ? "value" : kinds.map(\.rawValue).joined(separator: " or ")
        return JSONSchemaFault("expected JSON \(names) but got something else")
    }
}
