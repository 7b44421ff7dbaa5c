import Reactor
import Testing

struct TLSDigestTests {
    private func hex(_ digest: SHA256.Digest) -> String {
        var text = ""
        for index in 0..<32 {
            let digits = String(digest[index], radix: 16)
            text += digits.count == 1 ? "0" + digits : digits
        }
        return text
    }

    private func hash(_ text: String) -> String { hex(SHA256.hash(Array(text.utf8).span)) }

    /// FIPS 180-4, the examples of NIST.
    @Test func digestsAreThoseOfTheStandard() {
        #expect(hash("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
        #expect(hash("") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
        #expect(
            hash("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq")
                == "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1")
    }

    @Test func piecesGiveTheSameDigest() {
        var random = TestRandom(seed: 9)
        let bytes = random.bytes(1000)
        let whole = hex(SHA256.hash(bytes.span))
        for cut in 0...bytes.count {
            var hash = SHA256()
            hash.update(bytes.span.extracting(0..<cut))
            hash.update(bytes.span.extracting(cut...))
            #expect(hex(hash.finish()) == whole)
        }
    }

    /// RFC 4231, test cases 1, 2, 3, 6 and 7.
    @Test(arguments: [
        (
            [UInt8](repeating: 0x0B, count: 20), Array("Hi There".utf8),
            "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"
        ),
        (
            Array("Jefe".utf8), Array("what do ya want for nothing?".utf8),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
        ),
        (
            [UInt8](repeating: 0xAA, count: 20), [UInt8](repeating: 0xDD, count: 50),
            "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe"
        ),
        (
            [UInt8](repeating: 0xAA, count: 131), Array("Test Using Larger Than Block-Size Key - Hash Key First".utf8),
            "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"
        ),
    ])
    func authenticationIsThatOfTheStandard(key: [UInt8], message: [UInt8], expected: String) {
        #expect(hex(SHA256.authenticate(message.span, key: key.span)) == expected)
    }

    @Test func secretsAreComparedWhole() {
        func equal(_ one: [UInt8], _ other: [UInt8]) -> Bool { ConstantTime.equal(one.span, other.span) }
        #expect(equal([1, 2, 3], [1, 2, 3]))
        #expect(!equal([1, 2, 3], [1, 2, 4]))
        #expect(!equal([1, 2, 3], [1, 2]))
        #expect(equal([], []))
    }

    @Test func randomBytesDoNotRepeat() {
        var random = RandomBytes()
        var seen: Set<UInt64> = []
        for _ in 0..<10_000 { seen.insert(random.next()) }
        #expect(seen.count == 10_000)
        // Every bit is set in about half of the values.
        for bit in 0..<64 {
            let count = seen.count { $0 >> UInt64(bit) & 1 == 1 }
            #expect((4_600...5_400).contains(count), "bit \(bit): \(count)")
        }
        var block = [UInt8](repeating: 0, count: 1000)
        var span = block.mutableSpan
        random.fill(&span)
        #expect(Set(block).count > 200)
    }
}
