// Answers that go wrong before they begin, in the shape of each wire.

import Wire

extension SimScript {
    private static let failure: StaticString = "the simulated provider failed on command"

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
        var message = ByteBuffer()
        refusal.writeMessage(wire: request.wire, into: &message)
        var answer = ByteBuffer()
        if request.wire == .messages {
            writeMessagesError(SimScript.messagesType(refusal.status), message.bytes, code: nil, into: &answer)
        } else {
            answer.append("{\"error\":{\"message\":")
            JSONWriter.quote(message.bytes, into: &answer)
            answer.append(",\"type\":\"invalid_request_error\",\"param\":")
            refusal.writeParam(into: &answer)
            answer.append(",\"code\":")
            SimScript.writeOptional(refusal.code, into: &answer)
            answer.append("}}")
        }
        writeHead(status: refusal.status, type: "application/json", length: answer.count)
        pending.append(answer.bytes)
    }

    private mutating func writeError(status: Int, type: StaticString, code: StaticString, retryAfter: Int?) {
        var answer = ByteBuffer()
        if request.wire == .messages {
            // A limit of spending is told by this code and by the lack of a time to wait.
            let code: StaticString? = directives.fault == .quota ? "enforced_spend_limit_reached" : nil
            writeMessagesError(
                SimScript.messagesType(status == 200 ? 500 : status), Span.of(SimScript.failure), code: code,
                into: &answer)
        } else {
            answer.append("{\"error\":{\"message\":\"")
            answer.append(SimScript.failure)
            answer.append("\",\"type\":\"")
            answer.append(type)
            answer.append("\",\"param\":null,\"code\":\"")
            answer.append(code)
            answer.append("\"}}")
        }
        writeHead(status: status, type: "application/json", length: answer.count, retryAfter: retryAfter)
        pending.append(answer.bytes)
    }

    /// `{"type":"error","error":{"type":…,"message":…},"request_id":…}`
    private func writeMessagesError(
        _ type: StaticString, _ message: Span<UInt8>, code: StaticString?, into out: inout ByteBuffer
    ) {
        out.append("{\"type\":\"error\",\"error\":{\"type\":\"")
        out.append(type)
        out.append("\",\"message\":")
        JSONWriter.quote(message, into: &out)
        if let code {
            out.append(",\"details\":{\"error_code\":\"")
            out.append(code)
            out.append("\"}")
        }
        out.append("},\"request_id\":\"req_sim_")
        out.append(hex: textSeed)
        out.append("\"}")
    }

    /// Anthropic's word for a status.
    private static func messagesType(_ status: Int) -> StaticString {
        switch status {
        case 401: "authentication_error"
        case 402: "billing_error"
        case 403: "permission_error"
        case 404: "not_found_error"
        case 409: "conflict_error"
        case 413: "request_too_large"
        case 429: "rate_limit_error"
        case 504: "timeout_error"
        case 529: "overloaded_error"
        case 500...: "api_error"
        default: "invalid_request_error"
        }
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
}
