// Bodies that are handed on as they come.

internal import Wire

extension ClientConnection {
    /// No more of the body is handed on until `resumeBody`: who takes it on is slow, or does not know yet whether to take it.
    package func pauseBody() { stream?.isPaused = true }

    package func resumeBody() {
        guard let stream, stream.isPaused else { return }
        stream.isPaused = false
        streamMoved()
        askToGoOn(stream)
        loop.revisit(token)
    }

    /// The rest of a streamed body is not wanted: an answer came before it. The connection closes behind that answer, since
    /// what follows cannot be told from another request.
    package func abandonBody() {
        guard stream != nil else { return }
        dropStream()
        machine.bodyAbandoned()
        hasRefused = true
        timeout.disarm()
    }

    /// Part of a streamed body is still to come.
    package var isSendingBody: Bool { stream != nil }

    /// A request whose body is handed on as it comes has begun.
    func begin(_ body: BodyStream, _ bytes: Span<UInt8>, _ headBytes: Int, persists: Bool) -> Int {
        guard loop.reserveBody(body.reservedBytes) else {
            refuse(.overloaded, bytes)
            return 0
        }
        body.owesContinue = loop.heads.request.expectsContinue && bytes.count == headBytes
        guard machine.headParsed(hasWholeBody: false, persists: persists) == .readBody else {
            preconditionFailure("an unread body must be read")
        }
        machine.bodyStreams()
        stream = body
        streamMoved()
        loop.service.requestBegan(loop.heads.request, bytes: bytes, from: self)
        askToGoOn(body)
        return descriptor < 0 || hasRefused ? bytes.count : headBytes
    }

    private func askToGoOn(_ body: BodyStream) {
        guard stream === body, !body.isPaused, body.owesContinue else { return }
        body.owesContinue = false
        let goOn = ClientConnection.goOn
        transmit(goOn.span)
    }

    private func streamMoved() { armTimeout(milliseconds: Limits.streamedBodyTimeoutMS) }

    private func streamEnded() {
        dropStream()
        machine.bodyEnded()
        timeout.disarm()
    }

    func dropStream() {
        guard let ended = stream else { return }
        stream = nil
        loop.releaseBody(ended.reservedBytes)
    }

    /// The client has sent nothing for as long as it may.
    func streamTimedOut(_ stream: BodyStream) {
        if stream.isPaused { streamMoved() } else { breakBody(.timedOut) }
    }

    /// The rest of a streamed body will not come, or cannot be understood. The service answers, and sees to it that whoever takes
    /// the body on does not take what it has for all.
    private func breakBody(_ refusal: Refusal) {
        loop.counters.refusedCount &+= 1
        abandonBody()
        loop.service.bodyBroke(refusal, from: self)
    }

    /// Hands on what stands in `bytes` of the body.
    /// - Returns: how many bytes are done with; the others belong to the next request, or wait.
    func feed(_ bytes: Span<UInt8>, to stream: BodyStream) -> Int {
        var offset = 0
        while offset < bytes.count, !stream.isPaused {
            let piece: BodyStream.Piece?
            do throws(Refusal) {
                piece = try stream.next(in: bytes, from: offset)
            } catch {
                breakBody(error)
                return bytes.count
            }
            guard let piece else { return bytes.count }
            offset = piece.next
            if piece.isLast { streamEnded() } else { streamMoved() }
            if !piece.payload.isEmpty || piece.isLast {
                loop.service.bodyArrived(bytes.extracting(piece.payload), isLast: piece.isLast, from: self)
            }
            if piece.isLast { return offset }
            // The service has answered, or the connection is over.
            if !isSendingBody { return bytes.count }
        }
        return offset
    }
}
