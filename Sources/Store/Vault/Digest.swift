// SHA-256, and comparison in constant time.

import COpenSSL

// Fence: OpenSSL reads and writes only inside the spans and arrays given, during the call.
package enum Digest {
    package static let sha256Bytes = 32

    package static func sha256(_ bytes: [UInt8]) -> [UInt8] { sha256(bytes.span) }

    package static func sha256(_ bytes: Span<UInt8>) -> [UInt8] {
        var digest = [UInt8](repeating: 0, count: sha256Bytes)
        // SAFETY: the output has the 32 bytes that SHA-256 writes, the input is read for its own count.
        unsafe digest.withUnsafeMutableBufferPointer { output in
            unsafe bytes.withUnsafeBufferPointer { input in
                _ = unsafe SHA256(input.baseAddress, input.count, output.baseAddress)
            }
        }
        return digest
    }

    /// Whether two byte strings are equal, in a time that depends on their lengths only.
    package static func equals(_ left: Span<UInt8>, _ right: Span<UInt8>) -> Bool {
        guard left.count == right.count else { return false }
        // SAFETY: both are read for the count they share.
        return unsafe left.withUnsafeBufferPointer { left in
            unsafe right.withUnsafeBufferPointer { right in
                unsafe left.count == 0 || CRYPTO_memcmp(left.baseAddress!, right.baseAddress!, left.count) == 0
            }
        }
    }
}
