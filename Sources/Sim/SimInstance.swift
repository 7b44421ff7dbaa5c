// Makes a JSON value that fits a schema.

import Wire

/// Instances of JSON schemas as tools and structured output use them: types, properties, items, enumerations, bounds,
/// combinations and local references. Patterns and formats are not followed.
struct SimInstance {
    private let root: ByteRange
    private let bytesMax: Int

    /// Appends an instance of the schema at `schema`, as compact JSON.
    static func write(_ schema: ByteRange, in bytes: Span<UInt8>, into out: inout ByteBuffer) {
        let instance = SimInstance(root: schema, bytesMax: out.count + Limits.instanceBytesMax)
        instance.write(schema, bytes, depth: 0, &out)
    }

    private init(root: ByteRange, bytesMax: Int) {
        self.root = root
        self.bytesMax = bytesMax
    }

    private func write(_ schema: ByteRange, _ bytes: Span<UInt8>, depth: Int, _ out: inout ByteBuffer) {
        func member(_ name: StaticString) -> JSONMember? {
            JSONScan.member(of: schema, in: bytes, named: name)
        }
        guard depth < Limits.depthMax, out.count < bytesMax else { return out.append("null") }
        if let constant = member("const") { return out.append(bytes.extracting(constant.value)) }
        if let values = member("enum"), let first = JSONScan.element(of: values.value, in: bytes, at: 0) {
            return out.append(bytes.extracting(first.value))
        }
        if let reference = member("$ref"), let target = resolve(reference.value, bytes) {
            return write(target, bytes, depth: depth + 1, &out)
        }
        for combination: StaticString in ["anyOf", "oneOf", "allOf"] {
            if let schemas = member(combination),
                let first = JSONScan.element(of: schemas.value, in: bytes, at: 0)
            {
                return write(first.value, bytes, depth: depth + 1, &out)
            }
        }
        func isType(_ name: StaticString) -> Bool {
            guard let type = member("type") else { return false }
            let first = JSONScan.element(of: type.value, in: bytes, at: 0)?.value ?? type.value
            return JSONScan.equals(bytes, first, name)
        }
        if isType("object") || member("properties") != nil {
            writeObject(schema, bytes, depth, &out)
        } else if isType("array") || member("items") != nil {
            writeArray(schema, bytes, depth, &out)
        } else if isType("integer") || isType("number") {
            writeNumber(schema, bytes, &out)
        } else if isType("boolean") {
            out.append("true")
        } else if isType("null") {
            out.append("null")
        } else {
            let length = min(number("minLength", schema, bytes) ?? 4, Limits.instanceBytesMax)
            let most = number("maxLength", schema, bytes) ?? .max
            out.append("\"")
            for index in 0..<max(0, min(max(length, 4), most)) { out.append(UInt8(ascii: "a") + UInt8(index % 26)) }
            out.append("\"")
        }
    }

    private func writeObject(_ schema: ByteRange, _ bytes: Span<UInt8>, _ depth: Int, _ out: inout ByteBuffer) {
        out.append("{")
        if let properties = JSONScan.member(of: schema, in: bytes, named: "properties") {
            let required = JSONScan.member(of: schema, in: bytes, named: "required")?.value ?? .none
            var cursor = JSONCursor(of: properties.value, in: bytes)
            var isFirst = true
            while let property = cursor.next(in: bytes) {
                // A schema that holds itself ends where its optional members do.
                if depth > 3, !SimInstance.lists(required, property.name, bytes) { continue }
                if !isFirst { out.append(",") }
                isFirst = false
                out.append("\"")
                out.append(bytes.extracting(property.name))
                out.append("\":")
                write(property.value, bytes, depth: depth + 1, &out)
            }
        }
        out.append("}")
    }

    private func writeArray(_ schema: ByteRange, _ bytes: Span<UInt8>, _ depth: Int, _ out: inout ByteBuffer) {
        out.append("[")
        let least = number("minItems", schema, bytes) ?? (depth > 3 ? 0 : 1)
        let most = number("maxItems", schema, bytes) ?? .max
        if let items = JSONScan.member(of: schema, in: bytes, named: "items"), items.kind == .object {
            var index = 0
            while index < min(least, most), out.count < bytesMax {
                if index > 0 { out.append(",") }
                write(items.value, bytes, depth: depth + 1, &out)
                index += 1
            }
        }
        out.append("]")
    }

    private func writeNumber(_ schema: ByteRange, _ bytes: Span<UInt8>, _ out: inout ByteBuffer) {
        for bound: StaticString in ["minimum", "maximum"] {
            if let value = JSONScan.member(of: schema, in: bytes, named: bound), value.kind == .number {
                return out.append(bytes.extracting(value.value))
            }
        }
        if let least = number("exclusiveMinimum", schema, bytes) {
            return out.append(decimal: least + 1)
        }
        out.append("7")
    }

    private func number(_ name: StaticString, _ schema: ByteRange, _ bytes: Span<UInt8>) -> Int? {
        guard let value = JSONScan.member(of: schema, in: bytes, named: name)?.value,
            let number = JSONScan.int(bytes, value)
        else { return nil }
        return Int(min(max(number, -1_000_000_000), 1_000_000_000))
    }

    /// Follows `#`, `#/$defs/Name` and `#/definitions/Name`.
    private func resolve(_ reference: ByteRange, _ bytes: Span<UInt8>) -> ByteRange? {
        guard let text = JSONScan.string(bytes, reference), text.hasPrefix("#") else { return nil }
        if text == "#" { return root }
        let steps = text.dropFirst(2).split(separator: "/")
        guard steps.count == 2, steps[0] == "$defs" || steps[0] == "definitions" else { return nil }
        let folder = JSONScan.member(of: root, in: bytes, named: steps[0] == "$defs" ? "$defs" : "definitions")
        var cursor = JSONCursor(of: folder?.value ?? .none, in: bytes)
        while let definition = cursor.next(in: bytes) {
            let quoted = ByteRange(Int(definition.name.start) - 1, Int(definition.name.end) + 1)
            if JSONScan.string(bytes, quoted).map({ $0 == steps[1] }) == true { return definition.value }
        }
        return nil
    }

    private static func lists(_ required: ByteRange, _ name: ByteRange, _ bytes: Span<UInt8>) -> Bool {
        var cursor = JSONCursor(of: required, in: bytes)
        while let element = cursor.next(in: bytes) {
            guard let inside = JSONScan.stringBody(bytes, element.value), inside.count == name.count else { continue }
            if ByteScan.equals(bytes, from: Int(inside.start), bytes, from: Int(name.start), count: name.count) {
                return true
            }
        }
        return false
    }
}
