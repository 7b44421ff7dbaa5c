// Which providers, models and keys stand in a test, and how the snapshot is made of them.

import Adapters
import Sim
import Testing
import Wire

@testable import Gateway
@testable import Reactor

struct Plan {
    struct Stand {
        var id: String
        var profile = SimProfile()
        /// Its connections are answered by the test, not by a simulated provider.
        var script: ((Client) -> Void)?
        var asksForUsage = true
        var isEnabled = true
        /// The gateway speaks TLS to it.
        var isSecure = false
        var connectMS = 5_000
        var firstByteMS = 30_000
        var firstTokenMS = 120_000
        var betweenBytesMS = 120_000
        var dialect = Provider.sim
        /// Stands whose addresses are this one's too.
        var alsoAt: [String] = []
        /// What the gateway sends to it as its credential.
        var credential = ""
    }

    struct Model {
        var id: String
        var provider: String
        var weight = 5
        var literal: String
        var context = 0
        var prices = Prices(inputPer1K: 1_000_000, outputPer1K: 2_000_000)
        var isEnabled = true
        var totalMS = 0
    }

    struct Key {
        var text = Plan.keyText
        var id = "key-1"
        var scopes = Scopes.all
        var isEnabled = true
        var expiresAt: Int64?
        var rateLimitRPS = -1
        var budget: Int64?
        var state = KeyState()
    }

    struct Alias {
        var name: String
        /// Model ids with their weights.
        var variants: [(String, Int)]
        var stickiness = AliasEntry.Stickiness.request
    }

    var aliases: [Alias] = []
    /// What `*` stands for; none: every model that answers chats.
    var wildcardModels: [String] = []
    var stands: [Stand] = [Stand(id: "alpha")]
    var models: [Model] = [Model(id: "m-alpha", provider: "alpha", weight: 9, literal: "up-alpha")]
    var keys: [Key] = [Key()]
    /// Beginnings of keys that only the control thread can recognise.
    var legacyPrefixes: [String] = []
    var origins = ["*"]
    /// The first core probes the providers.
    var probes = false
    var settings: Snapshot.Settings = {
        var settings = Snapshot.Settings()
        settings.rateLimitRPS = 0
        return settings
    }()

    static let keyText = "tokenhub_" + String(repeating: "0123456789abcdef", count: 4)

    init() {}

    /// One provider, with a fault that strikes every request.
    static func one(_ fault: SimFault = .none) -> Plan {
        var plan = Plan()
        plan.stands[0].profile.chances = [SimProfile.Chance(fault, perMille: 1000)]
        return plan
    }

    /// Two providers; the first is preferred and has a fault that strikes every request, the other is sound.
    static func two(_ fault: SimFault = .none) -> Plan {
        var plan = Plan.one(fault)
        plan.stands.append(Stand(id: "beta"))
        plan.models.append(Model(id: "m-beta", provider: "beta", weight: 5, literal: "up-beta"))
        return plan
    }

    /// Both fail in the same way.
    static func bothFail(_ fault: SimFault) -> Plan {
        var plan = Plan.two(fault)
        plan.stands[1].profile = plan.stands[0].profile
        return plan
    }

    /// - Parameter addresses: where the stands listen, by their ids.
    func snapshot(version: Int, addresses: [String: SocketAddress]) throws -> Snapshot {
        var providers: [ProviderEntry] = []
        var positions: [String: Int] = [:]
        func place(_ stand: Stand, of id: String) throws -> ProviderAddress {
            let address = try #require(addresses[id], "\(id) stands nowhere")
            let host = Array("\(address.host):\(address.port)".utf8)
            let credential = Array(stand.credential.utf8)
            let target = try Target(
                provider: stand.dialect, host: host.span, basePath: Span(), key: credential.span, userAgent: "tokenhub")
            return ProviderAddress(target: target, host: address.host, port: address.port, isSecure: stand.isSecure)
        }
        for stand in stands {
            let first = try place(stand, of: stand.id)
            positions[stand.id] = providers.count
            providers.append(
                ProviderEntry(
                    id: stand.id, dialect: stand.dialect, target: first.target, host: first.host, port: first.port,
                    isSecure: stand.isSecure, others: try stand.alsoAt.map { try place(stand, of: $0) },
                    isEnabled: stand.isEnabled, asksForUsage: stand.asksForUsage))
        }
        let models = try models.map { model in
            let stand = try #require(stands.first { $0.id == model.provider })
            var limits = PhaseLimits(firstByteMS: stand.firstByteMS, firstTokenMS: stand.firstTokenMS)
            (limits.connectMS, limits.betweenTokensMS) = (stand.connectMS, stand.betweenBytesMS)
            limits.totalMS = model.totalMS
            return ModelEntry(
                id: model.id, literal: JSONLiteral.of(model.literal), provider: try #require(positions[model.provider]),
                weight: model.weight, contextTokensMax: model.context, prices: model.prices, isEnabled: model.isEnabled,
                limits: limits)
        }
        let keys = keys.map { key in
            let text = Array(key.text.utf8)
            let digest = SHA256.hash(text.span)
            return KeyEntry(
                id: key.id, name: key.id, digest: Array(copying: digest.span), scopes: key.scopes,
                isEnabled: key.isEnabled, expiresAt: key.expiresAt, rateLimitRPS: key.rateLimitRPS,
                monthlyBudgetNanoUSD: key.budget, state: key.state)
        }
        let aliases = aliases.map { alias in
            AliasEntry(
                name: alias.name,
                variants: alias.variants.map { id, weight in
                    AliasEntry.Variant(model: models.firstIndex { $0.id == id }, weight: weight)
                }, stickiness: alias.stickiness)
        }
        return Snapshot(
            version: version, settings: settings, providers: providers, models: models, keys: keys, aliases: aliases,
            wildcardModels: wildcardModels, legacyPrefixes: legacyPrefixes.map { Array($0.utf8) })
    }
}
