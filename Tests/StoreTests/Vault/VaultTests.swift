import Testing

@testable import Store

@Suite struct VaultTests {
    private let database: Database
    private let password = Array("correct horse".utf8)

    init() throws { database = try Database(DataSource(":memory:"), now: noon) }

    private func opened() throws -> Vault {
        let vault = try Vault(table: database.vaultBlob)
        try vault.unlock(password: password, now: noon)
        return vault
    }

    private func text(_ secret: Secret?) -> String? {
        secret.map { secret in
            var bytes: [UInt8] = []
            for index in secret.bytes.indices { bytes.append(secret.bytes[index]) }
            return String(decoding: bytes, as: UTF8.self)
        }
    }

    @Test func secretsComeBackAfterReopening() throws {
        let vault = try opened()
        try vault.set("provider:p:api_key", to: Secret(Array("sk-1".utf8)), now: noon)
        try vault.set("secret:a/b", to: Secret(Array("x".utf8)), now: noon)
        let again = try opened()
        #expect(try again.names(now: noon) == ["provider:p:api_key", "secret:a/b"])
        #expect(try text(again.secret("provider:p:api_key", now: noon)) == "sk-1")
        #expect(try again.secret("nothing", now: noon) == nil)
        #expect(try again.remove("secret:a/b", now: noon))
        #expect(try !again.remove("secret:a/b", now: noon))
        #expect(try database.vaultBlob.load()?.entries.keys.sorted() == ["provider:p:api_key"])
    }

    @Test func firstPasswordIsTheOnlyOne() throws {
        let vault = try Vault(table: database.vaultBlob)
        #expect(!vault.isInitialized && vault.isLocked)
        #expect(throws: VaultFault.passwordTooShort) { try vault.unlock(password: Array("1234567".utf8), now: noon) }
        #expect(!vault.isInitialized)
        try vault.unlock(password: password, now: noon)
        #expect(vault.isInitialized && !vault.isLocked)
        let again = try Vault(table: database.vaultBlob)
        #expect(throws: VaultFault.wrongPassword) { try again.unlock(password: Array("wrong horse".utf8), now: noon) }
        #expect(again.isLocked)
        try again.unlock(password: password, now: noon)
        // A wrong password does not lock what is open.
        #expect(throws: VaultFault.wrongPassword) { try again.unlock(password: Array("wrong horse".utf8), now: noon) }
        #expect(!again.isLocked)
    }

    @Test func lockedVaultGivesAndTakesNothing() throws {
        let vault = try opened()
        #expect(vault.lock())
        #expect(!vault.lock())
        #expect(throws: VaultFault.locked) { try vault.names(now: noon) }
        #expect(throws: VaultFault.locked) { try vault.secret("a", now: noon) }
        #expect(throws: VaultFault.locked) { try vault.set("a", to: Secret([1]), now: noon) }
        #expect(throws: VaultFault.locked) { try vault.remove("a", now: noon) }
        #expect(throws: VaultFault.locked) { try vault.rotate(from: password, to: password, now: noon) }
    }

    @Test func disabledVaultIsNotLockedAndCannotBeUsed() throws {
        let vault = try Vault(table: database.vaultBlob, isEnabled: false)
        #expect(!vault.isLocked)
        #expect(throws: VaultFault.disabled) { try vault.set("a", to: Secret([1]), now: noon) }
        #expect(throws: VaultFault.disabled) { try vault.unlock(password: password, now: noon) }
    }

    @Test func locksItselfAfterHalfAnHourOfRest() throws {
        let vault = try opened()
        let minute: Int64 = 60_000
        #expect(!vault.lockIfIdle(now: noon.advanced(byMS: 30 * minute - 1)))
        _ = try vault.names(now: noon.advanced(byMS: 20 * minute))
        #expect(!vault.lockIfIdle(now: noon.advanced(byMS: 49 * minute)))
        #expect(vault.lockIfIdle(now: noon.advanced(byMS: 50 * minute)))
        #expect(vault.isLocked)
        let tireless = try Vault(table: database.vaultBlob, idleMSMax: nil)
        try tireless.unlock(password: password, now: noon)
        #expect(!tireless.lockIfIdle(now: noon.advanced(byMS: 10_000 * minute)))
    }

    @Test func rotationSealsEverythingAgain() throws {
        let vault = try opened()
        try vault.set("a", to: Secret(Array("1".utf8)), now: noon)
        let before = try database.vaultBlob.load()
        let next = Array("another horse".utf8)
        #expect(throws: VaultFault.wrongPassword) { try vault.rotate(from: next, to: next, now: noon) }
        #expect(throws: VaultFault.passwordTooShort) { try vault.rotate(from: password, to: [1], now: noon) }
        #expect(try database.vaultBlob.load() == before)
        try vault.rotate(from: password, to: next, now: noon)
        let after = try database.vaultBlob.load()
        #expect(after?.salt != before?.salt && after?.entries != before?.entries)
        #expect(try text(vault.secret("a", now: noon)) == "1")
        let again = try Vault(table: database.vaultBlob)
        #expect(throws: VaultFault.wrongPassword) { try again.unlock(password: password, now: noon) }
        try again.unlock(password: next, now: noon)
        #expect(try text(again.secret("a", now: noon)) == "1")
    }

    @Test func entryMovedToAnotherNameDoesNotOpen() throws {
        let vault = try opened()
        try vault.set("a", to: Secret(Array("1".utf8)), now: noon)
        var blob = try #require(try database.vaultBlob.load())
        blob.entries["b"] = blob.entries["a"]
        try database.vaultBlob.save(blob)
        let again = try opened()
        #expect(throws: VaultFault.corrupt("b")) { try again.secret("b", now: noon) }
        #expect(try text(again.secret("a", now: noon)) == "1")
    }

    @Test func vaultOfTheOriginalOpensAndIsVerifiedFromThenOn() throws {
        let scratch = Scratch()
        try OriginalDatabase.make(at: scratch.file("o.sqlite"))
        let database = try scratch.open("o.sqlite")
        let vault = try Vault(table: database.vaultBlob)
        #expect(vault.isInitialized)
        #expect(throws: VaultFault.wrongPassword) { try vault.unlock(password: password, now: noon) }
        try vault.unlock(password: Array(OriginalDatabase.password.utf8), now: noon)
        #expect(try text(vault.secret("provider:openai-main:api_key", now: noon)) == "sk-original")
        #expect(try database.vaultBlob.load()?.verifier.isEmpty == false)
        #expect(try vault.remove("provider:openai-main:api_key", now: noon))
        let again = try Vault(table: database.vaultBlob)
        #expect(throws: VaultFault.wrongPassword) { try again.unlock(password: password, now: noon) }
    }

    @Test func damagedRowIsNotTakenForAnEmptyVault() throws {
        _ = try opened()
        try database.connection.run("UPDATE vault_blob SET data = '{\"a\":'")
        #expect(throws: StoreFault.self) { try Vault(table: database.vaultBlob) }
    }

    @Test func oversizedSecretIsRefused() throws {
        let vault = try opened()
        #expect(throws: VaultFault.secretTooLong) {
            try vault.set("a", to: Secret([UInt8](repeating: 1, count: Limits.secretBytesMax + 1)), now: noon)
        }
        #expect(throws: VaultFault.passwordTooLong) {
            try vault.unlock(password: [UInt8](repeating: 1, count: 5000), now: noon)
        }
    }
}
