// Answers that are one body.

import Wire

extension SimScript {
    /// Makes the whole answer, with what the commanded fault does to it.
    mutating func writeWhole(path: Span<UInt8>, body: Span<UInt8>, profile: SimProfile) {
        var answer = ByteBuffer()
        switch request.operation {
        case .chat, .completions: writeCompletion(body: body, into: &answer)
        case .embeddings: writeEmbeddings(body: body, profile: profile, into: &answer)
        case .models: SimScript.writeModels(profile, into: &answer)
        case .model: SimScript.writeModel(path.extracting(11...), profile, into: &answer)
        case .health: answer.append("{\"status\":\"ok\"}")
        case .unknown: preconditionFailure("an unknown path is refused before")
        }
        var lengthSaid = answer.count
        switch directives.fault {
        case .malformed:
            answer.truncate(to: answer.count / 2)
            lengthSaid = answer.count
        case .wrongLength(let by):
            lengthSaid = max(0, lengthSaid + by)
            ending = .close
        case .stall, .reset, .close, .cut, .badChunk:
            // In the middle of the body; at the start was decided before.
            if framing == .http {
                answer.truncate(to: answer.count / 2)
                ending = directives.fault.ending
            }
        default:
            break
        }
        writeHead(status: 200, type: "application/json", length: lengthSaid)
        if directives.fault == .stallAfterHead, framing == .http {
            ending = .stall
        } else if framing == .bare {
            pending = answer
        } else {
            pending.append(answer.bytes)
        }
    }

    /// Faults that need no answer to go wrong.
    /// - Returns: whether such a fault was commanded; `pending` and `ending` are set then.
    mutating func strikesAtOnce() -> Bool {
        switch directives.fault {
        case .status(let status, let seconds):
            let code: StaticString = status == 429 ? "rate_limit_exceeded" : "sim_fault"
            let type: StaticString =
                status == 429 ? "requests" : status < 500 ? "invalid_request_error" : "server_error"
            writeError(status: status, type: type, code: code, retryAfter: seconds)
        case .contextLength:
            writeRefusal(.contextLength)
        case .quota:
            writeError(status: 429, type: "insufficient_quota", code: "insufficient_quota", retryAfter: nil)
        case .emptyBody:
            writeHead(status: 200, type: "application/json", length: 0)
        case .emptyObject:
            writeWhole(text: "{}", status: 200, type: "application/json")
        case .errorObject:
            writeError(status: 200, type: "server_error", code: "sim_fault", retryAfter: nil)
        case .html:
            writeWhole(text: "<!doctype html><title>502</title><p>Bad gateway", status: 200, type: "text/html")
        case .redirect where framing == .http:
            pending.append("HTTP/1.1 307 Temporary Redirect\r\nLocation: http://127.0.0.1:1/v1/chat/completions\r\n")
            pending.append("Content-Length: 0\r\n\r\n")
        case .garbage where framing == .http:
            pending.append("220 mail.example.com ESMTP ready\r\n\u{0}\u{1}\u{2}\r\n\r\n")
            ending = .close
        case .stall(0) where framing == .http, .reset(0) where framing == .http, .close(0) where framing == .http:
            ending = directives.fault.ending
        case .errorEvent where !request.isStream:
            writeError(status: 200, type: "server_error", code: "sim_fault", retryAfter: nil)
        case .none, .stall, .reset, .close, .stallAfterHead, .cut, .errorEvent, .malformed, .badChunk, .hugeEvent,
            .comments, .drip, .wrongLength, .redirect, .garbage:
            return false
        }
        return true
    }

    mutating func writeRefusal(_ refusal: SimRefusal) {
        var answer = ByteBuffer()
        answer.append("{\"error\":{\"message\":\"")
        refusal.writeMessage(into: &answer)
        answer.append("\",\"type\":\"invalid_request_error\",\"param\":")
        SimScript.writeOptional(refusal.param, into: &answer)
        answer.append(",\"code\":")
        SimScript.writeOptional(refusal.code, into: &answer)
        answer.append("}}")
        writeHead(status: refusal.status, type: "application/json", length: answer.count)
        pending.append(answer.bytes)
    }

    private mutating func writeError(status: Int, type: StaticString, code: StaticString, retryAfter: Int?) {
        var answer = ByteBuffer()
        answer.append("{\"error\":{\"message\":\"the simulated provider failed on command\",\"type\":\"")
        answer.append(type)
        answer.append("\",\"param\":null,\"code\":\"")
        answer.append(code)
        answer.append("\"}}")
        writeHead(status: status, type: "application/json", length: answer.count, retryAfter: retryAfter)
        pending.append(answer.bytes)
    }

    private mutating func writeWhole(text: StaticString, status: Int, type: StaticString) {
        writeHead(status: status, type: type, length: text.utf8CodeUnitCount)
        pending.append(text)
    }

    private static func writeOptional(_ text: StaticString?, into out: inout ByteBuffer) {
        guard let text else { return out.append("null") }
        out.append("\"")
        out.append(text)
        out.append("\"")
    }

    // MARK: Heads

