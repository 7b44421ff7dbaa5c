// Validates a JSON text that comes in pieces, cut anywhere, and keeps none of it.

/// Gives the verdict of `JSONScan.validate` on the pieces joined, position and reason included.
/// - Source: RFC 8259. Cost: one pass; the inside of strings sixteen bytes at a time.
public struct JSONValidator: Sendable {
    /// What the next byte may be.
    private enum Place: UInt8 {
        case value, firstElement, firstName, name, colon, behindValue, behindText
        case string, escape, unicode, multibyte
        case literal
        case minus, zero, digits, dot, fraction, exponent, exponentSign, exponentDigits
    }

    private var place = Place.value
    private var open = JSONDepth()
    private var isName = false
    /// Bytes of the pieces before.
    private var consumed = 0
    /// What is left of an escape's digits or of a UTF-8 sequence.
    private var bytesLeft = 0
    /// The bounds of the next byte of a UTF-8 sequence.
    private var lowest: UInt8 = 0x80
    private var highest: UInt8 = 0xBF
    /// The rest of a literal, the next byte lowest.
    private var literal: UInt64 = 0
    private let depthMax: Int

    public init(depthMax: Int = Limits.jsonDepthMax) { self.depthMax = min(depthMax, Limits.jsonDepthMax) }

    /// Whether the pieces so far are a whole text; more blanks may still come. A number at the end may go on, too.
    public var isComplete: Bool {
        switch place {
        case .behindText: true
        case .zero, .digits, .fraction, .exponentDigits: open.count == 0
        default: false
        }
    }

    /// Takes the next piece.
    /// - Throws: at the first byte that no valid text could have there. The validator must not be used afterwards.
    public mutating func feed(_ bytes: Span<UInt8>) throws(JSONFault) {
        var index = 0
        while index < bytes.count {
            if place == .string {
                index = JSONScan.sequencesEnd(bytes, ByteScan.stringStop(bytes, from: index))
                if index == bytes.count { break }
            }
            if let reason = take(ByteScan.byte(bytes, index)) {
                throw JSONFault(position: consumed &+ index, reason: reason)
            }
            index &+= 1
        }
        consumed &+= bytes.count
    }

    /// Tells that no more pieces come.
    /// - Throws: `.endsEarly` when the text is not whole.
    public func finish() throws(JSONFault) {
        guard isComplete else { throw JSONFault(position: consumed, reason: .endsEarly) }
    }

    /// - Returns: what is wrong with the byte, `nil` when nothing is.
    private mutating func take(_ byte: UInt8) -> JSONFault.Reason? {
        switch place {
        case .value, .firstElement, .firstName, .name, .colon, .behindValue, .behindText:
            return takeStructure(byte)
        case .string, .escape, .unicode, .multibyte:
            return takeString(byte)
        case .literal:
            guard byte == UInt8(truncatingIfNeeded: literal) else { return .literal }
            literal &>>= 8
            if literal == 0 { endValue() }
            return nil
        case .minus, .zero, .digits, .dot, .fraction, .exponent, .exponentSign, .exponentDigits:
            return takeNumber(byte)
        }
    }

    private mutating func takeStructure(_ byte: UInt8) -> JSONFault.Reason? {
        if byte == ASCII.space || byte == ASCII.lf || byte == ASCII.cr || byte == ASCII.tab { return nil }
        switch place {
        case .firstElement where byte == ASCII.closeBracket, .firstName where byte == ASCII.closeBrace:
            open.close()
            endValue()
        case .value, .firstElement:
            return beginValue(byte)
        case .firstName, .name:
            guard byte == ASCII.quote else { return .unexpectedByte }
            (place, isName) = (.string, true)
        case .colon:
            guard byte == ASCII.colon else { return .unexpectedByte }
            place = .value
        case .behindValue where byte == ASCII.comma:
            place = open.isInObject ? .name : .value
        case .behindValue:
            guard byte == (open.isInObject ? ASCII.closeBrace : ASCII.closeBracket) else { return .unexpectedByte }
            open.close()
            endValue()
        default:
            return .trailingBytes
        }
        return nil
    }

