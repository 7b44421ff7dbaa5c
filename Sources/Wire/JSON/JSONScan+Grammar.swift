// The grammar itself. Every function takes the offset where its production begins and gives the one behind it.

extension JSONScan {
    /// Validates the value at `start`, containers by a bit stack instead of recursion.
    static func value(_ bytes: Span<UInt8>, _ start: Int, depthMax: Int) throws(JSONFault) -> Int {
        var open = JSONDepth()
        var index = start
        while true {
            if open.isInObject { index = try key(bytes, index) }
            let byte = ByteScan.byte(bytes, index)
            switch byte {
            case ASCII.quote:
                index = try string(bytes, index &+ 1)
            case ASCII.openBrace:
                guard open.open(isObject: true, max: depthMax) else {
                    throw JSONFault(position: index, reason: .tooDeep)
                }
                index = blanksEnd(bytes, index &+ 1)
                if ByteScan.byte(bytes, index) != ASCII.closeBrace { continue }
                open.close()
                index &+= 1
            case ASCII.openBracket:
                guard open.open(isObject: false, max: depthMax) else {
                    throw JSONFault(position: index, reason: .tooDeep)
                }
                index = blanksEnd(bytes, index &+ 1)
                if ByteScan.byte(bytes, index) != ASCII.closeBracket { continue }
                open.close()
                index &+= 1
            case UInt8(ascii: "t"):
                index = try literal(bytes, index, "true")
            case UInt8(ascii: "f"):
                index = try literal(bytes, index, "false")
            case UInt8(ascii: "n"):
                index = try literal(bytes, index, "null")
            default:
                guard ASCII.isDigit(byte) || byte == ASCII.hyphen else { throw unexpected(bytes, index) }
                index = try number(bytes, index)
            }
            // A value has ended: what may follow depends on what is open.
            while true {
                if open.count == 0 { return index }
                index = blanksEnd(bytes, index)
                let byte = ByteScan.byte(bytes, index)
                if byte == ASCII.comma {
                    index = blanksEnd(bytes, index &+ 1)
                    break
                }
                guard byte == (open.isInObject ? ASCII.closeBrace : ASCII.closeBracket) else {
                    throw unexpected(bytes, index)
                }
                open.close()
                index &+= 1
            }
        }
    }

    /// The first byte at or after `from` that is no blank.
    @inline(__always)
    static func blanksEnd(_ bytes: Span<UInt8>, _ from: Int) -> Int {
        var index = from
        while true {
            let byte = ByteScan.byte(bytes, index)
            if byte > ASCII.space { return index }
            guard byte == ASCII.space || byte == ASCII.lf || byte == ASCII.cr || byte == ASCII.tab else { return index }
            index &+= 1
        }
    }

    /// A name with its colon and the blanks behind that.
    @inline(__always)
    static func key(_ bytes: Span<UInt8>, _ from: Int) throws(JSONFault) -> Int {
        guard ByteScan.byte(bytes, from) == ASCII.quote else { throw unexpected(bytes, from) }
        return try behindColon(bytes, try string(bytes, from &+ 1))
    }

    /// A name, quotes included.
    @inline(__always)
    static func name(_ bytes: Span<UInt8>, _ from: Int, _ isEscaped: inout Bool) throws(JSONFault) -> Int {
        guard ByteScan.byte(bytes, from) == ASCII.quote else { throw unexpected(bytes, from) }
        // Nearly every name is plain to its end.
        let stop = ByteScan.stringStop(bytes, from: from &+ 1)
        if ByteScan.byte(bytes, stop) == ASCII.quote {
            isEscaped = false
            return stop &+ 1
        }
        let end = try stringRest(bytes, stop)
        isEscaped = ByteScan.first(ASCII.backslash, in: bytes.extracting(from..<end), from: 0) < end &- from
        return end
    }

    /// The first byte of a member's value.
    @inline(__always)
    static func behindColon(_ bytes: Span<UInt8>, _ from: Int) throws(JSONFault) -> Int {
        let colon = blanksEnd(bytes, from)
        guard ByteScan.byte(bytes, colon) == ASCII.colon else { throw unexpected(bytes, colon) }
        return blanksEnd(bytes, colon &+ 1)
    }

    /// The rest of a string behind its opening quote.
    @inline(__always)
    static func string(_ bytes: Span<UInt8>, _ from: Int) throws(JSONFault) -> Int {
        let index = ByteScan.stringStop(bytes, from: from)
        if ByteScan.byte(bytes, index) == ASCII.quote { return index &+ 1 }
        return try stringRest(bytes, index)
    }

