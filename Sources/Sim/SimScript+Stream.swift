// The events of a streamed answer, and what goes wrong between them.

import Wire

extension SimScript {
    /// Writes events until there is something to wait for, enough is written, or the stream is over.
    mutating func writeEvents(into out: inout ByteBuffer) -> SimStep {
        let bytesBefore = out.count
        // Moved out while it is written, since what is written comes from this script.
        var event = ByteBuffer()
        swap(&event, &self.event)
        defer { swap(&event, &self.event) }
        while true {
            switch place {
            case .head:
                if framing == .http { writeStreamHead(into: &out) }
                place = .comments
                if directives.fault == .stallAfterHead, framing == .http { end(with: .stall) }
            case .comments:
                if case .comments(let count) = directives.fault {
                    for _ in 0..<count {
                        event.append(": still thinking\n\n")
                        flush(&event, into: &out)
                    }
                }
                place = .events
            case .events:
                if eventIndex == (pieceCount + 2) * request.choiceCount {
                    place = request.wire == .openAI ? .usage : .end
                } else if !strikes(&event, into: &out) {
                    if owesGap, eventIndex % request.choiceCount == 0 {
                        // What is written goes out before the wait.
                        if out.count > bytesBefore { return .bytes }
                        owesGap = false
                        let gap = directives.betweenTokens.draw(&random)
                        if gap > 0, framing == .http { return .wait(nanoseconds: gap) }
                    }
                    writeStep(&event, into: &out)
                    advance()
                }
            case .usage:
                if request.includesUsage {
                    event.append(prefix.bytes)
                    event.append("\"choices\":[],")
                    writeUsage(into: &event)
                    event.append("}\n\n")
                    flush(&event, into: &out)
                }
                place = .done
            case .done:
                event.append("data: [DONE]\n\n")
                flush(&event, into: &out)
                place = .end
            case .end:
                if framing == .http { out.append("0\r\n\r\n") }
                place = .over
            case .over:
                return out.count > bytesBefore ? .bytes : ending
            }
            if out.count - bytesBefore >= Limits.batchBytesMax { return .bytes }
        }
    }

    /// Writes what comes at `eventIndex`: the beginning, a piece or the finish, in as many events as the wire has for it.
    private mutating func writeStep(_ event: inout ByteBuffer, into out: inout ByteBuffer) {
        switch request.wire {
        case .openAI:
            writeChoiceEvent(into: &event)
            flush(&event, into: &out)
        case .messages:
            writeMessagesStep(eventIndex, &event, into: &out)
        case .responses:
            writeResponsesStep(eventIndex, &event, into: &out)
        }
    }

    private mutating func advance() {
        let step = eventIndex / request.choiceCount
        if step > 0, step <= pieceCount {
            contentCount += 1
            owesGap = directives.betweenTokens != .none
        }
        eventIndex += 1
    }

    /// One event is one chunk.
    func flush(_ event: inout ByteBuffer, into out: inout ByteBuffer) {
        if framing == .http {
            out.append(hex: UInt64(event.count))
            out.append("\r\n")
            out.append(event.bytes)
            out.append("\r\n")
        } else {
            out.append(event.bytes)
        }
        event.removeAll()
    }

    private mutating func end(with step: SimStep) {
        place = .over
        ending = step
    }

    /// Commits the commanded fault once its place is reached.
    /// - Returns: whether it took the place of the next event.
    private mutating func strikes(_ event: inout ByteBuffer, into out: inout ByteBuffer) -> Bool {
        guard !hasStruck, let after = directives.fault.afterEvents, contentCount == after,
            eventIndex >= request.choiceCount
        else { return false }
        hasStruck = true
        switch directives.fault {
        case .cut:
            place = .end
        case .errorEvent:
            writeErrorEvent(&event, into: &out)
            place = .end
        case .malformed:
            writeHalfEvent(into: &event)
            flush(&event, into: &out)
        case .hugeEvent(let bytes) where request.wire == .openAI:
            event.append(prefix.bytes)
            event.append("\"choices\":[{\"index\":0,\"delta\":{\"content\":\"")
            SimText.append(0, seed: textSeed, chunkBytes: bytes, into: &event)
            event.append("\"},\"logprobs\":null,\"finish_reason\":null}]}\n\n")
            flush(&event, into: &out)
        case .stall where framing == .http: end(with: .stall)
        case .reset where framing == .http: end(with: .reset)
        case .close where framing == .http: end(with: .close)
        case .badChunk where framing == .http:
            out.append("xyz\r\nthis is no chunk\r\n")
            end(with: .close)
        default:
            return false
        }
        return true
    }

    private mutating func writeErrorEvent(_ event: inout ByteBuffer, into out: inout ByteBuffer) {
        switch request.wire {
        case .openAI:
            event.append("data: {\"error\":{\"message\":\"the simulated provider failed on command\",")
            event.append("\"type\":\"server_error\",\"param\":null,\"code\":\"sim_fault\"}}\n\n")
            flush(&event, into: &out)
        case .messages:
            event.append("event: error\ndata: {\"type\":\"error\",\"error\":{\"type\":\"overloaded_error\",")
            event.append("\"message\":\"the simulated provider failed on command\"}}\n\n")
            flush(&event, into: &out)
        case .responses:
            writeResponsesFailure(&event, into: &out)
        }
    }

    private func writeHalfEvent(into event: inout ByteBuffer) {
        switch request.wire {
        case .openAI:
            event.append(prefix.bytes)
            event.append("\"choices\":[{\"index\":0,\"delta\":{\"content\":\"half a chu\n\n")
        case .messages:
            event.append("event: content_block_delta\ndata: {\"type\":\"content_block_delta\",\"index\":0,")
            event.append("\"delta\":{\"type\":\"text_delta\",\"text\":\"half a chu\n\n")
        case .responses:
            event.append("event: response.output_text.delta\ndata: {\"type\":\"response.output_text.delta\",")
            event.append("\"delta\":\"half a chu\n\n")
        }
    }
}
