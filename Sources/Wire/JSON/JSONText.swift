// The inside of a JSON string, read character by character: where escapes become what they stand for.

/// Walks the bytes between two quotes and gives the UTF-8 they mean. A lone surrogate becomes U+FFFD.
public struct JSONText {
    private var index: Int
    private let end: Int
    /// Bytes of the current character still to be given, the next in the lowest byte.
    private var pending: UInt32 = 0

    /// - Parameter range: what stands between the quotes of a valid string.
    public init(_ range: ByteRange) {
        index = Int(range.start)
        end = Int(range.end)
    }

    /// Where the next byte is read.
    public var offset: Int { index }

    /// The next byte as long as it comes from an escape.
    mutating func nextOfEscape(in bytes: Span<UInt8>) -> UInt8? {
        pending != 0 || (index < end && ByteScan.byte(bytes, index) == ASCII.backslash) ? next(in: bytes) : nil
    }

    /// The next byte; `nil` behind the last one.
    public mutating func next(in bytes: Span<UInt8>) -> UInt8? {
        if pending != 0 { return takePending() }
        guard index < end else { return nil }
        let byte = ByteScan.byte(bytes, index)
        guard byte == ASCII.backslash else {
            index &+= 1
            return byte
        }
        let escape = ByteScan.byte(bytes, index &+ 1)
        index &+= 2
        switch escape {
        case UInt8(ascii: "b"): return 0x08
        case UInt8(ascii: "f"): return 0x0C
        case UInt8(ascii: "n"): return ASCII.lf
        case UInt8(ascii: "r"): return ASCII.cr
        case UInt8(ascii: "t"): return ASCII.tab
        case UInt8(ascii: "u"): return unicode(in: bytes)
        default: return escape
        }
    }

    /// Whether two string bodies mean the same.
    static func equals(_ bytes: Span<UInt8>, _ one: ByteRange, _ other: ByteRange) -> Bool {
        var first = JSONText(one)
        var second = JSONText(other)
        while true {
            let byte = first.next(in: bytes)
            if byte != second.next(in: bytes) { return false }
            if byte == nil { return true }
        }
    }

    /// Whether a string body means `text`.
    static func equals(_ bytes: Span<UInt8>, _ range: ByteRange, _ text: StaticString) -> Bool {
        var body = JSONText(range)
        var index = 0
        while let byte = body.next(in: bytes) {
            guard index < text.utf8CodeUnitCount, byte == ByteScan.byte(text, index) else { return false }
            index &+= 1
        }
        return index == text.utf8CodeUnitCount
    }

    private mutating func takePending() -> UInt8 {
        let byte = UInt8(truncatingIfNeeded: pending)
        pending &>>= 8
        return byte
    }

    /// The character of `\uXXXX`, the index standing at its digits; the first byte is given, the others stay pending.
    private mutating func unicode(in bytes: Span<UInt8>) -> UInt8 {
        var unit = JSONText.hex(bytes, index)
        index &+= 4
        if unit &- 0xD800 < 0x400, ByteScan.byte(bytes, index) == ASCII.backslash,
            ByteScan.byte(bytes, index &+ 1) == UInt8(ascii: "u"), index &+ 6 <= end
        {
            let low = JSONText.hex(bytes, index &+ 2)
            if low &- 0xDC00 < 0x400 {
                unit = 0x10000 &+ (unit &- 0xD800) &<< 10 &+ (low &- 0xDC00)
                index &+= 6
            }
        }
        // NUL would read as "nothing pending" further down; as a first byte it is given at once.
        let scalar = Unicode.Scalar(unit) ?? "\u{FFFD}"
        var first: UInt8 = 0
        var shift: UInt32 = 0
        var isFirst = true
        for byte in UTF8.encode(scalar)! {
            if isFirst {
                first = byte
                isFirst = false
            } else {
                pending |= UInt32(byte) &<< shift
                shift &+= 8
            }
        }
        return first
    }

    private static func hex(_ bytes: Span<UInt8>, _ index: Int) -> UInt32 {
        var value: UInt32 = 0
        for offset in 0..<4 {
            value = value &<< 4 | UInt32(ASCII.hexValue(ByteScan.byte(bytes, index &+ offset)) & 15)
        }
        return value
    }
}
