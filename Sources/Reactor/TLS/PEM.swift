// Certificates and private keys out of PEM text.

import COpenSSL

// Fence: a memory BIO over the caller's bytes during the call; what is found is owned by the returned values.
enum PEM {
    /// One X.509 certificate.
    @safe final class Certificate {
        let pointer: OpaquePointer
        fileprivate init(_ pointer: OpaquePointer) { unsafe self.pointer = pointer }
        deinit { unsafe X509_free(pointer) }
    }

    @safe struct Key: ~Copyable {
        let pointer: OpaquePointer
        fileprivate init(_ pointer: OpaquePointer) { unsafe self.pointer = pointer }
        deinit { unsafe EVP_PKEY_free(pointer) }
    }

    /// All certificates, at least one.
    /// - Throws: a fault of kind `unreadableCertificate`.
    static func certificates(_ text: [UInt8]) throws(TLSFault) -> [Certificate] {
        var found: [Certificate] = []
        unsafe reading(text) { bio in
            // SAFETY: no place to write to, no password.
            while let certificate = unsafe PEM_read_bio_X509(bio, nil, pemRefusePassword, nil) {
                unsafe found.append(Certificate(certificate))
            }
        }
        let code = OpenSSLErrors.drain()
        // The end of the text is told as an error too.
        let isEnd = ERR_GET_LIB(code) == ERR_LIB_PEM && ERR_GET_REASON(code) == PEM_R_NO_START_LINE
        guard isEnd, !found.isEmpty else { throw TLSFault(.unreadableCertificate, code: code) }
        return found
    }

    /// - Throws: a fault of kind `unreadableKey`, also for an encrypted key.
    static func privateKey(_ text: [UInt8]) throws(TLSFault) -> Key {
        var found: OpaquePointer?
        // SAFETY: as above.
        unsafe reading(text) { bio in unsafe found = PEM_read_bio_PrivateKey(bio, nil, pemRefusePassword, nil) }
        let code = OpenSSLErrors.drain()
        guard let found = unsafe found else { throw TLSFault(.unreadableKey, code: code) }
        return unsafe Key(found)
    }

    private static func reading(_ text: [UInt8], _ body: (OpaquePointer) -> Void) {
        // SAFETY: the BIO reads the array's bytes in place and is freed before they are released.
        unsafe text.withUnsafeBytes { bytes in
            guard let bio = unsafe BIO_new_mem_buf(bytes.baseAddress, Int32(clamping: bytes.count)) else { return }
            unsafe body(bio)
            unsafe BIO_free(bio)
        }
    }
}

/// Without it OpenSSL would ask for the password on the terminal, and block.
private func pemRefusePassword(
    _ buffer: UnsafeMutablePointer<CChar>?, _ count: Int32, _ isWriting: Int32, _ argument: UnsafeMutableRawPointer?
) -> Int32 { -1 }
