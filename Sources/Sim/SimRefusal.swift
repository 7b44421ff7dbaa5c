// Requests the simulated provider refuses on its own account, as a real one would.

import Wire

enum SimRefusal: Equatable, Sendable {
    case unknownPath, wrongMethod, badKey, malformed(position: Int), missing(Member), unknownModel, contextLength
    /// The key is good, but the version of the wire was not told.
    case missingVersion
    case rule(SimRuleFault)

    /// The member that is missing.
    enum Member: Equatable, Sendable { case messages, prompt, input, model }

    /// What is wrong with the request; `nil` when it deserves an answer.
    init?(
        request: SimRequest, path: Span<UInt8>, head: Span<UInt8>, fields: borrowing HeaderFields, body: Span<UInt8>,
        profile: SimProfile
    ) {
        if request.operation == .unknown {
            self = .unknownPath
        } else if request.hasWrongMethod {
            self = .wrongMethod
        } else if request.operation != .health, !SimRefusal.holdsKey(profile.key, fields, head) {
            self = .badKey
        } else if request.wire == .messages, !fields.contains(.anthropicVersion) {
            self = .missingVersion
        } else if request.operation == .health || request.operation == .models || request.operation == .media {
            return nil
        } else if request.operation == .model {
            // The name stands behind `/v1/models/`.
            if SimRefusal.lists(profile.models, path.extracting(11...)) { return nil }
            self = .unknownModel
        } else if let position = request.faultPosition {
            self = .malformed(position: position)
        } else if request.model.isEmpty {
            self = .missing(.model)
        } else if request.subject.isEmpty {
            self = .missing(SimRefusal.subject(request.operation))
        } else if !profile.models.isEmpty, !SimRefusal.lists(profile.models, body.extracting(request.model)) {
            self = .unknownModel
        } else if let fault = SimRefusal.brokenRule(request, body, isStrict: profile.isStrict) {
            self = .rule(fault)
        } else {
            return nil
        }
    }

    private static func brokenRule(
        _ request: SimRequest, _ body: Span<UInt8>, isStrict: Bool
    ) -> SimRuleFault? {
        do throws(SimRuleFault) {
            switch request.operation {
            case .messages, .countTokens:
                try SimMessagesRules.check(body, isCounting: request.operation == .countTokens)
            case .chat where isStrict: try SimChatRules.check(body)
            case .responses where isStrict: try SimResponsesRules.check(body)
            case .chat, .responses, .completions, .embeddings, .media, .models, .model, .health, .unknown: break
            }
            return nil
        } catch {
            return error
        }
    }

    private static func subject(_ operation: SimRequest.Operation) -> Member {
        switch operation {
        case .completions: .prompt
        case .embeddings, .responses: .input
        case .chat, .messages, .countTokens, .media, .models, .model, .health, .unknown: .messages
        }
    }

    var status: Int {
        switch self {
        case .unknownPath, .unknownModel: 404
        case .wrongMethod: 405
        case .badKey: 401
        case .malformed, .missing, .contextLength, .missingVersion, .rule: 400
        }
    }

    /// Writes the member at fault as a JSON value.
    func writeParam(into out: inout ByteBuffer) {
        if case .rule(let fault) = self { return JSONWriter.quote(fault.place, into: &out) }
        guard let param else { return out.append("null") }
        JSONWriter.quote(param, into: &out)
    }

    private var param: StaticString? {
        switch self {
        case .unknownPath, .wrongMethod, .badKey, .malformed, .missingVersion, .rule: nil
        case .unknownModel: "model"
        case .contextLength: "messages"
        case .missing(.messages): "messages"
        case .missing(.prompt): "prompt"
        case .missing(.input): "input"
        case .missing(.model): "model"
        }
    }

    var code: StaticString? {
        switch self {
        case .unknownPath: "unknown_url"
        case .wrongMethod: "method_not_supported"
        case .badKey: "invalid_api_key"
        case .malformed, .missingVersion: nil
        case .rule: "invalid_value"
        case .missing: "missing_required_parameter"
        case .unknownModel: "model_not_found"
        case .contextLength: "context_length_exceeded"
        }
    }

    /// Appends a sentence.
    func writeMessage(wire: SimWire, into out: inout ByteBuffer) {
        switch self {
        case .rule(let fault) where wire == .messages:
            out.append("\(fault.place): \(fault.text)")
        case .rule(let fault):
            out.append("Invalid '\(fault.place)': \(fault.text)")
        case .missingVersion: out.append("anthropic-version: header is required")
        case .missing where wire == .messages:
            if let param { out.append(param) }
            out.append(": Field required")
        case .contextLength where wire == .messages:
            out.append("prompt is too long: 8193 tokens > 8192 maximum")
        case .unknownPath: out.append("Invalid URL")
        case .wrongMethod: out.append("Not allowed with this method")
        case .badKey: out.append("Incorrect API key provided")
        case .malformed(let position):
            out.append("We could not parse the JSON body of your request: fault at byte ")
            out.append(decimal: position)
        case .missing:
            out.append("Missing required parameter: ")
            if let param { out.append(param) }
        case .unknownModel: out.append("The model does not exist or you do not have access to it")
        case .contextLength:
            out.append("This model's maximum context length is 8192 tokens. Please reduce the length of the messages.")
        }
    }

    private static func holdsKey(_ key: [UInt8], _ fields: borrowing HeaderFields, _ head: Span<UInt8>) -> Bool {
        if key.isEmpty { return true }
        if let value = fields.first(.xAPIKey) { return lists([key], head.extracting(value)) }
        guard let value = fields.first(.authorization) else { return false }
        let given = head.extracting(value)
        let scheme = "Bearer ".utf8.count
        guard given.count >= scheme, ASCII.equalsIgnoringCase(given.extracting(0..<scheme), "bearer ") else {
            return false
        }
        return lists([key], given.extracting(scheme...))
    }

    private static func lists(_ models: [[UInt8]], _ name: Span<UInt8>) -> Bool {
        for model in models
        where model.count == name.count && ByteScan.equals(model.span, from: 0, name, from: 0, count: name.count) {
            return true
        }
        return false
    }
}
