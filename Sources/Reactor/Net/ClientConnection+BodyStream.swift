// Bodies that are handed on as they come.

internal import Wire

extension ClientConnection {
    /// No more of the body is taken until `resumeBody`: who takes it on is slow.
    package func pauseBody() { stream?.isPaused = true }

    package func resumeBody() {
        guard let stream, stream.isPaused else { return }
        stream.isPaused = false
        loop.revisit(token)
    }

    /// The rest of a streamed body is not wanted: an answer came before it. The connection closes behind that answer, since
    /// what follows cannot be told from another request.
    package func abandonBody() {
        guard stream != nil else { return }
        stream = nil
        machine.bodyAbandoned()
        hasRefused = true
        timeout.disarm()
    }

    /// Part of a streamed body is still to come.
    package var isSendingBody: Bool { stream != nil }

    /// A request whose body is handed on as it comes has begun.
    func begin(_ body: BodyStream, _ bytes: Span<UInt8>, _ headBytes: Int, persists: Bool) -> Int {
        let expectsContinue = loop.heads.request.expectsContinue
        guard machine.headParsed(hasWholeBody: false, persists: persists) == .readBody else {
            preconditionFailure("an unread body must be read")
        }
        machine.bodyStreams()
        stream = body
        streamMoved()
        loop.service.requestBegan(loop.heads.request, bytes: bytes, from: self)
        if isSendingBody, descriptor >= 0, expectsContinue, bytes.count == headBytes {
            let goOn = ClientConnection.goOn
            transmit(goOn.span)
        }
        return descriptor < 0 || hasRefused ? bytes.count : headBytes
    }

    /// No more of a streamed body can be understood, or comes: the service answers so, and whoever takes the body on must not take
    /// what it has for all.
    func breakBody(_ refusal: Refusal) {
        loop.counters.refusedCount &+= 1
        loop.service.bodyBroke(refusal, from: self)
        if isSendingBody { peerLeft() }
    }

    func streamMoved() { armTimeout(milliseconds: Limits.streamedBodyTimeoutMS) }

    private func streamEnded() {
        stream = nil
        machine.bodyEnded()
        timeout.disarm()
    }

    /// Hands on what stands in `bytes` of the body.
    /// - Returns: how many bytes are done with; the others belong to the next request.
    func feed(_ bytes: Span<UInt8>, to stream: BodyStream) -> Int {
        var offset = 0
        while offset < bytes.count {
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
