// The grammar itself. Every function takes the offset where its production begins and gives the one behind it, or a fault as
// a number below zero: a throwing function costs a register and a test at each of its calls, and keeps the loop from inlining.

extension JSONScan {
    /// Validates the value at `start`.
    static func value(_ bytes: Span<UInt8>, _ start: Int, depthMax: Int) -> Int {
        // The open containers, a bit each, the innermost lowest, 1 for an object. Above them stands `10`: nothing is open.
        var open: UInt64 = 2
        let full: UInt64 = 2 &<< UInt64(min(depthMax, depthStep))
        var index = start
        var byte = ByteScan.byte(bytes, index)
        while true {
            if open & 1 != 0 {
                index = key(bytes, index, &byte)
                if index < 0 { return index }
            }
            // What stands behind the value.
            var next: UInt8 = 0
            if byte == ASCII.quote {
                index = string(bytes, index &+ 1, &next)
                if index < 0 { return index }
            } else if byte | 0x20 == ASCII.openBrace {
                if open < full {
                    let inside = blanksEnd(bytes, index &+ 1)
                    let first = ByteScan.byte(bytes, inside)
                    // `]` and `}` are two more than `[` and `{`.
                    if first != byte &+ 2 {
                        open = open &<< 1 | UInt64(byte &>> 5 & 1)
                        (index, byte) = (inside, first)
                        continue
                    }
                    index = inside &+ 1
                } else {
                    index = deeper(bytes, index, depthMax: depthMax)
                    if index < 0 { return index }
                }
                next = ByteScan.byte(bytes, index)
            } else {
                index = scalar(bytes, index)
                if index < 0 { return index }
                next = ByteScan.byte(bytes, index)
            }
            // A value has ended: what may follow depends on what is open.
            while true {
                if open == 2 { return index }
                if next <= ASCII.space {
                    index = blanksEndFar(bytes, index)
                    next = ByteScan.byte(bytes, index)
                }
                if next == ASCII.comma {
                    index = blanksEnd(bytes, index &+ 1)
                    byte = ByteScan.byte(bytes, index)
                    break
                }
                guard next == ASCII.closeBracket | UInt8(truncatingIfNeeded: open & 1) &<< 5 else {
                    return unexpected(bytes, index)
                }
                open &>>= 1
                index &+= 1
                next = ByteScan.byte(bytes, index)
            }
        }
    }

    /// Levels that fit one word beside its mark.
    private static let depthStep = 62

    /// A container below as many others as a word can note.
    private static func deeper(_ bytes: Span<UInt8>, _ index: Int, depthMax: Int) -> Int {
        if depthMax <= depthStep { return fault(at: index, .tooDeep) }
        // At most twice, see `Limits.jsonDepthMax`.
        return value(bytes, index, depthMax: depthMax &- depthStep)
    }

    /// The first byte at or after `from` that is no blank.
    @inline(__always)
    static func blanksEnd(_ bytes: Span<UInt8>, _ from: Int) -> Int {
        ByteScan.byte(bytes, from) > ASCII.space ? from : blanksEndFar(bytes, from)
    }

    /// The same where there are blanks: mostly a line feed and a row of spaces.
    @inline(never)
    private static func blanksEndFar(_ bytes: Span<UInt8>, _ from: Int) -> Int {
        var index = from
        while true {
            let others = ByteScan.word(bytes, index) ^ 0x2020_2020_2020_2020
            index &+= others.trailingZeroBitCount &>> 3
            if others == 0 { continue }
            let byte = ByteScan.byte(bytes, index)
            guard byte == ASCII.lf || byte == ASCII.cr || byte == ASCII.tab else { return index }
            index &+= 1
        }
    }

    /// A name with its colon and the blanks behind that.
    /// - Parameter byte: the first of the name; becomes that of the value.
    @inline(__always)
    static func key(_ bytes: Span<UInt8>, _ from: Int, _ byte: inout UInt8) -> Int {
        guard byte == ASCII.quote else { return unexpected(bytes, from) }
        let (quote, word) = ByteScan.plainString(bytes, from: from &+ 1)
        let value = JSONScan.value(behind: quote, word, &byte)
        if value > 0 { return value }
        let index = rareKey(bytes, from)
        byte = ByteScan.byte(bytes, index)
        return index
    }

