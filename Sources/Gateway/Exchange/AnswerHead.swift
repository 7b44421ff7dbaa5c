// The head of an answer, in pieces: what the gateway says, what the provider said, how the body is framed.

internal import Adapters
internal import Wire

enum AnswerHead {
    /// Status line and ids.
    static func begin(status: Int, undecided exchange: Exchange, persists: Bool, into out: inout ByteBuffer) {
        HeadWriter.statusLine(status, into: &out)
        id(exchange.record.requestID, exchange.surface, into: &out)
        if !exchange.originLines.isEmpty { out.append(exchange.originLines) }
        if !exchange.noticeLines.isEmpty { out.append(exchange.noticeLines) }
        if !persists { out.append("connection: close\r\n") }
    }

    /// Status line, ids, and what was decided.
    static func begin(status: Int, _ exchange: Exchange, persists: Bool, into out: inout ByteBuffer) {
        begin(status: status, undecided: exchange, persists: persists, into: &out)
        if exchange.decision.model >= 0 {
            out.append(exchange.snapshot.names[exchange.decision.model].headerLines)
            let isExact = exchange.translated == nil && !exchange.isEnveloped
            out.append(isExact ? "x-tokenhub-relay: exact\r\n" : "x-tokenhub-relay: translated\r\n")
            out.append("x-tokenhub-reason: ")
            exchange.decision.reason.write(into: &out)
            out.append("\r\nx-tokenhub-attempts: ")
            out.append(decimal: Int(exchange.record.attemptCount))
            out.append("\r\n")
            if exchange.alias >= 0 {
                out.append(exchange.snapshot.aliases[exchange.alias].headerLine)
            } else if exchange.query.isFromPool {
                out.append("X-Alias-From: *\r\n")
            }
        }
    }

    /// The request's id, under the names by which clients look for it.
    static func id(_ id: RequestID, _ surface: Surface, into out: inout ByteBuffer) {
        out.append("x-request-id: ")
        out.append(id.bytes)
        if surface == .anthropic {
            out.append("\r\nrequest-id: ")
            out.append(id.bytes)
        }
        out.append("\r\n")
    }

    /// That no request is left, and when one will be.
    /// - Parameter requestsMax: those (count) that could have come at once; `nil` where that is not known.
    /// - Parameter now: nanoseconds since 1970.
    /// - Source: conventions A 2.1 and 2.2.
    static func rateLimit(
        _ surface: Surface, requestsMax: Int?, waitMS: Int, now: UInt64, into out: inout ByteBuffer
    ) {
        if surface == .anthropic {
            if let requestsMax { HeadWriter.field("anthropic-ratelimit-requests-limit", requestsMax, into: &out) }
            out.append("anthropic-ratelimit-requests-remaining: 0\r\nanthropic-ratelimit-requests-reset: ")
            // Not before the moment: who comes a little late is served.
            let seconds = (Int64(now / 1_000_000) + Int64(waitMS) + 999) / 1000
            CalendarTime(secondsSince1970: seconds).write(into: &out)
            out.append("Z\r\n")
            return
        }
        if let requestsMax { HeadWriter.field("x-ratelimit-limit-requests", requestsMax, into: &out) }
        out.append("x-ratelimit-remaining-requests: 0\r\nx-ratelimit-reset-requests: ")
        if waitMS < 1000 {
            out.append(decimal: waitMS)
            out.append("ms\r\n")
        } else {
            let seconds = (waitMS + 999) / 1000
            if seconds >= 60 {
                out.append(decimal: seconds / 60)
                out.append("m")
            }
            out.append(decimal: seconds % 60)
            out.append("s\r\n")
        }
    }

    /// The provider's fields, but for those that belong to its connection, its identity or its cookies.
    static func passOn(_ fields: borrowing HeaderFields, _ bytes: Span<UInt8>, into out: inout ByteBuffer) {
        for index in 0..<fields.count {
            if out.count > Limits.answerHeadBytesMax { break }
            let field = fields[index]
            if !isLeftOut(field, bytes) { HeadWriter.field(field, of: bytes, into: &out) }
        }
    }

