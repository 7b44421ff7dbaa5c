// From rows to the snapshot.

import Adapters
import Store

extension ControlState {
    /// The snapshot made once more, for a core to call its own.
    package func makeSnapshot() -> Snapshot { recipe.make() }

    /// Reads the tables and makes the snapshot anew.
    func publish(now: Timestamp) throws(StoreFault) {
        var next = SnapshotRecipe(version: recipe.version + 1)
        next.settings.rateLimitRPS = configuration.rateLimitRPS
        next.settings.rateLimitBurst = configuration.rateLimitBurst
        next.settings.modelsArePublic = configuration.modelsArePublic
        for row in try database.providers.all() {
            // A type this build does not speak or an address that cannot be used: configured, but not served.
            guard let dialect = Provider(type: Array(row.type.utf8).span),
                let addresses = try? BaseURLs(row.baseURL), addresses.objection(of: dialect) == nil
            else { continue }
            next.providers.append(
                SnapshotRecipe.Provider(
                    row: row, dialect: dialect, addresses: addresses, key: usableKey(of: row, at: addresses),
                    isEnabled: row.isEnabled && isPresent(row),
                    timeoutMS: row.timeoutMS > 0 ? row.timeoutMS : configuration.providerTimeoutMS))
        }
        next.models = try database.models.all()
        next.modelLimits = configuration.modelLimits
        for index in next.models.indices where suspended.contains(next.models[index].id) {
            next.models[index].isEnabled = false
        }
        next.aliases = try database.aliases.all().filter(\.isEnabled)
        var states: [String: KeyState] = [:]
        for row in try database.apiKeys.all() {
            guard let digest = row.digest else {
                if row.isEnabled { next.legacyPrefixes.append(row.prefix) }
                continue
            }
            // Every key's money is counted, so that a budget given later begins with what was spent, requests under way included.
            let state = keyStates[row.id] ?? KeyState(spentNanoUSD: spend(ofKey: row.id, now: now))
            states[row.id] = state
            next.keys.append(SnapshotRecipe.Key(row: row, digest: digest, state: state))
        }
        defaults = try effectiveDefaults()
        next.settings.policy.mode = RoutingMode(Array(defaults.mode.utf8).span) ?? .normal
        next.settings.policy.budgetNanoUSDMax = defaults.budgetNanoUSDMax
        next.settings.policy.latencyMSMax = defaults.latencyMSMax
        next.settings.policy.isStrict = configuration.namesAreStrict
        next.wildcardModels = configuration.wildcardModels
        next.settings.explorationTemperature = configuration.explorationTemperature
        next.settings.forgetting = Forgetting(halfLifeSeconds: configuration.banditHalfLifeSeconds)
        next.settings.hedging = configuration.hedging
        keyStates = states
        recipe = next
        snapshot = next.make()
    }

    /// What the operator has set, and the environment's value for what he has not.
    func effectiveDefaults() throws(StoreFault) -> RoutingDefaults {
        let row = try database.routingConfig.load() ?? RoutingConfigRow()
        return RoutingDefaults(
            mode: row.defaultMode.isEmpty ? configuration.defaultMode : row.defaultMode,
            budgetNanoUSDMax: row.defaultBudgetNanoUSDMax > 0
                ? row.defaultBudgetNanoUSDMax : configuration.defaultBudgetNanoUSDMax,
            latencyMSMax: row.defaultLatencyMSMax > 0 ? row.defaultLatencyMSMax : configuration.defaultLatencyMSMax)
    }

    /// A key goes only to the address it was given for.
    private func usableKey(of row: ProviderRow, at addresses: BaseURLs) -> Secret? {
        guard let key = providerKeys[row.id] else { return nil }
        if let place = key.boundTo, place != addresses.text { return nil }
        return key.secret
    }

    /// A provider that an earlier start brought along is there only while its key or its process is.
    private func isPresent(_ row: ProviderRow) -> Bool {
        switch row.origin {
        case "env": providerKeys[row.id] != nil
        case "sim": offered.contains(row.id)
        default: true
        }
    }
}