    /// Where a value begins whose name ended with the first of these eight bytes.
    /// - Parameter byte: becomes the first of the value.
    /// - Returns: 0 when it is not there at once, or behind one space.
    @inline(__always)
    static func value(behind quote: Int, _ word: UInt64, _ byte: inout UInt8) -> Int {
        guard word & 0xFFFF == 0x3A22 else { return 0 }
        byte = UInt8(truncatingIfNeeded: word &>> 16)
        if byte > ASCII.space { return quote &+ 2 }
        byte = UInt8(truncatingIfNeeded: word &>> 24)
        return word &>> 16 & 0xFF == UInt64(ASCII.space) && byte > ASCII.space ? quote &+ 3 : 0
    }

    @inline(never)
    private static func rareKey(_ bytes: Span<UInt8>, _ from: Int) -> Int {
        let end = string(bytes, from &+ 1)
        return end < 0 ? end : behindColon(bytes, end)
    }

    /// The first byte of a member's value.
    @inline(__always)
    static func behindColon(_ bytes: Span<UInt8>, _ from: Int) -> Int {
        let colon = blanksEnd(bytes, from)
        guard ByteScan.byte(bytes, colon) == ASCII.colon else { return unexpected(bytes, colon) }
        return blanksEnd(bytes, colon &+ 1)
    }

    /// The rest of a string behind its opening quote.
    /// - Parameter next: becomes the byte behind the string.
    @inline(__always)
    static func string(_ bytes: Span<UInt8>, _ from: Int, _ next: inout UInt8) -> Int {
        let (quote, word) = ByteScan.plainString(bytes, from: from)
        if word & 0xFF == UInt64(ASCII.quote) {
            next = UInt8(truncatingIfNeeded: word &>> 8)
            return quote &+ 1
        }
        let index = string(bytes, from)
        next = ByteScan.byte(bytes, index)
        return index
    }

    /// The rest of any string.
    @inline(never)
    static func string(_ bytes: Span<UInt8>, _ from: Int) -> Int {
        let index = ByteScan.stringStop(bytes, from: from)
        return ByteScan.byte(bytes, index) == ASCII.quote ? index &+ 1 : stringRest(bytes, index)
    }

    /// The rest of a string from a byte on that is not plain.
    @inline(never)
    static func stringRest(_ bytes: Span<UInt8>, _ from: Int) -> Int {
        var index = from
        while true {
            let byte = ByteScan.byte(bytes, index)
            if byte == ASCII.backslash {
                index = escape(bytes, index)
                if index < 0 { return index }
            } else if byte >= 0x80 {
                index = multibyte(bytes, index)
                if index < 0 { return index }
            } else if byte == ASCII.quote {
                return index &+ 1
            } else {
                return fault(bytes, index, .controlByte)
            }
            index = ByteScan.stringStop(bytes, from: index)
        }
    }

    @inline(__always)
    private static func escape(_ bytes: Span<UInt8>, _ from: Int) -> Int {
        let byte = ByteScan.byte(bytes, from &+ 1)
        switch byte {
        case UInt8(ascii: "n"), ASCII.quote, ASCII.backslash, ASCII.slash, UInt8(ascii: "t"), UInt8(ascii: "r"),
            UInt8(ascii: "b"), UInt8(ascii: "f"):
            return from &+ 2
        case UInt8(ascii: "u"):
            var index = from &+ 2
            while index < from &+ 6 {
                guard ASCII.hexValue(ByteScan.byte(bytes, index)) < 16 else { return fault(bytes, index, .escape) }
                index &+= 1
            }
            return index
        default:
            return fault(bytes, from &+ 1, .escape)
        }
    }

    /// A run of UTF-8 sequences of two to four bytes.
    private static func multibyte(_ bytes: Span<UInt8>, _ from: Int) -> Int {
        var index = from
        while true {
            index = sequencesEnd(bytes, index)
            let lead = ByteScan.byte(bytes, index)
            if lead < 0x80 { return index }
            guard let (length, lowest, highest) = sequence(lead) else { return fault(at: index, .notUTF8) }
            let second = ByteScan.byte(bytes, index &+ 1)
            guard second >= lowest, second <= highest else { return fault(bytes, index &+ 1, .notUTF8) }
            var offset = 2
            while offset < length {
                guard ByteScan.byte(bytes, index &+ offset) & 0xC0 == 0x80 else {
                    return fault(bytes, index &+ offset, .notUTF8)
                }
                offset &+= 1
            }
            index &+= length
        }
    }

