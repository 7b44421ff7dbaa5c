// What the simulated provider reads of a request.

import Wire

/// One request of any of the wires, as far as the answer depends on it. Offsets point into the body.
struct SimRequest: Sendable {
    enum Operation: Equatable, Sendable {
        case chat, completions, embeddings, messages, countTokens, responses, media, models, model, health, unknown
    }

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
    /// The caller wants the model to reason.
    private(set) var thinks = false
    /// The caller of Responses wants the proof of the reasoning.
    private(set) var includesEncrypted = false
    private(set) var tools = ByteRange.none
    private(set) var toolChoice = ByteRange.none
    /// The value of `stop` or `stop_sequences`.
    private(set) var stop = ByteRange.none
    /// At most one call an answer.
    private(set) var callsOne = false

    /// Whether a model has to be asked.
    var isGenerative: Bool {
        switch operation {
        case .chat, .completions, .embeddings, .messages, .responses, .media: true
        case .countTokens, .models, .model, .health, .unknown: false
        }
    }

    var wire: SimWire {
        switch operation {
        case .messages, .countTokens: .messages
        case .responses: .responses
        case .chat, .completions, .embeddings, .media, .models, .model, .health, .unknown: .openAI
        }
    }

    /// Tokens of the prompt, by its size.
    var inputTokens: Int { max(1, subject.count / 4) }

    init(method: Method, path: Span<UInt8>, body: Span<UInt8>) {
        let wanted: Method
        (operation, wanted) = SimRequest.route(path)
        hasWrongMethod = operation != .unknown && method != wanted
        guard wanted == .post, !hasWrongMethod, operation != .unknown, operation != .media else { return }
        do throws(JSONFault) {
            try read(body)
        } catch {
            faultPosition = error.position
            return
        }
        if operation == .embeddings || operation == .countTokens { isStream = false }
        if operation != .chat, operation != .completions { choiceCount = 1 }
    }

    private static func route(_ path: Span<UInt8>) -> (Operation, Method) {
        if SimBytes.equal(path, "/v1/chat/completions") { return (.chat, .post) }
        if SimBytes.equal(path, "/v1/completions") { return (.completions, .post) }
        if SimBytes.equal(path, "/v1/embeddings") { return (.embeddings, .post) }
        if SimBytes.equal(path, "/v1/messages") { return (.messages, .post) }
        if SimBytes.equal(path, "/v1/messages/count_tokens") { return (.countTokens, .post) }
        if SimBytes.equal(path, "/v1/responses") { return (.responses, .post) }
        if SimBytes.equal(path, "/v1/models") { return (.models, .get) }
        if SimBytes.equal(path, "/health") { return (.health, .get) }
        if path.count > 11, ByteScan.equals(path, 0..<11, "/v1/models/") { return (.model, .get) }
        if path.count > 10, ByteScan.equals(path, 0..<10, "/v1/audio/") { return (.media, .post) }
        if path.count > 11, ByteScan.equals(path, 0..<11, "/v1/images/") { return (.media, .post) }
        if SimBytes.equal(path, "/v1/moderations") || SimBytes.equal(path, "/v1/rerank") { return (.media, .post) }
        return (.unknown, .get)
    }

    private mutating func read(_ body: Span<UInt8>) throws(JSONFault) {
        var reader = JSONReader(depthMax: Limits.depthMax)
        try reader.enter(in: body)
        while let member = try reader.nextMember(in: body) {
            let value = try reader.skip(in: body)
            func named(_ name: StaticString) -> Bool { JSONScan.isName(of: member, name, in: body) }
            switch member.kind {
            case .string, .array:
                if named(subjectName), member.kind == .array || takesText {
                    subject = value
                } else if named("model") {
                    model = JSONScan.stringBody(body, value) ?? .none
                } else if named("encoding_format") {
                    isBase64 = JSONScan.equals(body, value, "base64")
                } else if named("tool_choice") {
                    toolChoice = value
                } else if named("tools") {
                    tools = value
                } else if named("stop") || named("stop_sequences") {
                    stop = value
                } else if named("include") {
                    readInclude(value, body)
                }
            case .bool:
                let isTrue = JSONScan.bool(body, value) ?? false
                if named("stream") {
                    isStream = isTrue
                } else if named("parallel_tool_calls") {
                    callsOne = !isTrue
                }
            case .number:
                let number = Int(JSONScan.int(body, value) ?? 0)
                if named("n") {
                    choiceCount = min(max(1, number), Limits.choiceCountMax)
                } else if named("max_tokens") || named("max_completion_tokens") || named("max_output_tokens") {
                    outputTokensMax = min(max(0, number), outputTokensMax ?? .max)
                } else if named("dimensions") {
                    dimensions = min(max(1, number), Limits.dimensionsMax)
                }
            case .object:
                func inside(_ path: StaticString) -> ByteRange {
                    JSONScan.find(path, in: body, from: value)?.value ?? .none
                }
                if named("stream_options") {
                    includesUsage = JSONScan.bool(body, inside("include_usage")) ?? false
                } else if named("response_format") {
                    readFormat(value, inside("json_schema.schema"), body)
                } else if named("text") || named("output_config") {
                    readFormat(inside("format"), inside("format.schema"), body)
                } else if named("tool_choice") {
                    toolChoice = value
                    if JSONScan.bool(body, inside("disable_parallel_tool_use")) == true { callsOne = true }
                } else if named("thinking") {
                    thinks = !JSONScan.equals(body, inside("type"), "disabled")
                } else if named("reasoning") {
                    thinks = !JSONScan.equals(body, inside("effort"), "none")
                }
            case .null:
                break
            }
        }
        try reader.finish(in: body)
    }

    private var subjectName: StaticString {
        switch operation {
        case .completions: "prompt"
        case .embeddings, .responses: "input"
        case .chat, .messages, .countTokens, .media, .models, .model, .health, .unknown: "messages"
        }
    }

    private var takesText: Bool { operation == .completions || operation == .embeddings || operation == .responses }

    private mutating func readInclude(_ value: ByteRange, _ body: Span<UInt8>) {
        var cursor = JSONCursor(of: value, in: body)
        while let element = cursor.next(in: body) {
            if JSONScan.equals(body, element.value, "reasoning.encrypted_content") { includesEncrypted = true }
        }
    }

    private mutating func readFormat(_ format: ByteRange, _ schema: ByteRange, _ body: Span<UInt8>) {
        guard let type = JSONScan.member(of: format, in: body, named: "type") else { return }
        if JSONScan.equals(body, type.value, "json_object") {
            self.format = .object
        } else if JSONScan.equals(body, type.value, "json_schema") {
            self.format = schema.isEmpty ? .object : .schema(schema)
        }
    }
}
