// AES-256-GCM.

import COpenSSL

// Fence: one EVP_CIPHER_CTX per call, freed before it returns; OpenSSL writes only into arrays whose size is checked here.
enum Cipher {
    static let keyBytes = 32

    /// Returns nonce, ciphertext and tag in one piece.
    static func seal(_ plaintext: Span<UInt8>, key: Secret, associated: [UInt8]) -> [UInt8] {
        seal(plaintext, key: key, nonce: Entropy.bytes(Limits.nonceBytes), associated: associated)
    }

    static func seal(_ plaintext: Span<UInt8>, key: Secret, nonce: [UInt8], associated: [UInt8]) -> [UInt8] {
        var sealed = nonce
        sealed.reserveCapacity(nonce.count + plaintext.count + Limits.tagBytes)
        var input: [UInt8] = []
        input.reserveCapacity(plaintext.count)
        for index in plaintext.indices { input.append(plaintext[index]) }
        guard let (output, tag) = run(input, key: key, nonce: nonce, associated: associated, tag: nil) else {
            preconditionFailure("AES-256-GCM is not available")
        }
        for index in input.indices { input[index] = 0 }
        sealed += output
        sealed += tag
        return sealed
    }

    /// `nil` when the bytes were not sealed with this key for this purpose.
    static func open(_ sealed: [UInt8], key: Secret, associated: [UInt8]) -> [UInt8]? {
        guard sealed.count >= Limits.nonceBytes + Limits.tagBytes else { return nil }
        return open(
            Array(sealed[Limits.nonceBytes..<sealed.count - Limits.tagBytes]), key: key,
            nonce: Array(sealed.prefix(Limits.nonceBytes)), tag: Array(sealed.suffix(Limits.tagBytes)),
            associated: associated)
    }

    static func open(
        _ ciphertext: [UInt8], key: Secret, nonce: [UInt8], tag: [UInt8], associated: [UInt8]
    ) -> [UInt8]? {
        guard tag.count == Limits.tagBytes else { return nil }
        return run(ciphertext, key: key, nonce: nonce, associated: associated, tag: tag)?.output
    }

    /// Encrypts without a tag, decrypts and checks with one.
    private static func run(
        _ input: [UInt8], key: Secret, nonce: [UInt8], associated: [UInt8], tag expected: [UInt8]?
    ) -> (output: [UInt8], tag: [UInt8])? {
        precondition(key.count == keyBytes, "a key of \(key.count) bytes")
        guard nonce.count == Limits.nonceBytes, let context = unsafe EVP_CIPHER_CTX_new() else { return nil }
        // SAFETY: freed on every way out, and used by this call only.
        defer { unsafe EVP_CIPHER_CTX_free(context) }
        let encrypts: Int32 = expected == nil ? 1 : 0
        var output = [UInt8](repeating: 0, count: input.count)
        var tag = expected ?? [UInt8](repeating: 0, count: Limits.tagBytes)
        var count: Int32 = 0
        // SAFETY: the key has 32 bytes and the nonce 12, as checked; GCM's output is as long as its input; the tag has 16
        // bytes. All buffers outlive their calls.
        let succeeded = unsafe key.bytes.withUnsafeBufferPointer { key in
            unsafe EVP_CipherInit_ex(context, EVP_aes_256_gcm(), nil, key.baseAddress, nonce, encrypts) == 1
        }
        guard succeeded else { return nil }
        if !associated.isEmpty {
            guard unsafe EVP_CipherUpdate(context, nil, &count, associated, Int32(associated.count)) == 1 else {
                return nil
            }
        }
        if !input.isEmpty {
            guard unsafe EVP_CipherUpdate(context, &output, &count, input, Int32(input.count)) == 1,
                Int(count) == input.count
            else { return nil }
        }
        if expected != nil {
            guard unsafe EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_SET_TAG, Int32(tag.count), &tag) == 1 else {
                return nil
            }
        }
        // GCM writes nothing here, but the call wants a place.
        var rest = [UInt8](repeating: 0, count: 16)
        guard unsafe EVP_CipherFinal_ex(context, &rest, &count) == 1 else { return nil }
        if expected == nil {
            guard unsafe EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_GET_TAG, Int32(tag.count), &tag) == 1 else {
                return nil
            }
        }
        return (output, tag)
    }
}
