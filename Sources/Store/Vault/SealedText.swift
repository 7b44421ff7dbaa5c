// How an entry of the vault is written down.

/// An entry of the original is base64 of nonce, ciphertext and tag, with no associated data: it can be moved to another
/// name. Ours begin with `v2:`, which is no base64, and are bound to their name.
enum SealedText {
    private static let marker = "v2:"

    static func seal(_ secret: Span<UInt8>, name: String, key: Secret) -> String {
        marker + Base64.encode(Cipher.seal(secret, key: key, associated: Array(name.utf8)))
    }

    /// `nil` when the text is damaged, sealed with another key or sealed for another name.
    static func open(_ text: String, name: String, key: Secret) -> Secret? {
        let isBound = text.hasPrefix(marker)
        guard let sealed = Base64.decode(isBound ? text.dropFirst(marker.count) : text[...]),
            var plaintext = Cipher.open(sealed, key: key, associated: isBound ? Array(name.utf8) : [])
        else { return nil }
        defer { for index in plaintext.indices { plaintext[index] = 0 } }
        return Secret(plaintext)
    }
}