    /// The rest of a string from a byte on that is not plain.
    private static func stringRest(_ bytes: Span<UInt8>, _ from: Int) throws(JSONFault) -> Int {
        var index = from
        while true {
            let byte = ByteScan.byte(bytes, index)
            if byte == ASCII.backslash {
                index = try escape(bytes, index)
            } else if byte >= 0x80 {
                index = try multibyte(bytes, index)
            } else if byte == ASCII.quote {
                return index &+ 1
            } else {
                throw index < bytes.count
                    ? JSONFault(position: index, reason: .controlByte) : JSONFault(position: index, reason: .endsEarly)
            }
            index = ByteScan.stringStop(bytes, from: index)
        }
    }

    @inline(__always)
    private static func escape(_ bytes: Span<UInt8>, _ from: Int) throws(JSONFault) -> Int {
        let byte = ByteScan.byte(bytes, from &+ 1)
        switch byte {
        case UInt8(ascii: "n"), ASCII.quote, ASCII.backslash, ASCII.slash, UInt8(ascii: "t"), UInt8(ascii: "r"),
            UInt8(ascii: "b"), UInt8(ascii: "f"):
            return from &+ 2
        case UInt8(ascii: "u"):
            var index = from &+ 2
            while index < from &+ 6 {
                guard ASCII.hexValue(ByteScan.byte(bytes, index)) < 16 else { throw fault(bytes, index, .escape) }
                index &+= 1
            }
            return index
        default:
            throw fault(bytes, from &+ 1, .escape)
        }
    }

    /// A run of UTF-8 sequences of two to four bytes.
    private static func multibyte(_ bytes: Span<UInt8>, _ from: Int) throws(JSONFault) -> Int {
        var index = from
        while true {
            index = sequencesEnd(bytes, index)
            let lead = ByteScan.byte(bytes, index)
            if lead < 0x80 { return index }
            guard let (length, lowest, highest) = sequence(lead) else {
                throw JSONFault(position: index, reason: .notUTF8)
            }
            let second = ByteScan.byte(bytes, index &+ 1)
            guard second >= lowest, second <= highest else { throw fault(bytes, index &+ 1, .notUTF8) }
            var offset = 2
            while offset < length {
                guard ByteScan.byte(bytes, index &+ offset) & 0xC0 == 0x80 else {
                    throw fault(bytes, index &+ offset, .notUTF8)
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

    @inline(__always)
    private static func literal(_ bytes: Span<UInt8>, _ from: Int, _ text: StaticString) throws(JSONFault) -> Int {
        let length = text.utf8CodeUnitCount
        let word = ByteScan.word(bytes, from) & ~(~0 &<< UInt64(length &* 8))
        if word == ByteScan.word(text) { return from &+ length }
        var index = 0
        while ByteScan.byte(bytes, from &+ index) == ByteScan.byte(text, index) { index &+= 1 }
        throw fault(bytes, from &+ index, .literal)
    }

    private static func number(_ bytes: Span<UInt8>, _ from: Int) throws(JSONFault) -> Int {
        var index = from
        if ByteScan.byte(bytes, index) == ASCII.hyphen { index &+= 1 }
        if ByteScan.byte(bytes, index) == ASCII.zero {
            index &+= 1
        } else {
            index = try digits(bytes, index)
        }
        if ByteScan.byte(bytes, index) == ASCII.dot { index = try digits(bytes, index &+ 1) }
        if ByteScan.byte(bytes, index) | 0x20 == UInt8(ascii: "e") {
            index &+= 1
            let sign = ByteScan.byte(bytes, index)
            if sign == ASCII.plus || sign == ASCII.hyphen { index &+= 1 }
            index = try digits(bytes, index)
        }
        return index
    }

    @inline(__always)
    private static func digits(_ bytes: Span<UInt8>, _ from: Int) throws(JSONFault) -> Int {
        var index = from
        while ASCII.isDigit(ByteScan.byte(bytes, index)) { index &+= 1 }
        if index == from { throw fault(bytes, index, .number) }
        return index
    }

    static func expectEnd(_ bytes: Span<UInt8>, _ from: Int) throws(JSONFault) {
        let end = blanksEnd(bytes, from)
        if end < bytes.count { throw JSONFault(position: end, reason: .trailingBytes) }
    }

    static func unexpected(_ bytes: Span<UInt8>, _ index: Int) -> JSONFault { fault(bytes, index, .unexpectedByte) }

    /// A fault at `index`, unless the text is over there.
    static func fault(_ bytes: Span<UInt8>, _ index: Int, _ reason: JSONFault.Reason) -> JSONFault {
        JSONFault(position: min(index, bytes.count), reason: index < bytes.count ? reason : .endsEarly)
    }
}
