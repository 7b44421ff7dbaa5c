// Answers that come in chunks.

internal import Wire

extension UpstreamConnection {
    /// Shows the service chunks as they are, then takes the framing off what it left and shows what that holds.
    func takeChunks(_ scratch: Scratch, _ range: Range<Int>) {
        let bytes = scratch.bytes(range)
        var offset = 0
        if !holdsBody, decoder.isBetweenChunks {
            offset = loop.answerChunks(bytes, from: self)
            guard descriptor >= 0 else { return }
            if offset > 0 { arm(patience.betweenBytesMS) }
            if offset == bytes.count { return }
        }
        var payloadStart = -1
        var payloadEnd = -1
        // The pieces close up over the size lines between them: what the service sees is one run of payload.
        func add(_ payload: Range<Int>) {
            let from = range.lowerBound &+ payload.lowerBound
            if payloadStart < 0 { (payloadStart, payloadEnd) = (from, from) }
            scratch.move(from, to: payloadEnd, count: payload.count)
            payloadEnd &+= payload.count
        }
        do throws(HeadFault) {
            while true {
                while case let chunk = decoder.wholeChunk(in: bytes, from: offset), !chunk.isEmpty {
                    add(chunk)
                    offset = chunk.upperBound
                }
                let piece = try decoder.next(in: bytes, from: offset)
                offset = piece.next
                if !piece.payload.isEmpty { add(piece.payload.range) }
                switch piece.state {
                case .data: continue
                case .needsMore:
                    if payloadStart >= 0 { show(scratch.bytes(payloadStart..<payloadEnd), isLast: false) }
                    return
                case .finished:
                    if offset < bytes.count { persists = false }
                    if payloadStart < 0 { (payloadStart, payloadEnd) = (range.lowerBound, range.lowerBound) }
                    return show(scratch.bytes(payloadStart..<payloadEnd), isLast: true)
                }
            }
        } catch {
            // What came before the damage is still the client's.
            if payloadStart >= 0 { show(scratch.bytes(payloadStart..<payloadEnd), isLast: false) }
            fail(.malformed(error))
        }
    }
}
