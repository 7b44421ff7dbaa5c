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

    // Two bytes as they stand in memory, the first lowest.
    @usableFromInline static let crlf: UInt16 = 0x0A0D
    static let colonSpace: UInt16 = 0x203A
    @usableFromInline static let commaQuote: UInt16 = 0x222C
    @usableFromInline static let braceQuote: UInt16 = 0x227B

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
    // Inlined, so that a short literal is one word that is known.
    @inlinable @inline(__always)
    public static func equalsIgnoringCase(_ bytes: Span<UInt8>, _ range: Range<Int>, _ text: StaticString) -> Bool {
        let count = text.utf8CodeUnitCount
        guard range.count == count, range.upperBound <= bytes.count else { return false }
        guard count > 0, count <= 8 else { return equalsLongIgnoringCase(bytes, range.lowerBound, text) }
        let differing = lowercased(ByteScan.word(bytes, range.lowerBound)) ^ ByteScan.word(text)
        return differing &<< UInt64((8 &- count) &* 8) == 0
    }

    @usableFromInline @inline(never)
    static func equalsLongIgnoringCase(_ bytes: Span<UInt8>, _ start: Int, _ text: StaticString) -> Bool {
        var index = 0
        while index < text.utf8CodeUnitCount {
            if lowercased(ByteScan.byte(bytes, start &+ index)) != ByteScan.byte(text, index) { return false }
            index &+= 1
        }
        return true
    }

    /// Lower case of eight bytes at once.
    @inlinable @inline(__always)
    static func lowercased(_ word: UInt64) -> UInt64 {
        // The high bit of each byte tells of its other seven whether they are at least `A`, or beyond `Z`.
        let low = word & 0x7F7F_7F7F_7F7F_7F7F
        let isUpper = (low &+ 0x3F3F_3F3F_3F3F_3F3F) & ~(low &+ 0x2525_2525_2525_2525) & ~word & 0x8080_8080_8080_8080
        return word | isUpper &>> 2
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

    /// The number that the first `count` of these eight bytes are, the first lowest; `nil` unless they are one to eight digits.
    @inline(__always)
    static func decimal(_ word: UInt64, count: Int) -> UInt64? {
        guard UInt(bitPattern: count &- 1) < 8 else { return nil }
        // Digits become 0...9, and zeros stand in front of them.
        let digits = (word ^ 0x3030_3030_3030_3030) &<< UInt64((8 &- count) &* 8)
        guard (digits &+ 0x7676_7676_7676_7676 | digits) & 0x8080_8080_8080_8080 == 0 else { return nil }
        // Neighbours are joined to numbers of two, of four and of eight digits.
        let pairs = (digits &* 10 &+ digits &>> 8) & 0x00FF_00FF_00FF_00FF
        let fours = (pairs &* 100 &+ pairs &>> 16) & 0x0000_FFFF_0000_FFFF
        return (fours &* 10000 &+ fours &>> 32) & 0xFFFF_FFFF
    }

    /// Reads `1*DIGIT`, nothing else: no sign, no blank, no more than 18 digits.
    /// - Returns: `nil` when the bytes are no such number.
    public static func decimal(_ bytes: Span<UInt8>, _ range: Range<Int>) -> Int? {
        if let value = decimal(ByteScan.wordInside(bytes, range.lowerBound), count: range.count) { return Int(value) }
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
