import Testing

@testable import Store

@Suite struct APIKeysTests {
    private let database: Database

    init() throws { database = try Database(DataSource(":memory:"), now: noon) }

    @Test func materialHasTheShapeOfTheOriginal() {
        let material = KeyMaterial()
        #expect(material.plaintext.utf8.count == 9 + 64)
        #expect(material.plaintext.hasPrefix("tokenhub_"))
        #expect(Hex.decode(String(material.plaintext.dropFirst(9)))?.count == 32)
        #expect(material.prefix == String(material.plaintext.prefix(17)))
        #expect(material.digest == Digest.sha256(Array(material.plaintext.utf8)))
        let id = KeyMaterial.freshID()
        #expect(id.utf8.count == 16 && !material.plaintext.contains(id))
    }

    @Test func hashesMadeByGoAreVerified() {
        // From the tests of golang.org/x/crypto/bcrypt.
        let hash = "$2a$10$XajjQvNhvvRt5GSeFk1xFeyqRrsxkhBkUiQeg0dt.wU1qD4aFDcga"
        #expect(PasswordHash.matches("allmine", hash: hash))
        #expect(!PasswordHash.matches("allmin", hash: hash))
        for broken in ["", "x", "$2a$10$", "$2a$99$XajjQvNhvvRt5GSeFk1xFe", "$1$abc$", "*0", "*1"] {
            #expect(!PasswordHash.matches("allmine", hash: broken))
        }
    }

    @Test func keysComeBackAsWrittenTheNewestFirst() throws {
        var old = KeyMaterial().row(id: "a")
        old.expiresAt = noon.advanced(byMS: 5)
        old.rotationDays = 30
        old.rateLimitRPS = -1
        old.monthlyBudgetNanoUSD = 12_340_000_000
        let new = KeyMaterial().row(id: "b", createdAt: noon.advanced(byMS: 1))
        try database.apiKeys.insert(old)
        try database.apiKeys.insert(new)
        #expect(try database.apiKeys.all() == [new, old])
        old.name = "renamed"
        old.scopes = "[]"
        old.isEnabled = false
        #expect(try database.apiKeys.update(old))
        #expect(try database.apiKeys.find("a") == old)
        var absent = old
        absent.id = "zzz"
        #expect(try !database.apiKeys.update(absent))
    }

    @Test func twoKeysCannotShareADigest() throws {
        let material = KeyMaterial()
        try database.apiKeys.insert(material.row(id: "a"))
        #expect(throws: StoreFault.self) { try database.apiKeys.insert(material.row(id: "b")) }
    }

    @Test func rotationReplacesTheSecretAndStartsTheTermAgain() throws {
        var row = KeyMaterial().row(createdAt: noon.advanced(byMS: -40 * Timestamp.millisecondsPerDay))
        row.rotationDays = 30
        try database.apiKeys.insert(row)
        let next = KeyMaterial()
        #expect(try database.apiKeys.rotate("k1", to: next, now: noon))
        let read = try #require(try database.apiKeys.find("k1"))
        #expect(read.digest == next.digest && read.prefix == next.prefix && read.rotatedAt == noon)
        #expect(try database.apiKeys.disableOverdue(now: noon).isEmpty)
        let due = noon.advanced(byMS: 30 * Timestamp.millisecondsPerDay)
        #expect(try database.apiKeys.disableOverdue(now: due).map(\.id) == ["k1"])
        #expect(try database.apiKeys.find("k1")?.isEnabled == false)
        #expect(try database.apiKeys.disableOverdue(now: due).isEmpty)
        #expect(try !database.apiKeys.rotate("nobody", to: next, now: noon))
    }

    @Test func hashOfTheOriginalIsWrittenLaterAndAgainAfterARotation() throws {
        try database.apiKeys.insert(KeyMaterial().row())
        for material in [KeyMaterial(), KeyMaterial()] {
            #expect(try database.apiKeys.rotate("k1", to: material, now: noon))
            #expect(try database.apiKeys.find("k1")?.bcryptHash == "")
            #expect(try database.apiKeys.stretchOne())
            #expect(try !database.apiKeys.stretchOne())
            let hash = try #require(try database.apiKeys.find("k1")?.bcryptHash)
            #expect(hash.hasPrefix("$2a$10$"))
            #expect(PasswordHash.matches(Hex.encode(material.digest), hash: hash))
        }
    }

    @Test func unreadableExpiryHasPassed() throws {
        try database.apiKeys.insert(KeyMaterial().row())
        try database.connection.run("UPDATE api_keys SET expires_at = 'next year'")
        #expect(try database.apiKeys.find("k1")?.expiresAt == Timestamp(milliseconds: 0))
    }

    @Test func keyOfTheOriginalIsAdoptedOnce() throws {
        let scratch = Scratch()
        try OriginalDatabase.make(at: scratch.file("o.sqlite"))
        let database = try scratch.open("o.sqlite")
        let plaintext = Array(OriginalDatabase.plaintext.utf8)
        var wrong = plaintext
        wrong[70] = 0x2D
        #expect(try database.apiKeys.adoptLegacy(plaintext: wrong) == nil)
        #expect(try database.apiKeys.adoptLegacy(plaintext: Array("sk-other".utf8)) == nil)
        #expect(try database.apiKeys.adoptLegacy(plaintext: plaintext) == "0123456789abcdef")
        #expect(try database.apiKeys.find("0123456789abcdef")?.digest == Digest.sha256(plaintext))
        // From now on the digest finds it; bcrypt is not asked again.
        #expect(try database.apiKeys.adoptLegacy(plaintext: plaintext) == nil)
    }

    @Test func useIsNoted() throws {
        try database.apiKeys.insert(KeyMaterial().row())
        try database.apiKeys.touch([("k1", noon.advanced(byMS: 9)), ("nobody", noon)])
        #expect(try database.apiKeys.find("k1")?.lastUsedAt == noon.advanced(byMS: 9))
    }

    @Test func deletedKeyIsGoneWithItsSpend() throws {
        try database.apiKeys.insert(KeyMaterial().row())
        try database.requestLogs.append([
            RequestRow(timestamp: noon, modelID: "m", providerID: "p", costNanoUSD: 5, apiKeyID: "k1")
        ])
        #expect(try database.apiKeys.delete("k1"))
        #expect(database.keySpend.spend(of: "k1", now: noon) == 0)
        #expect(try !database.apiKeys.delete("k1"))
    }
}
