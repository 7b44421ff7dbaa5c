// Passing an answer on without copying it.

package import Wire

extension ClientConnection {
    /// Passes on bytes where they were received: `prefix` is put in front of them and, with `chunked`, the framing
    /// around them, in the same memory, so that all leave in one send and none are copied.
    /// - Parameter last: the answer ends with these bytes.
    package func relay(_ payload: Span<UInt8>, behind prefix: Span<UInt8>, chunked: Bool, last: Bool) {
        relay(
            payload, behind: prefix, ChunkFrame(payloadBytes: payload.count, chunked: chunked, last: last), last: last)
    }

    /// Passes on whole chunks as they were received, to a client that takes chunks.
    package func relay(chunks: Span<UInt8>, behind prefix: Span<UInt8>, last: Bool) {
        relay(chunks, behind: prefix, ChunkFrame(chunksEnd: last), last: last)
    }

    private func relay(_ bytes: Span<UInt8>, behind prefix: Span<UInt8>, _ frame: ChunkFrame, last: Bool) {
        precondition(isAnswering, "relay without a request")
        if omitsBody { transmit(prefix) } else { transmit(bytes, behind: prefix, frame) }
        if last { answerEnded() }
    }

    /// Makes one of two pieces of what was received as one, and leaves out what stands between them: the second, mostly the
    /// short one, is moved up to the first.
    /// - Returns: where both stand now; nil when `bytes` are other memory, and nothing was moved.
    package func join(_ first: ByteRange, _ second: ByteRange, of bytes: Span<UInt8>) -> ByteRange? {
        if first.isEmpty { return second }
        if second.isEmpty { return first }
        guard let (scratch, offset) = loop.place(of: bytes) else { return nil }
        scratch.move(offset + Int(second.start)..<offset + Int(second.end), to: offset + Int(first.end))
        return ByteRange(Int(first.start), Int(first.end) + second.count)
    }

    private func transmit(_ payload: Span<UInt8>, behind prefix: Span<UInt8>, _ frame: ChunkFrame) {
        // A prefix that does not fit in front is rare, and comes from a peer's large head: that answer is copied.
        guard let (scratch, offset) = loop.place(of: payload), offset >= frame.headBytes + prefix.count else {
            let draft = loop.blocks.take(for: prefix.count + payload.count + 16)
            draft.bytes.append(prefix)
            draft.bytes.append(frame.headSpan)
            draft.bytes.append(payload)
            draft.bytes.append(frame.tailSpan)
            transmit(draft.bytes.bytes)
            return loop.blocks.give(draft)
        }
        let front = offset - frame.headBytes - prefix.count
        let end = offset + payload.count
        // What stands behind the payload may be the beginning of the next event: it is put back after the send.
        var behind = InlineArray<8, UInt8>(repeating: 0)
        for index in 0..<frame.tailBytes { behind[index] = scratch[end + index] }
        scratch.store(prefix, at: front)
        scratch.store(frame.headSpan, at: front + prefix.count)
        scratch.store(frame.tailSpan, at: end)
        transmit(scratch.bytes(front..<end + frame.tailBytes))
        for index in 0..<frame.tailBytes { scratch[end + index] = behind[index] }
    }
}
