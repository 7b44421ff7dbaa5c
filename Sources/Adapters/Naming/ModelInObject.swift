// The model that a JSON object names.

internal import Wire

/// Reads the members of the object, of whose values it sees only where they end.
struct ModelInObject: Sendable {
    /// What comes next, or goes on.
    private enum Place { case start, name, colon, value, scalar, nested, comma, over }

    private(set) var model = NamedModel.beyond
    private var place = Place.start
    private var isInString = false
    private var isEscaped = false
    /// The first bytes of the name at hand, the first lowest, as they are and in lower case, and how many it has.
    private var name: (exact: UInt64, lower: UInt64) = (0, 0)
    private var nameBytes = 0
    /// The value at hand is the model's name, which begins there.
    private var isModel = false
    private var valueStart = 0
    /// The brackets that are open inside of the value at hand, the last lowest: 1 for a brace.
    private var brackets: UInt128 = 0
    private var depth = 0
    /// Of the body, before the bytes at hand.
    private var bytesBefore = 0

    mutating func feed(_ bytes: Span<UInt8>, isLast: Bool) {
        var index = 0
        while index < bytes.count, model != .unclear {
            if isInString {
                index = passString(bytes, from: index)
            } else {
                take(bytes[index], at: bytesBefore + index)
                index += 1
            }
        }
        bytesBefore += bytes.count
        guard isLast, model != .unclear else { return }
        if place != .over { return model = bytesBefore == 0 ? .absent : .unclear }
        if model == .beyond { model = .absent }
    }

    private mutating func take(_ byte: UInt8, at index: Int) {
        switch byte {
        case ASCII.space, ASCII.tab, ASCII.cr, ASCII.lf: if place == .scalar { place = .comma }
        case ASCII.quote where place == .name: (isInString, name, nameBytes) = (true, (0, 0), 0)
        case ASCII.quote where place == .value: (isInString, valueStart) = (true, index + 1)
        case ASCII.quote where place == .nested: isInString = true
        case ASCII.openBrace where place == .start: place = .name
        case ASCII.openBrace, ASCII.openBracket: open(byte)
        case ASCII.closeBrace, ASCII.closeBracket: close(byte)
        case ASCII.colon where place == .colon: place = .value
        case ASCII.comma where place == .comma || place == .scalar: place = .name
        case ASCII.colon, ASCII.comma: if place != .nested { model = .unclear }
        case ASCII.plus, ASCII.hyphen, ASCII.dot: passScalar()
        case let byte where ASCII.isAlphanumeric(byte): passScalar()
        // Comments, single quotes, other encodings: some read them.
        default: model = .unclear
        }
    }

    private mutating func passScalar() {
        switch place {
        case .value where !isModel: place = .scalar
        case .scalar, .nested: break
        case .start, .name, .colon, .value, .comma, .over: model = .unclear
        }
    }

    private mutating func open(_ bracket: UInt8) {
        guard place == .nested || place == .value && !isModel, depth < Limits.requestDepthMax else {
            return model = .unclear
        }
        place = .nested
        brackets = brackets &<< 1 | (bracket == ASCII.openBrace ? 1 : 0)
        depth += 1
    }

    private mutating func close(_ bracket: UInt8) {
        if place == .nested {
            guard bracket == (brackets & 1 == 1 ? ASCII.closeBrace : ASCII.closeBracket) else {
                return model = .unclear
            }
            brackets &>>= 1
            depth -= 1
            if depth == 0 { place = .comma }
        } else if bracket == ASCII.closeBrace, place == .name || place == .comma || place == .scalar {
            place = .over
        } else {
            model = .unclear
        }
    }

    // MARK: Strings

    /// - Returns: where to go on.
    private mutating func passString(_ bytes: Span<UInt8>, from index: Int) -> Int {
        if isEscaped {
            isEscaped = false
            return index + 1
        }
        let stop = min(ByteScan.stringStop(bytes, from: index), bytes.count)
        if place == .name { gather(bytes.extracting(index..<stop)) }
        if stop == bytes.count { return stop }
        switch bytes[stop] {
        case ASCII.quote: stringEnded(at: bytesBefore + stop)
        case ASCII.backslash:
            // A name is written plainly.
            if place == .name || place == .value && isModel { model = .unclear }
            isEscaped = true
        default:
            nameBytes += 8
            var next = stop + 1
            while next < bytes.count, bytes[next] >= 0x80 { next += 1 }
            return next
        }
        return stop + 1
    }

    private mutating func gather(_ bytes: Span<UInt8>) {
        for index in bytes.indices {
            if nameBytes < 8 {
                let shift = UInt64(8 * nameBytes)
                name.exact |= UInt64(bytes[index]) &<< shift
                name.lower |= UInt64(ASCII.lowercased(bytes[index])) &<< shift
            }
            nameBytes += 1
        }
    }

    private mutating func stringEnded(at end: Int) {
        isInString = false
        switch place {
        case .name:
            place = .colon
            isModel = nameBytes == 5 && name.lower == ByteScan.word("model")
            // The first counts for some, the last for others, and any case for some.
            if isModel, model != .beyond || name.exact != name.lower { model = .unclear }
        case .value:
            place = .comma
            if isModel { model = .named(ByteRange(valueStart, end)) }
        case .start, .colon, .scalar, .nested, .comma, .over: break
        }
    }
}
