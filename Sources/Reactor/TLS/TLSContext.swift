// What the TLS sessions of one core have in common: certificates or trust, ticket keys, remembered sessions.

import COpenSSL

// Fence: SSL_CTX, one per certificate, and the BIO method of its sessions. A session holds its context, so every pointer
// here outlives the sessions that OpenSSL calls back for.
/// Belongs to one core. A reload builds a new context; sessions keep the one they began with.
@safe package final class TLSContext {
    package enum Role: Sendable { case server, client }

    package let role: Role
    /// One per certificate, the default first; a client has one, without certificate.
    private var contexts: [OpaquePointer] = unsafe []
    private var method: OpaquePointer?
    fileprivate var tickets: TLSTicketSealer?
    private var remembered = TLSSessionCache()

    /// A server's context.
    /// - Parameter certificates: at least one; the first answers clients that name no host, or one that no certificate is for.
    ///   Exact names go before wildcards. The look-up is linear: meant for up to some hundred certificates.
    /// - Parameter ticketKeys: the same for the contexts of all cores.
    /// - Throws: a fault of kind `unreadableCertificate`, `unreadableKey`, `keyMismatch` or `configuration`.
    /// - Cost: about 1 ms and 25 KB per certificate; to be called at start and on reload, not per connection.
    package init(server certificates: [CertificateSource], ticketKeys: TLSTicketKeys) throws(TLSFault) {
        role = .server
        try prepare()
        guard !certificates.isEmpty else { throw TLSFault(.unreadableCertificate) }
        guard let tickets = TLSTicketSealer(ticketKeys) else { throw TLSContext.configurationFault() }
        self.tickets = consume tickets
        for certificate in certificates {
            let context = unsafe try addContext(TLS_server_method())
            unsafe try TLSContext.load(certificate, into: context)
            // SAFETY: `self` owns the SSL_CTX and outlives every session, hence every call of these callbacks.
            let owner = unsafe Unmanaged.passUnretained(self).toOpaque()
            guard unsafe SSL_CTX_set_ex_data(context, 0, owner) == 1 else { throw TLSContext.configurationFault() }
            unsafe SSL_CTX_set_alpn_select_cb(context, tlsChooseProtocol, nil)
            unsafe SSL_CTX_set_tlsext_ticket_key_evp_cb(context, tlsTicketKey)
            unsafe tokenhub_ssl_ctx_on_server_name(context, tlsChooseCertificate, owner)
            unsafe tokenhub_ssl_ctx_cache_nothing(context)
            // One ticket: a client that opens several connections at once may use it for each of them.
            unsafe SSL_CTX_set_num_tickets(context, 1)
            unsafe SSL_CTX_set_timeout(context, TLSLimits.sessionSecondsMax)
            let name: StaticString = "tokenhub"
            // SAFETY: a static string's bytes live as long as the program.
            unsafe SSL_CTX_set_session_id_context(context, name.utf8Start, UInt32(name.utf8CodeUnitCount))
        }
    }

    /// A client's context: verifies the peer's chain and host name unless `verification` says otherwise in so many words.
    /// - Throws: a fault of kind `unreadableCertificate` or `configuration`.
    /// - Cost: reading the system trust store (140 authorities) takes tens of ms and 0.8 MB, and blocks; to be
    ///   called at start and on reload.
    package init(client verification: TLSVerification) throws(TLSFault) {
        role = .client
        try prepare()
        let context = unsafe try addContext(TLS_client_method())
        switch verification {
        case .system(let additional):
            guard unsafe tokenhub_ssl_ctx_trust_system(context) == 1 else { throw TLSContext.configurationFault() }
            // An absent default file or folder leaves errors behind but is no failure.
            _ = OpenSSLErrors.drain()
            if !additional.isEmpty { unsafe try TLSContext.trust(additional, in: context) }
            unsafe SSL_CTX_set_verify(context, SSL_VERIFY_PEER, nil)
        case .only(let authorities):
            unsafe try TLSContext.trust(authorities, in: context)
            unsafe SSL_CTX_set_verify(context, SSL_VERIFY_PEER, nil)
        case .insecureForTests:
            unsafe SSL_CTX_set_verify(context, SSL_VERIFY_NONE, nil)
        }
        let protocols: InlineArray<9, UInt8> = [8, 0x68, 0x74, 0x74, 0x70, 0x2F, 0x31, 0x2E, 0x31]  // "http/1.1"
        // SAFETY: OpenSSL copies the list during the call. Zero means success, here alone.
        let refused = unsafe protocols.span.withUnsafeBufferPointer {
            unsafe SSL_CTX_set_alpn_protos(context, $0.baseAddress, UInt32($0.count))
        }
        guard refused == 0 else { throw TLSContext.configurationFault() }
        unsafe tokenhub_ssl_ctx_report_client_sessions(context)
        unsafe SSL_CTX_sess_set_new_cb(context, tlsSessionOffered)
    }

    deinit {
        for index in unsafe contexts.indices { unsafe SSL_CTX_free(contexts[index]) }
        unsafe BIO_meth_free(method)
    }

    /// Seals new tickets with new keys from now on; `keys.rotated()` keeps the outstanding ones valid.
    package func replaceTicketKeys(_ keys: TLSTicketKeys) {
        precondition(role == .server, "a client has no ticket keys")
        tickets?.keys = keys
    }

    /// Endpoints whose session could be resumed.
    package var rememberedEndpointCount: Int { remembered.count }

    // MARK: What sessions use

    /// A new SSL object with its BIO attached; owned by the caller.
    func makeSSL() throws(TLSFault) -> (ssl: OpaquePointer, bio: OpaquePointer) {
        guard let ssl = unsafe SSL_new(contexts[0]) else { throw TLSContext.memoryFault() }
        guard let bio = unsafe BIO_new(method) else {
            unsafe SSL_free(ssl)
            throw TLSContext.memoryFault()
        }
        unsafe BIO_set_init(bio, 1)
        // One BIO for both directions: SSL_set_bio then takes one reference.
        unsafe SSL_set_bio(ssl, bio, bio)
        return unsafe (ssl, bio)
    }

    /// Offers the endpoint's last session for resumption, if there is one.
    func offerRemembered(_ endpoint: String, to ssl: OpaquePointer) { unsafe remembered.offer(endpoint, to: ssl) }

    /// Takes ownership of `session`.
    func remember(_ session: OpaquePointer, for endpoint: String) { unsafe remembered.insert(session, for: endpoint) }

    func forget(_ endpoint: String) { remembered.remove(endpoint) }

    // MARK: Building

    private func prepare() throws(TLSFault) {
        guard tokenhub_openssl_start() == 1 else { throw TLSContext.configurationFault() }
        guard let method = unsafe TLSTransfer.makeMethod() else { throw TLSContext.memoryFault() }
        unsafe self.method = method
    }

    private func addContext(_ kind: OpaquePointer?) throws(TLSFault) -> OpaquePointer {
        guard let context = unsafe SSL_CTX_new(kind) else { throw TLSContext.memoryFault() }
        unsafe contexts.append(context)
        unsafe SSL_CTX_set_options(context, tokenhub_ssl_options())
        unsafe tokenhub_ssl_ctx_set_modes(context)
        // 112 bits: RSA and DH from 2048 bits, no SHA-1 signatures.
        unsafe SSL_CTX_set_security_level(context, 2)
        // SAFETY: C strings for the calls. AES-128 first: the fastest that nothing is known against.
        let accepted =
            unsafe tokenhub_ssl_ctx_set_versions(context, TLS1_2_VERSION, TLS1_3_VERSION) == 1
            && SSL_CTX_set_cipher_list(
                context,
                "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384:"
                    + "ECDHE-RSA-AES256-GCM-SHA384:ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305") == 1
            && SSL_CTX_set_ciphersuites(
                context, "TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256") == 1
            && tokenhub_ssl_ctx_set_groups(context, "X25519:P-256") == 1
        guard accepted else { throw TLSContext.configurationFault() }
        return unsafe context
    }

    private static func load(_ source: CertificateSource, into context: OpaquePointer) throws(TLSFault) {
        var isLeaf = true
        for certificate in try PEM.certificates(source.chain) {
            if isLeaf {
                let used = unsafe SSL_CTX_use_certificate(context, certificate.pointer) == 1
                guard used else { throw TLSFault(.unreadableCertificate, code: OpenSSLErrors.drain()) }
                isLeaf = false
            } else {
                guard unsafe tokenhub_ssl_ctx_add_chain(context, certificate.pointer) == 1 else {
                    throw configurationFault()
                }
            }
        }
        let key = try PEM.privateKey(source.key)
        guard unsafe SSL_CTX_use_PrivateKey(context, key.pointer) == 1, unsafe SSL_CTX_check_private_key(context) == 1
        else {
            throw TLSFault(.keyMismatch, code: OpenSSLErrors.drain())
        }
    }

    private static func trust(_ authorities: [UInt8], in context: OpaquePointer) throws(TLSFault) {
        let store = unsafe SSL_CTX_get_cert_store(context)
        for certificate in try PEM.certificates(authorities) {
            guard unsafe X509_STORE_add_cert(store, certificate.pointer) == 1 else { throw configurationFault() }
        }
    }

    static func configurationFault() -> TLSFault { TLSFault(.configuration, code: OpenSSLErrors.drain()) }

    static func memoryFault() -> TLSFault { TLSFault(.outOfMemory, code: OpenSSLErrors.drain()) }

    // MARK: Choosing a certificate

    /// The context whose certificate is for `name`: exactly, else by wildcard; `nil`: none is.
    fileprivate func context(for name: UnsafePointer<CChar>) -> OpaquePointer? {
        for flags in [UInt32(X509_CHECK_FLAG_NO_WILDCARDS), UInt32(X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS)] {
            for index in unsafe contexts.indices {
                let context = unsafe contexts[index]
                let certificate = unsafe SSL_CTX_get0_certificate(context)
                // SAFETY: `name` is a C string of the SSL object, valid during its callback; length 0 says so.
                if unsafe X509_check_host(certificate, name, 0, flags, nil) == 1 { return unsafe context }
            }
        }
        return nil
    }
}

