// JSON read where it lies: validation and positions, no tree, no copy, no recursion.

/// - Source: RFC 8259, with a bound on depth; strings must be valid UTF-8.
public enum JSONScan {
    /// Validates a whole text: one value with blanks around it.
    /// - Throws: at the first byte that no valid text could have there.
    public static func validate(
        _ bytes: Span<UInt8>, depthMax: Int = Limits.jsonDepthMax
    ) throws(JSONFault) {
        _ = try checked(end(bytes, try validateValue(bytes, from: 0, depthMax: depthMax)))
    }

    /// Validates one value, blanks in front of it allowed.
    /// - Parameter depthMax: containers open at once, 0...`Limits.jsonDepthMax`.
    /// - Returns: the offset behind the value.
    public static func validateValue(
        _ bytes: Span<UInt8>, from: Int, depthMax: Int = Limits.jsonDepthMax
    ) throws(JSONFault) -> Int {
        precondition(from >= 0 && from <= bytes.count && bytes.count <= Int32.max)
        return try checked(value(bytes, blanksEnd(bytes, from), depthMax: min(depthMax, Limits.jsonDepthMax)))
    }

    /// Validates a whole text that must be an object and records the members at its top, in one pass.
    /// - Parameter members: emptied first. After a fault it holds those in front of it.
    /// - Throws: `.notAnObject` at the first byte of another value.
    public static func topLevelMembers(
        _ bytes: Span<UInt8>, into members: inout JSONMembers, depthMax: Int = Limits.jsonDepthMax
    ) throws(JSONFault) {
        precondition(bytes.count <= Int32.max)
        members.removeAll()
        let depthMax = min(depthMax, Limits.jsonDepthMax)
        var index = blanksEnd(bytes, 0)
        guard ByteScan.byte(bytes, index) == ASCII.openBrace else {
            throw JSONFault(position: index, reason: index < bytes.count ? .notAnObject : .endsEarly)
        }
        guard depthMax > 0 else { throw JSONFault(position: index, reason: .tooDeep) }
        index = blanksEnd(bytes, index &+ 1)
        if ByteScan.byte(bytes, index) == ASCII.closeBrace {
            _ = try checked(end(bytes, index &+ 1))
            return
        }
        while true {
            let (name, nameEnd, isEscaped) = try name(bytes, index)
            let start = try checked(behindColon(bytes, nameEnd))
            let end = try checked(value(bytes, start, depthMax: depthMax &- 1))
            members.append(
                JSONMember(
                    name: name, value: ByteRange(start, end), kind: JSONKind(firstByte: ByteScan.byte(bytes, start)),
                    isNameEscaped: isEscaped),
                in: bytes)
            index = blanksEnd(bytes, end)
            switch ByteScan.byte(bytes, index) {
            case ASCII.comma:
                index = blanksEnd(bytes, index &+ 1)
            case ASCII.closeBrace:
                _ = try checked(self.end(bytes, index &+ 1))
                return
            default:
                _ = try checked(unexpected(bytes, index))
            }
        }
    }

    /// The last member of an object with this name. The text should be valid; in one that is not, members behind the fault
    /// are not seen.
    /// - Returns: `nil` when the value is no object or has no such member.
    public static func member(
        of object: ByteRange, in bytes: Span<UInt8>, named name: StaticString
    ) -> JSONMember? {
        guard ByteScan.byte(bytes, Int(object.start)) == ASCII.openBrace else { return nil }
        var cursor = JSONCursor(of: object, in: bytes)
        var found: JSONMember?
        while let member = cursor.next(in: bytes) {
            if isName(of: member, name, in: bytes) { found = member }
        }
        return found
    }

    /// One element of an array.
    public static func element(of array: ByteRange, in bytes: Span<UInt8>, at position: Int) -> JSONMember? {
        guard ByteScan.byte(bytes, Int(array.start)) == ASCII.openBracket else { return nil }
        var cursor = JSONCursor(of: array, in: bytes)
        var left = position
        while let element = cursor.next(in: bytes) {
            if left == 0 { return element }
            left &-= 1
        }
        return nil
    }

    /// Follows a path of member names and array positions, such as `choices.0.delta.content`.
    /// - Parameter path: steps joined by dots; names with a dot in them cannot be found this way.
    public static func find(_ path: StaticString, in bytes: Span<UInt8>, from root: ByteRange) -> JSONMember? {
        var value = JSONMember(
            name: .none, value: root, kind: JSONKind(firstByte: ByteScan.byte(bytes, Int(root.start))),
            isNameEscaped: false)
        var start = 0
        while start <= path.utf8CodeUnitCount {
            var end = start
            while end < path.utf8CodeUnitCount, ByteScan.byte(path, end) != ASCII.dot { end &+= 1 }
            guard let next = step(into: value, in: bytes, path, start..<end) else { return nil }
            value = next
            start = end &+ 1
        }
        return value
    }

    /// Whether a member has this name, escapes understood.
    /// - Parameter name: a literal of at most 32 bytes; its length and words become constants where this is called.
    @inlinable @inline(__always)
    public static func isName(of member: JSONMember, _ name: StaticString, in bytes: Span<UInt8>) -> Bool {
        if member.isNameEscaped { return isEscapedName(member.name, name, in: bytes) }
        return ByteScan.equalsWords(bytes, Int(member.name.start), member.name.count, name)
    }

    @usableFromInline @inline(never)
    static func isEscapedName(_ range: ByteRange, _ name: StaticString, in bytes: Span<UInt8>) -> Bool {
        JSONText.equals(bytes, range, name)
    }

    /// The name at `from`, with its quotes.
    /// - Returns: the name and the offset behind its closing quote.
    @inline(__always)
    static func name(
        _ bytes: Span<UInt8>, _ from: Int
    ) throws(JSONFault) -> (name: ByteRange, end: Int, isEscaped: Bool) {
        guard ByteScan.byte(bytes, from) == ASCII.quote else { throw JSONFault(code: unexpected(bytes, from)) }
        let stop = ByteScan.stringStop(bytes, from: from &+ 1)
        // Nearly every name is plain to its end.
        if ByteScan.byte(bytes, stop) == ASCII.quote { return (ByteRange(from &+ 1, stop), stop &+ 1, false) }
        let end = try checked(stringRest(bytes, stop))
        let isEscaped = ByteScan.first(ASCII.backslash, in: bytes.extracting(stop..<end), from: 0) < end &- stop
        return (ByteRange(from &+ 1, end &- 1), end, isEscaped)
    }

    private static func step(
        into value: JSONMember, in bytes: Span<UInt8>, _ path: StaticString, _ range: Range<Int>
    ) -> JSONMember? {
        if value.kind == .array {
            var position = 0
            for index in range {
                let digit = ByteScan.byte(path, index) &- 0x30
                guard digit < 10, position < 1 << 32 else { return nil }
                position = position &* 10 &+ Int(digit)
            }
            return range.isEmpty ? nil : element(of: value.value, in: bytes, at: position)
        }
        guard value.kind == .object else { return nil }
        var cursor = JSONCursor(of: value.value, in: bytes)
        var found: JSONMember?
        while let member = cursor.next(in: bytes) {
            var body = JSONText(member.name)
            var index = range.lowerBound
            while index < range.upperBound, body.next(in: bytes) == ByteScan.byte(path, index) { index &+= 1 }
            if index == range.upperBound, body.next(in: bytes) == nil { found = member }
        }
        return found
    }
}
