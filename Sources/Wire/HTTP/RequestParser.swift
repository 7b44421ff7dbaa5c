// The head of an HTTP/1 request: from bytes to offsets, strictly.

/// Made once per loop and used for every head. What it says holds from a `parse` that returned a length until the next call.
/// - Source: RFC 9112 sections 2, 3, 5 and 6; RFC 9110 sections 5 and 7.
public struct RequestParser: ~Copyable {
    public private(set) var method = Method.other
    public private(set) var methodRange = ByteRange.none
    /// The request target as it came.
    public private(set) var target = ByteRange.none
    /// The path in the target, still percent-encoded; empty for an absolute target without one, `*` for the asterisk form.
    public private(set) var path = ByteRange.none
    /// Behind the `?`; empty when there is none.
    public private(set) var query = ByteRange.none
    /// 0 or 1: HTTP/1.0 or HTTP/1.1.
    public private(set) var minorVersion = 1
    public private(set) var fields = HeaderFields()
    /// Never `.untilClose`.
    public private(set) var framing = BodyFraming.none
    /// Whether the connection may carry another request after this one.
    public private(set) var persists = true
    /// Whether the client waits for `100 Continue` before it sends the body.
    public private(set) var expectsContinue = false

    public init() {}

    /// Finds and reads a request head at the start of `bytes`. One empty line in front of it is skipped.
    /// - Parameter bytes: the unread inbox; may end anywhere, even inside CRLF.
    /// - Parameter scanned: bytes seen by the call before, 0 on the first, so that a slow sender costs O(n), not O(n²).
    /// - Returns: head length in bytes with its blank line; `nil` when more bytes are needed.
    /// - Throws: as soon as a line that is at fault has arrived with its end. Nothing is consumed on failure.
    /// - Cost: one pass, no allocation; 200 ns for eleven fields in 400 bytes, on a busy 2.5 GHz core.
    public mutating func parse(_ bytes: Span<UInt8>, scanned: Int) throws(HeadFault) -> Int? {
        if scanned > 0, !RequestParser.mayHoldLineEnd(bytes, scanned: scanned) {
            try RequestParser.checkBounds(bytes, scanned: scanned)
            return nil
        }
        guard let line = try parseLine(bytes) else { return nil }
        var facts = FramingFacts()
        guard let end = try fields.parse(bytes, from: line, facts: &facts) else { return nil }

        framing = try facts.framing(minorVersion: minorVersion) ?? .none
        if !facts.hasHost, minorVersion == 1 { throw .malformed(.missingHost) }
        if method == .connect { throw .unsupported(.connect) }
        try splitTarget(bytes)
        if facts.expectsOther { throw .expectation }
        // A 1.0 client knows no interim answer (RFC 9110 section 10.1.1).
        expectsContinue = facts.expectsContinue && minorVersion == 1
        persists = facts.persists(minorVersion: minorVersion)
        return end
    }

    /// Whether the bytes behind `scanned` can end a line. Without that, everything was judged before.
    static func mayHoldLineEnd(_ bytes: Span<UInt8>, scanned: Int) -> Bool {
        let isCRPending = ByteScan.byte(bytes, scanned &- 1) == ASCII.cr
        let from = isCRPending ? scanned &- 1 : scanned
        let stop = from < bytes.count ? ByteScan.controlStop(bytes, from: from) : bytes.count
        return stop < bytes.count
    }

    /// Throws when an unfinished head is already too long.
    static func checkBounds(_ bytes: Span<UInt8>, scanned: Int) throws(HeadFault) {
        let start = ByteScan.byte(bytes, 0) == ASCII.cr ? 2 : 0
        // Asked only while the bound is being crossed: later calls know that the first line had ended.
        if bytes.count &- start > Limits.startLineBytesMax, scanned &- start <= Limits.startLineBytesMax,
            ByteScan.controlStop(bytes, from: start) == bytes.count
        {
            throw .targetTooLong
        }
        if bytes.count >= Limits.headBytesMax { throw .tooLong }
    }

