// Anthropic's Messages, whole and streamed.

import Wire

extension SimScript {
    /// `{"id":…,"type":"message","role":"assistant","model":…,"content":[…],"stop_reason":…,"usage":{…}}`
    func writeMessage(into out: inout ByteBuffer) {
        writeMessageStart(into: &out)
        out.append(",\"content\":[")
        for index in parts.indices {
            if index > 0 { out.append(",") }
            let part = parts[index]
            switch part.kind {
            case .reasoning where directives.isRedacted:
                writeRedacted(part, into: &out)
            case .reasoning:
                out.append("{\"type\":\"thinking\",\"thinking\":\"")
                writeText(of: part, into: &out)
                out.append("\",\"signature\":\"")
                writeSignature(of: part, into: &out)
                out.append("\"}")
            case .text:
                out.append("{\"type\":\"text\",\"text\":\"")
                writeText(of: part, into: &out)
                out.append("\"}")
            case .call:
                writeToolUseStart(part, into: &out)
                // An object stands as it is; what a schema allows besides has no place here.
                let arguments = text.bytes.extracting(part.bytes ?? 0..<0)
                let isObject = !arguments.isEmpty && arguments[0] == ASCII.openBrace
                out.append(isObject ? arguments : Span.of("{}"))
                out.append("}")
            }
        }
        out.append("],")
        writeStopReason(into: &out)
        out.append(",\"usage\":")
        writeMessagesUsage(output: pieceCount, into: &out)
        out.append("}")
    }

    /// Writes the events of one step: what begins the message, a piece with what opens and closes its block, or the end.
    func writeMessagesStep(_ step: Int, _ event: inout ByteBuffer, into out: inout ByteBuffer) {
        if step == 0 {
            begin("message_start", &event)
            event.append(",\"message\":")
            writeMessageStart(into: &event)
            event.append(",\"content\":[],\"stop_reason\":null,\"stop_sequence\":null,\"usage\":")
            writeMessagesUsage(output: 1, into: &event)
            event.append("}")
            close(&event, into: &out)
        } else if step == pieceCount + 1 {
            begin("message_delta", &event)
            event.append(",\"delta\":{")
            writeStopReason(into: &event)
            event.append("},\"usage\":")
            writeMessagesUsage(output: pieceCount, into: &event)
            close(&event, into: &out)
            begin("message_stop", &event)
            close(&event, into: &out)
        } else {
            writeMessagesPiece(step - 1, &event, into: &out)
        }
    }

    private func writeMessagesPiece(_ piece: Int, _ event: inout ByteBuffer, into out: inout ByteBuffer) {
        let index = partIndex(ofPiece: piece)
        let part = parts[index]
        let isRedacted = part.kind == .reasoning && directives.isRedacted
        if piece == part.firstPiece {
            begin("content_block_start", index, &event)
            event.append(",\"content_block\":")
            switch part.kind {
            case .reasoning where isRedacted: writeRedacted(part, into: &event)
            case .reasoning: event.append("{\"type\":\"thinking\",\"thinking\":\"\",\"signature\":\"\"}")
            case .text: event.append("{\"type\":\"text\",\"text\":\"\"}")
            case .call:
                writeToolUseStart(part, into: &event)
                event.append("{}}")
            }
            close(&event, into: &out)
            if index == 0 {
                begin("ping", &event)
                close(&event, into: &out)
            }
        }
        if !isRedacted {
            beginDelta(index, part.kind, &event)
            writePiece(piece, of: part, into: &event)
            event.append("\"}")
            close(&event, into: &out)
        }
        guard piece == part.pieces.upperBound - 1 else { return }
        if part.kind == .reasoning, !isRedacted {
            begin("content_block_delta", index, &event)
            event.append(",\"delta\":{\"type\":\"signature_delta\",\"signature\":\"")
            writeSignature(of: part, into: &event)
            event.append("\"}")
            close(&event, into: &out)
        }
        begin("content_block_stop", index, &event)
        close(&event, into: &out)
    }

    private func beginDelta(_ index: Int, _ kind: SimPart.Kind, _ event: inout ByteBuffer) {
        begin("content_block_delta", index, &event)
        switch kind {
        case .reasoning: event.append(",\"delta\":{\"type\":\"thinking_delta\",\"thinking\":\"")
        case .text: event.append(",\"delta\":{\"type\":\"text_delta\",\"text\":\"")
        case .call: event.append(",\"delta\":{\"type\":\"input_json_delta\",\"partial_json\":\"")
        }
    }

    private func begin(_ type: StaticString, _ event: inout ByteBuffer) {
        event.append("event: ")
        event.append(type)
        event.append("\ndata: {\"type\":\"")
        event.append(type)
        event.append("\"")
    }

    private func begin(_ type: StaticString, _ index: Int, _ event: inout ByteBuffer) {
        begin(type, &event)
        event.append(",\"index\":")
        event.append(decimal: index)
    }

    private func close(_ event: inout ByteBuffer, into out: inout ByteBuffer) {
        event.append("}\n\n")
        flush(&event, into: &out)
    }

    private func writeMessageStart(into out: inout ByteBuffer) {
        out.append("{\"id\":\"msg_sim_")
        out.append(hex: textSeed)
        out.append("\",\"type\":\"message\",\"role\":\"assistant\",\"model\":\"")
        out.append(names.bytes.extracting(model))
        out.append("\"")
    }

    /// `{"type":"tool_use","id":…,"name":…,"input":`
    private func writeToolUseStart(_ part: SimPart, into out: inout ByteBuffer) {
        out.append("{\"type\":\"tool_use\",\"id\":\"")
        writeCallID(part, prefix: "toolu_sim_", into: &out)
        out.append("\",\"name\":\"")
        out.append(names.bytes.extracting(part.name))
        out.append("\",\"input\":")
    }

    private func writeRedacted(_ part: SimPart, into out: inout ByteBuffer) {
        out.append("{\"type\":\"redacted_thinking\",\"data\":\"sim-redacted-")
        writeSignature(of: part, into: &out)
        out.append("\"}")
    }

    private func writeStopReason(into out: inout ByteBuffer) {
        out.append("\"stop_reason\":\"")
        out.append(finish.messagesReason)
        out.append("\",\"stop_sequence\":")
        guard finish == .sequence else { return out.append("null") }
        out.append("\"")
        out.append(names.bytes.extracting(stop))
        out.append("\"")
    }

    /// What is read from the cache or written to it is no part of `input_tokens` here.
    private func writeMessagesUsage(output: Int, into out: inout ByteBuffer) {
        let read = min(directives.cachedTokens, request.inputTokens)
        let written = min(directives.cacheWriteTokens, request.inputTokens - read)
        out.append("{\"input_tokens\":")
        out.append(decimal: request.inputTokens - read - written)
        out.append(",\"cache_creation_input_tokens\":")
        out.append(decimal: written)
        out.append(",\"cache_read_input_tokens\":")
        out.append(decimal: read)
        out.append(",\"output_tokens\":")
        out.append(decimal: output)
        out.append("}")
    }
}
