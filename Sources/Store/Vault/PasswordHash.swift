// bcrypt, for keys that the original made and for databases that go back to it.

import CSQLite
import Glibc

// Fence: crypt_rn(3) with its state in a block of our own, so that no other thread's call can touch it.
enum PasswordHash {
    /// A hash with a fresh salt. About 60 ms.
    static func make(_ phrase: String) -> String {
        let salt = Entropy.bytes(16)
        var setting = [CChar](repeating: 0, count: Int(CRYPT_GENSALT_OUTPUT_SIZE))
        // SAFETY: the setting has the size the library asks for, the salt its own count.
        let made = unsafe setting.withUnsafeMutableBufferPointer { setting in
            unsafe salt.withUnsafeBytes { salt in
                unsafe crypt_gensalt_rn(
                    "$2a$", Limits.bcryptCost, salt.bindMemory(to: CChar.self).baseAddress, Int32(salt.count),
                    setting.baseAddress, Int32(setting.count)) != nil
            }
        }
        guard made, let hash = hash(phrase, setting: text(setting)) else {
            preconditionFailure("crypt(3) offers no bcrypt")
        }
        return hash
    }

    /// Whether `hash`, of any bcrypt spelling, belongs to the phrase. False for what is no hash.
    static func matches(_ phrase: String, hash expected: String) -> Bool {
        guard expected.hasPrefix("$2"), let actual = hash(phrase, setting: expected) else { return false }
        return Digest.equals(Array(actual.utf8).span, Array(expected.utf8).span)
    }

    /// A hash of nothing anybody knows, to be tried when there is none, so that the time tells nothing.
    static let decoy = make(Hex.encode(Entropy.bytes(32)))

    private static func hash(_ phrase: String, setting: String) -> String? {
        guard let state = unsafe calloc(1, MemoryLayout<crypt_data>.size) else { fatalError("out of memory for crypt") }
        // SAFETY: the block is zeroed and as large as crypt_data; the result lies in it and is copied before it is freed.
        defer { unsafe free(state) }
        guard
            let result = unsafe crypt_rn(phrase, setting, state, Int32(MemoryLayout<crypt_data>.size)),
            unsafe result[0] != 0x2A
        else { return nil }
        return unsafe String(cString: result)
    }

    private static func text(_ characters: [CChar]) -> String {
        String(decoding: characters.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
