// OpenAI's Responses, whole and streamed.

import Wire

extension SimScript {
    /// Which moment of a response is told.
    enum Moment: Equatable { case begun, whole, failed }

    /// The response object.
    func writeResponse(_ moment: Moment, into out: inout ByteBuffer) {
        out.append("{\"id\":\"resp_sim_")
        out.append(hex: textSeed)
        out.append("\",\"object\":\"response\",\"created_at\":")
        out.append(decimal: Int(created))
        out.append(",\"status\":\"")
        let reason = moment == .whole ? finish.incompleteReason : nil
        switch moment {
        case .begun: out.append("in_progress")
        case .whole: out.append(reason == nil ? "completed" : "incomplete")
        case .failed: out.append("failed")
        }
        out.append("\",\"error\":")
        out.append(
            moment == .failed
                ? "{\"code\":\"server_error\",\"message\":\"the simulated provider failed on command\"}" : "null")
        out.append(",\"incomplete_details\":")
        if let reason {
            out.append("{\"reason\":\"")
            out.append(reason)
            out.append("\"}")
        } else {
            out.append("null")
        }
        out.append(",\"instructions\":null,\"model\":\"")
        out.append(names.bytes.extracting(model))
        out.append("\",\"output\":[")
        for index in parts.indices where moment == .whole {
            if index > 0 { out.append(",") }
            writeItem(index, isDone: true, into: &out)
        }
        out.append("],\"parallel_tool_calls\":")
        out.append(request.callsOne ? "false" : "true")
        out.append(
            ",\"tool_choice\":\"auto\",\"tools\":[],\"metadata\":{},\"temperature\":1.0,\"top_p\":1.0,\"usage\":")
        if moment == .whole { writeResponsesUsage(into: &out) } else { out.append("null") }
        out.append("}")
    }

    /// One item of the output, empty as long as it is not done.
    private func writeItem(_ index: Int, isDone: Bool, into out: inout ByteBuffer) {
        let part = parts[index]
        func inside(_ wanted: Bool = true) { if isDone, wanted { writeText(of: part, into: &out) } }
        out.append("{\"id\":\"")
        writeItemID(index, into: &out)
        switch part.kind {
        case .reasoning:
            out.append("\",\"type\":\"reasoning\",\"summary\":[")
            if isDone {
                out.append("{\"type\":\"summary_text\",\"text\":\"")
                inside()
                out.append("\"}")
            }
            out.append("]")
            if isDone, request.includesEncrypted {
                out.append(",\"encrypted_content\":\"")
                writeSignature(of: part, into: &out)
                out.append("\"")
            }
            return out.append("}")
        case .text:
            out.append("\",\"type\":\"message\",\"role\":\"assistant\",\"content\":[")
            if isDone { writeContentPart(part, isDone: true, into: &out) }
            out.append("]")
        case .call:
            out.append("\",\"type\":\"function_call\",\"call_id\":\"")
            writeCallID(part, prefix: "call_sim_", into: &out)
            out.append("\",\"name\":\"")
            out.append(names.bytes.extracting(part.name))
            out.append("\",\"arguments\":\"")
            inside()
            out.append("\"")
        }
        let isCut = finish.incompleteReason != nil && index == parts.count - 1
        out.append(
            isDone
                ? isCut ? ",\"status\":\"incomplete\"}" : ",\"status\":\"completed\"}" : ",\"status\":\"in_progress\"}")
    }

    private func writeContentPart(_ part: SimPart, isDone: Bool, into out: inout ByteBuffer) {
        let isRefusal = finish == .refusal
        out.append(isRefusal ? "{\"type\":\"refusal\",\"refusal\":\"" : "{\"type\":\"output_text\",\"text\":\"")
        if isDone { writeText(of: part, into: &out) }
        out.append(isRefusal ? "\"}" : "\",\"annotations\":[],\"logprobs\":[]}")
    }

    private func writeItemID(_ index: Int, into out: inout ByteBuffer) {
        switch parts[index].kind {
        case .reasoning: out.append("rs_sim_")
        case .text: out.append("msg_sim_")
        case .call: out.append("fc_sim_")
        }
        out.append(hex: textSeed)
        out.append("_")
        out.append(decimal: index)
    }

    private func writeResponsesUsage(into out: inout ByteBuffer) {
        out.append("{\"input_tokens\":")
        out.append(decimal: request.inputTokens)
        out.append(",\"input_tokens_details\":{\"cached_tokens\":")
        out.append(decimal: min(directives.cachedTokens, request.inputTokens))
        out.append(",\"cache_write_tokens\":")
        out.append(decimal: min(directives.cacheWriteTokens, request.inputTokens))
        out.append("},\"output_tokens\":")
        out.append(decimal: pieceCount)
        out.append(",\"output_tokens_details\":{\"reasoning_tokens\":")
        out.append(decimal: reasoningTokens)
        out.append("},\"total_tokens\":")
        out.append(decimal: request.inputTokens + pieceCount)
        out.append("}")
    }

    // MARK: Events

