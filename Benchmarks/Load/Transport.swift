import CLinux
import COpenSSL
import Glibc

// Fence: one socket and, with TLS, its session. Both are owned by this value alone and given back in `close` or deinit.
/// A connection's way to the server, plain or TLS.
@safe struct Transport: ~Copyable {
    enum Outcome: Equatable { case bytes(Int), wait, closed, failed }

    private(set) var descriptor: Int32 = -1
    private var session: OpaquePointer?
    /// Whether the peer has accepted the connection and, with TLS, the handshake is complete.
    private(set) var isReady = false
    /// Whether this TLS connection resumed an earlier session.
    private(set) var isResumed = false

    init() { unsafe session = nil }

    deinit {
        unsafe SSL_free(session)
        if descriptor >= 0 { _ = Glibc.close(descriptor) }
    }

    var isOpen: Bool { descriptor >= 0 }

    /// Begins to connect. Returns false when the system refuses at once.
    mutating func open(_ address: Address, tls: TLSClientContext?) -> Bool {
        close(tls: tls)
        descriptor = address.connect()
        guard descriptor >= 0 else { return false }
        guard let tls else { return true }
        unsafe session = tls.makeSession(descriptor: descriptor)
        return unsafe session != nil
    }

    mutating func close(tls: TLSClientContext?) {
        if let ssl = unsafe session {
            // SAFETY: the session is ours; it is freed once and forgotten.
            if isReady, let tls { unsafe tls.remember(ssl) }
            // Said to be shut down, or OpenSSL would call the remembered session unfit to resume.
            unsafe SSL_set_shutdown(ssl, SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN)
            unsafe SSL_free(ssl)
            unsafe session = nil
        }
        if descriptor >= 0 { _ = Glibc.close(descriptor) }
        descriptor = -1
        isReady = false
        isResumed = false
    }

    /// Goes on with connecting: `.bytes(0)` when done.
    mutating func establish() -> Outcome {
        if isReady { return .bytes(0) }
        var failure: Int32 = 0
        var length = socklen_t(MemoryLayout<Int32>.size)
        // SAFETY: both locals are written during the call only, and `length` is the size of the first.
        _ = unsafe getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &failure, &length)
        if failure != 0 { return .failed }
        if let ssl = unsafe session {
            // SAFETY: `ssl` is our live session on our live descriptor.
            let status = unsafe SSL_do_handshake(ssl)
            if status != 1 { return unsafe why(ssl, status) }
            isResumed = unsafe SSL_session_reused(ssl) == 1
        }
        isReady = true
        return .bytes(0)
    }

    /// Reads what is there into the front of `scratch`.
    mutating func receive(into scratch: inout [UInt8]) -> Outcome {
        var room = scratch.mutableSpan
        if let ssl = unsafe session {
            // SAFETY: the span is ours for the call and its count is passed.
            let status = unsafe room.withUnsafeMutableBufferPointer {
                unsafe SSL_read(ssl, $0.baseAddress, Int32($0.count))
            }
            return status > 0 ? .bytes(Int(status)) : unsafe why(ssl, status)
        }
        let descriptor = descriptor
        // SAFETY: as above.
        let count = unsafe room.withUnsafeMutableBufferPointer { unsafe recv(descriptor, $0.baseAddress, $0.count, 0) }
        return outcome(of: count)
    }

    /// Sends `bytes` from `offset` on in one call.
    mutating func send(_ bytes: Span<UInt8>, from offset: Int) -> Outcome {
        let rest = bytes.extracting(offset..<bytes.count)
        if let ssl = unsafe session {
            // SAFETY: the span outlives the call and its count is passed.
            let status = unsafe rest.withUnsafeBufferPointer { unsafe SSL_write(ssl, $0.baseAddress, Int32($0.count)) }
            return status > 0 ? .bytes(Int(status)) : unsafe why(ssl, status)
        }
        let descriptor = descriptor
        // SAFETY: as above.
        let count = unsafe rest.withUnsafeBufferPointer {
            unsafe Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
        }
        return outcome(of: count)
    }

    private func outcome(of count: Int) -> Outcome {
        if count > 0 { return .bytes(count) }
        if count == 0 { return .closed }
        return errno == EAGAIN || errno == EINTR ? .wait : .failed
    }

    private func why(_ ssl: OpaquePointer, _ status: Int32) -> Outcome {
        let reason = unsafe SSL_get_error(ssl, status)
        ERR_clear_error()
        switch reason {
        case SSL_ERROR_WANT_READ, SSL_ERROR_WANT_WRITE: return .wait
        case SSL_ERROR_ZERO_RETURN: return .closed
        default: return .failed
        }
    }
}