// SAFETY (all callbacks): OpenSSL passes a valid SSL object whose context's slot 0, or the argument, is the TLSContext that
// owns it; blocks have the lengths named beside them.

private func tlsChooseCertificate(
    _ ssl: OpaquePointer?, _ alert: UnsafeMutablePointer<Int32>?, _ owner: UnsafeMutableRawPointer?
) -> Int32 {
    guard let owner = unsafe owner, let name = unsafe SSL_get_servername(ssl, TLSEXT_NAMETYPE_host_name) else {
        return SSL_TLSEXT_ERR_NOACK
    }
    let context = unsafe Unmanaged<TLSContext>.fromOpaque(owner).takeUnretainedValue()
    guard let chosen = unsafe context.context(for: name) else { return SSL_TLSEXT_ERR_NOACK }
    unsafe SSL_set_SSL_CTX(ssl, chosen)
    return SSL_TLSEXT_ERR_OK
}

private func tlsChooseProtocol(
    _ ssl: OpaquePointer?, _ chosen: UnsafeMutablePointer<UnsafePointer<UInt8>?>?,
    _ chosenCount: UnsafeMutablePointer<UInt8>?, _ offered: UnsafePointer<UInt8>?, _ offeredCount: UInt32,
    _ argument: UnsafeMutableRawPointer?
) -> Int32 {
    let names = unsafe UnsafeBufferPointer(start: offered, count: Int(offeredCount))
    var position = 0
    while position < names.count {
        let length = unsafe Int(names[position])
        let first = position + 1
        guard first + length <= names.count else { break }
        if length == 8, unsafe memcmp(names.baseAddress! + first, "http/1.1", 8) == 0 {
            unsafe chosen?.pointee = names.baseAddress! + first
            unsafe chosenCount?.pointee = 8
            return SSL_TLSEXT_ERR_OK
        }
        position = first + length
    }
    return SSL_TLSEXT_ERR_ALERT_FATAL
}

