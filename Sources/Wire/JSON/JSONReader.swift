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
    /// Offset of the next byte to be read.
    @usableFromInline
    var index: Int
    /// Where the value at `index` ends, if it was read along with its name; else 0.
    @usableFromInline
    var valueEnd = 0
    private var depth = 0
    private let depthMax: Int
    /// The container just entered has given nothing yet.
    private var isFirst = false

    /// - Parameter offset: where the text begins.
    /// - Parameter depthMax: containers open at once, 0...`Limits.jsonDepthMax`.
    public init(at offset: Int = 0, depthMax: Int = Limits.jsonDepthMax) {
        precondition(offset >= 0)
        index = offset
        self.depthMax = min(depthMax, Limits.jsonDepthMax)
    }

    /// Offset of the next byte to be read.
    @inlinable
    public var offset: Int { index }

    /// What the next value will be, if it is valid.
    @inlinable @inline(__always)
    public mutating func nextKind(in bytes: Span<UInt8>) -> JSONKind {
        if ByteScan.byte(bytes, index) <= 0x20 { passBlanks(in: bytes) }
        return JSONKind(firstByte: ByteScan.byte(bytes, index))
    }

    @usableFromInline @inline(never)
    mutating func passBlanks(in bytes: Span<UInt8>) { index = JSONScan.blanksEnd(bytes, index) }

    /// Steps into the object or array that comes next.
    public mutating func enter(in bytes: Span<UInt8>) throws(JSONFault) {
        let start = JSONScan.blanksEnd(bytes, index)
        index = start
        guard ByteScan.byte(bytes, start) | 0x20 == ASCII.openBrace else {
            throw JSONFault(code: JSONScan.unexpected(bytes, start))
        }
        guard depth < depthMax else { throw JSONFault(position: start, reason: .tooDeep) }
        index = start &+ 1
        depth &+= 1
        isFirst = true
    }

    /// The name of the next member and the kind of its value; its `value` is empty and stands where the value begins.
    /// - Returns: `nil` behind the last member; the object is left then.
    public mutating func nextMember(in bytes: Span<UInt8>) throws(JSONFault) -> JSONMember? {
        let start = next(in: bytes, closing: ASCII.closeBrace)
        if start <= 0 {
            if start == 0 { return nil }
            throw JSONFault(code: start)
        }
        guard ByteScan.byte(bytes, start) == ASCII.quote else {
            throw JSONFault(code: JSONScan.unexpected(bytes, start))
        }
        var byte: UInt8 = 0
        let (quote, word) = ByteScan.plainString(bytes, from: start &+ 1)
        var value = JSONScan.value(behind: quote, word, &byte)
        var name = ByteRange(start &+ 1, quote)
        var isEscaped = false
        if value == 0 {
            let end: Int
            (name, end, isEscaped) = try JSONScan.name(bytes, start)
            value = JSONScan.behindColon(bytes, end)
            if value < 0 { throw JSONFault(code: value) }
            byte = ByteScan.byte(bytes, value)
        }
        index = value
        let kind: JSONKind
        // A value without inside is read while it is at hand. Its faults wait until it is skipped.
        if byte == ASCII.quote {
            kind = .string
            valueEnd = JSONScan.string(bytes, value &+ 1, &byte)
        } else if byte | 0x20 == ASCII.openBrace {
            kind = byte == ASCII.openBrace ? .object : .array
            valueEnd = 0
        } else {
            kind = byte < 0x3A ? .number : JSONKind(firstByte: byte)
            valueEnd = JSONScan.scalar(bytes, value)
        }
        return JSONMember(name: name, value: ByteRange(value, value), kind: kind, isNameEscaped: isEscaped)
    }

    /// Whether there is another element; the array is left when there is none.
    public mutating func nextElement(in bytes: Span<UInt8>) throws(JSONFault) -> Bool {
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
        isFirst = false
        return ByteRange(start, end)
    }

    /// Checks that only blanks follow.
    public mutating func finish(in bytes: Span<UInt8>) throws(JSONFault) {
        precondition(depth == 0, "\(depth) containers were not left")
        index = try JSONScan.checked(JSONScan.end(bytes, index))
    }

    /// - Returns: where the next name or element begins; 0 when there is none, the container being left; or a fault.
    @inline(__always)
    private mutating func next(in bytes: Span<UInt8>, closing: UInt8) -> Int {
        precondition(depth > 0, "no container was entered")
        let start = JSONScan.blanksEnd(bytes, index)
        let byte = ByteScan.byte(bytes, start)
        if byte == ASCII.comma, !isFirst { return JSONScan.blanksEnd(bytes, start &+ 1) }
        if byte == closing {
            index = start &+ 1
            depth &-= 1
            isFirst = false
            return 0
        }
        guard isFirst else { return JSONScan.unexpected(bytes, start) }
        isFirst = false
        return start
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
        guard from >= 0 else { return -1 }
        let stop = ByteScan.stringStop(bytes, from: from)
        if ByteScan.byte(bytes, stop) == ASCII.quote { return stop }
        var next: UInt8 = 0
        let end = string(bytes, from, &next)
        return end < 0 ? -1 : end &- 1
    }
}