    /// The end of a run of valid UTF-8 sequences of two and three bytes; may stop in front of any other byte.
    @inline(__always)
    static func sequencesEnd(_ bytes: Span<UInt8>, _ from: Int) -> Int {
        var index = from
        while true {
            let word = ByteScan.word(bytes, index)
            if word & 0xC0_C0F0 == 0x80_80E0 {
                // What E0 and ED may not go on with is told by the lead's low half and one bit of the second byte.
                let start = word & 0x200F
                if start == 0 || start == 0x200D { return index }
                index &+= 3
            } else if word & 0xC0E0 == 0x80C0, word & 0x1E != 0 {
                index &+= 2
            } else {
                return index
            }
        }
    }

    /// How a UTF-8 sequence goes on behind its first byte: its length and the bounds of the second byte.
    /// - Returns: `nil` when no sequence begins so.
    /// - Source: Unicode 15, table 3-7.
    @inline(__always)
    static func sequence(_ lead: UInt8) -> (length: Int, lowest: UInt8, highest: UInt8)? {
        switch lead {
        case 0xC2...0xDF: (2, 0x80, 0xBF)
        case 0xE0: (3, 0xA0, 0xBF)
        case 0xED: (3, 0x80, 0x9F)
        case 0xE1...0xEF: (3, 0x80, 0xBF)
        case 0xF0: (4, 0x90, 0xBF)
        case 0xF1...0xF3: (4, 0x80, 0xBF)
        case 0xF4: (4, 0x80, 0x8F)
        default: nil
        }
    }

    /// The length of the UTF-8 sequence of two to four bytes at `index`; 0 when it is not a valid one.
    static func sequenceLength(_ bytes: Span<UInt8>, _ index: Int) -> Int {
        guard let (length, lowest, highest) = sequence(ByteScan.byte(bytes, index)) else { return 0 }
        let second = ByteScan.byte(bytes, index &+ 1)
        guard second >= lowest, second <= highest else { return 0 }
        for offset in 2..<max(length, 2) where ByteScan.byte(bytes, index &+ offset) & 0xC0 != 0x80 { return 0 }
        return length
    }

    /// A number, `true`, `false` or `null`.
    @inline(__always)
    static func scalar(_ bytes: Span<UInt8>, _ from: Int) -> Int {
        ByteScan.byte(bytes, from) < 0x3A ? number(bytes, from) : literal(bytes, from)
    }

    /// A number.
    @inline(__always)
    static func number(_ bytes: Span<UInt8>, _ from: Int) -> Int {
        let word = ByteScan.word(bytes, from)
        let count = digitCount(word)
        // One to seven digits, and no leading zero; the byte behind them lies in the word.
        if UInt(bitPattern: count &- 1) < 7, count == 1 || word & 0xFF != 0x30 {
            let behind = UInt8(truncatingIfNeeded: word &>> UInt64(count &* 8))
            if behind != ASCII.dot, behind | 0x20 != UInt8(ascii: "e") { return from &+ count }
        }
        return count == 8 ? longNumber(bytes, from) : rareScalar(bytes, from)
    }

    /// A number that begins with eight digits: mostly a time of ten.
    @inline(never)
    private static func longNumber(_ bytes: Span<UInt8>, _ from: Int) -> Int {
        let word = ByteScan.word(bytes, from &+ 8)
        let count = digitCount(word)
        let behind = UInt8(truncatingIfNeeded: word &>> UInt64(count &* 8))
        let goesOn = count == 8 || behind == ASCII.dot || behind | 0x20 == UInt8(ascii: "e")
        return goesOn || ByteScan.byte(bytes, from) == ASCII.zero ? anyNumber(bytes, from) : from &+ 8 &+ count
    }

