import Testing

@testable import Store

@Suite struct TablesTests {
    private let database: Database

    init() throws { database = try Database(DataSource(":memory:"), now: noon) }

    @Test func providersComeBackAsWritten() throws {
        var row = ProviderRow(
            id: "p", type: "openai", isEnabled: false, baseURL: "https://x", origin: "env", timeoutMS: 5)
        try database.providers.upsert(row)
        #expect(try database.providers.find("p") == row)
        row.credentialStore = "vault"
        row.isEnabled = true
        try database.providers.upsert(row)
        #expect(try database.providers.all() == [row])
        #expect(try database.providers.find("q") == nil)
    }

    @Test func modelsComeBackAsWritten() throws {
        try database.providers.upsert(ProviderRow(id: "p", type: "openai", baseURL: ""))
        let row = ModelRow(
            id: "org/m", providerID: "p", weight: 7, contextTokensMax: 128_000, outputTokensMax: 4096,
            inputNanoUSDPer1K: 150_000, outputNanoUSDPer1K: 600_000, isEnabled: false, pricingSource: "litellm",
            toolNameMap: #"{"a":"b"}"#, isGemma4: true, origin: "credentials", upstreamModel: "m-2026")
        try database.models.upsert(row)
        #expect(try database.models.find("org/m") == row)
        let unpriced = ModelRow(id: "n", providerID: "p")
        try database.models.upsert(unpriced)
        #expect(try database.models.find("n") == unpriced)
        let free = ModelRow(id: "f", providerID: "p", inputNanoUSDPer1K: 0, outputNanoUSDPer1K: 0)
        try database.models.upsert(free)
        #expect(try database.models.find("f") == free)
        #expect(try database.models.delete("n"))
        #expect(try !database.models.delete("n"))
    }

    @Test func updatingAProviderKeepsItsModelsAndDeletingItDoesNot() throws {
        try database.providers.upsert(ProviderRow(id: "p", type: "openai", baseURL: ""))
        try database.models.upsert(ModelRow(id: "m", providerID: "p"))
        try database.providers.upsert(ProviderRow(id: "p", type: "vllm", baseURL: ""))
        #expect(try database.models.all().count == 1)
        #expect(try database.providers.delete("p"))
        #expect(try database.models.all().isEmpty)
        #expect(try !database.providers.delete("p"))
    }

    @Test func requestRowsComeBackAsWrittenTheNewestFirst() throws {
        let row = RequestRow(
            timestamp: noon, modelID: "m", providerID: "p", mode: "cheap", costNanoUSD: 123, latencyMS: 45,
            firstTokenMS: 12, statusCode: 502, providerStatus: 500, errorClass: "transient", requestID: "r",
            apiKeyID: "k", inputTokens: 3, outputTokens: 4, aliasFrom: "fast", attempts: 2, isStream: true,
            reason: "routed-weight-5")
        let other = RequestRow(timestamp: noon.advanced(byMS: 1), modelID: "m2", providerID: "p")
        try database.requestLogs.append([row, other])
        var read = try database.requestLogs.newest(limit: 10)
        #expect(read.map(\.id) == [2, 1])
        for index in read.indices { read[index].id = 0 }
        #expect(read == [other, row])
        #expect(try database.requestLogs.newest(limit: 1, offset: 1).map(\.modelID) == ["m"])
        #expect(try database.requestLogs.newest(limit: -1).isEmpty)
        #expect(try database.connection.row("SELECT total_tokens FROM request_logs WHERE id = 1") { $0.int(0) } == 7)
    }

    @Test(arguments: [1, 2, 33, 100, 200, 999])
    func batchOfAnySizeIsWrittenWholeAndInOrder(count: Int) throws {
        let rows = (0..<count).map {
            RequestRow(
                timestamp: noon.advanced(byMS: Int64($0 / 3 * 400)), modelID: "m\($0)", providerID: "p",
                mode: "mode\($0 % 5)", costNanoUSD: $0 % 3 == 0 ? nil : 2, latencyMS: $0,
                firstTokenMS: $0 % 2 == 0 ? $0 : nil, statusCode: 200 + $0, providerStatus: $0 % 7,
                errorClass: $0 % 4 == 0 ? "fault" : "", requestID: "réq\($0)", apiKeyID: "k", inputTokens: $0,
                outputTokens: 2 * $0, aliasFrom: $0 % 5 == 0 ? "fast" : "", attempts: $0 % 3, isStream: $0 % 2 == 0,
                reason: $0 % 6 == 0 ? "" : "r\($0)")
        }
        try database.requestLogs.append(rows)
        var read = try database.requestLogs.newest(limit: 1000)
        #expect(read.map(\.id) == (1...Int64(count)).reversed())
        for index in read.indices { read[index].id = 0 }
        #expect(read == rows.reversed())
        #expect(database.keySpend.spend(of: "k", now: noon) == Int64(rows.count { $0.costNanoUSD != nil } * 2))
        try database.requestLogs.harden()
        #expect(
            try database.connection.row("SELECT folded_log_id FROM key_spend_state") { $0.integer(0) } == Int64(count))
    }

