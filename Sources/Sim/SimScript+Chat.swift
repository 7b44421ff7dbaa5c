// Chat and text completions, whole and streamed.

import Wire

extension SimScript {
    mutating func writeCompletion(into out: inout ByteBuffer) {
        writeObjectStart(isChunk: false, into: &out)
        out.append("\"choices\":[")
        for choice in 0..<request.choiceCount {
            out.append(choice == 0 ? "{\"index\":" : ",{\"index\":")
            out.append(decimal: choice)
            if request.operation == .completions {
                out.append(",\"text\":\"")
                for part in parts { writeText(of: part, choice: choice, into: &out) }
                out.append("\"")
            } else {
                writeMessage(choice, into: &out)
            }
            out.append(",\"logprobs\":null")
            writeFinish(into: &out)
        }
        out.append("],")
        writeUsage(into: &out)
        out.append("}")
    }

    private func writeMessage(_ choice: Int, into out: inout ByteBuffer) {
        out.append(",\"message\":{\"role\":\"assistant\",\"content\":")
        writeTexts(.text, isThere: finish != .refusal && !says(.call), choice, into: &out)
        out.append(",\"refusal\":")
        writeTexts(.text, isThere: finish == .refusal, choice, into: &out)
        if says(.reasoning) {
            out.append(",\"reasoning_content\":")
            writeTexts(.reasoning, isThere: true, choice, into: &out)
        }
        var isFirst = true
        for part in parts where part.kind == .call {
            out.append(isFirst ? ",\"tool_calls\":[{" : ",{")
            isFirst = false
            writeCallStart(part, choice: choice, into: &out)
            out.append("\"")
            writeText(of: part, choice: choice, into: &out)
            out.append("\"}}")
        }
        out.append(isFirst ? "}" : "]}")
    }

    private func says(_ kind: SimPart.Kind) -> Bool { parts.contains { $0.kind == kind } }

    /// Writes the texts of one kind as one string, or `null`.
    private func writeTexts(_ kind: SimPart.Kind, isThere: Bool, _ choice: Int, into out: inout ByteBuffer) {
        guard isThere else { return out.append("null") }
        out.append("\"")
        for part in parts where part.kind == kind { writeText(of: part, choice: choice, into: &out) }
        out.append("\"")
    }

    /// `,"finish_reason":…}`, with the stop sequence as vLLM tells it.
    private func writeFinish(into out: inout ByteBuffer) {
        out.append(",\"finish_reason\":\"")
        out.append(finish.chatReason)
        out.append("\"")
        if finish == .sequence {
            out.append(",\"stop_reason\":\"")
            out.append(names.bytes.extracting(stop))
            out.append("\"")
        }
        out.append("}")
    }

    /// `{"id":…,"object":…,"created":…,"model":…,"system_fingerprint":…,`
    private func writeObjectStart(isChunk: Bool, into out: inout ByteBuffer) {
        let isChat = request.operation == .chat
        out.append(isChat ? "{\"id\":\"chatcmpl-sim-" : "{\"id\":\"cmpl-sim-")
        out.append(hex: textSeed)
        out.append("\",\"object\":\"")
        out.append(!isChat ? "text_completion" : isChunk ? "chat.completion.chunk" : "chat.completion")
        out.append("\",\"created\":")
        out.append(decimal: Int(created))
        out.append(",\"model\":\"")
        out.append(names.bytes.extracting(model))
        out.append("\",\"system_fingerprint\":\"fp_sim\",")
    }

    /// `"id":…,"type":"function","function":{"name":…,"arguments":`
    private func writeCallStart(_ part: SimPart, choice: Int, into out: inout ByteBuffer) {
        out.append("\"id\":\"")
        writeCallID(part, choice: choice, prefix: "call_sim_", into: &out)
        out.append("\",\"type\":\"function\",\"function\":{\"name\":\"")
        out.append(names.bytes.extracting(part.name))
        out.append("\",\"arguments\":")
    }

    /// An id that no other call of the answer has.
    func writeCallID(_ part: SimPart, choice: Int = 0, prefix: StaticString, into out: inout ByteBuffer) {
        out.append(prefix)
        out.append(hex: textSeed &+ UInt64(part.callIndex * Limits.choiceCountMax + choice))
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
        out.append("},\"completion_tokens_details\":{\"reasoning_tokens\":")
        out.append(decimal: reasoningTokens * request.choiceCount)
        out.append("}}")
    }

    // MARK: Events

    /// Everything of an event in front of its choices; it is the same in the whole stream.
    mutating func writePrefix() {
        guard request.wire == .openAI else { return }
        var prefix = ByteBuffer()
        prefix.append("data: ")
        writeObjectStart(isChunk: true, into: &prefix)
        self.prefix = prefix
    }

    /// The event of choice and step that `eventIndex` names: role, pieces, finish.
    func writeChoiceEvent(into event: inout ByteBuffer) {
        let choice = eventIndex % request.choiceCount
        let step = eventIndex / request.choiceCount
        let isFinish = step == pieceCount + 1
        event.append(prefix.bytes)
        event.append("\"choices\":[{\"index\":")
        event.append(decimal: choice)
        if request.operation == .completions {
            event.append(",\"text\":\"")
            if !isFinish, step > 0 { writePiece(step - 1, of: parts[0], choice: choice, into: &event) }
            event.append("\"")
        } else {
            event.append(",\"delta\":{")
            if step == 0 {
                event.append("\"role\":\"assistant\",\"content\":")
                event.append(says(.call) ? "null" : "\"\"")
            } else if !isFinish {
                writeDelta(step - 1, choice: choice, into: &event)
            }
            event.append("}")
        }
        event.append(",\"logprobs\":null")
        if isFinish {
            writeFinish(into: &event)
        } else {
            event.append(",\"finish_reason\":null}")
        }
        event.append(request.includesUsage ? "],\"usage\":null}\n\n" : "]}\n\n")
    }

    private func writeDelta(_ piece: Int, choice: Int, into event: inout ByteBuffer) {
        let part = parts[partIndex(ofPiece: piece)]
        switch part.kind {
        case .reasoning: event.append("\"reasoning_content\":\"")
        case .text: event.append(finish == .refusal ? "\"refusal\":\"" : "\"content\":\"")
        case .call:
            event.append("\"tool_calls\":[{\"index\":")
            event.append(decimal: part.callIndex)
            event.append(",")
            if piece == part.firstPiece {
                // The first piece names the call, the others bring its arguments.
                writeCallStart(part, choice: choice, into: &event)
                return event.append("\"\"}}]")
            }
            event.append("\"function\":{\"arguments\":\"")
            writePiece(piece, of: part, choice: choice, into: &event)
            return event.append("\"}}]")
        }
        writePiece(piece, of: part, choice: choice, into: &event)
        event.append("\"")
    }
}
