// Random bytes for keys, salts and nonces.

import COpenSSL

// Fence: RAND_bytes writes into an array that nobody else sees yet.
package enum Entropy {
    package static func bytes(_ count: Int) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        // SAFETY: the buffer has `count` bytes for the call.
        let code = unsafe bytes.withUnsafeMutableBufferPointer { unsafe RAND_bytes($0.baseAddress, Int32($0.count)) }
        // Without entropy every key would be guessable; there is nothing to continue with.
        precondition(code == 1, "RAND_bytes failed")
        return bytes
    }
}
