// What the control thread owns: the database, the vault, the tokens, and the snapshot made of them.

package import Store

/// Not Sendable: born, used and freed on the control thread. Every change is on the disk before the call returns; then the
/// snapshot is made anew, for the caller to hand out.
package final class ControlState {
    package let configuration: Configuration
    package let database: Database
    package let vault: Vault
    /// `nil` for a database in memory: then nothing is written anywhere.
    package let tokenFiles: TokenFiles?

    /// What holds now, as the control thread reads it; `makeSnapshot` makes the ones for the cores.
    package internal(set) var snapshot: Snapshot
    package internal(set) var defaults = RoutingDefaults(mode: "", budgetNanoUSDMax: 0, latencyMSMax: 0)
    var recipe = SnapshotRecipe()
    /// What all cores share of each key, kept from snapshot to snapshot.
    var keyStates: [String: KeyState] = [:]
    /// The month that `keyStates` count.
    var month: Timestamp
    /// What the operator should hear about the start, oldest first.
    package internal(set) var notices: [String]
    /// The key `host-local`, when this start has made it or its file still holds it.
    package private(set) var hostKey: Secret?

    var adminToken: Secret
    /// The token is the environment's, so a rotation lasts until the next start only.
    let adminTokenIsGiven: Bool
    /// The file that holds the admin token; `nil` when it came from the environment or there is no directory.
    package var adminTokenPath: String? { adminTokenIsGiven ? nil : tokenFiles?.adminTokenPath }
    var sessions = AdminSessions()
    /// Where to tell what happens.
    package let events = EventBus()
    /// Keys that the data plane uses, by provider: from the vault, the environment, the credentials file, or given while
    /// the vault was closed. They stay when the vault is locked, for traffic goes on.
    var providerKeys: [String: ProviderKey] = [:]
    /// Providers of this process that `offer` has brought.
    var offered: Set<String> = []
    /// Models whose providers have no budget left for them, until somebody enables them or this process ends.
    private(set) var suspended: Set<String> = []
    /// When keys were last used, as far as it is not written yet.
    var lastUses: [String: Timestamp] = [:]
    private var usesAt: Timestamp
    private var rotationCheckAt: Timestamp
    private var pruneAt: Timestamp

    /// Opens everything and takes in what the environment and the credentials file bring.
    package init(_ configuration: Configuration, now: Timestamp) throws(StartFault) {
        self.configuration = configuration
        notices = configuration.notices
        rotationCheckAt = now
        pruneAt = now
        usesAt = now.advanced(byMS: ControlLimits.usesMS)
        do throws(StoreFault) {
            database = try Database(configuration.database, now: now)
            vault = try Vault(
                table: database.vaultBlob, isEnabled: configuration.vaultIsEnabled,
                idleMSMax: configuration.vaultPassword == nil ? Store.Limits.vaultIdleMS : nil)
        } catch {
            throw .store(error)
        }
        tokenFiles = configuration.database.directory.map { TokenFiles(directory: $0) }
        snapshot = recipe.make()
        month = now.monthStart

        adminTokenIsGiven = configuration.adminToken != nil
        adminToken = configuration.adminToken ?? Secret([])
        if !adminTokenIsGiven { adminToken = try ControlState.storedAdminToken(tokenFiles) }

        if let password = configuration.vaultPassword, configuration.vaultIsEnabled {
            do throws(VaultFault) {
                try vault.unlock(password: TokenFiles.bytes(of: password), now: now)
            } catch {
                throw .vault(error)
            }
        }
        do throws(StoreFault) {
            try loadVaultKeys(now: now)
            try takeEnvironmentKeys(now: now)
            try takeCredentials(now: now)
            try publish(now: now)
        } catch {
            throw .store(error)
        }
        try makeHostKey(now: now)
    }

    private static func storedAdminToken(_ files: TokenFiles?) throws(StartFault) -> Secret {
        guard let files else { return Secret(Array(Hex.encode(Entropy.bytes(32)).utf8)) }
        do throws(PrivateFile.Fault) {
            if let stored = try files.read(files.adminTokenPath), stored.count >= ControlLimits.adminTokenBytesMin {
                return stored
            }
            let fresh = Secret(Array(Hex.encode(Entropy.bytes(32)).utf8))
            try files.write(fresh, to: files.adminTokenPath)
            try files.writeEnvironment([("TOKENHUB_ADMIN_TOKEN", fresh)])
            return fresh
        } catch {
            throw .file(path: files.adminTokenPath, fault: error)
        }
    }

    /// The key `host-local` with all scopes, made once for the scripts of this machine.
    private func makeHostKey(now: Timestamp) throws(StartFault) {
        do throws(StoreFault) {
            let isKnown = try database.apiKeys.all().contains { $0.name == ControlState.hostKeyName }
            if isKnown {
                if let tokenFiles { hostKey = (try? tokenFiles.read(tokenFiles.hostKeyPath)) ?? nil }
                return
            }
            let material = KeyMaterial()
            let row = APIKeyRow(
                id: KeyMaterial.freshID(), prefix: material.prefix, digest: material.digest,
                name: ControlState.hostKeyName, scopes: "[]", createdAt: now)
            try database.apiKeys.insert(row)
            hostKey = Secret(Array(material.plaintext.utf8))
            try publish(now: now)
        } catch {
            throw .store(error)
        }
        guard let tokenFiles, let hostKey else { return }
        do throws(PrivateFile.Fault) {
            try tokenFiles.write(hostKey, to: tokenFiles.hostKeyPath)
            try tokenFiles.writeEnvironment([("TOKENHUB_API_KEY", hostKey)])
        } catch {
            throw .file(path: tokenFiles.hostKeyPath, fault: error)
        }
    }

    static let hostKeyName = "host-local"

    /// Whether this is the admin token, in a time that does not depend on where they differ.
    package func isAdminToken(_ candidate: Span<UInt8>) -> Bool {
        let left = Digest.sha256(candidate)
        let token = adminToken
        let right = Digest.sha256(token.bytes)
        return Digest.equals(left.span, right.span)
    }

    /// Finds the key of the original behind a plaintext that no digest knows. About 60 ms.
    /// - Returns: whether there is a new snapshot, in which the key's digest stands.
    package func adoptLegacy(plaintext: [UInt8], now: Timestamp) throws(StoreFault) -> Bool {
        guard try database.apiKeys.adoptLegacy(plaintext: plaintext) != nil else { return false }
        try publish(now: now)
        return true
    }

    /// Leaves a model out until it is enabled again.
    /// - Returns: whether there is a new snapshot.
    package func suspend(_ model: String, now: Timestamp) throws(StoreFault) -> Bool {
        guard let entry = snapshot.models.first(where: { $0.id == model }), suspended.insert(model).inserted
        else { return false }
        var event = Event(.modelDisabled, at: now)
        (event.modelID, event.providerID) = (model, snapshot.providers[entry.provider].id)
        event.reason = "its provider has no budget left"
        events.publish(event)
        try publish(now: now)
        return true
    }

    /// The operator has enabled a model; it counts from the next snapshot on.
    func resume(_ model: String) { suspended.remove(model) }

    /// What is left to write at the end: uses and spend of keys, and the log into the file.
    package func close(now: Timestamp) throws(StoreFault) {
        try writeUses()
        try database.requestLogs.harden()
        try database.checkpoint()
    }

    private func writeUses() throws(StoreFault) {
        guard !lastUses.isEmpty else { return }
        try database.apiKeys.touch(lastUses.map { ($0.key, $0.value) })
        lastUses.removeAll()
    }

    /// What is due: the idle vault is locked, overdue keys are disabled, ended sessions and old rows dropped. Call it about
    /// once a second; a call costs 10 µs, one with a pruning step about 10 ms, one after a key was made about 100 ms.
    /// - Returns: whether there is a new snapshot.
    package func housekeep(now: Timestamp) throws(StoreFault) -> Bool {
        turnMonth(now: now)
        try database.requestLogs.harden()
        if vault.lockIfIdle(now: now) {
            try database.auditLogs.append(
                AuditRow(timestamp: now, action: "vault.lock", detail: "idle", doneBy: "system"))
        }
        if now >= pruneAt {
            let cutoff = now.advanced(byMS: -ControlLimits.retentionDays * Timestamp.millisecondsPerDay)
            let pruned = [
                try database.requestLogs.prune(olderThan: cutoff), try database.auditLogs.prune(olderThan: cutoff),
                try database.rewards.prune(olderThan: cutoff),
            ]
            // A full step means there may be more: the next call goes on.
            let isDone = pruned.allSatisfy { $0 < Store.Limits.pruneRowsMax }
            if isDone { pruneAt = now.advanced(byMS: ControlLimits.pruneMS) }
        }
        if now >= usesAt {
            usesAt = now.advanced(byMS: ControlLimits.usesMS)
            try writeUses()
        }
        // One a call: it takes 100 ms, and the merges of the cores wait.
        _ = try database.apiKeys.stretchOne()
        guard now >= rotationCheckAt else { return false }
        rotationCheckAt = now.advanced(byMS: ControlLimits.rotationCheckMS)
        sessions.dropEnded(now: now)
        let disabled = try database.transaction { () throws(StoreFault) in
            let rows = try database.apiKeys.disableOverdue(now: now)
            for row in rows {
                try database.auditLogs.append(
                    AuditRow(timestamp: now, action: "apikey.rotation_expired", resource: row.id, doneBy: "system"))
            }
            return rows
        }
        for row in disabled {
            var event = Event(.keyRotationExpired, at: now)
            event.apiKeyName = row.name
            event.reason = "the key was to be replaced after \(row.rotationDays) days, and is disabled"
            events.publish(event)
        }
        if !disabled.isEmpty { try publish(now: now) }
        return !disabled.isEmpty
    }

    /// Reads the credentials file anew. A file at fault changes nothing but the notices.
    package func reload(now: Timestamp) throws(StoreFault) {
        notices = []
        try takeCredentials(now: now)
        try publish(now: now)
    }
}