    private mutating func beginValue(_ byte: UInt8) -> JSONFault.Reason? {
        switch byte {
        case ASCII.quote:
            (place, isName) = (.string, false)
        case ASCII.openBrace, ASCII.openBracket:
            let isObject = byte == ASCII.openBrace
            guard open.open(isObject: isObject, max: depthMax) else { return .tooDeep }
            place = isObject ? .firstName : .firstElement
        case UInt8(ascii: "t"):
            (place, literal) = (.literal, ByteScan.word("rue"))
        case UInt8(ascii: "f"):
            (place, literal) = (.literal, ByteScan.word("alse"))
        case UInt8(ascii: "n"):
            (place, literal) = (.literal, ByteScan.word("ull"))
        case ASCII.hyphen:
            place = .minus
        case ASCII.zero:
            place = .zero
        default:
            guard ASCII.isDigit(byte) else { return .unexpectedByte }
            place = .digits
        }
        return nil
    }

    private mutating func endValue() { place = open.count == 0 ? .behindText : .behindValue }

    private mutating func takeString(_ byte: UInt8) -> JSONFault.Reason? {
        switch place {
        case .escape:
            switch byte {
            case ASCII.quote, ASCII.backslash, ASCII.slash, UInt8(ascii: "b"), UInt8(ascii: "f"), UInt8(ascii: "n"),
                UInt8(ascii: "r"), UInt8(ascii: "t"):
                place = .string
            case UInt8(ascii: "u"):
                (place, bytesLeft) = (.unicode, 4)
            default:
                return .escape
            }
        case .unicode:
            guard ASCII.hexValue(byte) < 16 else { return .escape }
            bytesLeft &-= 1
            if bytesLeft == 0 { place = .string }
        case .multibyte:
            guard byte >= lowest, byte <= highest else { return .notUTF8 }
            (lowest, highest) = (0x80, 0xBF)
            bytesLeft &-= 1
            if bytesLeft == 0 { place = .string }
        default:
            switch byte {
            case ASCII.quote:
                if isName { place = .colon } else { endValue() }
            case ASCII.backslash:
                place = .escape
            case 0..<0x20:
                return .controlByte
            case 0x80...:
                return beginSequence(byte)
            default:
                break
            }
        }
        return nil
    }

    /// - Source: Unicode 15, table 3-7.
    private mutating func beginSequence(_ lead: UInt8) -> JSONFault.Reason? {
        guard let sequence = JSONScan.sequence(lead) else { return .notUTF8 }
        (bytesLeft, lowest, highest) = (sequence.length &- 1, sequence.lowest, sequence.highest)
        place = .multibyte
        return nil
    }

    private mutating func takeNumber(_ byte: UInt8) -> JSONFault.Reason? {
        let isDigit = ASCII.isDigit(byte)
        switch place {
        case .minus:
            guard isDigit else { return .number }
            place = byte == ASCII.zero ? .zero : .digits
            return nil
        case .dot:
            guard isDigit else { return .number }
            place = .fraction
            return nil
        case .exponent where byte == ASCII.plus || byte == ASCII.hyphen:
            place = .exponentSign
            return nil
        case .exponent, .exponentSign:
            guard isDigit else { return .number }
            place = .exponentDigits
            return nil
        case .zero where byte == ASCII.dot, .digits where byte == ASCII.dot:
            place = .dot
            return nil
        case .digits where isDigit, .fraction where isDigit, .exponentDigits where isDigit:
            return nil
        case .zero, .digits, .fraction:
            if byte | 0x20 == UInt8(ascii: "e") {
                place = .exponent
                return nil
            }
        default:
            break
        }
        // The number ended in front of this byte.
        endValue()
        return takeStructure(byte)
    }
}