    @Test(arguments: [1, Limits.rowsPerRun, Limits.rowsPerRun + 1, 3 * Limits.rowsPerRun])
    func batchIsWrittenInRunsAndSeenAsAWhole(count: Int) throws {
        let scratch = Scratch()
        let (database, other) = (try scratch.open(), try scratch.open())
        let rows = (0..<count).map { RequestRow(timestamp: noon, modelID: "m\($0)", providerID: "p") }
        var seen: [Int] = []
        try database.requestLogs.append(RequestRows(rows)) {
            seen.append((try? other.requestLogs.newest(limit: 1000).count) ?? -1)
        }
        #expect(seen == Array(repeating: 0, count: (count - 1) / Limits.rowsPerRun))
        #expect(try other.requestLogs.newest(limit: 1000).map(\.modelID) == rows.reversed().map(\.modelID))
    }

    @Test func batchThatFailsInItsMiddleLeavesNothing() throws {
        try database.requestLogs.append([])
        try database.connection.run(
            """
            CREATE TRIGGER refuse BEFORE INSERT ON request_logs WHEN NEW.reason = 'bad'
            BEGIN SELECT RAISE(ABORT, 'bad'); END
            """)
        let rows = (0..<100).map {
            RequestRow(
                timestamp: noon, modelID: "m", providerID: "p", costNanoUSD: 1, apiKeyID: "k",
                reason: $0 == 70 ? "bad" : "")
        }
        #expect(throws: StoreFault.self) { try database.requestLogs.append(rows) }
        #expect(try database.requestLogs.newest(limit: 10).isEmpty)
        #expect(database.keySpend.spend(of: "k", now: noon) == 0)
        try database.requestLogs.append(Array(rows.prefix(70)))
        #expect(try database.requestLogs.newest(limit: 100).count == 70)
        #expect(database.keySpend.spend(of: "k", now: noon) == 70)
    }

    @Test func pruningDeletesWhatIsOldAndNothingElse() throws {
        let day = Timestamp.millisecondsPerDay
        try database.requestLogs.append(
            (0..<10).map {
                RequestRow(timestamp: noon.advanced(byMS: Int64($0) * day), modelID: "\($0)", providerID: "p")
            })
        #expect(try database.requestLogs.prune(olderThan: noon.advanced(byMS: 4 * day)) == 4)
        #expect(try database.requestLogs.prune(olderThan: noon.advanced(byMS: 4 * day)) == 0)
        #expect(try database.requestLogs.newest(limit: 20).last?.modelID == "4")
        try database.auditLogs.append(AuditRow(timestamp: noon, action: "a"))
        #expect(try database.auditLogs.prune(olderThan: noon) == 0)
        #expect(try database.auditLogs.prune(olderThan: noon.advanced(byMS: 1)) == 1)
    }

    @Test func auditAndRewardRowsComeBackAsWritten() throws {
        let audit = AuditRow(
            id: 1, timestamp: noon, action: "apikey.revoke", resource: "k", detail: "{}", requestID: "r",
            doneBy: "admin-token")
        try database.auditLogs.append(audit)
        #expect(try database.auditLogs.newest(limit: 5) == [audit])
        let reward = RewardRow(
            id: 1, timestamp: noon, requestID: "r", modelID: "m", providerID: "p", mode: "thompson",
            estimatedTokens: 900, tokenBucket: "small", latencyBudgetMS: 1000, latencyMS: 12.5, costNanoUSD: 55,
            isSuccess: false, errorClass: "fatal", reward: 0.25)
        try database.rewards.append([reward])
        #expect(try database.rewards.newest(limit: 5) == [reward])
    }

    @Test func aliasesKeepTheirCreation() throws {
        let first = AliasRow(name: "fast", variants: "[]", createdAt: noon, updatedAt: noon)
        try database.aliases.upsert(first)
        let later = noon.advanced(byMS: 5)
        try database.aliases.upsert(
            AliasRow(
                name: "fast", variants: "[1]", isEnabled: false, stickyBy: "request", createdAt: later, updatedAt: later
            ))
        let expected = AliasRow(
            name: "fast", variants: "[1]", isEnabled: false, stickyBy: "request", createdAt: noon, updatedAt: later)
        #expect(try database.aliases.all() == [expected])
        #expect(try database.aliases.delete("fast"))
        #expect(try database.aliases.find("fast") == nil)
    }

    @Test func routingConfigIsOneRow() throws {
        #expect(try database.routingConfig.load() == nil)
        for budget: Int64 in [50_000_000, 0] {
            let row = RoutingConfigRow(defaultMode: "cheap", defaultBudgetNanoUSDMax: budget, defaultLatencyMSMax: 9)
            try database.routingConfig.save(row)
            #expect(try database.routingConfig.load() == row)
        }
    }
}