    /// Parses the request line and returns the offset behind it; `nil` when its end has not arrived.
    @inline(__always)
    private mutating func parseLine(_ bytes: Span<UInt8>) throws(HeadFault) -> Int? {
        var start = 0
        if ByteScan.byte(bytes, 0) == ASCII.cr {
            if bytes.count == 1 { return nil }
            guard ByteScan.byte(bytes, 1) == ASCII.lf else { throw .malformed(.bareCR) }
            start = 2
        }
        let isPost = ByteScan.word(bytes, start) & 0xFF_FFFF_FFFF == ByteScan.word("POST ")
        var index = start &+ 4
        if !isPost {
            index = start
            while ASCII.isToken(ByteScan.byte(bytes, index)) { index &+= 1 }
            guard index > start, ByteScan.byte(bytes, index) == ASCII.space else {
                return try RequestParser.judge(bytes, lineStart: start, .method)
            }
        }
        let methodEnd = index
        let targetStart = methodEnd &+ 1
        index = targetStart
        var queryStart = -1
        while true {
            index = ByteScan.pathStop(bytes, from: index)
            let byte = ByteScan.byte(bytes, index)
            guard ASCII.isTarget(byte) else { break }
            if byte == ASCII.question, queryStart < 0 { queryStart = index &+ 1 }
            if byte == ASCII.percent, !Authority.isPercentTriplet(bytes, index) { break }
            index &+= 1
        }
        let targetEnd = index
        guard targetEnd > targetStart, ByteScan.byte(bytes, targetEnd) == ASCII.space else {
            return try RequestParser.judge(bytes, lineStart: start, .target)
        }
        let version = ByteScan.word(bytes, targetEnd &+ 1)
        let stop = targetEnd &+ 9
        guard version | 1 &<< 56 == ByteScan.word("HTTP/1.1"), ByteScan.pair(bytes, stop) == ASCII.crlf,
            stop &- start <= Limits.startLineBytesMax
        else {
            return try RequestParser.judgeVersion(bytes, lineStart: start, version, stop)
        }
        minorVersion = Int(version &>> 56 & 1)
        methodRange = ByteRange(start, methodEnd)
        method = isPost ? .post : Method(bytes, start..<methodEnd)
        target = ByteRange(targetStart, targetEnd)
        path = ByteRange(targetStart, queryStart < 0 ? targetEnd : queryStart &- 1)
        query = queryStart < 0 ? .none : ByteRange(queryStart, targetEnd)
        return stop &+ 2
    }

    /// Says what is wrong with the end of a request line; returns `nil` when it has not arrived.
    /// - Parameter stop: where the CR should stand, behind these eight bytes.
    @inline(never)
    private static func judgeVersion(
        _ bytes: Span<UInt8>, lineStart: Int, _ version: UInt64, _ stop: Int
    ) throws(HeadFault) -> Int? {
        guard version & 0xF0FF_F0FF_FFFF_FFFF == ByteScan.word("HTTP/0.0") & 0xF0FF_F0FF_FFFF_FFFF,
            ASCII.isDigit(ByteScan.byte(bytes, stop &- 3)), ASCII.isDigit(ByteScan.byte(bytes, stop &- 1)),
            stop < bytes.count, ByteScan.byte(bytes, stop) == ASCII.cr
        else {
            return try judge(bytes, lineStart: lineStart, .version)
        }
        if stop &- lineStart > Limits.startLineBytesMax { throw .targetTooLong }
        if stop &+ 1 == bytes.count { return nil }
        throw ByteScan.byte(bytes, stop &+ 1) == ASCII.lf ? .unsupportedVersion : .malformed(.bareCR)
    }

    /// Says what is wrong with a request line; returns `nil` when its end has not arrived.
    @inline(never)
    private static func judge(
        _ bytes: Span<UInt8>, lineStart: Int, _ reason: HeadFault.Reason
    ) throws(HeadFault) -> Int? {
        let stop = ByteScan.controlStop(bytes, from: lineStart)
        if stop &- lineStart > Limits.startLineBytesMax { throw .targetTooLong }
        guard try HeaderFields.isLineEnd(bytes, stop) else { return nil }
        throw .malformed(stop == lineStart ? .startLine : reason)
    }

    /// Checks the form of the target and finds the path in it.
    @inline(__always)
    private mutating func splitTarget(_ bytes: Span<UInt8>) throws(HeadFault) {
        let first = ByteScan.byte(bytes, Int(target.start))
        if first == ASCII.slash { return }
        if first == ASCII.asterisk, target.count == 1, method == .options { return }
        try splitAbsoluteTarget(bytes)
    }

    /// `http://authority/path`. Its authority must be the one of the Host header: whoever reads the other one would be misled.
    private mutating func splitAbsoluteTarget(_ bytes: Span<UInt8>) throws(HeadFault) {
        let start = Int(target.start)
        let end = Int(target.end)
        var authorityStart = 0
        for scheme: StaticString in ["http://", "https://"] {
            let schemeEnd = start &+ scheme.utf8CodeUnitCount
            if schemeEnd < end, ASCII.equalsIgnoringCase(bytes, start..<schemeEnd, scheme) {
                authorityStart = schemeEnd
            }
        }
        guard authorityStart > 0 else { throw .malformed(.target) }
        var index = authorityStart
        while index < end, ByteScan.byte(bytes, index) != ASCII.slash, ByteScan.byte(bytes, index) != ASCII.question {
            index &+= 1
        }
        guard Authority.isValid(bytes, authorityStart..<index) else { throw .malformed(.target) }
        if let host = fields.first(.host) {
            guard host.count == index &- authorityStart else { throw .malformed(.host) }
            for offset in 0..<host.count {
                let one = ByteScan.byte(bytes, Int(host.start) &+ offset)
                let other = ByteScan.byte(bytes, authorityStart &+ offset)
                guard ASCII.lowercased(one) == ASCII.lowercased(other) else { throw .malformed(.host) }
            }
        }
        path = ByteRange(index, max(index, Int(path.end)))
    }
}
