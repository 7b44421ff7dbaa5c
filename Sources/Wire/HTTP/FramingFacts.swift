// What the fields of a head say about connection and body, collected while they are parsed.

struct FramingFacts {
    /// -1: no Content-Length.
    var contentLength = -1
    var isChunked = false
    /// In a response neither Host nor Expect means anything.
    var isResponse = false
    var hasHost = false
    var closes = false
    var keepsAlive = false
    var expectsContinue = false
    var expectsOther = false

    /// Takes one of the fields that matter here.
    /// - Throws: when the field contradicts an earlier one or is malformed by itself.
    mutating func take(_ id: HeaderName, _ bytes: Span<UInt8>, _ value: Range<Int>) throws(HeadFault) {
        switch id {
        case .contentLength:
            guard contentLength < 0 else { throw .malformed(.duplicateContentLength) }
            guard let length = ASCII.decimal(bytes, value) else { throw .malformed(.contentLength) }
            // `010` is eight for whoever reads it as octal.
            if value.count > 1, ByteScan.byte(bytes, value.lowerBound) == ASCII.zero {
                throw .malformed(.contentLength)
            }
            contentLength = length
        case .transferEncoding:
            guard !isChunked else { throw .malformed(.duplicateTransferCoding) }
            guard ASCII.equalsToken(bytes, value, "chunked") else {
                throw FramingFacts.isToken(bytes, value) ? .unsupported(.transferCoding) : .malformed(.transferCoding)
            }
            isChunked = true
        case .connection:
            takeConnection(bytes, value)
        case .expect where !isResponse:
            if ASCII.equalsToken(bytes, value, "100-continue") {
                expectsContinue = true
            } else {
                expectsOther = true
            }
        case .host where !isResponse:
            guard !hasHost else { throw .malformed(.duplicateHost) }
            guard Authority.isValid(bytes, value) else { throw .malformed(.host) }
            hasHost = true
        default:
            break
        }
    }

    /// The framing of a message that may have a body; `nil` when the head names none.
    // Inlined, as all that asks: the flags would be packed for each call.
    @inline(__always)
    func framing(minorVersion: Int) throws(HeadFault) -> BodyFraming? {
        if isChunked {
            if contentLength >= 0 { throw .malformed(.lengthAndCoding) }
            if minorVersion == 0 { throw .malformed(.codingInOldVersion) }
            return .chunked
        }
        return contentLength >= 0 ? .length(contentLength) : nil
    }

    /// Whether the connection stays usable after this message.
    @inline(__always)
    func persists(minorVersion: Int) -> Bool { !closes && (minorVersion == 1 || keepsAlive) }

    /// A comma list of connection options; those unknown do not concern us.
    private mutating func takeConnection(_ bytes: Span<UInt8>, _ value: Range<Int>) {
        var start = value.lowerBound
        while start < value.upperBound {
            var end = start
            while end < value.upperBound, ByteScan.byte(bytes, end) != ASCII.comma { end &+= 1 }
            let option = ASCII.trimmed(bytes, start..<end)
            if ASCII.equalsToken(bytes, option, "close") {
                closes = true
            } else if ASCII.equalsToken(bytes, option, "keep-alive") {
                keepsAlive = true
            }
            start = end &+ 1
        }
    }

    private static func isToken(_ bytes: Span<UInt8>, _ range: Range<Int>) -> Bool {
        for index in range where !ASCII.isToken(ByteScan.byte(bytes, index)) { return false }
        return !range.isEmpty
    }
}
