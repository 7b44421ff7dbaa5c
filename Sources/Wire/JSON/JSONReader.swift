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
    public private(set) var offset: Int
    private var depth = 0
    private let depthMax: Int
    /// The container just entered has given nothing yet.
    private var isFirst = false

    /// - Parameter offset: where the text begins.
    /// - Parameter depthMax: containers open at once, 0...`Limits.jsonDepthMax`.
    public init(at offset: Int = 0, depthMax: Int = Limits.jsonDepthMax) {
        precondition(offset >= 0)
        self.offset = offset
        self.depthMax = min(depthMax, Limits.jsonDepthMax)
    }

    /// What the next value will be, if it is valid.
    public mutating func nextKind(in bytes: Span<UInt8>) -> JSONKind {
        offset = JSONScan.blanksEnd(bytes, offset)
        return JSONKind(firstByte: ByteScan.byte(bytes, offset))
    }

    /// Steps into the object or array that comes next.
    public mutating func enter(in bytes: Span<UInt8>) throws(JSONFault) {
        let kind = nextKind(in: bytes)
        guard kind == .object || kind == .array else { throw JSONScan.unexpected(bytes, offset) }
        guard depth < depthMax else { throw JSONFault(position: offset, reason: .tooDeep) }
        offset &+= 1
        depth &+= 1
        isFirst = true
    }

    /// The name of the next member and the kind of its value; its `value` is empty and stands where the value begins.
    /// - Returns: `nil` behind the last member; the object is left then.
    public mutating func nextMember(in bytes: Span<UInt8>) throws(JSONFault) -> JSONMember? {
        guard try next(in: bytes, closing: ASCII.closeBrace) else { return nil }
        var isEscaped = false
        let nameEnd = try JSONScan.name(bytes, offset, &isEscaped)
        let name = ByteRange(offset &+ 1, nameEnd &- 1)
        offset = try JSONScan.behindColon(bytes, nameEnd)
        return JSONMember(
            name: name, value: ByteRange(offset, offset), kind: JSONKind(firstByte: ByteScan.byte(bytes, offset)),
            isNameEscaped: isEscaped)
    }

    /// Whether there is another element; the array is left when there is none.
    public mutating func nextElement(in bytes: Span<UInt8>) throws(JSONFault) -> Bool {
        try next(in: bytes, closing: ASCII.closeBracket)
    }

    /// Steps over the next value.
    /// - Returns: where it stands, without blanks around it.
    @discardableResult
    public mutating func skip(in bytes: Span<UInt8>) throws(JSONFault) -> ByteRange {
        let start = JSONScan.blanksEnd(bytes, offset)
        offset = try JSONScan.value(bytes, start, depthMax: depthMax &- depth)
        isFirst = false
        return ByteRange(start, offset)
    }

    /// Checks that only blanks follow.
    public mutating func finish(in bytes: Span<UInt8>) throws(JSONFault) {
        precondition(depth == 0, "\(depth) containers were not left")
        try JSONScan.expectEnd(bytes, offset)
        offset = bytes.count
    }

    private mutating func next(in bytes: Span<UInt8>, closing: UInt8) throws(JSONFault) -> Bool {
        precondition(depth > 0, "no container was entered")
        offset = JSONScan.blanksEnd(bytes, offset)
        let byte = ByteScan.byte(bytes, offset)
        if byte == closing {
            offset &+= 1
            depth &-= 1
            isFirst = false
            return false
        }
        if isFirst {
            isFirst = false
            return true
        }
        guard byte == ASCII.comma else { throw JSONScan.unexpected(bytes, offset) }
        offset = JSONScan.blanksEnd(bytes, offset &+ 1)
        return true
    }
}

extension JSONScan {
    /// The offset of the quote that ends a string, everything in front of it being valid.
    /// - Parameter from: behind the opening quote, or anywhere else in the string where a character begins.
    public static func stringEnd(_ bytes: Span<UInt8>, from: Int) throws(JSONFault) -> Int {
        precondition(from >= 0 && from <= bytes.count)
        return try string(bytes, from) &- 1
    }
}