private func tlsTicketKey(
    _ ssl: OpaquePointer?, _ name: UnsafeMutablePointer<UInt8>?, _ nonce: UnsafeMutablePointer<UInt8>?,
    _ cipher: OpaquePointer?, _ mac: OpaquePointer?, _ isSealing: Int32
) -> Int32 {
    guard let owner = unsafe SSL_CTX_get_ex_data(SSL_get_SSL_CTX(ssl), 0), let name = unsafe name,
        let nonce = unsafe nonce, let cipher = unsafe cipher, let mac = unsafe mac
    else { return -1 }
    let context = unsafe Unmanaged<TLSContext>.fromOpaque(owner).takeUnretainedValue()
    guard context.tickets != nil else { return -1 }
    return unsafe isSealing == 1
        ? context.tickets!.seal(name: name, nonce: nonce, cipher: cipher, mac: mac)
        : context.tickets!.open(
            name: name, nonce: nonce, cipher: cipher, mac: mac, renewing: SSL_version(ssl) == TLS1_3_VERSION)
}

private func tlsSessionOffered(_ ssl: OpaquePointer?, _ session: OpaquePointer?) -> Int32 {
    guard let transfer = unsafe TLSTransfer.current(SSL_get_rbio(ssl)), let session = unsafe session else { return 0 }
    // The last ticket of a call is the one to keep; 1 says that the reference is ours now.
    if let earlier = unsafe transfer.pointee.offeredSession { unsafe SSL_SESSION_free(earlier) }
    unsafe transfer.pointee.offeredSession = session
    return 1
}