    /// `true`, `false` or `null`.
    @inline(__always)
    static func literal(_ bytes: Span<UInt8>, _ from: Int) -> Int {
        let half = UInt32(truncatingIfNeeded: ByteScan.word(bytes, from))
        return half == 0x6C6C_756E || half == 0x6575_7274 ? from &+ 4 : rareScalar(bytes, from)
    }

    /// How many of these eight bytes, from the lowest on, are digits.
    @inline(__always)
    private static func digitCount(_ word: UInt64) -> Int {
        // Digits become 0...9, so that adding 0x76 marks all other bytes below 0x80 in their high bit.
        let values = word ^ 0x3030_3030_3030_3030
        let others = ((values & 0x7F7F_7F7F_7F7F_7F7F) &+ 0x7676_7676_7676_7676 | values) & 0x8080_8080_8080_8080
        return others.trailingZeroBitCount &>> 3
    }

    @inline(never)
    private static func rareScalar(_ bytes: Span<UInt8>, _ from: Int) -> Int {
        switch ByteScan.byte(bytes, from) {
        case UInt8(ascii: "f"): literal(bytes, from, "false")
        case UInt8(ascii: "t"): literal(bytes, from, "true")
        case UInt8(ascii: "n"): literal(bytes, from, "null")
        case ASCII.hyphen, UInt8(ascii: "0")...UInt8(ascii: "9"): anyNumber(bytes, from)
        default: unexpected(bytes, from)
        }
    }

    @inline(__always)
    private static func literal(_ bytes: Span<UInt8>, _ from: Int, _ text: StaticString) -> Int {
        var index = 0
        while index < text.utf8CodeUnitCount, ByteScan.byte(bytes, from &+ index) == ByteScan.byte(text, index) {
            index &+= 1
        }
        return index == text.utf8CodeUnitCount ? from &+ index : fault(bytes, from &+ index, .literal)
    }

    private static func anyNumber(_ bytes: Span<UInt8>, _ from: Int) -> Int {
        var index = from
        if ByteScan.byte(bytes, index) == ASCII.hyphen { index &+= 1 }
        if ByteScan.byte(bytes, index) == ASCII.zero {
            index &+= 1
        } else {
            index = digits(bytes, index)
            if index < 0 { return index }
        }
        if ByteScan.byte(bytes, index) == ASCII.dot {
            index = digits(bytes, index &+ 1)
            if index < 0 { return index }
        }
        if ByteScan.byte(bytes, index) | 0x20 == UInt8(ascii: "e") {
            index &+= 1
            let sign = ByteScan.byte(bytes, index)
            if sign == ASCII.plus || sign == ASCII.hyphen { index &+= 1 }
            index = digits(bytes, index)
        }
        return index
    }

    @inline(__always)
    private static func digits(_ bytes: Span<UInt8>, _ from: Int) -> Int {
        var index = from
        while true {
            let count = digitCount(ByteScan.word(bytes, index))
            index &+= count
            if count < 8 { return index == from ? fault(bytes, index, .number) : index }
        }
    }

    /// Nothing but blanks.
    static func end(_ bytes: Span<UInt8>, _ from: Int) -> Int {
        let end = blanksEnd(bytes, from)
        return end < bytes.count ? fault(at: end, .trailingBytes) : end
    }

    @inline(never)
    static func unexpected(_ bytes: Span<UInt8>, _ index: Int) -> Int { fault(bytes, index, .unexpectedByte) }

    /// A fault at `index`, unless the text is over there.
    static func fault(_ bytes: Span<UInt8>, _ index: Int, _ reason: JSONFault.Reason) -> Int {
        fault(at: min(index, bytes.count), index < bytes.count ? reason : .endsEarly)
    }

    static func fault(at position: Int, _ reason: JSONFault.Reason) -> Int {
        ~(position &<< 4 | Int(reason.rawValue))
    }

    /// What a function of the grammar gave: an offset, or a fault to throw.
    @inline(__always)
    static func checked(_ end: Int) throws(JSONFault) -> Int {
        if end < 0 { throw JSONFault(code: end) }
        return end
    }
}

extension JSONFault {
    /// - Parameter code: what `JSONScan.fault(at:_:)` made.
    init(code: Int) {
        self.init(position: ~code &>> 4, reason: Reason(rawValue: UInt8(~code & 15)) ?? .unexpectedByte)
    }
}