    private mutating func writeHead(status: Int, type: StaticString, length: Int, retryAfter: Int? = nil) {
        guard framing == .http else { return }
        var head = ByteBuffer(capacity: 256)
        head.append("HTTP/1.1 ")
        head.append(decimal: status)
        head.append(status == 200 ? " OK\r\nContent-Type: " : " Simulated\r\nContent-Type: ")
        head.append(type)
        head.append("\r\nContent-Length: ")
        head.append(decimal: length)
        if let retryAfter {
            head.append("\r\nRetry-After: ")
            head.append(decimal: retryAfter)
        }
        writeHeadEnd(into: &head)
        pending = head
    }

    mutating func writeStreamHead(into out: inout ByteBuffer) {
        out.append("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream; charset=utf-8\r\n")
        out.append("Cache-Control: no-cache\r\nTransfer-Encoding: chunked")
        writeHeadEnd(into: &out)
    }

    private func writeHeadEnd(into out: inout ByteBuffer) {
        out.append("\r\nx-request-id: req_sim_")
        out.append(hex: textSeed)
        out.append("\r\nopenai-processing-ms: 1\r\n")
        if closes { out.append("Connection: close\r\n") }
        out.append("\r\n")
    }

    // MARK: Chat and text completions

    private mutating func writeCompletion(body: Span<UInt8>, into out: inout ByteBuffer) {
        writeObjectStart(isChunk: false, body: body, into: &out)
        out.append("\"choices\":[")
        for choice in 0..<request.choiceCount {
            out.append(choice == 0 ? "{\"index\":" : ",{\"index\":")
            out.append(decimal: choice)
            if request.operation == .completions {
                out.append(",\"text\":\"")
                writeText(choice: choice, into: &out)
                out.append("\"")
            } else if request.callsTool {
                out.append(",\"message\":{\"role\":\"assistant\",\"content\":null,\"refusal\":null,\"tool_calls\":[{")
                writeCallStart(choice: choice, into: &out)
                out.append("\"")
                writeText(choice: choice, into: &out)
                out.append("\"}}]}")
            } else {
                out.append(",\"message\":{\"role\":\"assistant\",\"content\":\"")
                writeText(choice: choice, into: &out)
                out.append("\",\"refusal\":null}")
            }
            out.append(",\"logprobs\":null,\"finish_reason\":\"")
            out.append(finishReason)
            out.append("\"}")
        }
        out.append("],")
        writeUsage(into: &out)
        out.append("}")
    }

    private func writeText(choice: Int, into out: inout ByteBuffer) {
        if hasText {
            JSONWriter.escape(text.bytes, into: &out)
            return
        }
        for token in 0..<pieceCount {
            SimText.append(token, seed: textSeed &+ UInt64(choice), chunkBytes: directives.chunkBytes, into: &out)
        }
    }

    /// `{"id":…,"object":…,"created":…,"model":…,"system_fingerprint":…,`
    func writeObjectStart(isChunk: Bool, body: Span<UInt8>, into out: inout ByteBuffer) {
        let isChat = request.operation == .chat
        out.append(isChat ? "{\"id\":\"chatcmpl-sim-" : "{\"id\":\"cmpl-sim-")
        out.append(hex: textSeed)
        out.append("\",\"object\":\"")
        out.append(!isChat ? "text_completion" : isChunk ? "chat.completion.chunk" : "chat.completion")
        out.append("\",\"created\":")
        out.append(decimal: Int(created))
        out.append(",\"model\":\"")
        out.append(body.extracting(request.model.range))
        out.append("\",\"system_fingerprint\":\"fp_sim\",")
    }

    /// `"id":…,"type":"function","function":{"name":…,"arguments":`
    func writeCallStart(choice: Int, into out: inout ByteBuffer) {
        out.append("\"id\":\"call_sim_")
        out.append(hex: textSeed &+ UInt64(choice))
        out.append("\",\"type\":\"function\",\"function\":{\"name\":\"")
        out.append(toolName.bytes)
        out.append("\",\"arguments\":")
    }

    /// `"usage":{…}`
    func writeUsage(into out: inout ByteBuffer) {
        let output = pieceCount * request.choiceCount
        out.append("\"usage\":{\"prompt_tokens\":")
        out.append(decimal: request.inputTokens)
        out.append(",\"completion_tokens\":")
        out.append(decimal: output)
        out.append(",\"total_tokens\":")
        out.append(decimal: request.inputTokens + output)
        out.append(",\"prompt_tokens_details\":{\"cached_tokens\":")
        out.append(decimal: min(directives.cachedTokens, request.inputTokens))
        out.append("},\"completion_tokens_details\":{\"reasoning_tokens\":0}}")
    }

    var finishReason: StaticString {
        if request.callsTool { return "tool_calls" }
        if hasText { return "stop" }
        if let most = request.outputTokensMax, most < directives.tokens { return "length" }
        return "stop"
    }

    // MARK: Models

    private static func writeModels(_ profile: SimProfile, into out: inout ByteBuffer) {
        out.append("{\"object\":\"list\",\"data\":[")
        for (index, model) in profile.models.enumerated() {
            if index > 0 { out.append(",") }
            writeModel(model.span, profile, into: &out)
        }
        out.append("]}")
    }

    private static func writeModel(_ name: Span<UInt8>, _ profile: SimProfile, into out: inout ByteBuffer) {
        out.append("{\"id\":\"")
        out.append(name)
        out.append("\",\"object\":\"model\",\"created\":")
        out.append(decimal: Int(profile.created))
        out.append(",\"owned_by\":\"sim\"}")
    }
}
