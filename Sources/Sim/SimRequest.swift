// What the simulated provider reads of a request.

import Wire

/// One request of the OpenAI wire, as far as the answer depends on it. Offsets point into the body.
struct SimRequest: Sendable {
    enum Operation: Equatable, Sendable { case chat, completions, embeddings, models, model, health, unknown }

    /// What the answer's text must be.
    enum Format: Equatable, Sendable {
        case text, object
        /// An instance of the schema at this place.
        case schema(ByteRange)
    }

    private(set) var operation = Operation.unknown
    private(set) var hasWrongMethod = false
    /// Where the body stops being JSON; `nil` when it is.
    private(set) var faultPosition: Int?
    /// The inside of the string.
    private(set) var model = ByteRange.none
    /// The value of `messages`, `prompt` or `input`.
    private(set) var subject = ByteRange.none
    private(set) var isStream = false
    private(set) var includesUsage = false
    private(set) var choiceCount = 1
    private(set) var outputTokensMax: Int?
    private(set) var format = Format.text
    private(set) var dimensions: Int?
    private(set) var isBase64 = false
    /// The answer is a call of a tool.
    private(set) var callsTool = false
    /// The inside of the tool's name; empty when there are no tools.
    private(set) var toolName = ByteRange.none
    /// The tool's schema; may be empty.
    private(set) var toolParameters = ByteRange.none

    private var tools = ByteRange.none
    private var toolChoice = ByteRange.none

    /// Whether a model has to be asked.
    var isGenerative: Bool {
        switch operation {
        case .chat, .completions, .embeddings: true
        case .models, .model, .health, .unknown: false
        }
    }

    /// Tokens of the prompt, by its size.
    var inputTokens: Int { max(1, subject.count / 4) }

    /// - Parameter asksForTool: call the first tool although nobody insists.
    init(method: Method, path: Span<UInt8>, body: Span<UInt8>, asksForTool: Bool) {
        let wanted: Method
        (operation, wanted) = SimRequest.route(path)
        hasWrongMethod = operation != .unknown && method != wanted
        guard wanted == .post, !hasWrongMethod, operation != .unknown else { return }
        do throws(JSONFault) {
            try read(body)
        } catch {
            faultPosition = error.position
            return
        }
        if operation != .chat {
            if operation == .embeddings { (isStream, choiceCount) = (false, 1) }
            return
        }
        chooseTool(body, asksForTool)
    }

    private static func route(_ path: Span<UInt8>) -> (Operation, Method) {
        if SimBytes.equal(path, "/v1/chat/completions") { return (.chat, .post) }
        if SimBytes.equal(path, "/v1/completions") { return (.completions, .post) }
        if SimBytes.equal(path, "/v1/embeddings") { return (.embeddings, .post) }
        if SimBytes.equal(path, "/v1/models") { return (.models, .get) }
        if SimBytes.equal(path, "/health") { return (.health, .get) }
        if path.count > 11, ByteScan.equals(path, 0..<11, "/v1/models/") { return (.model, .get) }
        return (.unknown, .get)
    }

    private mutating func read(_ body: Span<UInt8>) throws(JSONFault) {
        var reader = JSONReader(depthMax: Limits.depthMax)
        try reader.enter(in: body)
        while let member = try reader.nextMember(in: body) {
            let value = try reader.skip(in: body)
            func named(_ name: StaticString) -> Bool { JSONScan.isName(of: member, name, in: body) }
            switch member.kind {
            case .string:
                if named("model") {
                    model = JSONScan.stringBody(body, value) ?? .none
                } else if named("prompt"), operation == .completions {
                    subject = value
                } else if named("input"), operation == .embeddings {
                    subject = value
                } else if named("encoding_format") {
                    isBase64 = JSONScan.equals(body, value, "base64")
                } else if named("tool_choice") {
                    toolChoice = value
                }
            case .array:
                if named("messages"), operation == .chat {
                    subject = value
                } else if named("prompt"), operation == .completions {
                    subject = value
                } else if named("input"), operation == .embeddings {
                    subject = value
                } else if named("tools") {
                    tools = value
                }
            case .bool:
                if named("stream") { isStream = JSONScan.bool(body, value) ?? false }
            case .number:
                let number = Int(JSONScan.int(body, value) ?? 0)
                if named("n") {
                    choiceCount = min(max(1, number), Limits.choiceCountMax)
                } else if named("max_tokens") || named("max_completion_tokens") {
                    outputTokensMax = min(max(0, number), outputTokensMax ?? .max)
                } else if named("dimensions") {
                    dimensions = min(max(1, number), Limits.dimensionsMax)
                }
            case .object:
                if named("stream_options") {
                    let asked = JSONScan.member(of: value, in: body, named: "include_usage")
                    includesUsage = asked.flatMap { JSONScan.bool(body, $0.value) } ?? false
                } else if named("response_format") {
                    readFormat(value, body)
                } else if named("tool_choice") {
                    toolChoice = value
                }
            case .null:
                break
            }
        }
        try reader.finish(in: body)
    }

    private mutating func readFormat(_ value: ByteRange, _ body: Span<UInt8>) {
        guard let type = JSONScan.member(of: value, in: body, named: "type") else { return }
        if JSONScan.equals(body, type.value, "json_object") {
            format = .object
        } else if JSONScan.equals(body, type.value, "json_schema") {
            let schema = JSONScan.find("json_schema.schema", in: body, from: value)
            format = schema.map { .schema($0.value) } ?? .object
        }
    }

    /// Finds the tool that is called: the one named by `tool_choice`, or the first when one is required.
    private mutating func chooseTool(_ body: Span<UInt8>, _ asksForTool: Bool) {
        guard !tools.isEmpty else { return }
        let named = JSONScan.find("function.name", in: body, from: toolChoice)
        let forbids = JSONScan.equals(body, toolChoice, "none")
        callsTool = !forbids && (asksForTool || named != nil || JSONScan.equals(body, toolChoice, "required"))
        let wanted = named.flatMap { JSONScan.bytes(body, $0.value) }
        var cursor = JSONCursor(of: tools, in: body)
        while let tool = cursor.next(in: body) {
            guard let name = JSONScan.find("function.name", in: body, from: tool.value),
                let inside = JSONScan.stringBody(body, name.value)
            else { continue }
            if let wanted, JSONScan.bytes(body, name.value) != wanted { continue }
            toolName = inside
            toolParameters = JSONScan.find("function.parameters", in: body, from: tool.value)?.value ?? .none
            return
        }
        callsTool = false
    }
}
