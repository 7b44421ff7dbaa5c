// What the simulated provider says, and in how many pieces.

import Wire

extension SimScript {
    /// Decides the parts of the answer and why it ends.
    mutating func prepareParts(head: Span<UInt8>, body: Span<UInt8>) {
        model = keep(body.extracting(request.model))
        switch request.operation {
        case .chat, .completions, .messages, .responses: break
        case .embeddings, .countTokens, .media, .models, .model, .health, .unknown: return
        }
        if request.operation != .completions { prepareReasoning() }
        if case .hugeEvent(let bytes) = directives.fault, request.wire != .openAI { prepareHugeText(bytes) }
        let mayCall = directives.echo == .nothing && request.operation != .completions
        let calls = mayCall ? request.calls(body, wanted: directives.callCount) : []
        if !calls.isEmpty {
            prepareCalls(calls, body)
        } else if !prepareText(head, body) {
            let most = request.outputTokensMax ?? .max
            if most < directives.tokens { finish = .length }
            add(SimPart(words: min(directives.tokens, most)))
        }
        if let asked = directives.finish { finish = asked }
        if finish == .sequence { prepareStop(body) }
    }

    private mutating func prepareReasoning() {
        guard let words = directives.reasoningWords ?? (request.thinks ? 4 : nil), words > 0 else { return }
        var escaped = ByteBuffer()
        escaped.append("\"")
        // Other words than those of the text.
        for word in 0..<words { SimText.append(word, seed: ~textSeed, chunkBytes: 0, into: &escaped) }
        escaped.append("\"")
        let start = text.count
        _ = JSONScan.unescape(escaped.bytes, ByteRange(0, escaped.count), into: &text)
        add(SimPart(.reasoning, bytes: start..<text.count, pieceBytes: textPieceBytes))
    }

    /// One piece as large as told, in front of the answer.
    private mutating func prepareHugeText(_ bytes: Int) {
        let start = text.count
        SimText.append(0, seed: textSeed, chunkBytes: min(bytes, Limits.hugeEventBytesMax), into: &text)
        add(SimPart(.text, bytes: start..<text.count, pieceBytes: max(1, text.count - start)))
    }

    private mutating func prepareCalls(_ calls: [SimRequest.Tool], _ body: Span<UInt8>) {
        for (index, call) in calls.enumerated() {
            let start = text.count
            if call.schema.isEmpty {
                text.append("{}")
            } else {
                SimInstance.write(call.schema, in: body, into: &text)
            }
            var part = SimPart(.call, bytes: start..<text.count, pieceBytes: textPieceBytes)
            part.name = keep(body.extracting(call.name))
            part.callIndex = index
            add(part)
        }
        finish = .calls
    }

    /// Text that the request decides.
    /// - Returns: `false` when words will do.
    private mutating func prepareText(_ head: Span<UInt8>, _ body: Span<UInt8>) -> Bool {
        let start = text.count
        if directives.echo == .head {
            for index in head.indices { text.append(head[index] < 0x80 ? head[index] : UInt8(ascii: "?")) }
        } else if directives.echo == .body {
            text.append(body)
        } else if case .schema(let schema) = request.format {
            SimInstance.write(schema, in: body, into: &text)
        } else if request.format == .object {
            text.append("{\"answer\":\"the simulated provider answers in JSON\"}")
        } else {
            return false
        }
        add(SimPart(.text, bytes: start..<text.count, pieceBytes: textPieceBytes))
        return true
    }

    private mutating func prepareStop(_ body: Span<UInt8>) {
        let first = JSONScan.element(of: request.stop, in: body, at: 0)?.value ?? request.stop
        guard let inside = JSONScan.stringBody(body, first) else {
            finish = .stop
            return
        }
        stop = keep(body.extracting(inside))
    }

    private mutating func add(_ part: SimPart) {
        guard part.pieceCount > 0 else { return }
        var part = part
        part.firstPiece = pieceCount
        pieceCount += part.pieceCount
        parts.append(part)
    }

    private mutating func keep(_ name: Span<UInt8>) -> Range<Int> {
        let start = names.count
        names.append(name)
        return start..<names.count
    }

    var textPieceBytes: Int { directives.chunkBytes > 0 ? directives.chunkBytes : 8 }

    /// Which part piece `piece` belongs to.
    func partIndex(ofPiece piece: Int) -> Int {
        var index = 0
        while index + 1 < parts.count, piece >= parts[index].pieces.upperBound { index += 1 }
        return index
    }

    /// Writes piece `piece`, counted over the whole answer, of a part as the inside of a JSON string. The first piece of a
    /// call has no text.
    func writePiece(_ piece: Int, of part: SimPart, choice: Int = 0, into out: inout ByteBuffer) {
        let own = piece - part.firstPiece - (part.kind == .call ? 1 : 0)
        guard own >= 0 else { return }
        guard let bytes = part.bytes else {
            return SimText.append(
                own, seed: textSeed &+ UInt64(choice), chunkBytes: directives.chunkBytes, into: &out)
        }
        let start = characterStart(bytes.lowerBound + own * part.pieceBytes, bytes.upperBound)
        let end = characterStart(bytes.lowerBound + (own + 1) * part.pieceBytes, bytes.upperBound)
        JSONWriter.escape(text.bytes.extracting(start..<max(start, end)), into: &out)
    }

    /// Writes the whole text of a part as the inside of a JSON string.
    func writeText(of part: SimPart, choice: Int = 0, into out: inout ByteBuffer) {
        if let bytes = part.bytes { return JSONWriter.escape(text.bytes.extracting(bytes), into: &out) }
        for piece in part.pieces { writePiece(piece, of: part, choice: choice, into: &out) }
    }

    /// The first offset from `offset` on at which a character begins, at most `end`.
    private func characterStart(_ offset: Int, _ end: Int) -> Int {
        let bytes = text.bytes
        var index = min(offset, end)
        while index < end, bytes[index] & 0xC0 == 0x80 { index += 1 }
        return index
    }

    /// Appends what stands for a part's proof: who holds the text can say whether it is the one that was told.
    static func writeSignature(of reasoning: Span<UInt8>, into out: inout ByteBuffer) {
        out.append("sim-sig-")
        out.append(hex: SimRandom.hash(reasoning, seed: 0x516))
    }

    func writeSignature(of part: SimPart, into out: inout ByteBuffer) {
        SimScript.writeSignature(of: text.bytes.extracting(part.bytes ?? 0..<0), into: &out)
    }

    var reasoningTokens: Int { parts.reduce(0) { $0 + ($1.kind == .reasoning ? $1.pieceCount : 0) } }
}
