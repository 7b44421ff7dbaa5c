// Argon2id: the vault's key from its password.

import CSQLite

// Fence: libargon2 reads and writes only inside the arrays given, during the call.
enum KeyDerivation {
    /// The vault's own parameters. About 100 ms and 64 MiB.
    static func vaultKey(password: [UInt8], salt: [UInt8]) -> Secret {
        derive(
            password: password, salt: salt, passes: Limits.argonPasses, memoryKiB: Limits.argonMemoryKiB,
            lanes: Limits.argonLanes)
    }

    /// 32 bytes.
    static func derive(
        password: [UInt8], salt: [UInt8], passes: UInt32, memoryKiB: UInt32, lanes: UInt32
    ) -> Secret {
        var key = [UInt8](repeating: 0, count: Cipher.keyBytes)
        // SAFETY: every buffer is passed with its own count and used during the call only.
        let code = unsafe key.withUnsafeMutableBytes { key in
            unsafe password.withUnsafeBytes { password in
                unsafe salt.withUnsafeBytes { salt in
                    unsafe argon2id_hash_raw(
                        passes, memoryKiB, lanes, password.baseAddress, password.count, salt.baseAddress, salt.count,
                        key.baseAddress, key.count)
                }
            }
        }
        // The parameters are constants, so what is left is memory.
        precondition(code == ARGON2_OK.rawValue, "argon2id: \(code)")
        defer { for index in key.indices { key[index] = 0 } }
        return Secret(key)
    }
}
