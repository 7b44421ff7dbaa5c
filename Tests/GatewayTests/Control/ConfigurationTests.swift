import Store
import Testing

@testable import Gateway

@Suite struct ConfigurationTests {
    @Test func standardsAreThoseOfTheOriginal() throws {
        let configuration = try Configuration([:])
        #expect(configuration.listenAddress == ListenAddress(host: "", port: 8090))
        #expect(configuration.logLevel == .info)
        #expect(configuration.database.path == "/data/tokenhub.sqlite")
        #expect(configuration.vaultIsEnabled && configuration.vaultPassword == nil && configuration.adminToken == nil)
        #expect(configuration.defaultMode == "normal")
        #expect(configuration.defaultBudgetNanoUSDMax == 50_000_000)
        #expect(configuration.defaultLatencyMSMax == 120_000)
        #expect(configuration.explorationTemperature == 0.3)
        #expect(configuration.providerTimeoutMS == 30_000)
        #expect(configuration.hedging == Hedging())
        #expect(configuration.hedging.attemptsMax == 3 && configuration.hedging.spendShare == 0.05)
        #expect(configuration.corsOrigins == ["*"])
        #expect(configuration.rateLimitRPS == 60 && configuration.rateLimitBurst == 120)
        #expect(configuration.adminRateLimitRPS == 30 && configuration.adminRateLimitBurst == 60)
        #expect(configuration.credentialsPath == nil)
        #expect(configuration.drainMS == 30_000 && configuration.probesProviders)
        #expect(configuration.reactor == .auto && configuration.coreCount == 0 && configuration.tlsFiles == nil)
        #expect(!configuration.namesAreStrict && configuration.wildcardModels == [])
        #expect(configuration.modelsArePublic && configuration.openAIKey == nil && configuration.notices.isEmpty)
    }

    @Test func everyVariableCounts() throws {
        let configuration = try Configuration([
            "TOKENHUB_LISTEN_ADDR": "[::1]:80", "TOKENHUB_LOG_LEVEL": "DEBUG", "TOKENHUB_DB_DSN": ":memory:",
            "TOKENHUB_VAULT_ENABLED": "F", "TOKENHUB_DEFAULT_MODE": "cheap", "TOKENHUB_DEFAULT_MAX_BUDGET_USD": "0",
            "TOKENHUB_DEFAULT_MAX_LATENCY_MS": "5", "TOKENHUB_EXPLORATION_TEMP": "0",
            "TOKENHUB_PROVIDER_TIMEOUT_SECS": "7", "TOKENHUB_HEDGE_AFTER_MS": "50",
            "TOKENHUB_MAX_HEDGED_PROVIDERS": "2", "TOKENHUB_HEDGE_SPEND_PERCENT": "12.5",
            "TOKENHUB_CORS_ORIGINS": " https://a.example ,,https://b.example", "TOKENHUB_RATE_LIMIT_RPS": "1",
            "TOKENHUB_RATE_LIMIT_BURST": "2", "TOKENHUB_ADMIN_RATE_LIMIT_RPS": "3",
            "TOKENHUB_ADMIN_RATE_LIMIT_BURST": "4",
            "HOME": "/h", "TOKENHUB_SHUTDOWN_DRAIN_SECS": "0", "TOKENHUB_HEALTH_PROBE_DISABLED": "true",
            "TOKENHUB_REACTOR": "epoll", "TOKENHUB_CORES": "2", "TOKENHUB_TLS_CERT": "c", "TOKENHUB_TLS_KEY": "k",
            "TOKENHUB_CA_FILE": "ca", "TOKENHUB_MODELS_PUBLIC": "0", "TOKENHUB_STRICT_MODELS": "1",
            "TOKENHUB_WILDCARD_MODELS": "b, org/a,",
        ])
        #expect(configuration.listenAddress == ListenAddress(host: "::1", port: 80))
        #expect(configuration.logLevel == .debug)
        #expect(configuration.database.path == nil && !configuration.vaultIsEnabled)
        #expect(configuration.defaultMode == "cheap" && configuration.defaultBudgetNanoUSDMax == 0)
        #expect(configuration.providerTimeoutMS == 7000 && configuration.hedging.delay == .milliseconds(50))
        #expect(configuration.hedging.attemptsMax == 2 && configuration.hedging.spendShare == 0.125)
        #expect(try Configuration(["TOKENHUB_HEDGE_AFTER_MS": "auto"]).hedging.delay == .learned)
        #expect(configuration.corsOrigins == ["https://a.example", "https://b.example"])
        #expect(configuration.rateLimitRPS == 1 && configuration.adminRateLimitBurst == 4)
        #expect(configuration.credentialsPath == "/h/.tokenhub/credentials")
        #expect(configuration.drainMS == 30_000 && !configuration.probesProviders)
        #expect(configuration.reactor == .epoll && configuration.coreCount == 2)
        #expect(configuration.tlsFiles?.certificate == "c" && configuration.tlsFiles?.key == "k")
        #expect(configuration.namesAreStrict && configuration.wildcardModels == ["b", "org/a"])
        #expect(configuration.authorityPath == "ca" && !configuration.modelsArePublic)
    }

