// Answers that are one body.

import Wire

extension SimScript {
    /// Makes the whole answer, with what the commanded fault does to it.
    mutating func writeWhole(
        path: Span<UInt8>, head: Span<UInt8>, fields: borrowing HeaderFields, body: Span<UInt8>, profile: SimProfile
    ) {
        var answer = ByteBuffer()
        var type: StaticString = "application/json"
        // The models have another shape for those who ask as Anthropic's clients do.
        let isAnthropic = fields.contains(.anthropicVersion)
        switch request.operation {
        case .chat, .completions: writeCompletion(into: &answer)
        case .embeddings: writeEmbeddings(body: body, profile: profile, into: &answer)
        case .messages: writeMessage(into: &answer)
        case .countTokens:
            answer.append("{\"input_tokens\":")
            answer.append(decimal: request.inputTokens)
            answer.append("}")
        case .responses: writeResponse(.whole, into: &answer)
        case .media where directives.echo == .body:
            type = "application/octet-stream"
            answer.append(body)
        case .media: SimScript.writeReceipt(path: path, head: head, fields, body: body, into: &answer)
        case .models: SimScript.writeModels(profile, isAnthropic: isAnthropic, into: &answer)
        case .model:
            SimScript.writeModel(path.extracting(11...), profile, isAnthropic: isAnthropic, into: &answer)
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
        writeHead(status: 200, type: type, length: lengthSaid)
        if directives.fault == .stallAfterHead, framing == .http {
            ending = .stall
        } else if framing == .bare {
            pending = answer
        } else {
            pending.append(answer.bytes)
        }
    }

    // MARK: Heads

    mutating func writeHead(status: Int, type: StaticString, length: Int, retryAfter: Int? = nil) {
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
        let isMessages = request.wire == .messages
        out.append(isMessages ? "\r\nrequest-id: req_sim_" : "\r\nx-request-id: req_sim_")
        out.append(hex: textSeed)
        out.append(isMessages ? "\r\nanthropic-organization-id: sim\r\n" : "\r\nopenai-processing-ms: 1\r\n")
        if closes { out.append("Connection: close\r\n") }
        out.append("\r\n")
    }

    // MARK: Models

    private static func writeModels(_ profile: SimProfile, isAnthropic: Bool, into out: inout ByteBuffer) {
        out.append(isAnthropic ? "{\"data\":[" : "{\"object\":\"list\",\"data\":[")
        for (index, model) in profile.models.enumerated() {
            if index > 0 { out.append(",") }
            writeModel(model.span, profile, isAnthropic: isAnthropic, into: &out)
        }
        out.append(isAnthropic ? "],\"has_more\":false,\"first_id\":null,\"last_id\":null}" : "]}")
    }

    private static func writeModel(
        _ name: Span<UInt8>, _ profile: SimProfile, isAnthropic: Bool, into out: inout ByteBuffer
    ) {
        out.append(isAnthropic ? "{\"type\":\"model\",\"id\":\"" : "{\"id\":\"")
        out.append(name)
        if isAnthropic {
            out.append("\",\"display_name\":\"")
            out.append(name)
            return out.append("\",\"created_at\":\"2023-11-14T22:13:20Z\"}")
        }
        out.append("\",\"object\":\"model\",\"created\":")
        out.append(decimal: Int(profile.created))
        out.append(",\"owned_by\":\"sim\"}")
    }

    // MARK: Media

    /// What arrived: `{"object":"sim.receipt","path":…,"content_type":…,"bytes":…,"adler32":…}`
    private static func writeReceipt(
        path: Span<UInt8>, head: Span<UInt8>, _ fields: borrowing HeaderFields, body: Span<UInt8>,
        into out: inout ByteBuffer
    ) {
        out.append("{\"object\":\"sim.receipt\",\"path\":")
        JSONWriter.quote(path, into: &out)
        out.append(",\"content_type\":")
        JSONWriter.quote(head.extracting(fields.first(.contentType) ?? .none), into: &out)
        out.append(",\"bytes\":")
        out.append(decimal: body.count)
        out.append(",\"adler32\":")
        out.append(decimal: SimBytes.adler32(body))
        out.append("}")
    }
}
