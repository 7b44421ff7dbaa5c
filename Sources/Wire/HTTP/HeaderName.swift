// The header names the program acts upon. A name is recognised once, while parsing; afterwards it is one byte.

public enum HeaderName: UInt8, Sendable, CaseIterable {
    /// A name we do not act upon.
    case other
    // Framing and connection; those that `FramingFacts` takes come first.
    case host, contentLength, transferEncoding, connection, expect, keepAlive, te, trailer, upgrade
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

    /// Whether the field is one that `FramingFacts` takes.
    @inline(__always)
    var isFraming: Bool { rawValue &- 1 < HeaderName.expect.rawValue }

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
