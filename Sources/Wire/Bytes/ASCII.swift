// The bytes that have a name in HTTP, event streams and JSON, and what class they belong to.

public enum ASCII {
    public static let tab: UInt8 = 0x09
    public static let lf: UInt8 = 0x0A
    public static let cr: UInt8 = 0x0D
    public static let space: UInt8 = 0x20
    public static let quote: UInt8 = 0x22
    public static let hash: UInt8 = 0x23
    public static let percent: UInt8 = 0x25
    public static let asterisk: UInt8 = 0x2A
    public static let plus: UInt8 = 0x2B
    public static let comma: UInt8 = 0x2C
    public static let hyphen: UInt8 = 0x2D
    public static let dot: UInt8 = 0x2E
    public static let slash: UInt8 = 0x2F
    public static let zero: UInt8 = 0x30
    public static let colon: UInt8 = 0x3A
    public static let semicolon: UInt8 = 0x3B
    public static let equals: UInt8 = 0x3D
    public static let question: UInt8 = 0x3F
    public static let at: UInt8 = 0x40
    public static let openBracket: UInt8 = 0x5B
    public static let backslash: UInt8 = 0x5C
    public static let closeBracket: UInt8 = 0x5D
    public static let openBrace: UInt8 = 0x7B
    public static let closeBrace: UInt8 = 0x7D

    @inline(__always)
    public static func isDigit(_ byte: UInt8) -> Bool { byte &- 0x30 < 10 }

    @inline(__always)
    public static func isAlphanumeric(_ byte: UInt8) -> Bool { byte &- 0x30 < 10 || (byte | 0x20) &- 0x61 < 26 }

    /// SP or HTAB.
    @inline(__always)
    public static func isBlank(_ byte: UInt8) -> Bool { byte == space || byte == tab }

    /// A byte of a token: field names, methods, parameter names.
    /// - Source: RFC 9110 section 5.6.2.
    @inline(__always)
    public static func isToken(_ byte: UInt8) -> Bool { holds(0x03FF_6CFA_0000_0000, 0x57FF_FFFF_C7FF_FFFE, byte) }

    /// A byte of a path or query as it stands in a request target, `%` included.
    /// - Source: RFC 3986 sections 3.3 and 3.4.
    @inline(__always)
    static func isTarget(_ byte: UInt8) -> Bool { holds(0xAFFF_FFF2_0000_0000, 0x47FF_FFFE_87FF_FFFF, byte) }

    /// A byte of a registered name (`%` included), without the comma, which makes a list of it for some readers.
    /// - Source: RFC 3986 section 3.2.2.
    @inline(__always)
    static func isHostName(_ byte: UInt8) -> Bool { holds(0x2BFF_6FF2_0000_0000, 0x47FF_FFFE_87FF_FFFE, byte) }

    /// The value of a hexadecimal digit; 255 for any other byte.
    @inlinable @inline(__always)
    public static func hexValue(_ byte: UInt8) -> UInt8 {
        let digit = byte &- 0x30
        if digit < 10 { return digit }
        let letter = (byte | 0x20) &- 0x61
        return letter < 6 ? letter &+ 10 : 255
    }

    @inline(__always)
    public static func lowercased(_ byte: UInt8) -> UInt8 { byte &- 0x41 < 26 ? byte | 0x20 : byte }

    /// Whether the bytes are those of `text`, letters of either case being equal.
    /// - Parameter text: in lower case.
    public static func equalsIgnoringCase(_ bytes: Span<UInt8>, _ text: StaticString) -> Bool {
        equalsIgnoringCase(bytes, 0..<bytes.count, text)
    }

    /// Whether the bytes of `range` are those of `text`, letters of either case being equal.
    /// - Parameter text: in lower case.
    public static func equalsIgnoringCase(_ bytes: Span<UInt8>, _ range: Range<Int>, _ text: StaticString) -> Bool {
        guard range.count == text.utf8CodeUnitCount, range.upperBound <= bytes.count else { return false }
        var index = 0
        while index < range.count {
            let byte = ByteScan.byte(bytes, range.lowerBound &+ index)
            if lowercased(byte) != ByteScan.byte(text, index) { return false }
            index &+= 1
        }
        return true
    }

    /// The same for a text of at most sixteen letters, digits and `-`, by words.
    @inline(__always)
    static func equalsToken(_ bytes: Span<UInt8>, _ range: Range<Int>, _ text: StaticString) -> Bool {
        let count = text.utf8CodeUnitCount
        guard range.count == count else { return false }
        let head = ByteScan.folded(ByteScan.word(bytes, range.lowerBound))
        if count < 8 { return head & ~(~0 &<< UInt64(count &* 8)) == ByteScan.word(text) }
        let tail = ByteScan.folded(ByteScan.word(bytes, range.upperBound &- 8))
        return head == ByteScan.word(text, 0, 8) && tail == ByteScan.word(text, count &- 8, 8)
    }

    /// Reads `1*DIGIT`, nothing else: no sign, no blank, no more than 18 digits.
    /// - Returns: `nil` when the bytes are no such number.
    public static func decimal(_ bytes: Span<UInt8>, _ range: Range<Int>) -> Int? {
        guard !range.isEmpty, range.count <= Limits.contentLengthDigitsMax else { return nil }
        var value = 0
        var index = range.lowerBound
        while index < range.upperBound {
            let digit = ByteScan.byte(bytes, index) &- 0x30
            guard digit < 10 else { return nil }
            value = value &* 10 &+ Int(digit)
            index &+= 1
        }
        return value
    }

    /// Reads `1*DIGIT`, nothing else.
    public static func decimal(_ bytes: Span<UInt8>) -> Int? { decimal(bytes, 0..<bytes.count) }

    /// The range without SP and HTAB at both ends.
    @inline(__always)
    public static func trimmed(_ bytes: Span<UInt8>, _ range: Range<Int>) -> Range<Int> {
        var start = range.lowerBound
        var end = range.upperBound
        while start < end, isBlank(ByteScan.byte(bytes, start)) { start &+= 1 }
        while start < end, isBlank(ByteScan.byte(bytes, end &- 1)) { end &-= 1 }
        return start..<end
    }

    /// Whether a 128-bit set, bit by bit from `low`, holds the byte.
    @inline(__always)
    private static func holds(_ low: UInt64, _ high: UInt64, _ byte: UInt8) -> Bool {
        let word = byte & 0x40 == 0 ? low : high
        return byte < 0x80 && (word &>> UInt64(byte & 63)) & 1 != 0
    }
}
