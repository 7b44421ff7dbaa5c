// Secrets at rest: sealed in one row of the database, opened by a password.

/// Owned by the control thread. Every change is on the disk before the call returns, or has not happened.
package final class Vault {
    private let table: VaultBlob
    private let idleMSMax: Int64?
    private var blob: VaultBlobRow?
    private var key: Secret?
    private var lastUse = Timestamp(milliseconds: 0)

    package let isEnabled: Bool

    /// - Parameter idleMSMax: how long after its last use the vault locks itself; `nil` for never.
    package init(table: VaultBlob, isEnabled: Bool = true, idleMSMax: Int64? = Limits.vaultIdleMS) throws(StoreFault) {
        self.table = table
        self.isEnabled = isEnabled
        self.idleMSMax = idleMSMax
        blob = try table.load()
    }

    private static let verifierName = "tokenhub:verifier"
    private static let verifierText = Array("tokenhub vault, version 2".utf8)

    /// A password has been set, now or in an earlier run.
    package var isInitialized: Bool { blob != nil }

    /// A vault that is switched off is never locked, as in the original; it cannot be used either.
    package var isLocked: Bool { isEnabled && key == nil }

    /// Derives the key and checks it. The first password ever given becomes the vault's.
    package func unlock(password: [UInt8], now: Timestamp) throws(VaultFault) {
        try check(password)
        guard isEnabled else { throw .disabled }
        if let blob {
            let candidate = KeyDerivation.vaultKey(password: password, salt: blob.salt)
            guard Vault.opens(blob, with: candidate) else { throw .wrongPassword }
            if blob.verifier.isEmpty {
                var verified = blob
                verified.verifier = Vault.verifier(sealedWith: candidate)
                try save(verified)
            }
            key = candidate
        } else {
            let salt = Entropy.bytes(Limits.saltBytes)
            let first = KeyDerivation.vaultKey(password: password, salt: salt)
            try save(VaultBlobRow(salt: salt, entries: [:], verifier: Vault.verifier(sealedWith: first)))
            key = first
        }
        lastUse = now
    }

    /// Returns whether it was open.
    @discardableResult
    package func lock() -> Bool {
        defer { key = nil }
        return key != nil
    }

    /// Locks after the idle time. Returns whether it did.
    package func lockIfIdle(now: Timestamp) -> Bool {
        guard let idleMSMax, key != nil, now >= lastUse.advanced(byMS: idleMSMax) else { return false }
        return lock()
    }

    /// The names of all entries, sorted.
    package func names(now: Timestamp) throws(VaultFault) -> [String] {
        _ = try use(now)
        return blob?.entries.keys.sorted() ?? []
    }

    /// `nil` when there is no such entry.
    package func secret(_ name: String, now: Timestamp) throws(VaultFault) -> Secret? {
        let key = try use(now)
        guard let text = blob?.entries[name] else { return nil }
        guard let secret = SealedText.open(text, name: name, key: key) else { throw .corrupt(name) }
        return secret
    }

    package func set(_ name: String, to secret: Secret, now: Timestamp) throws(VaultFault) {
        let key = try use(now)
        guard secret.count <= Limits.secretBytesMax else { throw .secretTooLong }
        guard var changed = blob else { throw .locked }
        changed.entries[name] = SealedText.seal(secret.bytes, name: name, key: key)
        try save(changed)
    }

    /// Returns whether there was one.
    package func remove(_ name: String, now: Timestamp) throws(VaultFault) -> Bool {
        _ = try use(now)
        guard var changed = blob, changed.entries.removeValue(forKey: name) != nil else { return false }
        try save(changed)
        return true
    }

    /// Drops an entry without opening it, so also while the vault is locked: for what belongs to something deleted.
    package func discard(_ name: String) throws(VaultFault) {
        guard var changed = blob, changed.entries.removeValue(forKey: name) != nil else { return }
        try save(changed)
    }

    /// Seals everything again under a new password and salt, in one write.
    package func rotate(from old: [UInt8], to new: [UInt8], now: Timestamp) throws(VaultFault) {
        let key = try use(now)
        try check(new)
        guard let blob else { throw .locked }
        guard old.count <= Limits.vaultPasswordBytesMax else { throw .wrongPassword }
        let presented = KeyDerivation.vaultKey(password: old, salt: blob.salt)
        guard Digest.equals(presented.bytes, key.bytes) else { throw .wrongPassword }
        let salt = Entropy.bytes(Limits.saltBytes)
        let next = KeyDerivation.vaultKey(password: new, salt: salt)
        var rotated = VaultBlobRow(salt: salt, entries: [:], verifier: Vault.verifier(sealedWith: next))
        for (name, text) in blob.entries {
            guard let secret = SealedText.open(text, name: name, key: key) else { throw .corrupt(name) }
            rotated.entries[name] = SealedText.seal(secret.bytes, name: name, key: next)
        }
        try save(rotated)
        self.key = next
    }

    private func check(_ password: [UInt8]) throws(VaultFault) {
        if password.count < Limits.vaultPasswordBytesMin { throw .passwordTooShort }
        if password.count > Limits.vaultPasswordBytesMax { throw .passwordTooLong }
    }

    private func use(_ now: Timestamp) throws(VaultFault) -> Secret {
        guard isEnabled else { throw .disabled }
        _ = lockIfIdle(now: now)
        guard let key else { throw .locked }
        lastUse = now
        return key
    }

    private func save(_ changed: VaultBlobRow) throws(VaultFault) {
        do { try table.save(changed) } catch { throw .store(error) }
        blob = changed
    }

    private static func verifier(sealedWith key: Secret) -> String {
        SealedText.seal(verifierText.span, name: verifierName, key: key)
    }

    /// The original kept no verifier: there any entry that opens proves the password. Not all must, for the original let
    /// wrong passwords write. A vault with neither is empty, and takes any password as its first.
    private static func opens(_ blob: VaultBlobRow, with key: Secret) -> Bool {
        if !blob.verifier.isEmpty {
            guard let text = SealedText.open(blob.verifier, name: verifierName, key: key) else { return false }
            return Digest.equals(text.bytes, verifierText.span)
        }
        return blob.entries.isEmpty
            || blob.entries.contains { SealedText.open($0.value, name: $0.key, key: key) != nil }
    }
}
