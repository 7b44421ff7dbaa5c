// What the environment says, read once at start.

package import Store

/// Every `TOKENHUB_*` variable of the original that applies, and ours. `docs/configuration` is written from this list.
package struct Configuration: Sendable {
    package let listenAddress: ListenAddress
    package let logLevel: LogLevel
    package let database: DataSource
    package let vaultIsEnabled: Bool
    /// Opens the vault at start, which then never locks itself.
    package let vaultPassword: Secret?
    package let adminToken: Secret?

    package let defaultMode: String
    package let defaultBudgetNanoUSDMax: Int64
    package let defaultLatencyMSMax: Int
    /// Softmax temperature over ranks; 0 for always the best.
    package let explorationTemperature: Double
    /// Seconds after which a reward counts half; 0: never less.
    package let banditHalfLifeSeconds: Double
    /// Whether a model that was named answers or nobody does, whatever the request says.
    package let namesAreStrict: Bool
    /// The models that `*` stands for; none for all that answer chats.
    package let wildcardModels: [String]
    package let providerTimeoutMS: Int
    /// Limits by phase of single models.
    package let modelLimits: ModelLimits
    package let hedging: Hedging

    /// Pages whose scripts may call `/v1`. The admin API never takes part.
    package let corsOrigins: [String]
    package let rateLimitRPS: Int
    package let rateLimitBurst: Int
    package let adminRateLimitRPS: Int
    package let adminRateLimitBurst: Int

    /// `nil` when there is no home directory to look in.
    package let credentialsPath: String?
    package let drainMS: Int
    package let probesProviders: Bool

    package let reactor: ReactorChoice
    /// Loops, one per core; 0 for as many as the process may use.
    package let coreCount: Int
    /// Paths of the server's certificate chain and its key, in PEM.
    package let tlsFiles: (certificate: String, key: String)?
    /// Certificates that upstreams may be signed by, beside the system's.
    package let authorityPath: String?
    /// Whether `GET /v1/models` answers without a key.
    package let modelsArePublic: Bool
    /// `/metrics` has the original's `tokenhub_request_latency_ms` too, which its dashboards and alerts need.
    package let metricsLegacyNames: Bool

    package let openAIKey: Secret?
    package let anthropicKey: Secret?

    /// What the operator should hear and what does not stop the start.
    package let notices: [String]

    package static let databaseStandard = "file:/data/tokenhub.sqlite"
    /// Modes that the router knows; `routing-config` takes the same.
    package static let modes = ["cheap", "normal", "high_confidence", "planning", "adversarial", "thompson"]

    /// - Parameter readFile: for `*_FILE` variables.
    package init(
        _ environment: [String: String],
        readFile: @escaping (String) throws(PrivateFile.Fault) -> [UInt8] = Configuration.readSecretFile
    ) throws(ConfigurationFault) {
        let reader = EnvironmentReader(environment: environment, readFile: readFile)
        var notices: [String] = []

        let address = reader.text("TOKENHUB_LISTEN_ADDR") ?? ":8090"
        guard let listenAddress = ListenAddress(address) else {
            throw ConfigurationFault(variable: "TOKENHUB_LISTEN_ADDR", reason: "'\(address)' is not [host]:port")
        }
        self.listenAddress = listenAddress
        let level = reader.text("TOKENHUB_LOG_LEVEL") ?? "info"
        guard let logLevel = LogLevel(level) else {
            throw ConfigurationFault(
                variable: "TOKENHUB_LOG_LEVEL", reason: "'\(level)' is none of debug, info, warn, error")
        }
        self.logLevel = logLevel
        do throws(StoreFault) {
            database = try DataSource(reader.text("TOKENHUB_DB_DSN") ?? Configuration.databaseStandard)
        } catch {
            throw ConfigurationFault(variable: "TOKENHUB_DB_DSN", reason: "\(error)")
        }

        vaultIsEnabled = try reader.flag("TOKENHUB_VAULT_ENABLED", true)
        vaultPassword = try reader.secret("TOKENHUB_VAULT_PASSWORD")
        if vaultPassword != nil && reader.text("TOKENHUB_VAULT_PASSWORD") != nil {
            notices.append(
                "TOKENHUB_VAULT_PASSWORD can be read from the environment; TOKENHUB_VAULT_PASSWORD_FILE cannot")
        }
        adminToken = try reader.secret("TOKENHUB_ADMIN_TOKEN")
        if let adminToken {
            let bounds = ControlLimits.adminTokenBytesMin...ControlLimits.adminTokenBytesMax
            guard bounds.contains(adminToken.count) else {
                throw ConfigurationFault(
                    variable: "TOKENHUB_ADMIN_TOKEN",
                    reason: "the token has \(adminToken.count) bytes, not \(bounds.lowerBound) to \(bounds.upperBound)")
            }
        }

        defaultMode = reader.text("TOKENHUB_DEFAULT_MODE") ?? "normal"
        guard Configuration.modes.contains(defaultMode) else {
            throw ConfigurationFault(
                variable: "TOKENHUB_DEFAULT_MODE",
                reason: "'\(defaultMode)' is none of \(Configuration.modes.joined(separator: ", "))")
        }
        defaultBudgetNanoUSDMax = NanoUSD.fromDollars(
            try reader.real("TOKENHUB_DEFAULT_MAX_BUDGET_USD", 0.05, in: 0...ControlLimits.dollarsMax))
        defaultLatencyMSMax = try reader.number("TOKENHUB_DEFAULT_MAX_LATENCY_MS", 120_000, in: 1...3_600_000)
        explorationTemperature = try reader.real("TOKENHUB_EXPLORATION_TEMP", 0.3, in: 0...1000)
        banditHalfLifeSeconds = try reader.real("TOKENHUB_BANDIT_HALF_LIFE_SECS", 600, in: 0...1e9)
        namesAreStrict = try reader.flag("TOKENHUB_STRICT_MODELS", false)
        wildcardModels = reader.list("TOKENHUB_WILDCARD_MODELS")
        providerTimeoutMS = try reader.number("TOKENHUB_PROVIDER_TIMEOUT_SECS", 30, in: 1...3600) * 1000
        modelLimits = try ModelLimits(reader.text("TOKENHUB_MODEL_LIMITS") ?? "")
        hedging = try Configuration.hedging(reader)

        corsOrigins = reader.list("TOKENHUB_CORS_ORIGINS", "*")
        rateLimitRPS = try reader.number("TOKENHUB_RATE_LIMIT_RPS", 60, in: 1...ControlLimits.rateLimitRPSMax)
        rateLimitBurst = try reader.number("TOKENHUB_RATE_LIMIT_BURST", 120, in: 1...ControlLimits.rateLimitRPSMax)
        adminRateLimitRPS = try reader.number(
            "TOKENHUB_ADMIN_RATE_LIMIT_RPS", 30, in: 1...ControlLimits.rateLimitRPSMax)
        adminRateLimitBurst = try reader.number(
            "TOKENHUB_ADMIN_RATE_LIMIT_BURST", 60, in: 1...ControlLimits.rateLimitRPSMax)

        credentialsPath =
            reader.text("TOKENHUB_CREDENTIALS_FILE") ?? reader.text("HOME").map { "\($0)/.tokenhub/credentials" }
        let drainSeconds = try reader.number("TOKENHUB_SHUTDOWN_DRAIN_SECS", 30, in: -1...86_400)
        // As the original: no time at all is the standard time.
        drainMS = (drainSeconds <= 0 ? 30 : drainSeconds) * 1000
        probesProviders = try !reader.flag("TOKENHUB_HEALTH_PROBE_DISABLED", false)

        let reactorName = reader.text("TOKENHUB_REACTOR") ?? "auto"
        guard let reactor = ReactorChoice(rawValue: reactorName) else {
            throw ConfigurationFault(
                variable: "TOKENHUB_REACTOR", reason: "'\(reactorName)' is none of auto, epoll, uring")
        }
        self.reactor = reactor
        coreCount = try reader.number("TOKENHUB_CORES", 0, in: 0...1024)
        switch (reader.text("TOKENHUB_TLS_CERT"), reader.text("TOKENHUB_TLS_KEY")) {
        case (.some(let certificate), .some(let key)): tlsFiles = (certificate, key)
        case (.none, .none): tlsFiles = nil
        case (.none, .some):
            throw ConfigurationFault(variable: "TOKENHUB_TLS_CERT", reason: "missing beside TOKENHUB_TLS_KEY")
        case (.some, .none):
            throw ConfigurationFault(variable: "TOKENHUB_TLS_KEY", reason: "missing beside TOKENHUB_TLS_CERT")
        }
        authorityPath = reader.text("TOKENHUB_CA_FILE")
        modelsArePublic = try reader.flag("TOKENHUB_MODELS_PUBLIC", true)
        metricsLegacyNames = try reader.flag("TOKENHUB_METRICS_LEGACY", true)

        openAIKey = try reader.secret("OPENAI_API_KEY")
        anthropicKey = try reader.secret("ANTHROPIC_API_KEY")

        for name in Configuration.inapplicable where reader.text(name) != nil {
            if try reader.flag(name, false) { notices.append("\(name) is set, but this build has no such part") }
        }
        for name in environment.keys.sorted() where name.hasPrefix("TOKENHUB_") && !Configuration.known.contains(name) {
            notices.append("\(name) is not a variable of TokenHub; is it misspelt?")
        }
        self.notices = notices
    }

    private static func hedging(_ reader: EnvironmentReader) throws(ConfigurationFault) -> Hedging {
        var hedging = Hedging()
        if reader.text("TOKENHUB_HEDGE_AFTER_MS") == "auto" {
            hedging.delay = .learned
        } else {
            let delayMS = try reader.number("TOKENHUB_HEDGE_AFTER_MS", 0, in: 0...3_600_000)
            if delayMS > 0 { hedging.delay = .milliseconds(delayMS) }
        }
        hedging.attemptsMax = try reader.number("TOKENHUB_MAX_HEDGED_PROVIDERS", 3, in: 1...100)
        hedging.spendShare = try reader.real("TOKENHUB_HEDGE_SPEND_PERCENT", 5, in: 0...100) / 100
        return hedging
    }

    package static func readSecretFile(_ path: String) throws(PrivateFile.Fault) -> [UInt8] {
        try PrivateFile.read(path, bytesMax: ControlLimits.secretFileBytesMax, mustBePrivate: false)
    }

    /// Switches of parts that the original has and we do not have yet.
    private static let inapplicable = [
        "TOKENHUB_OTEL_ENABLED", "TOKENHUB_TEMPORAL_ENABLED", "TOKENHUB_PRICING_REFRESH_ENABLED",
    ]

    private static let known: Set<String> = [
        "TOKENHUB_LISTEN_ADDR", "TOKENHUB_LOG_LEVEL", "TOKENHUB_DB_DSN", "TOKENHUB_VAULT_ENABLED",
        "TOKENHUB_VAULT_PASSWORD", "TOKENHUB_VAULT_PASSWORD_FILE", "TOKENHUB_ADMIN_TOKEN", "TOKENHUB_ADMIN_TOKEN_FILE",
        "TOKENHUB_DEFAULT_MODE", "TOKENHUB_DEFAULT_MAX_BUDGET_USD", "TOKENHUB_DEFAULT_MAX_LATENCY_MS",
        "TOKENHUB_EXPLORATION_TEMP", "TOKENHUB_BANDIT_HALF_LIFE_SECS", "TOKENHUB_STRICT_MODELS",
        "TOKENHUB_WILDCARD_MODELS", "TOKENHUB_PROVIDER_TIMEOUT_SECS", "TOKENHUB_MODEL_LIMITS",
        "TOKENHUB_HEDGE_AFTER_MS",
        "TOKENHUB_MAX_HEDGED_PROVIDERS", "TOKENHUB_HEDGE_SPEND_PERCENT", "TOKENHUB_CORS_ORIGINS",
        "TOKENHUB_RATE_LIMIT_RPS", "TOKENHUB_RATE_LIMIT_BURST",
        "TOKENHUB_ADMIN_RATE_LIMIT_RPS", "TOKENHUB_ADMIN_RATE_LIMIT_BURST", "TOKENHUB_CREDENTIALS_FILE",
        "TOKENHUB_SHUTDOWN_DRAIN_SECS", "TOKENHUB_HEALTH_PROBE_DISABLED", "TOKENHUB_REACTOR", "TOKENHUB_CORES",
        "TOKENHUB_TLS_CERT", "TOKENHUB_TLS_KEY", "TOKENHUB_CA_FILE", "TOKENHUB_MODELS_PUBLIC",
        "TOKENHUB_METRICS_LEGACY", "TOKENHUB_SIM",
        "TOKENHUB_OTEL_ENABLED", "TOKENHUB_OTEL_ENDPOINT", "TOKENHUB_OTEL_SERVICE_NAME", "TOKENHUB_TEMPORAL_ENABLED",
        "TOKENHUB_TEMPORAL_HOST", "TOKENHUB_TEMPORAL_NAMESPACE", "TOKENHUB_TEMPORAL_TASK_QUEUE",
        "TOKENHUB_PRICING_REFRESH_ENABLED", "TOKENHUB_PRICING_REFRESH_INTERVAL_SECS", "TOKENHUB_URL",
        "TOKENHUB_API_KEY",
    ]
}
