// Free text out of the arguments of a call.

import Wire

/// Unwraps the arguments of a call whose tool takes text and no JSON: providers that know no such tools are told of one with
/// the string member `input`, so that its calls come back as `{"input":"…"}`, in pieces that are cut anywhere.
///
/// The text is that of the first member which is a string, for models rename it (`patch`, `code`); arguments that are no
/// object are the text themselves. What a model gets wrong, such as an escape that JSON does not have, is taken as text.
struct FreeformInput {
    private enum Place: UInt8, Sendable {
        case start
        case beforeName, name, nameEscape, behindName, beforeValue
        case text, textEscape, textUnicode
        case scalar, nested, nestedString, nestedEscape
        case end
        /// No object: all of it is the text.
        case bare
    }

    // Narrow, for streams keep one each.
    /// Containers open within the value that is passed over.
    private var depth: Int32 = 0
    /// Digits of an escape of the text that is not complete, the first lowest.
    private var digits: UInt32 = 0
    private var digitCount: UInt8 = 0
    private var place = Place.start

    /// Appends what a piece brings of the text, whole characters and escapes only: one that is cut waits for its rest.
    /// - Parameter raw: a piece of the arguments as the inside of a JSON string, as written.
    mutating func take(_ raw: Span<UInt8>, into out: inout ByteBuffer) {
        var index = 0
        while index < raw.count {
            if place == .bare { return out.append(raw.extracting(index..<raw.count)) }
            if place == .text {
                let stop = ByteScan.first(ASCII.backslash, in: raw, from: index)
                out.append(raw.extracting(index..<stop))
                index = stop
                if index == raw.count { return }
            }
            let (meant, length) = FreeformInput.unit(raw, index)
            let end = min(index &+ length, raw.count)
            if place == .start, meant.map(FreeformInput.beginsValue) != true {
                place = .bare
                continue
            }
            if let meant {
                take(meant, into: &out)
            } else {
                flush(into: &out)
                if place == .text { out.append(raw.extracting(index..<end)) }
            }
            index = end
        }
    }

    /// What the byte or escape of the outer string at `index` stands for.
    /// - Returns: `nil` for an escape that means no ASCII, which stays as it is written; and the length.
    private static func unit(_ raw: Span<UInt8>, _ index: Int) -> (meant: UInt8?, length: Int) {
        if raw[index] != ASCII.backslash { return (raw[index], 1) }
        switch ByteScan.byte(raw, index &+ 1) {
        case UInt8(ascii: "b"): return (0x08, 2)
        case UInt8(ascii: "f"): return (0x0C, 2)
        case UInt8(ascii: "n"): return (ASCII.lf, 2)
        case UInt8(ascii: "r"): return (ASCII.cr, 2)
        case UInt8(ascii: "t"): return (ASCII.tab, 2)
        case UInt8(ascii: "u"):
            var value: UInt16 = 0
            for offset in 2..<6 {
                value = value &<< 4 | UInt16(ASCII.hexValue(ByteScan.byte(raw, index &+ offset)) & 15)
            }
            return (value < 0x80 ? UInt8(truncatingIfNeeded: value) : nil, 6)
        case let byte: return (byte, 2)
        }
    }

    private static func isBlank(_ byte: UInt8) -> Bool {
        byte == ASCII.space || byte == ASCII.lf || byte == ASCII.cr || byte == ASCII.tab
    }

    /// Whether arguments can begin so: as an object, as a string, or with what stands in front of one.
    private static func beginsValue(_ byte: UInt8) -> Bool {
        byte == ASCII.openBrace || byte == ASCII.quote || isBlank(byte)
    }

    /// Takes the next byte of the arguments themselves.
    private mutating func take(_ byte: UInt8, into out: inout ByteBuffer) {
        switch place {
        case .text, .textEscape, .textUnicode: takeText(byte, into: &out)
        case .start, .beforeName, .name, .nameEscape, .behindName, .beforeValue: takeName(byte)
        case .scalar, .nested, .nestedString, .nestedEscape: passOver(byte)
        case .end, .bare: break
        }
    }

    private mutating func takeName(_ byte: UInt8) {
        switch (place, byte) {
        case (.start, ASCII.openBrace): place = .beforeName
        case (.start, ASCII.quote): place = .text
        case (.beforeName, ASCII.quote): place = .name
        case (.beforeName, ASCII.closeBrace): place = .end
        case (.name, ASCII.backslash): place = .nameEscape
        case (.name, ASCII.quote): place = .behindName
        case (.nameEscape, _): place = .name
        case (.behindName, ASCII.colon): place = .beforeValue
        case (.beforeValue, ASCII.quote): place = .text
        case (.beforeValue, ASCII.openBrace), (.beforeValue, ASCII.openBracket): (place, depth) = (.nested, 1)
        case (.beforeValue, _) where !FreeformInput.isBlank(byte): place = .scalar
        default: break
        }
    }

    /// A value that is no string.
    private mutating func passOver(_ byte: UInt8) {
        switch (place, byte) {
        case (.scalar, ASCII.comma): place = .beforeName
        case (.scalar, ASCII.closeBrace): place = .end
        case (.nested, ASCII.quote): place = .nestedString
        case (.nested, ASCII.openBrace), (.nested, ASCII.openBracket): depth &+= 1
        case (.nested, ASCII.closeBrace), (.nested, ASCII.closeBracket):
            depth &-= 1
            if depth == 0 { place = .beforeName }
        case (.nestedString, ASCII.backslash): place = .nestedEscape
        case (.nestedString, ASCII.quote): place = .nested
        case (.nestedEscape, _): place = .nestedString
        default: break
        }
    }

    private mutating func takeText(_ byte: UInt8, into out: inout ByteBuffer) {
        switch place {
        case .textEscape:
            switch byte {
            case ASCII.quote, ASCII.backslash, ASCII.slash, UInt8(ascii: "b"), UInt8(ascii: "f"), UInt8(ascii: "n"),
                UInt8(ascii: "r"), UInt8(ascii: "t"):
                out.append(ASCII.backslash)
                out.append(byte)
                place = .text
                return
            case UInt8(ascii: "u"):
                (place, digits, digitCount) = (.textUnicode, 0, 0)
                return
            default:
                flush(into: &out)
            }
        case .textUnicode:
            if ASCII.hexValue(byte) < 16 {
                digits |= UInt32(byte) &<< UInt32(digitCount &* 8)
                digitCount &+= 1
                if digitCount == 4 {
                    out.append("\\u")
                    writeDigits(into: &out)
                    place = .text
                }
                return
            }
            flush(into: &out)
        default:
            break
        }
        switch byte {
        case ASCII.quote: place = .end
        case ASCII.backslash: place = .textEscape
        case ASCII.lf: out.append("\\n")
        case ASCII.cr: out.append("\\r")
        case ASCII.tab: out.append("\\t")
        case 0..<0x20:
            out.append(byte < 0x10 ? "\\u000" : "\\u001")
            out.append(hex: UInt64(byte & 15))
        default: out.append(byte)
        }
    }

    /// An escape that the text does not complete is text itself.
    private mutating func flush(into out: inout ByteBuffer) {
        if place == .textEscape {
            out.append("\\\\")
        } else if place == .textUnicode {
            out.append("\\\\u")
            writeDigits(into: &out)
        } else {
            return
        }
        place = .text
    }

    private func writeDigits(into out: inout ByteBuffer) {
        for index in 0..<digitCount { out.append(UInt8(truncatingIfNeeded: digits &>> UInt32(index &* 8))) }
    }
}
