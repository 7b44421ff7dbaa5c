import Testing

@testable import Store

@Suite struct CipherTests {
    /// Spans cannot pass through the expectation macro.
    private func same(_ left: [UInt8], _ right: [UInt8]) -> Bool { Digest.equals(left.span, right.span) }
    private func same(_ secret: Secret?, _ right: [UInt8]) -> Bool {
        secret.map { Digest.equals($0.bytes, right.span) } ?? false
    }

    @Test func agreesWithWycheproof() throws {
        guard let lines = Scratch.sharedLines("crypto-vectors/aes_256_gcm_wycheproof.json") else {
            print("skipped: ../shared/data/crypto-vectors is not here")
            return
        }
        var fields: [String: String] = [:]
        var (valid, refused) = (0, 0)
        for line in lines {
            let parts = line.split(separator: "\"", omittingEmptySubsequences: false)
            guard parts.count >= 4, parts[2].hasPrefix(":") else { continue }
            fields[String(parts[1])] = String(parts[3])
            guard parts[1] == "result" else { continue }
            let bytes = { (name: String) in fields[name].flatMap { Hex.decode($0) } ?? [] }
            let nonce = bytes("iv")
            let opened = Cipher.open(
                bytes("ct"), key: Secret(bytes("key")), nonce: nonce, tag: bytes("tag"), associated: bytes("aad"))
            if parts[3] == "valid" && nonce.count == Limits.nonceBytes {
                valid += 1
                #expect(opened == bytes("msg"), "\(fields["comment"] ?? "")")
                let sealed = Cipher.seal(
                    bytes("msg").span, key: Secret(bytes("key")), nonce: nonce, associated: bytes("aad"))
                #expect(sealed == nonce + bytes("ct") + bytes("tag"))
            } else {
                // Invalid, or a nonce of another length, which the vault never writes.
                refused += 1
                #expect(opened == nil, "\(fields["comment"] ?? "")")
            }
        }
        #expect(valid > 20 && refused > 20)
    }

    @Test func argon2idAgreesWithTheReference() throws {
        guard let lines = Scratch.sharedLines("crypto-vectors/argon2id.json") else {
            print("skipped: ../shared/data/crypto-vectors is not here")
            return
        }
        var count = 0
        var fields: [String: String] = [:]
        for line in lines {
            let parts = line.split(separator: ":", maxSplits: 1).map(String.init)
            guard parts.count == 2, let name = parts[0].split(separator: "\"").dropFirst().first else { continue }
            var value = parts[1].drop { $0 == " " }
            if value.hasSuffix(",") { value = value.dropLast() }
            if value.hasPrefix("\"") { fields[String(name)] = StringJSON.decodeArray("[\(value)]")?.first }
            if value.first?.isNumber == true { fields[String(name)] = String(value) }
            // RFC 9106's own vector has a secret and associated data, which the vault does not use.
            guard name == "tag_hex", let password = fields["password_utf8"] else { continue }
            let key = KeyDerivation.derive(
                password: Array(password.utf8), salt: try #require(Hex.decode(fields["salt_hex"] ?? "")),
                passes: try #require(UInt32(fields["t"] ?? "")), memoryKiB: try #require(UInt32(fields["m_kib"] ?? "")),
                lanes: try #require(UInt32(fields["p"] ?? "")))
            #expect(same(key, try #require(Hex.decode(fields["tag_hex"] ?? ""))))
            count += 1
        }
        #expect(count == 6)
    }

    @Test func sealedTextOpensForItsNameOnlyAndNoByteMayChange() {
        let key = Secret(Entropy.bytes(32))
        let text = SealedText.seal(Array("sk-1".utf8).span, name: "a", key: key)
        #expect(text.hasPrefix("v2:"))
        #expect(same(SealedText.open(text, name: "a", key: key), Array("sk-1".utf8)))
        #expect(SealedText.open(text, name: "b", key: key) == nil)
        #expect(SealedText.open(text, name: "a", key: Secret(Entropy.bytes(32))) == nil)
        #expect(SealedText.open(String(text.dropFirst(3)), name: "a", key: key) == nil)
        var sealed = Cipher.seal(Array("sk-1".utf8).span, key: key, associated: [])
        for index in sealed.indices {
            sealed[index] ^= 1
            #expect(Cipher.open(sealed, key: key, associated: []) == nil)
            sealed[index] ^= 1
        }
        for count in 0..<sealed.count {
            #expect(Cipher.open(Array(sealed.prefix(count)), key: key, associated: []) == nil)
        }
    }

    @Test func digestAgreesWithFIPS() {
        #expect(
            Hex.encode(Digest.sha256(Array("abc".utf8)))
                == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
        #expect(
            Hex.encode(Digest.sha256([])) == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
        #expect(same([1, 2], [1, 2]))
        #expect(!same([1, 2], [1, 3]))
        #expect(!same([1, 2], [1]))
        let nothing: [UInt8] = []
        #expect(same(nothing, nothing))
    }

    @Test func secretShowsNothingOfItself() {
        let secret = Secret(Array("sk-visible".utf8))
        var dumped = ""
        dump(secret, to: &dumped)
        for text in ["\(secret)", String(reflecting: secret), dumped, "\([secret])", "\(Optional(secret) as Any)"] {
            #expect(!text.contains("visible"))
        }
        #expect("\(secret)" == "<redacted>")
        #expect(same(secret.copy(), Array("sk-visible".utf8)))
    }
}
