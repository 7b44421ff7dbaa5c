// Sealing and opening session tickets: AES-256-CBC, then HMAC-SHA-256 (RFC 5077 section 4).

import COpenSSL
import Glibc

// Fence: a fetched cipher, freed with this value; key bytes are read by OpenSSL during the calls only.
@safe struct TLSTicketSealer: ~Copyable {
    var keys: TLSTicketKeys
    private let cipher: OpaquePointer

    /// `nil` when the library lacks AES-256-CBC.
    init?(_ keys: TLSTicketKeys) {
        // SAFETY: C strings for the call.
        guard let cipher = unsafe EVP_CIPHER_fetch(nil, "AES-256-CBC", nil) else { return nil }
        self.keys = keys
        unsafe self.cipher = cipher
    }

    deinit { unsafe EVP_CIPHER_free(cipher) }

    // SAFETY (both): OpenSSL passes 16 bytes at `name`, 16 at `nonce`, and contexts made for this ticket.

    /// - Returns: what OpenSSL's callback answers: 1 sealed, -1 failed.
    func seal(
        name: UnsafeMutablePointer<UInt8>, nonce: UnsafeMutablePointer<UInt8>, cipher context: OpaquePointer,
        mac: OpaquePointer
    ) -> Int32 {
        let key = keys.current
        return unsafe key.span.withUnsafeBufferPointer { key in
            guard let key = key.baseAddress, unsafe RAND_bytes(nonce, 16) == 1 else { return -1 }
            unsafe memcpy(name, key, 16)
            guard unsafe EVP_EncryptInit_ex2(context, cipher, key + 16, nonce, nil) == 1,
                unsafe tokenhub_ticket_set_mac_key(mac, key + 48, 32) == 1
            else { return -1 }
            return 1
        }
    }

    /// - Parameter renewing: TLS 1.3, where clients use a ticket once (RFC 8446 appendix C.4) and would do every other handshake
    ///   in full without a new one.
    /// - Returns: 1 opened, 2 opened and to be renewed, 0 unknown key, -1 failed.
    func open(
        name: UnsafeMutablePointer<UInt8>, nonce: UnsafeMutablePointer<UInt8>, cipher context: OpaquePointer,
        mac: OpaquePointer, renewing: Bool
    ) -> Int32 {
        let current = keys.current
        let opened = unsafe open(with: current, name: name, nonce: nonce, cipher: context, mac: mac)
        if opened != 0 { return opened == 1 && renewing ? 2 : opened }
        let previous = keys.previous
        return unsafe open(with: previous, name: name, nonce: nonce, cipher: context, mac: mac) == 1 ? 2 : 0
    }

    private func open(
        with key: TLSTicketKeys.Key, name: UnsafeMutablePointer<UInt8>, nonce: UnsafeMutablePointer<UInt8>,
        cipher context: OpaquePointer, mac: OpaquePointer
    ) -> Int32 {
        unsafe key.span.withUnsafeBufferPointer { key in
            guard let key = key.baseAddress, unsafe memcmp(name, key, 16) == 0 else { return 0 }
            guard unsafe EVP_DecryptInit_ex2(context, cipher, key + 16, nonce, nil) == 1,
                unsafe tokenhub_ticket_set_mac_key(mac, key + 48, 32) == 1
            else { return -1 }
            return 1
        }
    }
}
