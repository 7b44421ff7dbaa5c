// A client's request, and what the provider is asked in its place.

struct Ask {
    var method = "POST"
    var path = "/v1/chat/completions"
    var version = "1.1"
    /// The bearer token; nil: none.
    var key: String? = Plan.keyText
    var fields: [String] = []
    var body = ""
    /// What the body is.
    var type = "application/json"
    /// The model as the provider is asked for it, in place of `named`.
    var literal = "up-alpha"
    /// The provider takes `stream_options`: usage is asked for where the client did not.
    var gatewayAsksUsage = true
    private var named: String?
    private(set) var isStream = false
    private(set) var asksUsage = false

    static func get(_ path: String, key: String? = nil) -> Ask {
        var ask = Ask()
        (ask.method, ask.path, ask.key) = ("GET", path, key)
        return ask
    }

    /// A chat request.
    /// - Parameter model: nil leaves the member out.
    /// - Parameter more: further members, each with a comma in front.
    static func chat(
        stream: Bool = false, usage: Bool = false, model: String? = "m-alpha", more: String = "",
        content: String = "hello", sim: [String] = []
    ) -> Ask {
        var ask = Ask()
        (ask.named, ask.isStream, ask.asksUsage) = (model, stream, usage)
        ask.body = "{" + (model.map { "\"model\":\"\($0)\"," } ?? "")
        ask.body += "\"messages\":[{\"role\":\"user\",\"content\":\"\(content)\"}]"
        if stream { ask.body += ",\"stream\":true" }
        if usage { ask.body += ",\"stream_options\":{\"include_usage\":true}" }
        ask.body += more + "}"
        ask.fields = sim.map { "x-sim-\($0)" }
        return ask
    }

    /// A request in the native envelope.
    /// - Parameter parts: further members of `request`, each with a comma in front.
    /// - Parameter more: further members of the envelope, likewise.
    static func native(
        _ hint: String? = "m-alpha", content: String = "hello", parts: String = "", more: String = ""
    ) -> Ask {
        var ask = Ask()
        ask.path = "/v1/chat"
        ask.body = "{\"request\":{\"messages\":[{\"role\":\"user\",\"content\":\"\(content)\"}]"
        if let hint { ask.body += ",\"model_hint\":\"\(hint)\"" }
        ask.body += "\(parts)}\(more)}"
        return ask
    }

    /// A request of the Messages wire.
    /// - Parameter more: further members, each with a comma in front.
    static func messages(
        stream: Bool = false, model: String? = "m-alpha", more: String = "", content: String = "hello"
    ) -> Ask {
        var ask = Ask()
        (ask.path, ask.named, ask.isStream, ask.gatewayAsksUsage) = ("/v1/messages", model, stream, false)
        ask.body = "{" + (model.map { "\"model\":\"\($0)\"," } ?? "")
        ask.body += "\"max_tokens\":64,\"messages\":[{\"role\":\"user\",\"content\":\"\(content)\"}]"
        if stream { ask.body += ",\"stream\":true" }
        ask.body += more + "}"
        return ask
    }

    /// A request of the Responses wire.
    /// - Parameter more: further members, each with a comma in front.
    static func responses(stream: Bool = false, model: String? = "m-alpha", more: String = "") -> Ask {
        var ask = Ask()
        (ask.path, ask.named, ask.isStream, ask.gatewayAsksUsage) = ("/v1/responses", model, stream, false)
        ask.body = "{" + (model.map { "\"model\":\"\($0)\"," } ?? "") + "\"input\":\"hello\""
        if stream { ask.body += ",\"stream\":true" }
        ask.body += more + "}"
        return ask
    }

    static func embeddings(model: String = "m-alpha", input: String = "\"hello\"", more: String = "") -> Ask {
        var ask = Ask()
        ask.path = "/v1/embeddings"
        ask.named = model
        ask.body = "{\"model\":\"\(model)\",\"input\":\(input)\(more)}"
        return ask
    }

    func with(_ fields: String...) -> Ask {
        var ask = self
        ask.fields += fields
        return ask
    }

    func keyed(_ key: String?) -> Ask {
        var ask = self
        ask.key = key
        return ask
    }

    /// Head and body.
    var bytes: [UInt8] {
        head("Content-Length: \(body.utf8.count)") + Array(body.utf8)
    }

    /// Head with another framing, then whatever stands for the body.
    func bytes(framing: String, _ body: [UInt8]) -> [UInt8] { head(framing) + body }

    func head(_ framing: String) -> [UInt8] {
        var lines = ["\(method) \(path) HTTP/\(version)", "Host: gate.test"]
        if let key { lines.append("Authorization: Bearer \(key)") }
        if method == "POST" { lines += ["Content-Type: \(type)", framing] }
        return Array(((lines + fields).joined(separator: "\r\n") + "\r\n\r\n").utf8)
    }

    /// The body as the provider gets it.
    var upstreamBody: String {
        var text = body
        if let named {
            guard let range = text.firstRange(of: "\"\(named)\"") else { preconditionFailure("no model in \(text)") }
            text.replaceSubrange(range, with: "\"\(literal)\"")
        } else {
            text = "{\"model\":\"\(literal)\"," + text.dropFirst()
        }
        if isStream, !asksUsage, gatewayAsksUsage {
            let usage = "\"stream_options\":{\"include_usage\":true},"
            // Behind a model that was added, in front of everything else.
            let place = named == nil ? "{\"model\":\"\(literal)\",".utf8.count : 1
            text.insert(contentsOf: usage, at: text.utf8.index(text.startIndex, offsetBy: place))
        }
        return text
    }
}
