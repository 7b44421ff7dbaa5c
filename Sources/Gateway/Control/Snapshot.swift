// Everything the data plane decides by, immutable. A mutation makes a new one; an exchange keeps the one it began with.

package final class Snapshot: Sendable {
    /// What holds for all requests.
    package struct Settings: Sendable, Equatable {
        /// Requests per second and burst of one client address, and of keys without a limit of their own.
        package var rateLimitRPS = 60
        package var rateLimitBurst = 120
        /// `GET /v1/models` needs no key.
        package var modelsArePublic = true
        /// What a request is routed by when it says nothing itself.
        package var policy = RoutingPolicy()
        /// How often another than the best model is asked: see `Exploration`.
        package var explorationTemperature = 0.0
        /// How fast the bandit forgets. Only what holds at the start counts.
        package var forgetting = Forgetting(halfLifeSeconds: nil)
        /// Whether, when and for how much money slow models are hedged against.
        package var hedging = Hedging()
        package init() {}
    }

    /// Grows with every mutation.
    package let version: Int
    package let settings: Settings
    package let providers: [ProviderEntry]
    package let models: [ModelEntry]
    /// The same models.
    let offers: [Offer]
    let names: [ModelNames]
    package let keys: [KeyEntry]
    package let aliases: [AliasEntry]
    /// What `*` stands for.
    package let wildcardPool: WildcardPool
    private let modelIndex: NameTable
    private let keyIndex: NameTable
    private let aliasIndex: NameTable
    private let legacyIndex: NameTable

    /// - Parameter wildcardModels: names of the models that `*` stands for; none for all that answer chats.
    /// - Parameter legacyPrefixes: beginnings of the keys that only bcrypt knows so far.
    package init(
        version: Int, settings: Settings, providers: [ProviderEntry], models: [ModelEntry], keys: [KeyEntry],
        aliases: [AliasEntry] = [], wildcardModels: [String] = [], legacyPrefixes: [[UInt8]] = []
    ) {
        self.version = version
        self.settings = settings
        self.providers = providers
        self.models = models
        offers = models.map(Offer.init)
        names = models.map { ModelNames($0, of: providers[$0.provider]) }
        self.keys = keys
        self.aliases = aliases
        wildcardPool =
            aliases.first { $0.nameBytes == [UInt8(ascii: "*")] }.map { WildcardPool($0, of: models.count) }
            ?? WildcardPool(names: wildcardModels, models: models, providers: providers)
        modelIndex = NameTable(models.map(\.idBytes))
        aliasIndex = NameTable(aliases.map(\.nameBytes))
        keyIndex = NameTable(keys.map(\.digest), areDigests: true)
        legacyIndex = NameTable(legacyPrefixes)
    }

    /// Index of the model with this id, enabled or not.
    package func model(_ id: Span<UInt8>) -> Int? { modelIndex.index(of: id) }

    /// Index of the alias of this name.
    package func alias(_ name: Span<UInt8>) -> Int? { aliases.isEmpty ? nil : aliasIndex.index(of: name) }

    /// For each model its index in an older snapshot; nil for one that was not there.
    package func origins(in older: Snapshot) -> [Int?] {
        models.map { model in
            let id = model.idBytes
            return older.model(id.span)
        }
    }

    /// Index of the key with this digest, usable or not.
    package func key(digest: Span<UInt8>) -> Int? { keyIndex.index(of: digest) }

    /// Whether a key of the original that no digest is known of begins like this text. Then the control thread can tell (see
    /// `ControlState.adoptLegacy`), which takes it 60 ms.
    package func mayBeLegacy(_ key: Span<UInt8>) -> Bool {
        key.count > 17 && legacyIndex.index(of: key.extracting(0..<17)) != nil
    }
}
