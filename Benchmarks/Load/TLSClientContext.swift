import COpenSSL
import Glibc

// Fence: SSL_CTX_* and the one session kept for resumption; both are owned here and freed in deinit.
/// What every TLS connection of a run shares.
@safe final class TLSClientContext {
    private let context: OpaquePointer
    private let resumes: Bool
    private var session: OpaquePointer?

    /// - Parameter authorityFile: a PEM file to verify the server with; without it no certificate is checked, which is
    ///   acceptable on loopback alone.
    init?(authorityFile: String?, resumes: Bool) {
        // SAFETY: the method table is static; a null context is refused at once.
        guard let made = unsafe SSL_CTX_new(TLS_client_method()) else { return nil }
        unsafe context = made
        self.resumes = resumes
        if let authorityFile {
            // SAFETY: the path outlives the call.
            if unsafe SSL_CTX_load_verify_locations(made, authorityFile, nil) != 1 { return nil }
            unsafe SSL_CTX_set_verify(made, SSL_VERIFY_PEER, nil)
        }
    }

    deinit {
        unsafe SSL_SESSION_free(session)
        unsafe SSL_CTX_free(context)
    }

    /// A new client session on `descriptor`, which stays the caller's to close.
    func makeSession(descriptor: Int32) -> OpaquePointer? {
        // SAFETY: SSL_new takes its own reference on the context, SSL_set_session on the session.
        guard let ssl = unsafe SSL_new(context) else { return nil }
        unsafe SSL_set_fd(ssl, descriptor)
        if resumes, let session = unsafe session { unsafe SSL_set_session(ssl, session) }
        unsafe SSL_set_connect_state(ssl)
        return unsafe ssl
    }

    /// Remembers the session of a connection that has been used, when the run resumes sessions.
    func remember(_ ssl: OpaquePointer) {
        if !resumes { return }
        // SAFETY: SSL_get1_session returns a reference of our own, and the old one is given back.
        guard let fresh = unsafe SSL_get1_session(ssl) else { return }
        unsafe SSL_SESSION_free(session)
        unsafe session = fresh
    }
}
