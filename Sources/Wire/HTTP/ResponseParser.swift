// The head of an HTTP/1 response, as strict as the one of a request: an ambiguous answer must not poison a pooled connection.

/// Made once per loop and used for every head. What it says holds from a `parse` that returned a length until the next call.
/// - Source: RFC 9112 sections 4 to 6.
public struct ResponseParser: ~Copyable {
    /// 100...599.
    public private(set) var status = 0
    /// 0 or 1: HTTP/1.0 or HTTP/1.1.
    public private(set) var minorVersion = 1
    public private(set) var reason = ByteRange.none
    public private(set) var fields = HeaderFields()
    public private(set) var framing = BodyFraming.none
    /// Whether the connection may carry another exchange after this one.
    public private(set) var persists = true
    /// A 1xx answer: the head of the real one follows.
    public var isInterim: Bool { status < 200 }

    public init() {}

    /// Finds and reads a response head at the start of `bytes`.
    /// - Parameter bytes: the unread inbox; may end anywhere, even inside CRLF.
    /// - Parameter scanned: bytes seen by the call before, 0 on the first.
    /// - Parameter requestMethodIsHead: then no body follows, whatever the fields say.
    /// - Returns: head length in bytes with its blank line; `nil` when more bytes are needed.
    /// - Throws: as soon as a line that is at fault has arrived with its end.
    public mutating func parse(
        _ bytes: Span<UInt8>, scanned: Int, requestMethodIsHead: Bool
    ) throws(HeadFault) -> Int? {
        if scanned > 0, !RequestParser.mayHoldLineEnd(bytes, scanned: scanned) {
            try RequestParser.checkBounds(bytes, scanned: scanned)
            return nil
        }
        guard let line = try parseLine(bytes) else { return nil }
        var facts = FramingFacts()
        facts.isResponse = true
        guard let end = try fields.parse(bytes, from: line, facts: &facts) else { return nil }

        let named = try facts.framing(minorVersion: minorVersion)
        if status == 101 { throw .malformed(.upgrade) }
        if requestMethodIsHead || isInterim || status == 204 || status == 304 {
            framing = .none
        } else {
            framing = named ?? .untilClose
        }
        persists = facts.persists(minorVersion: minorVersion) && framing != .untilClose
        return end
    }

    /// Parses the status line and returns the offset behind it; `nil` when its end has not arrived.
    private mutating func parseLine(_ bytes: Span<UInt8>) throws(HeadFault) -> Int? {
        let stop = ByteScan.controlStop(bytes, from: 0)
        if stop > Limits.startLineBytesMax { throw .targetTooLong }
        guard try HeaderFields.isLineEnd(bytes, stop) else { return nil }
        let version = ByteScan.word(bytes, 0)
        guard stop >= 12, version & 0xF0FF_F0FF_FFFF_FFFF == ByteScan.word("HTTP/0.0") & 0xF0FF_F0FF_FFFF_FFFF,
            ASCII.isDigit(UInt8(truncatingIfNeeded: version &>> 40)), ASCII.isDigit(UInt8(version &>> 56)),
            ByteScan.byte(bytes, 8) == ASCII.space
        else {
            throw .malformed(.startLine)
        }
        guard version | 1 &<< 56 == ByteScan.word("HTTP/1.1") else { throw .unsupportedVersion }
        guard let code = ASCII.decimal(ByteScan.word(bytes, 9), count: 3), code >= 100, code <= 599 else {
            throw .malformed(.statusCode)
        }
        // The space behind the code is required, the servers that forget it are many and their meaning is plain.
        guard stop == 12 || ByteScan.byte(bytes, 12) == ASCII.space else { throw .malformed(.statusCode) }
        status = Int(code)
        minorVersion = Int(version &>> 56 & 1)
        reason = stop > 13 ? ByteRange(13, stop) : .none
        return stop &+ 2
    }
}
