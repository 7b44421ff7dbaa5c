// A JSON reader whose faults are those of a request.

import Wire

/// `JSONReader` with the checks that requests need at every member.
struct RequestReader {
    private var json: JSONReader

    init() { json = JSONReader(depthMax: Limits.requestDepthMax) }

    var offset: Int { json.offset }

    @inline(__always)
    mutating func kind(in bytes: Span<UInt8>) -> JSONKind { json.nextKind(in: bytes) }

    @inline(__always)
    mutating func enter(in bytes: Span<UInt8>) throws(RequestFault) {
        do { try json.enter(in: bytes) } catch { throw .malformed(error) }
    }

    mutating func nextMember(in bytes: Span<UInt8>) throws(RequestFault) -> JSONMember? {
        do { return try json.nextMember(in: bytes) } catch { throw .malformed(error) }
    }

    mutating func nextElement(in bytes: Span<UInt8>) throws(RequestFault) -> Bool {
        do { return try json.nextElement(in: bytes) } catch { throw .malformed(error) }
    }

    @discardableResult
    mutating func skip(in bytes: Span<UInt8>) throws(RequestFault) -> ByteRange {
        do { return try json.skip(in: bytes) } catch { throw .malformed(error) }
    }

    mutating func finish(in bytes: Span<UInt8>) throws(RequestFault) {
        do { try json.finish(in: bytes) } catch { throw .malformed(error) }
    }

    /// A string; `nil` for `null`.
    mutating func text(
        _ field: RequestField, in bytes: Span<UInt8>, bytesMax: Int
    ) throws(RequestFault) -> ByteRange? {
        let kind = kind(in: bytes)
        let value = try skip(in: bytes)
        guard let body = JSONScan.stringBody(bytes, value) else {
            if kind == .null { return nil }
            throw .wrongKind(field, expected: .string)
        }
        if body.count > bytesMax { throw .tooLong(field, bytesMax: bytesMax) }
        return body
    }

    /// A boolean; `nil` for `null`.
    mutating func flag(_ field: RequestField, in bytes: Span<UInt8>) throws(RequestFault) -> Bool? {
        let kind = kind(in: bytes)
        let value = try skip(in: bytes)
        guard let flag = JSONScan.bool(bytes, value) else {
            if kind == .null { return nil }
            throw .wrongKind(field, expected: .boolean)
        }
        return flag
    }

    /// An integer within bounds; `nil` for `null`. Text that some servers read as a number is refused with the rest.
    mutating func number(
        _ field: RequestField, in bytes: Span<UInt8>, min: Int, max: Int
    ) throws(RequestFault) -> Int? {
        let kind = kind(in: bytes)
        let value = try skip(in: bytes)
        if kind == .null { return nil }
        guard kind == .number else { throw .wrongKind(field, expected: .integer) }
        guard let number = JSONScan.int(bytes, value) else {
            // Too many digits for a word, or a fraction.
            for index in value.range where !ASCII.isDigit(bytes[index]) && bytes[index] != ASCII.hyphen {
                throw .wrongKind(field, expected: .integer)
            }
            throw .outOfBounds(field, min: min, max: max)
        }
        guard number >= min, number <= max else { throw .outOfBounds(field, min: min, max: max) }
        return Int(number)
    }

    /// Elements of an array of at most `max`; 0 for `null`.
    mutating func count(_ field: RequestField, in bytes: Span<UInt8>, max: Int) throws(RequestFault) -> Int {
        let kind = kind(in: bytes)
        guard kind == .array else {
            try skip(in: bytes)
            if kind == .null { return 0 }
            throw .wrongKind(field, expected: .array)
        }
        var count = 0
        try enter(in: bytes)
        while try nextElement(in: bytes) {
            count &+= 1
            if count > max { throw .tooMany(field, max: max) }
            try skip(in: bytes)
        }
        return count
    }
}
