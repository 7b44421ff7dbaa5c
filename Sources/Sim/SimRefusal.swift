// Requests the simulated provider refuses on its own account, as a real one would.

import Wire

enum SimRefusal: Equatable, Sendable {
    case unknownPath, wrongMethod, badKey, malformed(position: Int), missing(Member), unknownModel, contextLength

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
        } else if request.operation == .health || request.operation == .models {
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
            self = .missing(
                request.operation == .chat ? .messages : request.operation == .completions ? .prompt : .input)
        } else if !profile.models.isEmpty, !SimRefusal.lists(profile.models, body.extracting(request.model)) {
            self = .unknownModel
        } else {
            return nil
        }
    }

    var status: Int {
        switch self {
        case .unknownPath, .unknownModel: 404
        case .wrongMethod: 405
        case .badKey: 401
        case .malformed, .missing, .contextLength: 400
        }
    }

    var param: StaticString? {
        switch self {
        case .unknownPath, .wrongMethod, .badKey, .malformed: nil
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
        case .malformed: nil
        case .missing: "missing_required_parameter"
        case .unknownModel: "model_not_found"
        case .contextLength: "context_length_exceeded"
        }
    }

    /// Appends a sentence that JSON need not escape.
    func writeMessage(into out: inout ByteBuffer) {
        switch self {
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
        guard let value = fields.first(.authorization) else { return false }
        let given = head.extracting(value)
        let scheme = "Bearer ".utf8.count
        guard given.count == scheme + key.count,
            ASCII.equalsIgnoringCase(given.extracting(0..<scheme), "bearer ")
        else { return false }
        for index in key.indices where given[scheme + index] != key[index] { return false }
        return true
    }

    private static func lists(_ models: [[UInt8]], _ name: Span<UInt8>) -> Bool {
        for model in models
        where model.count == name.count && ByteScan.equals(model.span, from: 0, name, from: 0, count: name.count) {
            return true
        }
        return false
    }
}
