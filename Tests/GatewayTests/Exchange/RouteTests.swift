// Paths, names of requests, and percent-encoding, as pure functions.

import Testing
import Wire

@testable import Gateway

@Suite struct RouteTests {
    private func route(_ path: String) -> Route {
        let bytes = Array(path.utf8)
        return Route(path: bytes.span)
    }

    @Test func everyPathIsItsOwnOrNobodys() {
        let known: [(String, Route)] = [
            ("/", .root), ("/livez", .livez), ("/readyz", .readyz), ("/healthz", .healthz), ("/metrics", .metrics),
            ("/v1/models", .models), ("/v1/embeddings", .embeddings), ("/v1/completions", .completions),
            ("/v1/chat/completions", .chat), ("/v1/chat", .nativeChat), ("/admin/v1/providers", .admin),
            ("/admin/v1/a/b/c", .admin), ("/v1/messages", .messages), ("/v1/messages/count_tokens", .countTokens),
            ("/v1/responses", .responses), ("/v1/responses/compact", .compact),
            ("/v1/responses/compact/", .storedResponse), ("/v1/responses/resp_1", .storedResponse),
            ("/v1/responses/resp_1/cancel", .storedResponse), ("/v1/feedback", .feedback),
            ("/v1/models/a", .model(ByteRange(11, 12))), ("/v1/models/a/b", .model(ByteRange(11, 14))),
        ]
        for (path, expected) in known { #expect(route(path) == expected, "\(path)") }
        for path in [
            "", "/v1", "/v1/", "/v1/model", "/v1/models/", "/v1/chat/", "/v1/chax", "/v1/chat/completions/",
            "/v1/chat/completionsx", "/v1/messages/", "/v1/messages/count", "/v1/messages/batches", "/v1/responses/",
            "/V1/models", "/admin", "/admin/v1/", "/admin/v2/x", "/livez/", "//livez", "*", "livez",
        ] {
            #expect(route(path) == .unknown, "\(path)")
        }
    }

    @Test func aNameIsTakenOverOnlyWhereItCanDoNoHarm() {
        func taken(_ text: String) -> String? {
            let bytes = Array(text.utf8)
            return RequestID(client: bytes.span)?.string
        }
        for name in ["a", "A-Z_0.9:x", String(repeating: "z", count: 64)] { #expect(taken(name) == name) }
        for name in ["", "a b", "a\u{0}", "a/b", "\"", "\\", "é", "a\r\nb", String(repeating: "z", count: 65)] {
            #expect(taken(name) == nil, "\(name)")
        }
        #expect(RequestID(random: 0, .max).string == "req_0000000000000000ffffffffffffffff")
        #expect(RequestID().string == "")
    }

    @Test func percentEncodingIsUndoneOnceOrRefused() {
        func decoded(_ text: String) -> String? {
            let bytes = Array(text.utf8)
            return PercentDecoding.decoded(bytes.span).map { String(decoding: $0, as: UTF8.self) }
        }
        #expect(decoded("a%2Fb%2fc") == "a/b/c")
        #expect(decoded("%252F") == "%2F")
        #expect(decoded("%C3%A9") == "é")
        #expect(decoded("") == "")
        for broken in ["%", "%2", "a%zz", "%2G", "abc%"] { #expect(decoded(broken) == nil, "\(broken)") }
    }
}
