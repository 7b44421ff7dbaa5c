// What the simulated provider says, and in how many pieces.

import Wire

extension SimScript {
    /// Decides the text of the answer, unless it is made of words.
    mutating func prepareText(head: Span<UInt8>, body: Span<UInt8>) {
        guard request.operation == .chat || request.operation == .completions else { return }
        if request.callsTool {
            toolName.append(body.extracting(request.toolName))
            if request.toolParameters.isEmpty {
                text.append("{}")
            } else {
                SimInstance.write(request.toolParameters, in: body, into: &text)
            }
        } else if directives.echo == .head {
            for index in head.indices { text.append(head[index] < 0x80 ? head[index] : UInt8(ascii: "?")) }
        } else if directives.echo == .body {
            text.append(body)
        } else if case .schema(let schema) = request.format {
            SimInstance.write(schema, in: body, into: &text)
        } else if request.format == .object {
            text.append("{\"answer\":\"the simulated provider answers in JSON\"}")
        } else {
            pieceCount = min(directives.tokens, request.outputTokensMax ?? .max)
            return
        }
        hasText = true
        let pieceBytes = textPieceBytes
        pieceCount = (text.count + pieceBytes - 1) / pieceBytes + (request.callsTool ? 1 : 0)
    }

    /// The bytes of piece `piece` of the text: `textPieceBytes` of them, but whole characters.
    func textRange(ofPiece piece: Int) -> Range<Int> {
        let start = characterStart(piece * textPieceBytes)
        return start..<max(start, characterStart((piece + 1) * textPieceBytes))
    }

    private var textPieceBytes: Int { directives.chunkBytes > 0 ? directives.chunkBytes : 8 }

    /// The first offset from `offset` on at which a character begins.
    private func characterStart(_ offset: Int) -> Int {
        let bytes = text.bytes
        var index = min(offset, bytes.count)
        while index < bytes.count, bytes[index] & 0xC0 == 0x80 { index += 1 }
        return index
    }
}