    /// Writes the events of one step: what begins the response, a piece with what opens and closes its item, or the end.
    mutating func writeResponsesStep(_ step: Int, _ event: inout ByteBuffer, into out: inout ByteBuffer) {
        if step == 0 {
            tell("response.created", .begun, &event, into: &out)
            tell("response.in_progress", .begun, &event, into: &out)
        } else if step == pieceCount + 1 {
            let isWhole = finish.incompleteReason == nil
            tell(isWhole ? "response.completed" : "response.incomplete", .whole, &event, into: &out)
        } else {
            let index = partIndex(ofPiece: step - 1)
            let part = parts[index]
            if step - 1 == part.firstPiece { openItem(index, &event, into: &out) }
            // The first piece of a call is what opened it.
            if part.kind != .call || step - 1 > part.firstPiece {
                begin(deltaType(part.kind), item: index, of: part.kind, &event)
                event.append(",\"delta\":\"")
                writePiece(step - 1, of: part, into: &event)
                event.append(part.kind == .text && finish != .refusal ? "\",\"logprobs\":[]}\n\n" : "\"}\n\n")
                flush(&event, into: &out)
            }
            if step == part.pieces.upperBound { closeItem(index, &event, into: &out) }
        }
    }

    /// An event `error`, and the end of the response in its own words.
    mutating func writeResponsesFailure(_ event: inout ByteBuffer, into out: inout ByteBuffer) {
        begin("error", &event)
        event.append(
            ",\"code\":\"server_error\",\"message\":\"the simulated provider failed on command\",\"param\":null}\n\n")
        flush(&event, into: &out)
        tell("response.failed", .failed, &event, into: &out)
    }

    private mutating func openItem(_ index: Int, _ event: inout ByteBuffer, into out: inout ByteBuffer) {
        tellItem("response.output_item.added", index, isDone: false, &event, into: &out)
        switch parts[index].kind {
        case .reasoning:
            begin("response.reasoning_summary_part.added", item: index, of: .reasoning, &event)
            event.append(",\"part\":{\"type\":\"summary_text\",\"text\":\"\"}}\n\n")
        case .text:
            begin("response.content_part.added", item: index, of: .text, &event)
            event.append(",\"part\":")
            writeContentPart(parts[index], isDone: false, into: &event)
            event.append("}\n\n")
        case .call:
            return
        }
        flush(&event, into: &out)
    }

    private mutating func closeItem(_ index: Int, _ event: inout ByteBuffer, into out: inout ByteBuffer) {
        let part = parts[index]
        begin(doneType(part.kind), item: index, of: part.kind, &event)
        switch part.kind {
        case .reasoning: event.append(",\"text\":\"")
        case .text: event.append(finish == .refusal ? ",\"refusal\":\"" : ",\"logprobs\":[],\"text\":\"")
        case .call:
            event.append(",\"name\":\"")
            event.append(names.bytes.extracting(part.name))
            event.append("\",\"arguments\":\"")
        }
        writeText(of: part, into: &event)
        event.append("\"}\n\n")
        flush(&event, into: &out)
        switch part.kind {
        case .reasoning:
            begin("response.reasoning_summary_part.done", item: index, of: .reasoning, &event)
            event.append(",\"part\":{\"type\":\"summary_text\",\"text\":\"")
            writeText(of: part, into: &event)
            event.append("\"}}\n\n")
            flush(&event, into: &out)
        case .text:
            begin("response.content_part.done", item: index, of: .text, &event)
            event.append(",\"part\":")
            writeContentPart(part, isDone: true, into: &event)
            event.append("}\n\n")
            flush(&event, into: &out)
        case .call:
            break
        }
        tellItem("response.output_item.done", index, isDone: true, &event, into: &out)
    }

    private func deltaType(_ kind: SimPart.Kind) -> StaticString {
        switch kind {
        case .reasoning: "response.reasoning_summary_text.delta"
        case .text: finish == .refusal ? "response.refusal.delta" : "response.output_text.delta"
        case .call: "response.function_call_arguments.delta"
        }
    }

    private func doneType(_ kind: SimPart.Kind) -> StaticString {
        switch kind {
        case .reasoning: "response.reasoning_summary_text.done"
        case .text: finish == .refusal ? "response.refusal.done" : "response.output_text.done"
        case .call: "response.function_call_arguments.done"
        }
    }

    private mutating func tell(
        _ type: StaticString, _ moment: Moment, _ event: inout ByteBuffer, into out: inout ByteBuffer
    ) {
        begin(type, &event)
        event.append(",\"response\":")
        writeResponse(moment, into: &event)
        event.append("}\n\n")
        flush(&event, into: &out)
    }

    private mutating func tellItem(
        _ type: StaticString, _ index: Int, isDone: Bool, _ event: inout ByteBuffer, into out: inout ByteBuffer
    ) {
        begin(type, &event)
        event.append(",\"output_index\":")
        event.append(decimal: index)
        event.append(",\"item\":")
        writeItem(index, isDone: isDone, into: &event)
        event.append("}\n\n")
        flush(&event, into: &out)
    }

    private mutating func begin(_ type: StaticString, _ event: inout ByteBuffer) {
        event.append("event: ")
        event.append(type)
        event.append("\ndata: {\"type\":\"")
        event.append(type)
        event.append("\",\"sequence_number\":")
        event.append(decimal: sequence)
        sequence += 1
    }

    private mutating func begin(
        _ type: StaticString, item index: Int, of kind: SimPart.Kind, _ event: inout ByteBuffer
    ) {
        begin(type, &event)
        event.append(",\"item_id\":\"")
        writeItemID(index, into: &event)
        event.append("\",\"output_index\":")
        event.append(decimal: index)
        switch kind {
        case .reasoning: event.append(",\"summary_index\":0")
        case .text: event.append(",\"content_index\":0")
        case .call: break
        }
    }
}
