// Providers that come from elsewhere than the admin API, and their keys.

import Adapters
package import Store
import Wire

extension ControlState {
    static func vaultName(ofProvider id: String) -> String { "provider:\(id):api_key" }

    /// Takes the keys of all providers out of the open vault.
    func loadVaultKeys(now: Timestamp) throws(StoreFault) {
        guard vault.isEnabled, !vault.isLocked else { return }
        for row in try database.providers.all() {
            do throws(VaultFault) {
                let secret = try vault.secret(ControlState.vaultName(ofProvider: row.id), now: now)
                if let secret { providerKeys[row.id] = ProviderKey(secret: secret, boundTo: nil) }
            } catch {
                notices.append("the key of provider \(row.id): \(error)")
            }
        }
    }

    /// Keeps a provider's key: in the open vault, or in memory until the next start.
    /// - Returns: what `cred_store` says then, `vault` or `none`.
    func keep(_ key: Secret, ofProvider row: ProviderRow, now: Timestamp) throws(VaultFault) -> String {
        guard vault.isEnabled, !vault.isLocked else {
            providerKeys[row.id] = ProviderKey(secret: key, boundTo: (try? BaseURLs(row.baseURL))?.text)
            return "none"
        }
        try vault.set(ControlState.vaultName(ofProvider: row.id), to: key, now: now)
        providerKeys[row.id] = ProviderKey(secret: key, boundTo: nil)
        return "vault"
    }

    /// `OPENAI_API_KEY` and `ANTHROPIC_API_KEY`: a provider each, unless an operator has one of that name.
    func takeEnvironmentKeys(now: Timestamp) throws(StoreFault) {
        let given = [
            ("openai", "https://api.openai.com", "OPENAI_API_KEY", configuration.openAIKey),
            ("anthropic", "https://api.anthropic.com", "ANTHROPIC_API_KEY", configuration.anthropicKey),
        ]
        for (type, address, variable, key) in given {
            let existing = try database.providers.find(type)
            guard let key else { continue }
            if let existing, existing.origin != "env" {
                notices.append("\(variable) is not used: a provider '\(type)' is configured already")
                continue
            }
            if existing == nil {
                try database.transaction { () throws(StoreFault) in
                    try database.providers.upsert(ProviderRow(id: type, type: type, baseURL: address, origin: "env"))
                    for model in KnownModels.rows(type: type, providerID: type, origin: "env") {
                        if try database.models.find(model.id) == nil { try database.models.upsert(model) }
                    }
                    try database.auditLogs.append(
                        AuditRow(
                            timestamp: now, action: "provider.upsert", resource: type, detail: variable,
                            doneBy: "system"))
                }
            }
            providerKeys[type] = ProviderKey(secret: key, boundTo: address)
            notices.append("provider '\(type)' uses \(variable)")
        }
    }

    /// Reads the credentials file again. A file that is absent, open to others or wrong changes nothing but the notices.
    func takeCredentials(now: Timestamp) throws(StoreFault) {
        guard let path = configuration.credentialsPath else { return }
        let bytes: [UInt8]
        do throws(PrivateFile.Fault) {
            bytes = try PrivateFile.read(path, bytesMax: ControlLimits.credentialsBytesMax, mustBePrivate: true)
        } catch {
            if error != .absent { notices.append("credentials file \(path): \(error); it is not used") }
            return
        }
        let file: CredentialsFile
        do throws(CredentialsFile.Fault) {
            file = try CredentialsFile(bytes)
        } catch {
            notices.append("credentials file \(path): \(error); it is not used")
            return
        }
        notices += file.notices.map { "credentials file \(path): \($0)" }
        for provider in file.providers { try take(provider, now: now) }
        for model in file.models {
            if let existing = try database.models.find(model.id), existing.origin != "credentials" { continue }
            do throws(StoreFault) {
                var model = model
                // What only an operator or the price list can know stays through a re-read.
                if let existing = try database.models.find(model.id) {
                    model.isGemma4 = existing.isGemma4
                    if model.inputNanoUSDPer1K == nil && model.outputNanoUSDPer1K == nil {
                        model.inputNanoUSDPer1K = existing.inputNanoUSDPer1K
                        model.outputNanoUSDPer1K = existing.outputNanoUSDPer1K
                        model.pricingSource = existing.pricingSource
                    }
                    if model == existing { continue }
                }
                try database.models.upsert(model)
            } catch .foreignKey {
                notices.append(
                    "credentials file \(path): model \(model.id) names an unknown provider \(model.providerID)")
            }
        }
    }

    private func take(_ provider: CredentialsFile.Provider, now: Timestamp) throws(StoreFault) {
        var row = provider.row
        let existing = try database.providers.find(row.id)
        row.credentialStore = existing?.credentialStore ?? "none"
        let isOperators = existing.map { $0.origin != "credentials" } ?? false
        if let key = provider.key {
            if isOperators {
                // The row is the operator's now, and its key too; the file's serves only where there is none.
                if providerKeys[row.id] == nil {
                    providerKeys[row.id] = ProviderKey(secret: key, boundTo: (try? BaseURLs(row.baseURL))?.text)
                }
            } else if let known = providerKeys[row.id], known.boundTo == nil,
                Digest.equals(known.secret.bytes, key.bytes)
            {
                row.credentialStore = "vault"
            } else {
                do throws(VaultFault) {
                    row.credentialStore = try keep(key, ofProvider: row, now: now)
                } catch {
                    notices.append("the key of provider \(row.id): \(error)")
                }
            }
        }
        if !isOperators && existing != row { try database.providers.upsert(row) }
    }

    /// Adds or replaces a provider that lives in this process, with its models. An operator's row of that name stays.
    /// - Returns: whether there is a new snapshot.
    package func offer(_ provider: ProviderRow, key: Secret?, models: [ModelRow], now: Timestamp) throws(StoreFault)
        -> Bool
    {
        precondition(provider.origin == "sim", "a provider of this process is of origin sim")
        if let existing = try database.providers.find(provider.id), existing.origin != "sim" { return false }
        try database.transaction { () throws(StoreFault) in
            try database.providers.upsert(provider)
            for model in models {
                if let existing = try database.models.find(model.id), existing.origin != "sim" { continue }
                try database.models.upsert(model)
            }
        }
        offered.insert(provider.id)
        providerKeys[provider.id] = key.map {
            ProviderKey(secret: $0, boundTo: (try? BaseURLs(provider.baseURL))?.text)
        }
        try publish(now: now)
        return true
    }
}
