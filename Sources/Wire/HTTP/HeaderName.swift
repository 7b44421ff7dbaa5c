// The header names the program acts upon. A name is recognised once, while parsing; afterwards it is one byte.

public enum HeaderName: UInt8, Sendable, CaseIterable {
    case other
    // Framing and connection.
    case host, contentLength, transferEncoding, connection, keepAlive, expect, te, trailer, upgrade
    case proxyAuthorization, proxyAuthenticate, proxyConnection
    // Message and content.
    case accept, acceptEncoding, cacheControl, contentEncoding, contentType, date, etag, allow, location, retryAfter
    case retryAfterMS, server, userAgent, via, vary, wwwAuthenticate, origin, referer, lastEventID
    // Who asks.
    case authorization, xAPIKey, apiKey, cookie, setCookie, forwarded, xForwardedFor, xForwardedProto, xForwardedHost
    // Which request.
    case xRequestID, xClientRequestID, requestID, idempotencyKey, traceparent, tracestate
    // Dialects.
    case anthropicVersion, anthropicBeta, openAIOrganization, openAIProject, xShouldRetry

    /// Recognises a name in any case.
    /// - Parameter range: valid token bytes.
    @inline(__always)
    init(_ bytes: Span<UInt8>, _ range: Range<Int>) {
        let count = range.count
        guard count > 1, count <= 24 else {
            self = .other
            return
        }
        var head = ByteScan.word(bytes, range.lowerBound)
        var tail: UInt64 = 0
        var middle: UInt64 = 0
        if count < 8 {
            head &= ~(~0 &<< UInt64(count &* 8))
        } else {
            tail = HeaderName.folded(ByteScan.word(bytes, range.upperBound &- 8))
            if count > 16 { middle = HeaderName.folded(ByteScan.word(bytes, range.lowerBound &+ 8)) }
        }
        self.init(count: count, head: HeaderName.folded(head), middle: middle, tail: tail)
    }

    /// Lower case of eight token bytes at once. Bytes other than letters may change, but never into a letter, digit or `-`.
    @inline(__always)
    private static func folded(_ word: UInt64) -> UInt64 { word | (word & 0x4040_4040_4040_4040) &>> 1 }

    /// - Parameter head: the first eight bytes; all bytes of a shorter name.
    /// - Parameter middle: bytes 8..<16 of a name longer than 16.
    /// - Parameter tail: the last eight bytes of a name of eight or more.
    @inline(__always)
    private init(count: Int, head: UInt64, middle: UInt64, tail: UInt64) {
        @inline(__always) func heads(_ text: StaticString) -> Bool { head == ByteScan.word(text) }
        @inline(__always) func ends(_ text: StaticString) -> Bool { tail == ByteScan.word(text) }
        @inline(__always) func holds(_ text: StaticString) -> Bool { middle == ByteScan.word(text) }
        self = .other
        switch count {
        case 2: if heads("te") { self = .te }
        case 3: if heads("via") { self = .via }
        case 4:
            if heads("host") { self = .host } else if heads("date") { self = .date } else if heads("etag") { self = .etag
            } else if heads("vary") { self = .vary }
        case 5: if heads("allow") { self = .allow }
        case 6:
            if heads("accept") { self = .accept } else if heads("expect") { self = .expect
            } else if heads("cookie") { self = .cookie } else if heads("server") { self = .server
            } else if heads("origin") { self = .origin }
        case 7:
            if heads("api-key") { self = .apiKey } else if heads("trailer") { self = .trailer
            } else if heads("upgrade") { self = .upgrade } else if heads("referer") { self = .referer }
        case 8: if heads("location") { self = .location }
        case 9:
            if heads("x-api-ke"), ends("-api-key") { self = .xAPIKey
            } else if heads("forwarde"), ends("orwarded") { self = .forwarded }
        case 10:
            if heads("connecti"), ends("nnection") { self = .connection
            } else if heads("user-age"), ends("er-agent") { self = .userAgent
            } else if heads("keep-ali"), ends("ep-alive") { self = .keepAlive
            } else if heads("request-"), ends("quest-id") { self = .requestID
            } else if heads("set-cook"), ends("t-cookie") { self = .setCookie
            } else if heads("tracesta"), ends("acestate") { self = .tracestate }
        case 11:
            if heads("retry-af"), ends("ry-after") { self = .retryAfter
            } else if heads("tracepar"), ends("ceparent") { self = .traceparent }
        case 12:
            if heads("content-"), ends("ent-type") { self = .contentType
            } else if heads("x-reques"), ends("quest-id") { self = .xRequestID }
        case 13:
            if heads("authoriz"), ends("rization") { self = .authorization
            } else if heads("cache-co"), ends("-control") { self = .cacheControl
            } else if heads("last-eve"), ends("event-id") { self = .lastEventID }
        case 14:
            if heads("content-"), ends("t-length") { self = .contentLength
            } else if heads("anthropi"), ends("pic-beta") { self = .anthropicBeta
            } else if heads("openai-p"), ends("-project") { self = .openAIProject
            } else if heads("x-should"), ends("ld-retry") { self = .xShouldRetry
            } else if heads("retry-af"), ends("after-ms") { self = .retryAfterMS }
        case 15:
            if heads("accept-e"), ends("encoding") { self = .acceptEncoding
            } else if heads("idempote"), ends("ency-key") { self = .idempotencyKey
            } else if heads("x-forwar"), ends("rded-for") { self = .xForwardedFor }
        case 16:
            if heads("content-"), ends("encoding") { self = .contentEncoding
            } else if heads("proxy-co"), ends("nnection") { self = .proxyConnection
            } else if heads("www-auth"), ends("enticate") { self = .wwwAuthenticate
            } else if heads("x-forwar"), ends("ded-host") { self = .xForwardedHost }
        case 17:
            if heads("transfer"), holds("-encodin"), ends("encoding") { self = .transferEncoding
            } else if heads("anthropi"), holds("c-versio"), ends("-version") { self = .anthropicVersion
            } else if heads("x-forwar"), holds("ded-prot"), ends("ed-proto") { self = .xForwardedProto }
        case 18: if heads("proxy-au"), holds("thentica"), ends("enticate") { self = .proxyAuthenticate }
        case 19:
            if heads("x-client"), holds("-request"), ends("quest-id") { self = .xClientRequestID
            } else if heads("proxy-au"), holds("thorizat"), ends("rization") { self = .proxyAuthorization
            } else if heads("openai-o"), holds("rganizat"), ends("nization") { self = .openAIOrganization }
        default: break
        }
    }

