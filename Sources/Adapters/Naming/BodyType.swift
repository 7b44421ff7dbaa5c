// The type of a body that passes through.

internal import Wire

enum BodyType: Equatable {
    case object
    /// In parts; where the type names what stands between them.
    case form(boundary: ByteRange)
    /// The body could be read as something else than we would take it for.
    case odd

    /// - Parameter text: of a Content-Type field.
    init(_ text: Span<UInt8>) { self = BodyType.read(text) }

    private static func read(_ text: Span<UInt8>) -> BodyType {
        var end = 0
        while end < text.count, ASCII.isToken(text[end]) || text[end] == ASCII.slash { end += 1 }
        let isForm = end > 10 && ASCII.equalsIgnoringCase(text, 0..<10, "multipart/")
        var boundary: ByteRange?
        var parameters = FieldParameters(from: end)
        while let parameter = parameters.next(in: text) {
            let value = text.extracting(parameter.value)
            if parameter.isNamed("charset", in: text) {
                // In UTF-7 or UTF-16 quotes stand elsewhere.
                let isPlain = ASCII.equalsIgnoringCase(value, "utf-8") || ASCII.equalsIgnoringCase(value, "utf8")
                if !isPlain, !ASCII.equalsIgnoringCase(value, "us-ascii") { return .odd }
            } else if isForm, parameter.isNamed("boundary", in: text) {
                guard boundary == nil, !parameter.isExtended, BodyType.mayBound(value) else { return .odd }
                boundary = parameter.value
            }
        }
        // Frameworks that read forms read such as well.
        let isEncoded = ASCII.equalsIgnoringCase(text, 0..<end, "application/x-www-form-urlencoded")
        if parameters.isOdd || isEncoded || isForm && boundary == nil { return .odd }
        return boundary.map { .form(boundary: $0) } ?? .object
    }

    /// - Source: RFC 2046 section 5.1.1, without the space.
    private static func mayBound(_ value: Span<UInt8>) -> Bool {
        for index in value.indices {
            switch value[index] {
            case UInt8(ascii: "'")...ASCII.slash, ASCII.colon, ASCII.equals, ASCII.question, UInt8(ascii: "_"):
                // The asterisk stands among them and is none.
                if value[index] == ASCII.asterisk { return false }
            case let byte where ASCII.isAlphanumeric(byte): break
            default: return false
            }
        }
        return (1...70).contains(value.count)
    }
}
