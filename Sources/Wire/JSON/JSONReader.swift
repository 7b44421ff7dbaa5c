// Reads a JSON text in one pass from front to back: what is walked into and what is skipped is validated alike.

/// For readers that want to look into nested values without going over them again.
///
///     var reader = JSONReader(depthMax: 64)
///     try reader.enter(in: bytes)
///     while let member = try reader.nextMember(in: bytes) { … try reader.skip(in: bytes) … }
///     try reader.finish(in: bytes)
///
/// Behind each member or element its value must be entered or skipped, exactly once; a container that was entered must be
/// walked until there is no next. Keeps offsets only; the text is shown to it at each step and must be the same one.
public struct JSONReader: Sendable {
    /// Offset of the next byte to be read; of the bracket of a container that has given nothing yet.
    @usableFromInline
    var index: Int
    /// Where the value at `index` ends, if it was read along with its name; else 0.
    @usableFromInline
    var valueEnd = 0
    @usableFromInline
    var depth = 0
    @usableFromInline
    let depthMax: Int
    /// What stands at `index` if the next member follows at once.
    @usableFromInline
    var lead = ASCII.commaQuote

    /// - Parameter offset: where the text begins.
    /// - Parameter depthMax: containers open at once, 0...`Limits.jsonDepthMax`.
    public init(at offset: Int = 0, depthMax: Int = Limits.jsonDepthMax) {
        precondition(offset >= 0)
        index = offset
        self.depthMax = min(depthMax, Limits.jsonDepthMax)
    }

    /// Offset of the next byte to be read.
    @inlinable
    public var offset: Int { isFirst ? index &+ 1 : index }

    /// The container just entered has given nothing yet.
    @inlinable @inline(__always)
    var isFirst: Bool { lead != ASCII.commaQuote }

    /// What the next value will be, if it is valid.
    @inlinable @inline(__always)
    public mutating func nextKind(in bytes: Span<UInt8>) -> JSONKind {
        if ByteScan.byte(bytes, index) <= 0x20 { passBlanks(in: bytes) }
        return JSONKind(firstByte: ByteScan.byte(bytes, index))
    }

    @usableFromInline @inline(never)
    mutating func passBlanks(in bytes: Span<UInt8>) { index = JSONScan.blanksEnd(bytes, index) }

    /// Steps into the object or array that comes next.
    @inlinable @inline(__always)
    public mutating func enter(in bytes: Span<UInt8>) throws(JSONFault) {
        guard ByteScan.byte(bytes, index) | 0x20 == ASCII.openBrace, depth < depthMax else {
            return try enterFar(in: bytes)
        }
        depth &+= 1
        lead = ASCII.braceQuote
    }

    /// Behind blanks, or not at all.
    @usableFromInline @inline(never)
    mutating func enterFar(in bytes: Span<UInt8>) throws(JSONFault) {
        index = JSONScan.blanksEnd(bytes, index)
        guard ByteScan.byte(bytes, index) | 0x20 == ASCII.openBrace else {
            throw JSONFault(code: JSONScan.unexpected(bytes, index))
        }
        guard depth < depthMax else { throw JSONFault(position: index, reason: .tooDeep) }
        depth &+= 1
        lead = ASCII.braceQuote
    }

    /// The name of the next member and the kind of its value, which is not known yet.
    /// - Parameter wanted: a member that has none of these names may be stepped over.
    /// - Returns: `nil` behind the last member; the object is left then.
    // The end is seen without a call, for there are as many as objects.
    @inlinable @inline(__always)
    public mutating func nextMember(
        in bytes: Span<UInt8>, wanted: JSONNames = .any
    ) throws(JSONFault) -> JSONMember? {
        precondition(depth > 0, "no container was entered")
        if ByteScan.byte(bytes, index) == ASCII.closeBrace {
            leave(index)
            return nil
        }
        return try readMember(in: bytes, wanted)
    }

    @usableFromInline @inline(never)
    mutating func readMember(in bytes: Span<UInt8>, _ wanted: JSONNames) throws(JSONFault) -> JSONMember? {
        var at = index
        while true {
            // Nearly all names are plain, stand behind their comma at once and in front of their value.
            var start = at &+ 2
            var (end, word) = ByteScan.plainString(bytes, from: start, behind: lead)
            var byte: UInt8 = 0
            var value = JSONScan.value(behind: end, word, &byte)
            var isEscaped = false
            if value == 0 {
                if ByteScan.byte(bytes, at) == ASCII.closeBrace {
                    leave(at)
                    return nil
                }
                (start, end, value, isEscaped) = nextNameFar(in: bytes, at)
                if value < 0 { throw JSONFault(code: value) }
                if start == 0 { return nil }
                byte = ByteScan.byte(bytes, value)
            }
            lead = ASCII.commaQuote
            // A value without inside is read while it is at hand. Its faults wait until it is skipped.
            let kind: JSONKind
            if byte == ASCII.quote {
                kind = .string
                at = JSONScan.string(bytes, value &+ 1, &byte)
            } else if byte | 0x20 == ASCII.openBrace {
                kind = byte == ASCII.openBrace ? .object : .array
                at = 0
            } else if byte < 0x3A {
                kind = .number
                at = JSONScan.number(bytes, value)
            } else {
                kind = JSONKind(firstByte: byte)
                at = JSONScan.literal(bytes, value)
            }
            if isEscaped || wanted.mayHold(count: end &- start) {
                (index, valueEnd) = (value, at)
                return JSONMember(name: ByteRange(start, end), value: .none, kind: kind, isNameEscaped: isEscaped)
            }
            if at > 0 { continue }
            index = value
            at = Int(try skipUnread(in: bytes).end)
        }
    }

