// The keywords of a schema that bound what can be measured.

extension JSONSchema {
    enum Bound: String, CaseIterable {
        case minimum, maximum, exclusiveMinimum, exclusiveMaximum, minLength, maxLength, minItems, maxItems

        /// It bounds a count, and must be one itself.
        var isOfCount: Bool {
            switch self {
            case .minimum, .maximum, .exclusiveMinimum, .exclusiveMaximum: false
            case .minLength, .maxLength, .minItems, .maxItems: true
            }
        }

        func admits(_ value: JSONMember, in bytes: Span<UInt8>, limit: Double) -> Bool {
            guard let measure = measure(value, bytes) else { return true }
            return switch self {
            case .minimum, .minLength, .minItems: measure >= limit
            case .maximum, .maxLength, .maxItems: measure <= limit
            case .exclusiveMinimum: measure > limit
            case .exclusiveMaximum: measure < limit
            }
        }

        /// What is bounded of the value: a number itself, the characters of a string, the elements of an array. nil: nothing.
        private func measure(_ value: JSONMember, _ bytes: Span<UInt8>) -> Double? {
            switch self {
            case .minimum, .maximum, .exclusiveMinimum, .exclusiveMaximum:
                return value.kind == .number ? JSONSchema.number(value, bytes) : nil
            case .minLength, .maxLength:
                guard let body = JSONScan.stringBody(bytes, value.value) else { return nil }
                var text = JSONText(body)
                var count = 0
                while let byte = text.next(in: bytes) { if byte & 0xC0 != 0x80 { count += 1 } }
                return Double(count)
            case .minItems, .maxItems:
                guard value.kind == .array else { return nil }
                var elements = JSONCursor(of: value.value, in: bytes)
                var count = 0
                while elements.next(in: bytes) != nil { count += 1 }
                return Double(count)
            }
        }
    }

    /// A number as a double; one that no double reaches counts as infinite.
    static func number(_ value: JSONMember, _ bytes: Span<UInt8>) -> Double {
        if let number = JSONScan.double(bytes, value.value) { return number }
        return ByteScan.byte(bytes, Int(value.value.start)) == ASCII.hyphen ? -.infinity : .infinity
    }
}
