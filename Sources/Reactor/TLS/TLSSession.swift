// One TLS connection: ciphertext in, plaintext out, and back. Knows no socket.

import COpenSSL
package import Wire

// Fence: one SSL object with its BIO, freed with this value. OpenSSL sees the caller's memory only during a call, through
// a `TLSTransfer` on the stack (`run`).
/// The flow: recv(2) into one scratch, `receive` decrypts from there into another, `encrypt` appends records to a buffer that
/// one send(2) empties. Between calls the session holds ciphertext only of a record that has come in part.
///
/// Every call may add to the outbox (handshake, alerts, key updates): send what stands there after every call, faults included.
@safe package struct TLSSession: ~Copyable {
    package enum Phase: Equatable, Sendable {
        case handshaking
        case established(resumed: Bool)
        /// We said close_notify.
        case closed
        case failed(TLSFault)
    }

    package private(set) var phase = Phase.handshaking
    /// The peer said close_notify: what it sent is complete.
    package private(set) var peerHasClosed = false

    private let context: TLSContext
    private let ssl: OpaquePointer
    private let bio: OpaquePointer
    /// Under which name a client's session is remembered for resumption; empty on a server.
    private let endpoint: String

    /// The server's side of a connection; nothing is sent before the client's first bytes.
    package init(accepting context: TLSContext) throws(TLSFault) {
        precondition(context.role == .server, "a client's context cannot accept")
        let (ssl, bio) = unsafe try context.makeSSL()
        unsafe SSL_set_accept_state(ssl)
        unsafe self.init(context, ssl, bio, "")
    }

    /// The client's side of a connection to `host`, whose certificate has to be valid for this very name or address.
    /// - Parameter host: a name, or an IP address (IPv6 with or without brackets).
    /// - Parameter port: only tells endpoints apart for resumption.
    /// - Parameter outbox: gets the first message.
    /// - Throws: a fault of kind `unusableHost`.
    package init(
        connecting context: TLSContext, host: String, port: UInt16, outbox: inout ByteBuffer
    ) throws(TLSFault) {
        precondition(context.role == .client, "a server's context cannot connect")
        let peer = try TLSPeerName(host)
        let (ssl, bio) = unsafe try context.makeSSL()
        unsafe SSL_set_connect_state(ssl)
        guard unsafe peer.require(of: ssl) else {
            unsafe SSL_free(ssl)
            throw TLSContext.configurationFault()
        }
        let endpoint = "\(peer.text):\(port)"
        unsafe context.offerRemembered(endpoint, to: ssl)
        unsafe self.init(context, ssl, bio, endpoint)
        // The first message. A fault, which only a lack of memory or randomness can be, stands in `phase`.
        let nothing = InlineArray<0, UInt8>(repeating: 0)
        var nowhere = InlineArray<0, UInt8>(repeating: 0)
        var region = nowhere.mutableSpan
        _ = receive(nothing.span, into: &region, outbox: &outbox)
    }

    private init(_ context: TLSContext, _ ssl: OpaquePointer, _ bio: OpaquePointer, _ endpoint: String) {
        self.context = context
        unsafe self.ssl = unsafe ssl
        unsafe self.bio = unsafe bio
        self.endpoint = endpoint
    }

    deinit {
        // A server may hang up on a session it does not like: the next connection begins anew.
        if phase == .handshaking && !endpoint.isEmpty { context.forget(endpoint) }
        // Otherwise SSL_free would mark a session that ended without our close_notify as not resumable, and many servers drop
        // idle connections without it. After a fatal error or alert OpenSSL has marked it already.
        unsafe SSL_set_shutdown(ssl, SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN)
        unsafe SSL_free(ssl)
    }

    // MARK: Receiving

    /// Decrypts what came from the network.
    /// - Parameter ciphertext: may begin and end anywhere in a record; empty to go on after `regionFull`.
    /// - Parameter plaintext: written from its start. With `ciphertext.count + TLSLimits.recordBytesMax` bytes it is never
    ///   too small: plaintext is shorter than its ciphertext, but a record begun by earlier calls may end in this one.
    package mutating func receive(
        _ ciphertext: Span<UInt8>, into plaintext: inout MutableSpan<UInt8>, outbox: inout ByteBuffer
    ) -> TLSReceipt {
        switch phase {
        case .handshaking, .established: break
        case .closed:
            // After our close_notify the rest is read only to find the peer's.
            break
        case .failed(let fault):
            return TLSReceipt(
                ciphertextBytes: 0, plaintextBytes: 0, next: .fault(fault), isFirstAfterHandshake: false)
        }
        if peerHasClosed {
            // RFC 8446 section 6.1: data after close_notify is ignored.
            return TLSReceipt(
                ciphertextBytes: ciphertext.count, plaintextBytes: 0, next: .closed, isFirstAfterHandshake: false)
        }
        let wasHandshaking = phase == .handshaking
        // SAFETY: the region is used within its bounds and only during the call.
        let received = unsafe plaintext.withUnsafeMutableBufferPointer { region in
            unsafe run(ciphertext, outbox: &outbox) { unsafe pump(region, handshaking: wasHandshaking, $0) }
        }
        if let session = unsafe received.offeredSession { unsafe context.remember(session, for: endpoint) }
        if received.handshakeIsOver && wasHandshaking {
            phase = .established(resumed: unsafe SSL_session_reused(ssl) == 1)
        }
        switch received.next {
        case .wantsMore, .regionFull: break
        case .closed: peerHasClosed = true
        case .fault(let fault):
            // A session that the server refuses must not be offered again.
            if phase == .handshaking && !endpoint.isEmpty { context.forget(endpoint) }
            phase = .failed(fault)
        }
        return TLSReceipt(
            ciphertextBytes: ciphertext.count &- received.inputBytesLeft, plaintextBytes: received.plaintextBytes,
            next: received.next, isFirstAfterHandshake: received.handshakeIsOver && wasHandshaking)
    }

    /// Decrypts what came from the network and appends it to `inbox`, however much it is.
    package mutating func receive(
        _ ciphertext: Span<UInt8>, into inbox: inout ByteBuffer, outbox: inout ByteBuffer
    ) -> TLSReceipt {
        var free = inbox.freeSpace(atLeast: ciphertext.count + TLSLimits.recordBytesMax)
        let receipt = receive(ciphertext, into: &free, outbox: &outbox)
        inbox.commit(receipt.plaintextBytes)
        return receipt
    }

    /// The connection ended (end of file or reset).
    /// - Returns: `nil` when the peer had said close_notify; else the fault: bytes may be missing.
    package mutating func connectionEnded() -> TLSFault? {
        if peerHasClosed { return nil }
        if case .failed(let fault) = phase { return fault }
        let fault = TLSFault(.truncated)
        if phase == .handshaking && !endpoint.isEmpty { context.forget(endpoint) }
        phase = .failed(fault)
        return fault
    }

    // MARK: Sending

    /// Appends the records of all of `plaintext` to `outbox`.
    /// - Throws: a fault of kind `notEstablished` during the handshake, `sessionOver` after `close`, or the fault that ended the
    ///   session. Nothing is appended then.
    package mutating func encrypt(_ plaintext: Span<UInt8>, into outbox: inout ByteBuffer) throws(TLSFault) {
        switch phase {
        case .established: break
        // Not a trap: whether a peer ever ends its handshake is up to the peer.
        case .handshaking: throw TLSFault(.notEstablished)
        case .closed: throw TLSFault(.sessionOver)
        case .failed(let fault): throw fault
        }
        let records = plaintext.count / TLSLimits.recordBytesMax + 1
        outbox.reserve(plaintext.count + records * TLSLimits.recordOverheadBytesMax)
        let nothing = InlineArray<0, UInt8>(repeating: 0)
        let fault = unsafe run(nothing.span, outbox: &outbox) { _ in write(plaintext) }
        if let fault {
            phase = .failed(fault)
            throw fault
        }
    }

    /// Says close_notify, once; without effect on a session that has failed. The connection may be shut down as soon as the
    /// outbox is sent.
    package mutating func close(outbox: inout ByteBuffer) {
        switch phase {
        case .handshaking, .established: break
        case .closed, .failed: return
        }
        phase = .closed
        let nothing = InlineArray<0, UInt8>(repeating: 0)
        unsafe run(nothing.span, outbox: &outbox) { _ in
            // Refused in the middle of a handshake: there is no session to end then.
            unsafe SSL_shutdown(ssl)
            _ = OpenSSLErrors.drain()
        }
    }

    // MARK: For logs and metrics

    /// "TLSv1.3" or "TLSv1.2"; meaningful once established.
    package var version: String {
        // SAFETY: returns a constant C string.
        unsafe String(cString: SSL_get_version(ssl))
    }

    package var cipher: String {
        // SAFETY: returns a constant C string, "(NONE)" before there is a cipher.
        unsafe String(cString: SSL_CIPHER_get_name(SSL_get_current_cipher(ssl)))
    }

    // MARK: Inside OpenSSL

    @safe private struct Pumped {
        var plaintextBytes = 0
        var handshakeIsOver = false
        var next = TLSReceipt.Next.wantsMore
        var inputBytesLeft = 0
        var offeredSession: OpaquePointer?
    }

    /// Runs `call` while OpenSSL reads from `input` and writes to `outbox`.
    private borrowing func run<Result>(
        _ input: Span<UInt8>, outbox: inout ByteBuffer, _ call: (UnsafeMutablePointer<TLSTransfer>) -> Result
    ) -> Result {
        // SAFETY: all three pointers are valid until the closures return, and the BIO forgets them before.
        unsafe input.withUnsafeBufferPointer { input in
            unsafe withUnsafeMutablePointer(to: &outbox) { outbox in
                var transfer = unsafe TLSTransfer(
                    input: input.baseAddress, inputBytesLeft: input.count, outbox: outbox, offeredSession: nil)
                return unsafe withUnsafeMutablePointer(to: &transfer) { transfer in
                    unsafe BIO_set_data(bio, transfer)
                    defer { unsafe BIO_set_data(bio, nil) }
                    // SSL_get_error looks into the queue: what other code left there would be taken for ours.
                    ERR_clear_error()
                    return unsafe call(transfer)
                }
            }
        }
    }

    private borrowing func pump(
        _ region: UnsafeMutableBufferPointer<UInt8>, handshaking: Bool, _ transfer: UnsafeMutablePointer<TLSTransfer>
    ) -> Pumped {
        var pumped = Pumped()
        if handshaking {
            let result = unsafe SSL_do_handshake(ssl)
            if result == 1 {
                pumped.handshakeIsOver = true
            } else {
                pumped.next = next(after: result, handshaking: true)
            }
        }
        if !handshaking || pumped.handshakeIsOver { unsafe read(into: region, transfer, &pumped) }
        unsafe pumped.inputBytesLeft = transfer.pointee.inputBytesLeft
        unsafe pumped.offeredSession = transfer.pointee.offeredSession
        if unsafe pumped.offeredSession != nil, pumped.next == .wantsMore { unsafe releaseBuffers(transfer) }
        return pumped
    }

    /// Taking a ticket makes OpenSSL 3.0 allocate a write buffer of 16 KB, which it would keep until the next write: for the
    /// whole of a stream.
    private borrowing func releaseBuffers(_ transfer: UnsafeMutablePointer<TLSTransfer>) {
        var (byte, count): (UInt8, Int) = (0, 0)
        // Nothing is left to read, so this only tells whether OpenSSL holds the beginning of a record: it would be lost with
        // the buffer.
        guard unsafe transfer.pointee.inputBytesLeft == 0, unsafe SSL_peek_ex(ssl, &byte, 1, &count) != 1
        else { return }
        if unsafe transfer.pointee.isAtRecordStart { unsafe SSL_free_buffers(ssl) }
        _ = OpenSSLErrors.drain()
    }

    private borrowing func read(
        into region: UnsafeMutableBufferPointer<UInt8>, _ transfer: UnsafeMutablePointer<TLSTransfer>,
        _ pumped: inout Pumped
    ) {
        while true {
            // Without read-ahead OpenSSL takes whole records from the BIO: an empty BIO and no rest of a record mean that a
            // further SSL_read could only say so.
            if unsafe transfer.pointee.inputBytesLeft == 0 && SSL_pending(ssl) == 0 { return }
            let room = region.count &- pumped.plaintextBytes
            if room == 0 {
                pumped.next = .regionFull
                return
            }
            var count = 0
            let result = unsafe SSL_read_ex(ssl, region.baseAddress! + pumped.plaintextBytes, room, &count)
            pumped.plaintextBytes &+= count
            if result != 1 {
                pumped.next = next(after: result, handshaking: false)
                return
            }
        }
    }

    private borrowing func write(_ plaintext: Span<UInt8>) -> TLSFault? {
        unsafe plaintext.withUnsafeBufferPointer { plaintext in
            var written = 0
            while written < plaintext.count {
                var count = 0
                let result = unsafe SSL_write_ex(
                    ssl, plaintext.baseAddress! + written, plaintext.count &- written, &count)
                guard result == 1 else {
                    if case .fault(let fault) = next(after: result, handshaking: false) { return fault }
                    // The outbox always takes everything, and nothing is renegotiated: no other outcome exists.
                    preconditionFailure("SSL_write wants what it cannot want")
                }
                written &+= count
            }
            return nil
        }
    }

    /// What the failure `result` of the last call means.
    private borrowing func next(after result: Int32, handshaking: Bool) -> TLSReceipt.Next {
        switch unsafe SSL_get_error(ssl, result) {
        case SSL_ERROR_WANT_READ: return .wantsMore
        case SSL_ERROR_ZERO_RETURN: return .closed
        default:
            let code = OpenSSLErrors.drain()
            if handshaking, ERR_GET_LIB(code) == ERR_LIB_SSL, ERR_GET_REASON(code) == SSL_R_CERTIFICATE_VERIFY_FAILED,
                let fault = unsafe OpenSSLErrors.verificationFault(SSL_get_verify_result(ssl))
            {
                return .fault(fault)
            }
            return .fault(OpenSSLErrors.fault(code, duringHandshake: handshaking))
        }
    }
}