    /// Whether there is another element; the array is left when there is none.
    @inlinable @inline(__always)
    public mutating func nextElement(in bytes: Span<UInt8>) throws(JSONFault) -> Bool {
        precondition(depth > 0, "no container was entered")
        let byte = ByteScan.byte(bytes, index)
        if byte == ASCII.closeBracket {
            leave(index)
            return false
        }
        let next = ByteScan.byte(bytes, index &+ 1)
        guard byte == ASCII.comma || isFirst, next > ASCII.space, next != ASCII.closeBracket else {
            return try nextElementFar(in: bytes)
        }
        index &+= 1
        lead = ASCII.commaQuote
        return true
    }

    /// Behind blanks, or not at all.
    @usableFromInline @inline(never)
    mutating func nextElementFar(in bytes: Span<UInt8>) throws(JSONFault) -> Bool {
        let start = next(in: bytes, closing: ASCII.closeBracket)
        if start < 0 { throw JSONFault(code: start) }
        if start == 0 { return false }
        index = start
        return true
    }

    /// Steps over the next value.
    /// - Returns: where it stands, without blanks around it.
    @discardableResult
    @inlinable @inline(__always)
    public mutating func skip(in bytes: Span<UInt8>) throws(JSONFault) -> ByteRange {
        if valueEnd <= 0 { return try skipUnread(in: bytes) }
        let value = ByteRange(index, valueEnd)
        index = valueEnd
        valueEnd = 0
        return value
    }

    @usableFromInline
    mutating func skipUnread(in bytes: Span<UInt8>) throws(JSONFault) -> ByteRange {
        let start = JSONScan.blanksEnd(bytes, index)
        let end = JSONScan.value(bytes, start, depthMax: depthMax &- depth)
        if end < 0 { throw JSONFault(code: end) }
        index = end
        valueEnd = 0
        return ByteRange(start, end)
    }

    /// Checks that only blanks follow.
    public mutating func finish(in bytes: Span<UInt8>) throws(JSONFault) {
        precondition(depth == 0, "\(depth) containers were not left")
        if index < bytes.count { index = try JSONScan.checked(JSONScan.end(bytes, index)) }
    }

    /// A name that is not plain, has blanks around it, or stands near the end of the text; or the end of the object, which is left.
    /// - Returns: where the name begins, 0 for none, and ends, and where its value begins, which may be a fault.
    @inline(never)
    private mutating func nextNameFar(
        in bytes: Span<UInt8>, _ at: Int
    ) -> (start: Int, end: Int, value: Int, isEscaped: Bool) {
        index = at
        let quote = next(in: bytes, closing: ASCII.closeBrace)
        if quote <= 0 { return (0, 0, quote, false) }
        guard ByteScan.byte(bytes, quote) == ASCII.quote else {
            return (0, 0, JSONScan.unexpected(bytes, quote), false)
        }
        let start = quote &+ 1
        var byte: UInt8 = 0
        let (end, word) = ByteScan.plainString(bytes, from: start)
        let value = JSONScan.value(behind: end, word, &byte)
        if value > 0 { return (start, end, value, false) }
        let behind = JSONScan.string(bytes, start)
        if behind < 0 { return (0, 0, behind, false) }
        let name = bytes.extracting(start..<behind &- 1)
        let isEscaped = ByteScan.first(ASCII.backslash, in: name, from: 0) < name.count
        return (start, behind &- 1, JSONScan.behindColon(bytes, behind), isEscaped)
    }

    /// - Returns: where the next name or element begins; 0 when there is none, the container being left; or a fault.
    @inline(__always)
    private mutating func next(in bytes: Span<UInt8>, closing: UInt8) -> Int {
        let isFirst = isFirst
        let start = JSONScan.blanksEnd(bytes, offset)
        let byte = ByteScan.byte(bytes, start)
        if byte == ASCII.comma, !isFirst { return JSONScan.blanksEnd(bytes, start &+ 1) }
        if byte == closing {
            leave(start)
            return 0
        }
        guard isFirst else { return JSONScan.unexpected(bytes, start) }
        lead = ASCII.commaQuote
        return start
    }

    /// - Parameter end: where the bracket stands that closes the container.
    @inlinable @inline(__always)
    mutating func leave(_ end: Int) {
        index = end &+ 1
        depth &-= 1
        lead = ASCII.commaQuote
    }
}

extension JSONScan {
    /// The offset of the quote that ends a string, everything in front of it being valid.
    /// - Parameter from: behind the opening quote, or anywhere else in the string where a character begins.
    public static func stringEnd(_ bytes: Span<UInt8>, from: Int) throws(JSONFault) -> Int {
        precondition(from >= 0 && from <= bytes.count)
        return try checked(string(bytes, from)) &- 1
    }

    /// The same where a fault need not be told: -1 then.
    public static func stringEnd(orNone bytes: Span<UInt8>, from: Int) -> Int {
        let stop = ByteScan.stringStopNear(bytes, from: from)
        return ByteScan.byte(bytes, stop) == ASCII.quote ? stop : stringEndFar(bytes, from: stop)
    }

    @inline(never)
    private static func stringEndFar(_ bytes: Span<UInt8>, from: Int) -> Int {
        guard from >= 0 else { return -1 }
        let end = string(bytes, from)
        return end < 0 ? -1 : end &- 1
    }
}
