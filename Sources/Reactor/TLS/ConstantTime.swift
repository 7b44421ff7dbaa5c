// Comparing secrets.

import COpenSSL

// Fence: reads both spans within their bounds during the call.
package enum ConstantTime {
    /// Whether both hold the same bytes. How long it takes depends on the lengths alone, which are no secret.
    package static func equal(_ one: Span<UInt8>, _ other: Span<UInt8>) -> Bool {
        guard one.count == other.count else { return false }
        if one.isEmpty { return true }
        // SAFETY: both are valid for `count` bytes.
        return unsafe one.withUnsafeBufferPointer { one in
            unsafe other.withUnsafeBufferPointer { other in
                unsafe CRYPTO_memcmp(one.baseAddress, other.baseAddress, one.count) == 0
            }
        }
    }
}
