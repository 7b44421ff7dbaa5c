// The other side of a TLS connection as OpenSSL itself would have it: its own memory BIOs, its own defaults.

import COpenSSL
import Reactor
import Wire

// Fence: one SSL_CTX and one SSL, freed with the value; the BIOs belong to the SSL.
/// What `TLSSession` is tested against, and the way to offer what `TLSContext` never does.
@safe struct StockTLSPeer: ~Copyable {
    struct Settings {
        var lowest = TLS1_2_VERSION
        var highest = TLS1_3_VERSION
        /// ALPN names, each after its length; empty: none offered.
        var protocols: [UInt8] = []
        var serverName: String?
    }

    private let context: OpaquePointer
    private let ssl: OpaquePointer
    private let input: OpaquePointer
    private let output: OpaquePointer
    private(set) var plaintext: [UInt8] = []

    init(connecting settings: Settings) {
        unsafe self.init(TLS_client_method(), settings)
        unsafe SSL_set_connect_state(ssl)
        if let name = settings.serverName { unsafe tokenhub_ssl_set_server_name(ssl, name) }
    }

    /// A further connection of the same client, which offers the session of `other`.
    init(resuming other: borrowing StockTLSPeer) {
        unsafe SSL_CTX_up_ref(other.context)
        unsafe self.init(sharing: other.context)
        let session = unsafe SSL_get1_session(other.ssl)
        unsafe SSL_set_session(ssl, session)
        unsafe SSL_SESSION_free(session)
        unsafe SSL_set_connect_state(ssl)
    }

    init(accepting certificate: TestAuthority.Pair, settings: Settings) {
        unsafe self.init(TLS_server_method(), settings)
        precondition(unsafe SSL_use_certificate(ssl, certificate.certificate) == 1)
        precondition(unsafe SSL_use_PrivateKey(ssl, certificate.key) == 1)
        unsafe SSL_set_accept_state(ssl)
    }

    /// A further connection of the same server, with its ticket keys.
    init(accepting certificate: TestAuthority.Pair, sharing other: borrowing StockTLSPeer) {
        unsafe SSL_CTX_up_ref(other.context)
        unsafe self.init(sharing: other.context)
        precondition(unsafe SSL_use_certificate(ssl, certificate.certificate) == 1)
        precondition(unsafe SSL_use_PrivateKey(ssl, certificate.key) == 1)
        unsafe SSL_set_accept_state(ssl)
    }

    private init(_ method: OpaquePointer?, _ settings: Settings) {
        let context = unsafe SSL_CTX_new(method)!
        // Level 0 lets the old versions through.
        unsafe SSL_CTX_set_security_level(context, 0)
        _ = unsafe tokenhub_ssl_ctx_set_versions(context, settings.lowest, settings.highest)
        if !settings.protocols.isEmpty {
            _ = unsafe SSL_CTX_set_alpn_protos(context, settings.protocols, UInt32(settings.protocols.count))
        }
        unsafe self.init(sharing: context)
    }

    private init(sharing context: OpaquePointer) {
        unsafe self.context = unsafe context
        unsafe ssl = SSL_new(context)
        unsafe input = BIO_new(BIO_s_mem())
        unsafe output = BIO_new(BIO_s_mem())
        unsafe SSL_set_bio(ssl, input, output)
    }

    deinit {
        unsafe SSL_free(ssl)
        unsafe SSL_CTX_free(context)
    }

    var isEstablished: Bool { unsafe SSL_is_init_finished(ssl) == 1 }
    var wasResumed: Bool { unsafe SSL_session_reused(ssl) == 1 }

    /// Takes in `bytes`, goes on as far as they allow, and appends what is to be sent.
    mutating func feed(_ bytes: Span<UInt8>, outbox: inout ByteBuffer) {
        unsafe bytes.withUnsafeBufferPointer { bytes in
            if bytes.count > 0 { unsafe BIO_write(input, bytes.baseAddress, Int32(bytes.count)) }
        }
        unsafe SSL_do_handshake(ssl)
        var block = [UInt8](repeating: 0, count: 20000)
        while true {
            let count = unsafe SSL_read(ssl, &block, Int32(block.count))
            if count <= 0 { break }
            plaintext += block[0..<Int(count)]
        }
        drain(into: &outbox)
    }

    /// Says hello.
    mutating func start(outbox: inout ByteBuffer) {
        let nothing: [UInt8] = []
        feed(nothing.span, outbox: &outbox)
    }

    mutating func send(_ bytes: [UInt8], outbox: inout ByteBuffer) {
        _ = unsafe SSL_write(ssl, bytes, Int32(bytes.count))
        drain(into: &outbox)
    }

    /// Asks for new keys: by KeyUpdate in TLS 1.3, by renegotiation before.
    mutating func askForNewKeys(outbox: inout ByteBuffer) {
        if unsafe SSL_version(ssl) == TLS1_3_VERSION {
            unsafe SSL_key_update(ssl, SSL_KEY_UPDATE_REQUESTED)
        } else {
            unsafe SSL_renegotiate(ssl)
        }
        unsafe SSL_do_handshake(ssl)
        drain(into: &outbox)
    }

    private func drain(into outbox: inout ByteBuffer) {
        var block = [UInt8](repeating: 0, count: 20000)
        while true {
            let count = unsafe BIO_read(output, &block, Int32(block.count))
            if count <= 0 { break }
            outbox.append(block.span.extracting(0..<Int(count)))
        }
        ERR_clear_error()
    }
}