    private static func isLeftOut(_ field: HeaderField, _ bytes: Span<UInt8>) -> Bool {
        if field.id.isHopByHop { return true }
        switch field.id {
        case .contentLength, .transferEncoding, .setCookie, .server, .xRequestID, .location, .cacheControl, .via,
            .requestID:
            return true
        case .other: return belongsToProvider(bytes.extracting(field.name))
        default: return false
        }
    }

    /// Fields that speak about the provider's origin, that only we may set, or that order a server in front of us about.
    private static func belongsToProvider(_ name: Span<UInt8>) -> Bool {
        switch name[0] | 0x20 {
        case UInt8(ascii: "a"): ASCII.equalsIgnoringCase(name, "alt-svc") || begins(name, "access-control-")
        case UInt8(ascii: "c"):
            ASCII.equalsIgnoringCase(name, "clear-site-data") || begins(name, "content-security-policy")
        case UInt8(ascii: "n"): ASCII.equalsIgnoringCase(name, "nel")
        case UInt8(ascii: "r"):
            ASCII.equalsIgnoringCase(name, "report-to") || ASCII.equalsIgnoringCase(name, "refresh")
                || ASCII.equalsIgnoringCase(name, "reporting-endpoints")
        case UInt8(ascii: "s"): ASCII.equalsIgnoringCase(name, "strict-transport-security")
        case UInt8(ascii: "x"):
            begins(name, "x-tokenhub-") || begins(name, "x-accel-") || ASCII.equalsIgnoringCase(name, "x-sendfile")
                || ASCII.equalsIgnoringCase(name, "x-negotiated-model")
                || ASCII.equalsIgnoringCase(name, "x-alias-from")
        default: false
        }
    }

    private static func begins(_ name: Span<UInt8>, _ start: StaticString) -> Bool {
        let count = start.utf8CodeUnitCount
        return name.count >= count && ASCII.equalsIgnoringCase(name.extracting(0..<count), start)
    }

    static func isEventStream(_ type: Span<UInt8>) -> Bool {
        type.count >= 17 && ASCII.equalsIgnoringCase(type.extracting(0..<17), "text/event-stream")
    }

    static func isJSON(_ type: Span<UInt8>) -> Bool {
        type.count >= 16 && ASCII.equalsIgnoringCase(type.extracting(0..<16), "application/json")
    }

    static func stream(_ exchange: Exchange, into out: inout ByteBuffer) {
        out.append("cache-control: no-store\r\nx-accel-buffering: no\r\n")
        if exchange.takesTrailers { out.append("trailer: x-tokenhub-cost-usd\r\n") }
    }

    /// Once it is priced.
    static func cost(_ exchange: Exchange, into out: inout ByteBuffer) {
        guard let cost = exchange.record.costNanoUSD else { return }
        out.append("x-tokenhub-cost-usd: ")
        NanoDollars.write(cost, into: &out)
        out.append("\r\n")
    }

    /// Microseconds in the gateway: from the tick in which the request came to its dispatch, and from the tick in which the answer
    /// came to its own.
    static func overhead(_ exchange: Exchange, _ answerNS: UInt64, into out: inout ByteBuffer) {
        exchange.record.overheadNS &+= answerNS
        out.append("x-tokenhub-overhead-us: ")
        out.append(decimal: Int(exchange.record.overheadNS / 1000))
        out.append("\r\n")
    }

    /// Framing of a whole answer, and the blank line.
    static func end(contentLength: Int, into out: inout ByteBuffer) {
        out.append("content-length: ")
        out.append(decimal: contentLength)
        out.append("\r\n\r\n")
    }

    /// Framing of a stream, and the blank line. Without chunks the connection's end is that of the stream.
    static func endStream(chunked: Bool, into out: inout ByteBuffer) {
        if chunked { out.append("transfer-encoding: chunked\r\n\r\n") } else { out.append("\r\n") }
    }
}
