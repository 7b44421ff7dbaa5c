// Keys that only the control thread can recognise.

internal import Reactor
internal import Store
internal import Wire

extension DataPlane {
    /// Requests that wait for their key to be recognised.
    package var parkedCount: Int { parked.count }

    /// Sets a request aside until its key is known, or answers that too many wait.
    func park(
        _ key: ByteRange, _ head: borrowing RequestParser, _ bytes: Span<UInt8>, _ body: ByteRange?,
        _ client: ClientConnection
    ) {
        if parked.count >= Limits.parkedRequestsMax || !parked.hasRoom(for: bytes.count) {
            return refuse(.controlBusy, head, bytes, client)
        }
        client.pauseBody()
        let digest = SHA256.hash(bytes.extracting(key))
        let isAsked = parked.isAsked(digest.span)
        let request = loop.blocks.take(for: bytes.count)
        request.bytes.append(bytes)
        let copy = Array(copying: digest.span)
        parked.park(ParkedRequests.Waiting(client: client.token, digest: copy, request: request, body: body))
        if isAsked { return }
        control.post(.legacyKey(core: core, digest: copy, Secret(bytes.extracting(key))))
    }

    /// The control thread has looked: if there is such a key, the snapshot that knows it is here.
    /// - Parameter wasChecked: false when it had no time to look.
    func resume(_ digest: [UInt8], wasChecked: Bool) {
        for one in parked.take(digest) { takeUp(one, refusing: wasChecked ? nil : .controlBusy) }
    }

    /// Serves a request that was set aside, as if it arrived now.
    func takeUp(_ one: ParkedRequests.Waiting, refusing refused: Refused? = nil) {
        let request = one.request
        defer { loop.blocks.give(request) }
        guard let client = loop.client(one.client) else { return }
        client.tag = -1
        var head = RequestParser()
        guard (try? head.parse(request.bytes.bytes, scanned: 0)) != nil else {
            preconditionFailure("a head that was parsed once parses again")
        }
        if let refused { return turnAway(refused, head, request.bytes.bytes, client) }
        isResuming = true
        if let body = one.body {
            requestArrived(head, bytes: request.bytes.bytes, body: body, from: client)
        } else {
            requestBegan(head, bytes: request.bytes.bytes, from: client)
            client.resumeBody()
        }
        isResuming = false
    }

    /// Others have come since, of other origins.
    private func turnAway(
        _ refused: Refused, _ head: borrowing RequestParser, _ bytes: Span<UInt8>, _ client: ClientConnection
    ) {
        noteOrigin(Route(path: bytes.extracting(head.path)), head, bytes)
        refuse(refused, head, bytes, client)
    }
}
