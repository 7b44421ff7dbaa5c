// All that a snapshot is made of, so that each core gets one of its own.

import Adapters
import Store

/// A snapshot handed to two cores would have them count references in the same memory. Made anew from this, two snapshots
/// share nothing but the `KeyState`s, which are meant to be shared.
struct SnapshotRecipe {
    struct Provider {
        let row: ProviderRow
        let dialect: Adapters.Provider
        let addresses: BaseURLs
        let key: Secret?
        let isEnabled: Bool
        let timeoutMS: Int
    }

    struct Key {
        let row: APIKeyRow
        let digest: [UInt8]
        let state: KeyState
    }

    var version = 0
    var settings = Snapshot.Settings()
    var providers: [Provider] = []
    /// Those of the providers above, in order of their ids.
    var models: [ModelRow] = []
    var modelLimits = ModelLimits()
    var keys: [Key] = []
    /// Those that are switched on.
    var aliases: [AliasRow] = []
    /// Names of the models that `*` stands for; none for all that answer chats.
    var wildcardModels: [String] = []
    /// Beginnings of the keys that only bcrypt knows so far.
    var legacyPrefixes: [String] = []

    static let userAgent: StaticString = "tokenhub"

    func make() -> Snapshot {
        var positions: [String: Int] = [:]
        var entries: [ProviderEntry] = []
        var patience: [PhaseLimits] = []
        for provider in providers {
            let addresses = provider.addresses.all.compactMap { SnapshotRecipe.address($0, of: provider) }
            guard let first = addresses.first else { continue }
            positions[provider.row.id] = entries.count
            entries.append(
                ProviderEntry(
                    id: SnapshotRecipe.copy(provider.row.id), dialect: provider.dialect, target: first.target,
                    host: first.host, port: first.port, isSecure: first.isSecure,
                    others: Array(addresses.dropFirst()), isEnabled: provider.isEnabled,
                    asksForUsage: Quirks.of(provider.dialect, model: Span()).asksForUsage))
            patience.append(PhaseLimits(firstByteMS: provider.timeoutMS))
        }
        let models = models.compactMap { row in
            positions[row.providerID].map { provider in
                ModelEntry(
                    id: SnapshotRecipe.copy(row.id),
                    literal: JSONLiteral.of(row.upstreamModel.isEmpty ? row.id : row.upstreamModel), provider: provider,
                    weight: row.weight, contextTokensMax: row.contextTokensMax,
                    prices: Prices(inputPer1K: row.inputNanoUSDPer1K, outputPer1K: row.outputNanoUSDPer1K),
                    isEnabled: row.isEnabled, limits: modelLimits.limits(of: row.id, standard: patience[provider]))
            }
        }
        let keys = keys.map { key in
            KeyEntry(
                id: SnapshotRecipe.copy(key.row.id), name: SnapshotRecipe.copy(key.row.name),
                digest: key.digest.map { $0 }, scopes: Scopes(column: key.row.scopes), isEnabled: key.row.isEnabled,
                // Whole seconds, cut: a key ends a little early rather than late.
                expiresAt: key.row.expiresAt.map { $0.milliseconds / 1000 }, rateLimitRPS: key.row.rateLimitRPS,
                monthlyBudgetNanoUSD: key.row.monthlyBudgetNanoUSD > 0 ? key.row.monthlyBudgetNanoUSD : nil,
                state: key.state)
        }
        let positionsByName = Dictionary(uniqueKeysWithValues: models.enumerated().map { ($1.id, $0) })
        return Snapshot(
            version: version, settings: settings, providers: entries, models: models, keys: keys,
            aliases: aliases.compactMap { AliasEntry($0, models: positionsByName) },
            wildcardModels: wildcardModels, legacyPrefixes: legacyPrefixes.map { Array($0.utf8) })
    }

    /// `nil` for an address or key that cannot stand in a request head; both were checked when they were stored, but another
    /// program may have written the table.
    private static func address(_ url: BaseURL, of provider: Provider) -> ProviderAddress? {
        let host = Array(url.hostHeader.utf8)
        let path = Array(url.path.utf8)
        let apiVersion = Array(url.apiVersion.utf8)
        let key = provider.key ?? Secret([])
        let target = try? Target(
            provider: provider.dialect, host: host.span, basePath: path.span, apiVersion: apiVersion.span,
            key: key.bytes, userAgent: userAgent)
        return target.map { ProviderAddress(target: $0, host: copy(url.host), port: url.port, isSecure: url.isSecure) }
    }

    /// A text in memory of its own.
    private static func copy(_ text: String) -> String { String(decoding: Array(text.utf8), as: UTF8.self) }
}
