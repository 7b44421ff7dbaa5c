// The fields of one head: a fixed table of offsets, filled by the parsers and reused for every head.

public struct HeaderFields: ~Copyable {
    // An array, not an InlineArray: reading an element of one inside a class copies the whole table, 1.6 KB each time.
    private var table = [HeaderField](
        repeating: HeaderField(name: .none, value: .none, id: .other), count: Limits.fieldCountMax)
    /// Where the first field of each known name stands; meaningful where `present` has its bit.
    private var firstOf = [UInt8](repeating: 0, count: 64)
    /// Which known names are present, a bit each, so that asking for an absent one costs nothing.
    private var present: UInt64 = 0

    private let names = HeaderNames.shared

    public private(set) var count = 0

    public init() {}

    public subscript(_ index: Int) -> HeaderField {
        precondition(index >= 0 && index < count)
        return table[index]
    }

    /// The value of the first field with this name.
    public func first(_ id: HeaderName) -> ByteRange? {
        contains(id) ? table[Int(firstOf[Int(id.rawValue)])].value : nil
    }

    public func contains(_ id: HeaderName) -> Bool { present & (1 &<< UInt64(id.rawValue)) != 0 }

    /// The value of the first field with this name, for names without an id.
    /// - Parameter name: in lower case.
    public func first(named name: StaticString, in bytes: Span<UInt8>) -> ByteRange? {
        var index = 0
        while index < count {
            if ASCII.equalsIgnoringCase(bytes, table[index].name.range, name) { return table[index].value }
            index &+= 1
        }
        return nil
    }

    mutating func removeAll() { (count, present) = (0, 0) }

    /// Parses field lines up to and with the blank line that ends the head.
    ///
    /// A line is judged when its end stands in `bytes`, never earlier: so a head cut anywhere meets the same fault as a whole one.
    /// - Parameter from: offset of the first field line.
    /// - Returns: the offset behind the blank line; `nil` when more bytes are needed.
    /// - Source: RFC 9112 section 5.
    mutating func parse(
        _ bytes: Span<UInt8>, from: Int, facts: inout FramingFacts
    ) throws(HeadFault) -> Int? {
        removeAll()
        var index = from
        while true {
            if ByteScan.byte(bytes, index) == ASCII.cr {
                if index &+ 2 > Limits.headBytesMax { throw .tooLong }
                if index &+ 1 == bytes.count { return nil }
                guard ByteScan.byte(bytes, index &+ 1) == ASCII.lf else { throw .malformed(.bareCR) }
                return index &+ 2
            }
            // A name that is known is a valid one: only others are looked at byte by byte.
            var nameEnd = ByteScan.first(ASCII.colon, in: bytes, from: index)
            let id = names.find(bytes, index, nameEnd)
            if id == .other || nameEnd == bytes.count {
                nameEnd = ByteScan.nameStop(bytes, from: index)
                if ByteScan.byte(bytes, nameEnd) != ASCII.colon {
                    nameEnd = HeaderFields.tokenEnd(bytes, from: nameEnd)
                }
                guard ByteScan.byte(bytes, nameEnd) == ASCII.colon, nameEnd > index else {
                    try HeaderFields.judge(bytes, lineStart: index)
                    return nil
                }
            }
            var start = nameEnd &+ 1
            if ByteScan.byte(bytes, start) == ASCII.space { start &+= 1 }
            while ASCII.isBlank(ByteScan.byte(bytes, start)) { start &+= 1 }
            var stop = ByteScan.controlOrTab(bytes, from: start)
            if ByteScan.pair(bytes, stop) != ASCII.crlf || stop &+ 2 > Limits.headBytesMax {
                stop = ByteScan.controlStopBehindTab(bytes, stop)
                guard try HeaderFields.isLineEnd(bytes, stop) else { return nil }
            }
            var end = stop
            while end > start, ASCII.isBlank(ByteScan.byte(bytes, end &- 1)) { end &-= 1 }

            let slot = count
            guard slot < Limits.fieldCountMax else { throw .tooLong }
            table[slot] = HeaderField(name: ByteRange(index, nameEnd), value: ByteRange(start, end), id: id)
            count = slot &+ 1
            let bit: UInt64 = 1 &<< UInt64(id.rawValue)
            if present & bit == 0 { firstOf[Int(id.rawValue)] = UInt8(slot) }
            present |= bit
            if id.isFraming { try facts.take(id, bytes, start..<end) }
            index = stop &+ 2
        }
    }

    /// Whether CRLF stands at `stop`, the first control byte of a line.
    /// - Returns: `false` when more bytes are needed to know.
    @inline(__always)
    static func isLineEnd(_ bytes: Span<UInt8>, _ stop: Int) throws(HeadFault) -> Bool {
        // The same verdict whether the bytes beyond the bound have arrived or not.
        if stop &+ 2 > Limits.headBytesMax { throw .tooLong }
        if ByteScan.pair(bytes, stop) == ASCII.crlf { return true }
        return try isLineEndMissing(bytes, stop)
    }

    /// Says what stands at `stop` instead of CRLF.
    /// - Returns: `false`, when the bytes end there.
    @inline(never)
    private static func isLineEndMissing(_ bytes: Span<UInt8>, _ stop: Int) throws(HeadFault) -> Bool {
        if stop == bytes.count { return false }
        switch ByteScan.byte(bytes, stop) {
        case ASCII.cr:
            if stop &+ 1 == bytes.count { return false }
            throw .malformed(.bareCR)
        case ASCII.lf:
            throw .malformed(.bareLF)
        default:
            throw .malformed(.controlByte)
        }
    }

    /// The end of the token that begins at `from`.
    @inline(never)
    private static func tokenEnd(_ bytes: Span<UInt8>, from: Int) -> Int {
        var index = from
        while ASCII.isToken(ByteScan.byte(bytes, index)) { index &+= 1 }
        return index
    }

    /// Says what is wrong with a line that has no `name:` in front; returns when its end has not arrived.
    @inline(never)
    private static func judge(_ bytes: Span<UInt8>, lineStart: Int) throws(HeadFault) {
        let nameEnd = tokenEnd(bytes, from: lineStart)
        let stop = ByteScan.controlStop(bytes, from: lineStart)
        guard try isLineEnd(bytes, stop) else { return }
        let first = ByteScan.byte(bytes, lineStart)
        if ASCII.isBlank(first) { throw .malformed(.obsoleteFold) }
        if nameEnd == stop { throw .malformed(.missingColon) }
        if nameEnd > lineStart, ASCII.isBlank(ByteScan.byte(bytes, nameEnd)) {
            throw .malformed(.spaceBeforeColon)
        }
        throw .malformed(.fieldName)
    }
}
