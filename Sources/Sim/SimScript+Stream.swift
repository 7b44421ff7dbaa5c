// The events of a streamed answer.

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
                    place = .usage
                } else if !strikes(&event, into: &out) {
                    if owesGap, eventIndex % request.choiceCount == 0 {
                        // What is written goes out before the wait.
                        if out.count > bytesBefore { return .bytes }
                        owesGap = false
                        let gap = directives.betweenTokens.draw(&random)
                        if gap > 0, framing == .http { return .wait(nanoseconds: gap) }
                    }
                    writeChoiceEvent(into: &event)
                    flush(&event, into: &out)
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

    /// Everything of an event in front of its choices; it is the same in the whole stream.
    mutating func writePrefix(body: Span<UInt8>) {
        var prefix = ByteBuffer()
        prefix.append("data: ")
        writeObjectStart(isChunk: true, body: body, into: &prefix)
        self.prefix = prefix
    }

    /// The event of choice and step that `eventIndex` names: role, pieces, finish.
    private func writeChoiceEvent(into event: inout ByteBuffer) {
        let choice = eventIndex % request.choiceCount
        let step = eventIndex / request.choiceCount
        event.append(prefix.bytes)
        event.append("\"choices\":[{\"index\":")
        event.append(decimal: choice)
        let isFinish = step == pieceCount + 1
        if request.operation == .completions {
            event.append(",\"text\":\"")
            if !isFinish, step > 0 { writePiece(step - 1, choice: choice, into: &event) }
            event.append("\"")
        } else {
            event.append(",\"delta\":{")
            if step == 0 {
                event.append("\"role\":\"assistant\",\"content\":")
                event.append(request.callsTool ? "null" : "\"\"")
            } else if !isFinish {
                writeDelta(step - 1, choice: choice, into: &event)
            }
            event.append("}")
        }
        event.append(",\"logprobs\":null,\"finish_reason\":")
        if isFinish {
            event.append("\"")
            event.append(finishReason)
            event.append("\"}]")
        } else {
            event.append("null}]")
        }
        if request.includesUsage { event.append(",\"usage\":null") }
        event.append("}\n\n")
    }

    private mutating func advance() {
        let step = eventIndex / request.choiceCount
        if step > 0, step <= pieceCount {
            contentCount += 1
            owesGap = directives.betweenTokens != .none
        }
        eventIndex += 1
    }

    private func writeDelta(_ piece: Int, choice: Int, into event: inout ByteBuffer) {
        guard request.callsTool else {
            event.append("\"content\":\"")
            writePiece(piece, choice: choice, into: &event)
            event.append("\"")
            return
        }
        event.append("\"tool_calls\":[{\"index\":0,")
        if piece == 0 {
            // The first piece names the call, the others bring its arguments.
            writeCallStart(choice: choice, into: &event)
            event.append("\"\"}}]")
        } else {
            event.append("\"function\":{\"arguments\":\"")
            writePiece(piece - 1, choice: choice, into: &event)
            event.append("\"}}]")
        }
    }

    private func writePiece(_ piece: Int, choice: Int, into event: inout ByteBuffer) {
        if hasText {
            JSONWriter.escape(text.bytes.extracting(textRange(ofPiece: piece)), into: &event)
        } else {
            SimText.append(
                piece, seed: textSeed &+ UInt64(choice), chunkBytes: directives.chunkBytes, into: &event)
        }
    }

    /// One event is one chunk.
    private func flush(_ event: inout ByteBuffer, into out: inout ByteBuffer) {
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
            event.append("data: {\"error\":{\"message\":\"the simulated provider failed on command\",")
            event.append("\"type\":\"server_error\",\"param\":null,\"code\":\"sim_fault\"}}\n\n")
            flush(&event, into: &out)
            place = .end
        case .malformed:
            event.append(prefix.bytes)
            event.append("\"choices\":[{\"index\":0,\"delta\":{\"content\":\"half a chu\n\n")
            flush(&event, into: &out)
        case .hugeEvent(let bytes):
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
}
