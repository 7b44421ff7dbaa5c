// SHA-256 and HMAC-SHA-256 for the data plane: API key look-up, idempotency, signatures of cursors.

import COpenSSL

// Fence: the state is a plain C struct inside this value; pointers are used during the calls only.
/// Nothing is allocated and nothing is shared, so any thread may use it at any time.
/// - Cost: 75 ns for 51 bytes, 0.7 µs per KiB (SHA extensions, OpenSSL 3.0.22); EVP takes 135 ns and more.
@safe package struct SHA256 {
    package typealias Digest = InlineArray<32, UInt8>

    private var state = SHA256_CTX()

    package init() { unsafe tokenhub_sha256_init(&state) }

    package mutating func update(_ bytes: Span<UInt8>) {
        // SAFETY: the bytes are read during the call.
        unsafe bytes.withUnsafeBufferPointer { unsafe tokenhub_sha256_update(&state, $0.baseAddress, $0.count) }
    }

    package consuming func finish() -> Digest {
        var digest = Digest(repeating: 0)
        var span = digest.mutableSpan
        // SAFETY: 32 bytes are what a digest takes.
        unsafe span.withUnsafeMutableBufferPointer { unsafe tokenhub_sha256_final(&state, $0.baseAddress) }
        return digest
    }

    package static func hash(_ bytes: Span<UInt8>) -> Digest {
        var hash = SHA256()
        hash.update(bytes)
        return hash.finish()
    }

    /// HMAC-SHA-256 (RFC 2104).
    /// - Parameter key: any length; 32 random bytes are right.
    package static func authenticate(_ bytes: Span<UInt8>, key: Span<UInt8>) -> Digest {
        var block = InlineArray<64, UInt8>(repeating: 0)
        if key.count <= 64 {
            for index in key.indices { block[index] = key[index] }
        } else {
            let short = hash(key)
            for index in 0..<32 { block[index] = short[index] }
        }
        for index in 0..<64 { block[index] ^= 0x36 }
        var inner = SHA256()
        inner.update(block.span)
        inner.update(bytes)
        let innerDigest = inner.finish()
        for index in 0..<64 { block[index] ^= 0x36 ^ 0x5C }
        var outer = SHA256()
        outer.update(block.span)
        outer.update(innerDigest.span)
        return outer.finish()
    }
}
