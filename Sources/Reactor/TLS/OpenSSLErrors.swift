// OpenSSL's error queue of this thread, and its texts.

import COpenSSL

// Fence: the queue belongs to the calling thread, and every text OpenSSL returns here is a constant of the library.
enum OpenSSLErrors {
    /// Empties the queue and returns what explains it best: the first error of the TLS layer, else the first of all; 0 when empty.
    static func drain() -> UInt {
        var first: UInt = 0
        var firstOfTLS: UInt = 0
        while true {
            let code = ERR_get_error()
            if code == 0 { return firstOfTLS != 0 ? firstOfTLS : first }
            if first == 0 { first = code }
            if firstOfTLS == 0, ERR_GET_LIB(code) == ERR_LIB_SSL { firstOfTLS = code }
        }
    }

    static func reasonText(_ code: UInt) -> String {
        // SAFETY: returns nil or a constant C string.
        guard code != 0, let text = unsafe ERR_reason_error_string(code) else { return "no reason given" }
        return unsafe String(cString: text)
    }

    static func verificationText(_ code: UInt) -> String {
        // SAFETY: always returns a constant C string, also for numbers it does not know.
        unsafe String(cString: X509_verify_cert_error_string(Int(truncatingIfNeeded: code)))
    }

    /// What an error of a session means to us.
    static func fault(_ code: UInt, duringHandshake: Bool) -> TLSFault {
        guard code != 0, ERR_GET_LIB(code) == ERR_LIB_SSL else {
            return TLSFault(duringHandshake ? .handshakeFailed : .malformedRecord, code: code)
        }
        let reason = ERR_GET_REASON(code)
        if Int(reason) >= TLSFault.alertReasonBase { return TLSFault(.peerAlert, code: code) }
        if Int(reason) == ERR_R_MALLOC_FAILURE { return TLSFault(.outOfMemory, code: code) }
        switch reason {
        case SSL_R_HTTP_REQUEST, SSL_R_HTTPS_PROXY_REQUEST: return TLSFault(.notTLS, code: code)
        case SSL_R_WRONG_VERSION_NUMBER: return TLSFault(duringHandshake ? .notTLS : .malformedRecord, code: code)
        case SSL_R_UNSUPPORTED_PROTOCOL, SSL_R_VERSION_TOO_LOW, SSL_R_NO_PROTOCOLS_AVAILABLE:
            return TLSFault(.versionRefused, code: code)
        case SSL_R_NO_SHARED_CIPHER, SSL_R_NO_SUITABLE_GROUPS, SSL_R_NO_SUITABLE_KEY_SHARE:
            return TLSFault(.noCommonCipher, code: code)
        case SSL_R_NO_APPLICATION_PROTOCOL: return TLSFault(.noCommonProtocol, code: code)
        default: return TLSFault(duringHandshake ? .handshakeFailed : .malformedRecord, code: code)
        }
    }

    /// What the outcome of a certificate's verification means to us; `nil` when it was accepted.
    static func verificationFault(_ result: Int) -> TLSFault? {
        let kind: TLSFault.Kind
        switch Int32(truncatingIfNeeded: result) {
        case X509_V_OK: return nil
        case X509_V_ERR_HOSTNAME_MISMATCH, X509_V_ERR_IP_ADDRESS_MISMATCH: kind = .hostMismatch
        case X509_V_ERR_CERT_HAS_EXPIRED: kind = .expired
        case X509_V_ERR_CERT_NOT_YET_VALID: kind = .notYetValid
        case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT, X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY,
            X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE, X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
            kind = .unknownIssuer
        case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT: kind = .selfSigned
        default: kind = .certificateRefused
        }
        return TLSFault(kind, code: UInt(bitPattern: result))
    }
}
