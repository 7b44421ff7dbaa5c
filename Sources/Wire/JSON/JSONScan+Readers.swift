// From the text of a value to what it means. The range must be that of a value in a valid text; of another kind: `nil`.

extension JSONScan {
    /// A number without fraction and exponent that fits 64 bits.
    public static func int(_ bytes: Span<UInt8>, _ value: ByteRange) -> Int64? {
        // Nearly all are counts of a few digits.
        let word = ByteScan.wordInside(bytes, Int(value.start))
        return ASCII.decimal(word, count: value.count).map { Int64($0) } ?? anyInt(bytes, value)
    }

    @inline(never)
    private static func anyInt(_ bytes: Span<UInt8>, _ value: ByteRange) -> Int64? {
        var index = Int(value.start)
        let end = Int(value.end)
        let isNegative = ByteScan.byte(bytes, index) == ASCII.hyphen
        if isNegative { index &+= 1 }
        guard index < end, end &- index <= 19 else { return nil }
        // Nineteen digits fit an unsigned word.
        var magnitude: UInt64 = 0
        while index < end {
            let digit = ByteScan.byte(bytes, index) &- 0x30
            guard digit < 10 else { return nil }
            magnitude = magnitude &* 10 &+ UInt64(digit)
            index &+= 1
        }
        if isNegative { return magnitude <= 1 << 63 ? Int64(truncatingIfNeeded: 0 &- magnitude) : nil }
        return Int64(exactly: magnitude)
    }

    /// Any number, rounded to the nearest double; `nil` when it is beyond the largest.
    public static func double(_ bytes: Span<UInt8>, _ value: ByteRange) -> Double? {
        var index = Int(value.start)
        let end = Int(value.end)
        let isNegative = ByteScan.byte(bytes, index) == ASCII.hyphen
        if isNegative { index &+= 1 }
        guard index < end, ASCII.isDigit(ByteScan.byte(bytes, index)) else { return nil }
        var digits: UInt64 = 0
        var exponent = 0
        var isBehindDot = false
        let digitsStart = index
        while index < end {
            let byte = ByteScan.byte(bytes, index)
            if byte == ASCII.dot, !isBehindDot {
                isBehindDot = true
            } else if ASCII.isDigit(byte) {
                digits = digits &* 10 &+ UInt64(byte &- 0x30)
                if isBehindDot { exponent &-= 1 }
            } else {
                break
            }
            index &+= 1
        }
        // Exact when digits and power of ten are doubles without rounding (Clinger): one operation rounds once.
        guard index == end, index &- digitsStart <= 16, digits <= 1 << 53, exponent >= -22 else {
            return slowDouble(bytes, value)
        }
        let magnitude = Double(digits) / powersOfTen[-exponent]
        return isNegative ? -magnitude : magnitude
    }

    public static func bool(_ bytes: Span<UInt8>, _ value: ByteRange) -> Bool? {
        if ByteScan.equals(bytes, value.range, "true") { return true }
        if ByteScan.equals(bytes, value.range, "false") { return false }
        return nil
    }

    /// Whether the value is this string, escapes understood.
    /// - Parameter text: a literal; its length and words become constants where this is called.
    @inlinable @inline(__always)
    public static func equals(_ bytes: Span<UInt8>, _ value: ByteRange, _ text: StaticString) -> Bool {
        guard let body = stringBody(bytes, value) else { return false }
        // Each escape is longer than what it stands for, so that what differs does so in length or in a word, and what is longer
        // and has no escape to begin with differs in its first byte, mostly.
        guard body.count > text.utf8CodeUnitCount else {
            let isSame = ByteScan.equalsWords(bytes, Int(body.start), body.count, text)
            return isSame && !ByteScan.has(text, ASCII.backslash)
        }
        let first = UInt64(ByteScan.byte(bytes, Int(body.start)))
        let isSame = first == ByteScan.word(text, 0, min(text.utf8CodeUnitCount, 1))
        return (isSame || first == UInt64(ASCII.backslash)) && means(bytes, body, text)
    }

    @usableFromInline @inline(never)
    static func means(_ bytes: Span<UInt8>, _ body: ByteRange, _ text: StaticString) -> Bool {
        JSONText.equals(bytes, body, text)
    }

    /// What stands between the quotes of a string, escapes as they are.
    @inlinable @inline(__always)
    public static func stringBody(_ bytes: Span<UInt8>, _ value: ByteRange) -> ByteRange? {
        guard value.count >= 2, value.end <= bytes.count, ByteScan.byte(bytes, Int(value.start)) == ASCII.quote,
            ByteScan.byte(bytes, Int(value.end) &- 1) == ASCII.quote
        else { return nil }
        return ByteRange(Int(value.start) &+ 1, Int(value.end) &- 1)
    }

    /// Appends the characters of a string in UTF-8; a lone surrogate becomes U+FFFD.
    /// - Returns: `false` when the value is no string.
    public static func unescape(_ bytes: Span<UInt8>, _ value: ByteRange, into out: inout ByteBuffer) -> Bool {
        guard let body = stringBody(bytes, value) else { return false }
        var index = Int(body.start)
        let end = Int(body.end)
        out.reserve(body.count)
        while index < end {
            let stop = min(ByteScan.first(ASCII.backslash, in: bytes, from: index), end)
            out.append(bytes.extracting(index..<stop))
            guard stop < end else { break }
            index = stop
            var escapes = JSONText(ByteRange(index, end))
            // Escapes come in rows; the plain run behind them is copied at once.
            while let byte = escapes.nextOfEscape(in: bytes) { out.append(byte) }
            index = escapes.offset
        }
        return true
    }

    public static func bytes(_ bytes: Span<UInt8>, _ value: ByteRange) -> [UInt8]? {
        guard let body = stringBody(bytes, value) else { return nil }
        var text = JSONText(body)
        var result: [UInt8] = []
        result.reserveCapacity(body.count)
        while let byte = text.next(in: bytes) { result.append(byte) }
        return result
    }

    public static func string(_ bytes: Span<UInt8>, _ value: ByteRange) -> String? {
        self.bytes(bytes, value).map { String(decoding: $0, as: UTF8.self) }
    }

    private static let powersOfTen: [Double] = [
        1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11,
        1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22,
    ]

    /// The standard library reads any number correctly rounded, whatever the locale.
    @inline(never)
    private static func slowDouble(_ bytes: Span<UInt8>, _ value: ByteRange) -> Double? {
        guard value.count <= Limits.jsonNumberBytesMax, value.end <= bytes.count else { return nil }
        var text: [UInt8] = []
        text.reserveCapacity(value.count)
        for index in value.range {
            let byte = ByteScan.byte(bytes, index)
            let isNumeric = ASCII.isDigit(byte) || byte == ASCII.dot || byte == ASCII.hyphen || byte == ASCII.plus
            guard isNumeric || byte | 0x20 == UInt8(ascii: "e") else { return nil }
            text.append(byte)
        }
        guard let result = Double(String(decoding: text, as: UTF8.self)), result.isFinite else { return nil }
        return result
    }
}
