import Adapters
import Testing
import Wire

struct TargetTests {
    static func target(
        _ provider: Provider = .openAI, host: String = "api.example.com", path: String = "", apiVersion: String = "",
        key: String = "sk-secret"
    ) throws(Target.Fault) -> Target {
        try Target(
            provider: provider, host: bytes(host).span, basePath: bytes(path).span, apiVersion: bytes(apiVersion).span,
            key: bytes(key).span, userAgent: "tokenhub/1")
    }

    static func head(_ target: Target, _ operation: Adapters.Operation = .chat, client: String = "") throws -> String {
        let client = bytes("POST /v1/chat/completions HTTP/1.1\r\nHost: gateway\r\n\(client)\r\n")
        var parser = RequestParser()
        let length = try parser.parse(client.span, scanned: 0)
        #expect(length == client.count)
        var forwarded = ByteBuffer()
        ForwardedHeaders.collect(parser.fields, head: client.span, into: &forwarded)
        var out = ByteBuffer()
        target.writeHead(
            operation, model: bytes("\"m 1\"").span, isStream: true, contentLength: 42, requestID: bytes("req-1").span,
            forwarded: forwarded.bytes,
            into: &out)
        return text(out)
    }

    @Test func theHeadIsWrittenFromTheConfiguration() throws {
        #expect(
            try Self.head(Self.target())
                == "POST /v1/chat/completions HTTP/1.1\r\nHost: api.example.com\r\nContent-Type: application/json\r\n"
                + "Authorization: Bearer sk-secret\r\nUser-Agent: tokenhub/1\r\nAccept-Encoding: identity\r\n"
                + "Accept: text/event-stream\r\nX-Request-ID: req-1\r\nContent-Length: 42\r\n\r\n")
    }

    @Test(arguments: [
        ("", "/v1/embeddings"), ("/", "/v1/embeddings"), ("/v1", "/v1/embeddings"), ("/v1/", "/v1/embeddings"),
        ("/api", "/api/v1/embeddings"), ("/api/v1", "/api/v1/embeddings"), ("/openai/v1/", "/openai/v1/embeddings"),
    ])
    func aBasePathWithOrWithoutItsVersionIsTheSame(path: String, target: String) throws {
        let head = try Self.head(Self.target(path: path), .embeddings)
        #expect(head.hasPrefix("POST \(target) HTTP/1.1\r\n"))
    }

    @Test func clientsChooseNeitherTargetNorCredential() throws {
        let client =
            "Authorization: Bearer client\r\nX-API-Key: client\r\nApi-Key: client\r\nCookie: client\r\n"
            + "OpenAI-Organization: client\r\nOpenAI-Project: client\r\nForwarded: client\r\nUser-Agent: client\r\n"
            + "X-Forwarded-For: client\r\nX-Request-ID: client\r\nAccept-Encoding: client\r\nX-Custom: client\r\n"
            + "Proxy-Authorization: client\r\nX-Sim-Fault: 500\r\nIdempotency-Key: client\r\n"
        for provider in Provider.allCases where provider != .sim {
            let head = try Self.head(Self.target(provider), client: client)
            #expect(!head.contains("client"))
            #expect(!head.lowercased().contains("x-sim-"))
        }
    }

    @Test func onlyWhatTheDialectAllowsByNameGoesOn() throws {
        let client = "OpenAI-Beta: assistants=v2\r\nx-sim-seed: 7\r\nX-SIM-FAULT: 429:2\r\n"
        #expect(try Self.head(Self.target(.openAI), client: client).contains("\r\nOpenAI-Beta: assistants=v2\r\n"))
        #expect(try !Self.head(Self.target(.vllm), client: client).contains("assistants"))
        let head = try Self.head(Self.target(.sim), client: client)
        #expect(head.contains("\r\nx-sim-seed: 7\r\nX-SIM-FAULT: 429:2\r\n"))
    }

    @Test func forwardedFieldsAreBounded() throws {
        let long = String(repeating: "a", count: 5000)
        let head = try Self.head(Self.target(.sim), client: "OpenAI-Beta: \(long)\r\nx-sim-seed: 1\r\n")
        #expect(!head.contains("OpenAI-Beta"))
        #expect(head.contains("x-sim-seed: 1\r\n"))
    }

    @Test func aLocalServerWithoutAKeyGetsNoCredential() throws {
        #expect(try !Self.head(Self.target(.vllm, key: "")).contains("Authorization"))
        #expect(try !Self.head(Self.target(.sim, key: "")).contains("Authorization"))
        #expect(try Self.head(Self.target(.openAI, key: "")).contains("Authorization: Bearer \r\n"))
        #expect(try Self.head(Self.target(.vllm, key: "k")).contains("Authorization: Bearer k\r\n"))
    }

    @Test func whatWouldWriteAFieldOfItsOwnIsRefused() {
        for nasty in ["a b", "a\r\nX: y", "a\u{0}", "é"] {
            #expect(throws: Target.Fault.host) { try Self.target(host: nasty) }
            #expect(throws: Target.Fault.path) { try Self.target(path: "/" + nasty) }
            #expect(throws: Target.Fault.key) { try Self.target(key: nasty) }
        }
        #expect(throws: Target.Fault.path) { try Self.target(.compatible(.azure), apiVersion: "a b") }
        #expect(throws: Target.Fault.host) { try Self.target(host: "") }
        #expect(throws: Target.Fault.path) { try Self.target(path: "v1") }
    }

    @Test func probesAreWholeRequests() throws {
        let paths = ["gemini": "/base/models", "azure": "/base/openai/v1/models"]
        for provider in Provider.allCases {
            let target = try Self.target(provider, path: "/base/v1")
            let health = bytes(written { target.writeHealthRequest(into: &$0) })
            var parser = RequestParser()
            #expect(try parser.parse(health.span, scanned: 0) == health.count)
            #expect(parser.method == .get)
            let path = written { $0.append(provider.healthPath) }
            #expect(text(health.span.extracting(parser.path)) == "/base" + path)
            let models = bytes(written { target.writeModelsRequest(into: &$0) })
            #expect(try parser.parse(models.span, scanned: 0) == models.count)
            let name = bytes(written { $0.append(provider.type) })
            let modelsPath = text(models.span.extracting(parser.path))
            #expect(modelsPath == (paths[text(name.span)] ?? "/base/v1/models"))
            let hasKey = [.authorization, .xAPIKey, .apiKey].contains { (name: HeaderName) in
                parser.fields.contains(name)
            }
            #expect(hasKey)
            let isVersioned = parser.fields.contains(.anthropicVersion)
            #expect(isVersioned == (provider == .anthropic))
        }
    }

    @Test func aClientOfTheMessagesWireSaysWhichVersionItWasWrittenFor() throws {
        let client = "Anthropic-Version: 2024-01-01\r\nanthropic-beta: a,b\r\n"
        let head = try Self.head(Self.target(.anthropic), .messages, client: client)
        #expect(head.hasPrefix("POST /v1/messages HTTP/1.1\r\n"))
        #expect(head.contains("\r\nx-api-key: sk-secret\r\n"))
        #expect(head.contains("\r\nAnthropic-Version: 2024-01-01\r\nanthropic-beta: a,b\r\n"))
        #expect(!head.contains("2023-06-01"))
        #expect(try Self.head(Self.target(.anthropic), .messages).contains("\r\nanthropic-version: 2023-06-01\r\n"))
        #expect(try !Self.head(Self.target(.openAI), client: client).lowercased().contains("anthropic"))
    }

    @Test(arguments: ["", "/", "/openai", "/openai/v1", "/openai/v1/"])
    func aDeploymentOfAzureIsNamedInThePathWhereTheVersionIsOld(path: String) throws {
        let new = try Self.target(.compatible(.azure), path: path)
        #expect(try Self.head(new).hasPrefix("POST /openai/v1/chat/completions HTTP/1.1\r\nHost: "))
        #expect(try Self.head(new).contains("\r\napi-key: sk-secret\r\n"))
        let old = try Self.target(.compatible(.azure), path: path, apiVersion: "2024-10-21")
        let line =
            "POST /openai/deployments/m%201/embeddings?api-version=2024-10-21 HTTP/1.1\r\nHost: api.example.com\r\n"
        #expect(try Self.head(old, .embeddings).hasPrefix(line))
        #expect(
            written { old.writeHealthRequest(into: &$0) }.hasPrefix("GET /openai/models?api-version=2024-10-21 HTTP"))
    }

    @Test func geminisPathHasNoVersionOfItsOwn() throws {
        let head = try Self.head(Self.target(.compatible(.gemini), path: "/v1beta/openai"))
        #expect(head.hasPrefix("POST /v1beta/openai/chat/completions HTTP/1.1\r\n"))
    }

    @Test func aTargetNeverShowsItsKey() throws {
        let target = try Self.target()
        #expect(!String(describing: target).contains("secret"))
        #expect(!"\(target)".contains("secret"))
        #expect(!String(reflecting: target).contains("secret"))
    }

    @Test func typesAreReadAsConfigured() {
        for provider in Provider.allCases {
            let name = bytes(written { $0.append(provider.type) })
            #expect(Provider(type: name.span) == provider)
        }
        #expect(Provider(type: bytes("").span) == .openAI)
        #expect(Provider(type: bytes("OpenAI").span) == .openAI)
        #expect(Provider(type: bytes("gopher").span) == nil)
    }
}
