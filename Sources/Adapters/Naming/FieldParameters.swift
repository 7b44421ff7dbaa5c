// The parameters behind a field's value.

internal import Wire

/// One `; name=value` after the other. What only some readers accept is odd.
/// - Source: RFC 9110 section 5.6.6.
struct FieldParameters {
    struct Parameter {
        let name: ByteRange
        /// Without its quotes.
        let value: ByteRange
        /// Its name goes on behind an asterisk (RFC 8187, RFC 2231).
        let isExtended: Bool

        /// - Parameter text: in lower case.
        func isNamed(_ text: StaticString, in bytes: Span<UInt8>) -> Bool {
            ASCII.equalsIgnoringCase(bytes, name.range, text)
        }
    }

    private(set) var isOdd = false
    private var at: Int

    /// - Parameter start: behind the value itself.
    init(from start: Int) { at = start }

    /// - Returns: nil at the end, or where the text becomes odd.
    mutating func next(in text: Span<UInt8>) -> Parameter? {
        pass(text, ASCII.isBlank)
        if at == text.count { return nil }
        guard take(ASCII.semicolon, text) else { return odd() }
        pass(text, ASCII.isBlank)
        // A semicolon with nothing behind it harms nobody.
        if at == text.count { return nil }
        let start = at
        pass(text) { ASCII.isToken($0) && $0 != ASCII.asterisk }
        let name = ByteRange(start, at)
        pass(text, ASCII.isToken)
        let isExtended = at > Int(name.end)
        guard !name.isEmpty, take(ASCII.equals, text) else { return odd() }
        if take(ASCII.quote, text) {
            let start = at
            // What a backslash means here is understood in three ways.
            pass(text) { $0 != ASCII.quote && $0 != ASCII.backslash && ($0 >= 0x20 || $0 == ASCII.tab) }
            let value = ByteRange(start, at)
            guard take(ASCII.quote, text) else { return odd() }
            return Parameter(name: name, value: value, isExtended: isExtended)
        }
        let value = at
        pass(text, ASCII.isToken)
        guard at > value else { return odd() }
        return Parameter(name: name, value: ByteRange(value, at), isExtended: isExtended)
    }

    private mutating func odd() -> Parameter? {
        isOdd = true
        return nil
    }

    private mutating func pass(_ text: Span<UInt8>, _ isPassed: (UInt8) -> Bool) {
        while at < text.count, isPassed(text[at]) { at += 1 }
    }

    private mutating func take(_ byte: UInt8, _ text: Span<UInt8>) -> Bool {
        guard at < text.count, text[at] == byte else { return false }
        at += 1
        return true
    }
}
