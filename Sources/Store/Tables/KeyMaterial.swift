// The secret of an API key, at the moment it is made.

package struct KeyMaterial {
    /// `tokenhub_` and 64 lower-case hexadecimal digits. Shown once, never stored.
    package let plaintext: String
    package let prefix: String
    /// SHA-256 of the plaintext. Sound without stretching, because the plaintext has 256 random bits.
    package let digest: [UInt8]

    package static let marker = "tokenhub_"

    package init() {
        plaintext = KeyMaterial.marker + Hex.encode(Entropy.bytes(32))
        prefix = String(plaintext.prefix(17))
        digest = Digest.sha256(Array(plaintext.utf8))
    }

    /// A random id that tells nothing about the secret: 16 hexadecimal digits.
    package static func freshID() -> String { Hex.encode(Entropy.bytes(8)) }

    /// What a presented plaintext would be stored as; `nil` when it does not look like a key.
    static func shape(of plaintext: [UInt8]) -> (prefix: String, digest: [UInt8], phrase: String)? {
        guard plaintext.starts(with: marker.utf8), (17...256).contains(plaintext.count) else { return nil }
        let digest = Digest.sha256(plaintext)
        return (String(decoding: plaintext.prefix(17), as: UTF8.self), digest, Hex.encode(digest))
    }
}