    @Test(arguments: [
        ("TOKENHUB_LISTEN_ADDR", "8090"), ("TOKENHUB_LISTEN_ADDR", "::1:80"), ("TOKENHUB_LISTEN_ADDR", ":99999"),
        ("TOKENHUB_HEDGE_AFTER_MS", "soon"), ("TOKENHUB_HEDGE_SPEND_PERCENT", "101"), ("TOKENHUB_LOG_LEVEL", "loud"),
        ("TOKENHUB_DB_DSN", "file://elsewhere/x"), ("TOKENHUB_VAULT_ENABLED", "maybe"),
        ("TOKENHUB_DEFAULT_MODE", "best"), ("TOKENHUB_DEFAULT_MAX_BUDGET_USD", "-1"),
        ("TOKENHUB_DEFAULT_MAX_BUDGET_USD", "nan"), ("TOKENHUB_DEFAULT_MAX_LATENCY_MS", "0"),
        ("TOKENHUB_EXPLORATION_TEMP", "hot"), ("TOKENHUB_PROVIDER_TIMEOUT_SECS", "0"),
        ("TOKENHUB_RATE_LIMIT_RPS", "1.5"),
        ("TOKENHUB_RATE_LIMIT_BURST", "0"), ("TOKENHUB_ADMIN_TOKEN", "short"), ("TOKENHUB_REACTOR", "kqueue"),
        ("TOKENHUB_CORES", "-1"), ("TOKENHUB_TLS_CERT", "c"), ("TOKENHUB_TLS_KEY", "k"),
        ("TOKENHUB_MODELS_PUBLIC", "yes"), ("TOKENHUB_STRICT_MODELS", "on"),
        ("TOKENHUB_HEALTH_PROBE_DISABLED", "on"), ("OPENAI_API_KEY_FILE", "/nowhere/at/all"),
    ])
    func whatCannotBeReadEndsTheStartAndIsNamed(variable: String, value: String) {
        do {
            _ = try Configuration([variable: value])
            Issue.record("\(variable)=\(value) was taken")
        } catch {
            // A half of a pair is reported by its missing other half.
            let pair = ["TOKENHUB_TLS_CERT": "TOKENHUB_TLS_KEY", "TOKENHUB_TLS_KEY": "TOKENHUB_TLS_CERT"]
            #expect(error.variable == pair[variable] ?? variable)
            #expect(!"\(error)".contains("short"))
        }
    }

    @Test func emptyCountsAsUnset() throws {
        let configuration = try Configuration(["TOKENHUB_LISTEN_ADDR": "", "TOKENHUB_CORES": "", "OPENAI_API_KEY": ""])
        #expect(configuration.listenAddress.port == 8090 && configuration.openAIKey == nil)
    }

    @Test func secretsComeFromFilesToo() throws {
        let read: (String) throws(PrivateFile.Fault) -> [UInt8] = { path throws(PrivateFile.Fault) in
            if path == "/absent" { throw .absent }
            return path == "/empty" ? [0x0A] : Array("from \(path)\r\n".utf8)
        }
        let configuration = try Configuration(["TOKENHUB_VAULT_PASSWORD_FILE": "/run/secrets/v"], readFile: read)
        #expect(configuration.vaultPassword.map { TokenFiles.bytes(of: $0) } == Array("from /run/secrets/v".utf8))
        for path in ["/absent", "/empty"] {
            #expect(throws: ConfigurationFault.self) {
                try Configuration(["TOKENHUB_VAULT_PASSWORD_FILE": path], readFile: read)
            }
        }
        #expect(throws: ConfigurationFault.self) {
            try Configuration(["OPENAI_API_KEY": "a", "OPENAI_API_KEY_FILE": "/b"], readFile: read)
        }
    }

    @Test func misspeltAndInapplicableVariablesAreMentioned() throws {
        let configuration = try Configuration([
            "TOKENHUB_LISTEN_ADRR": ":1", "TOKENHUB_OTEL_ENABLED": "true", "TOKENHUB_TEMPORAL_ENABLED": "false",
            "TOKENHUB_VAULT_PASSWORD": "correct horse",
        ])
        #expect(configuration.notices.count == 3)
        #expect(configuration.notices.contains { $0.contains("TOKENHUB_LISTEN_ADRR") })
        #expect(configuration.notices.contains { $0.contains("TOKENHUB_OTEL_ENABLED") })
        #expect(!configuration.notices.contains { $0.contains("horse") })
    }

    @Test(arguments: [
        ("720h", 2_592_000_000), ("1h30m", 5_400_000), ("1.5h", 5_400_000), ("90s", 90_000), ("250ms", 250),
        ("2m0.5s", 120_500), ("0", 0), ("1000000ns", 1), ("5us", 0),
    ])
    func goDurationsAreRead(text: String, milliseconds: Int64) {
        #expect(GoDuration.milliseconds(text) == milliseconds)
    }

    @Test(arguments: ["", "5", "h", "-1h", "+1h", "1d", "1 h", "1h ", ".h", "1e3s", "9999999999h", "1..5h"])
    func otherDurationsAreRefused(text: String) { #expect(GoDuration.milliseconds(text) == nil) }
}