    /// The name as we write it; empty for `other`.
    public var text: StaticString {
        switch self {
        case .other: ""
        case .host: "Host"
        case .contentLength: "Content-Length"
        case .transferEncoding: "Transfer-Encoding"
        case .connection: "Connection"
        case .keepAlive: "Keep-Alive"
        case .expect: "Expect"
        case .te: "TE"
        case .trailer: "Trailer"
        case .upgrade: "Upgrade"
        case .proxyAuthorization: "Proxy-Authorization"
        case .proxyAuthenticate: "Proxy-Authenticate"
        case .proxyConnection: "Proxy-Connection"
        case .accept: "Accept"
        case .acceptEncoding: "Accept-Encoding"
        case .cacheControl: "Cache-Control"
        case .contentEncoding: "Content-Encoding"
        case .contentType: "Content-Type"
        case .date: "Date"
        case .etag: "ETag"
        case .allow: "Allow"
        case .location: "Location"
        case .retryAfter: "Retry-After"
        case .retryAfterMS: "Retry-After-Ms"
        case .server: "Server"
        case .userAgent: "User-Agent"
        case .via: "Via"
        case .vary: "Vary"
        case .wwwAuthenticate: "WWW-Authenticate"
        case .origin: "Origin"
        case .referer: "Referer"
        case .lastEventID: "Last-Event-ID"
        case .authorization: "Authorization"
        case .xAPIKey: "X-API-Key"
        case .apiKey: "Api-Key"
        case .cookie: "Cookie"
        case .setCookie: "Set-Cookie"
        case .forwarded: "Forwarded"
        case .xForwardedFor: "X-Forwarded-For"
        case .xForwardedProto: "X-Forwarded-Proto"
        case .xForwardedHost: "X-Forwarded-Host"
        case .xRequestID: "X-Request-ID"
        case .xClientRequestID: "X-Client-Request-ID"
        case .requestID: "Request-ID"
        case .idempotencyKey: "Idempotency-Key"
        case .traceparent: "Traceparent"
        case .tracestate: "Tracestate"
        case .anthropicVersion: "Anthropic-Version"
        case .anthropicBeta: "Anthropic-Beta"
        case .openAIOrganization: "OpenAI-Organization"
        case .openAIProject: "OpenAI-Project"
        case .xShouldRetry: "X-Should-Retry"
        }
    }

    /// Whether the field speaks about one connection only and is never passed on.
    /// - Source: RFC 9110 section 7.6.1.
    public var isHopByHop: Bool {
        switch self {
        case .connection, .keepAlive, .proxyConnection, .transferEncoding, .te, .trailer, .upgrade,
            .proxyAuthorization, .proxyAuthenticate:
            true
        default:
            false
        }
    }
}
