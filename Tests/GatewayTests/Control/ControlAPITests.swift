import Testing
import Wire

@testable import Gateway
@testable import Store

@Suite struct ControlAPITests {
    private func validate(_ json: [UInt8]) throws { try JSONScan.validate(json.span) }

    @Test func everyEndpointAnswersAsTheTableSays() throws {
        let desk = try Desk()
        for (method, path, body, expected) in ControlAPITable.rows {
            let parts = path.split(separator: "?", maxSplits: 1).map(String.init)
            let response = desk.ask(method, parts[0], body, query: parts.count > 1 ? parts[1] : "")
            let text = response.text
            if expected.hasSuffix("*") {
                #expect(text.hasPrefix(expected.dropLast()), "\(method) \(path) \(body)")
            } else {
                #expect(text == expected, "\(method) \(path) \(body)")
            }
            #expect((try? validate(response.body)) != nil, "\(text)")
            #expect(response.header("Content-Type") == "application/json")
            if response.status == 405 { #expect(response.header("Allow") != nil) }
            // A change is handed out; a refusal and a look are not.
            if response.publish { #expect(response.status == 200 && method != "GET") }
        }
    }

    @Test func nothingIsAnsweredWithoutTheToken() throws {
        let desk = try Desk()
        for path in ["info", "providers", "nothing", "apikeys/x/rotate"] {
            let missing = desk.ask("GET", path, authorization: nil)
            #expect(missing.text == #"401 {"error":"missing admin token"}"#)
            #expect(missing.header("WWW-Authenticate") == "Bearer")
            for wrong in ["Bearer x", "Bearer \(ControlScratch.token)x", "Bearer \(ControlScratch.token.dropLast())"] {
                #expect(desk.ask("GET", path, authorization: wrong).text == #"401 {"error":"invalid admin token"}"#)
            }
            #expect(desk.ask("GET", path, authorization: "Basic \(ControlScratch.token)").status == 401)
            #expect(
                desk.ask("GET", path, authorization: nil, cookie: "th_admin_session=\(ControlScratch.token)").status
                    == 401)
        }
        #expect(desk.ask("GET", "info", authorization: "bearer \(ControlScratch.token)").status == 200)
    }

    @Test func sessionIsRandomEndsAndCanBeLeft() throws {
        let desk = try Desk()
        let opened = desk.ask("POST", "session")
        #expect(opened.text == #"200 {"ok":true}"#)
        let header = try #require(opened.header("Set-Cookie"))
        #expect(header.hasSuffix("; Path=/admin; Max-Age=43200; HttpOnly; SameSite=Strict"))
        #expect(!header.contains(ControlScratch.token))
        let cookie = String(header.prefix { $0 != ";" })
        func status() -> Int { desk.ask("GET", "info", authorization: nil, cookie: "a=b; \(cookie); c=d").status }
        #expect(status() == 200)
        // A cookie cannot open the next session.
        #expect(desk.ask("POST", "session", authorization: nil, cookie: cookie).status == 401)
        desk.now = noon.advanced(byMS: ControlLimits.sessionMS)
        #expect(status() == 401)
        desk.now = noon
        #expect(status() == 200)
        let left = desk.ask("DELETE", "session", authorization: nil, cookie: cookie)
        #expect(left.status == 200 && left.header("Set-Cookie")?.contains("Max-Age=0") == true)
        #expect(status() == 401)
        let secure = desk.api.handle(
            AdminRequest(
                method: "POST", path: "/admin/v1/session", authorization: "Bearer \(ControlScratch.token)",
                isSecure: true),
            now: noon, live: LiveView())
        #expect(secure.header("Set-Cookie")?.hasSuffix("; Secure") == true)
    }

    @Test func rotatedTokenCountsAtOnceAndEndsSessions() throws {
        let desk = try Desk(["TOKENHUB_ADMIN_TOKEN": ""])
        let old = try desk.scratch.text("data/.admin-token").dropLast()
        let cookie = desk.ask("POST", "session", authorization: "Bearer \(old)").header("Set-Cookie")?.prefix {
            $0 != ";"
        }
        #expect(
            desk.ask("POST", "admin-token/rotate", #"{"token":"short"}"#, authorization: "Bearer \(old)").text
                == #"400 {"error":"token must be at least 16 characters"}"#)
        let rotated = desk.ask("POST", "admin-token/rotate", authorization: "Bearer \(old)")
        let token = try #require(desk.member("token", of: rotated))
        #expect(token.utf8.count == 64 && token != old)
        #expect(desk.ask("GET", "info", authorization: "Bearer \(old)").status == 401)
        #expect(desk.ask("GET", "info", authorization: nil, cookie: cookie.map(String.init)).status == 401)
        #expect(desk.ask("GET", "info", authorization: "Bearer \(token)").status == 200)
        #expect(try desk.scratch.text("data/.admin-token") == "\(token)\n")
        #expect(try desk.scratch.text("data/env").contains("TOKENHUB_ADMIN_TOKEN=\(token)\n"))
        #expect(try desk.scratch.state(["TOKENHUB_ADMIN_TOKEN": ""]).isAdmin(token))
    }

    @Test func keysLiveAndDieWithTheNextSnapshot() throws {
        let desk = try Desk()
        let created = desk.ask("POST", "apikeys", #"{"name":"app"}"#)
        #expect(created.status == 200 && created.publish)
        let (key, id) = (try #require(desk.member("key", of: created)), try #require(desk.member("id", of: created)))
        #expect(!key.contains(id) && desk.member("prefix", of: created) == String(key.prefix(17)))
        func entry(_ key: String) -> KeyEntry? {
            desk.state.snapshot.key(ofDigest: Digest.sha256(Array(key.utf8))).map { desk.state.snapshot.keys[$0] }
        }
        #expect(entry(key)?.id == id && entry(key)?.isEnabled == true)
        #expect(entry(key)?.scopes == [.chat, .plan])
        let rotated = desk.ask("POST", "apikeys/\(id)/rotate")
        let next = try #require(desk.member("key", of: rotated))
        #expect(rotated.publish && entry(key) == nil && entry(next)?.id == id)
        #expect(desk.ask("PATCH", "apikeys/\(id)", #"{"enabled":false}"#).publish)
        #expect(entry(next)?.isEnabled == false)
        #expect(desk.ask("DELETE", "apikeys/\(id)").publish)
        #expect(entry(next) == nil)
        #expect(desk.say("DELETE", "apikeys/\(id)") == #"200 {"ok":true}"#)
        #expect(desk.say("POST", "apikeys/\(id)/rotate") == #"404 {"error":"api key not found"}"#)
        #expect(desk.say("POST", "apikeys/\(id)/paid") == #"404 {"error":"api key not found"}"#)
        #expect(desk.say("PATCH", "apikeys/\(id)", "{}") == #"404 {"error":"api key not found"}"#)
        // The plaintext is nowhere but in the one answer.
        for path in ["apikeys", "audit", "logs", "vault/secrets"] { #expect(!desk.say("GET", path).contains(next)) }
    }

    @Test(
        arguments: [
            (#"["chat","embeddings"]"#, #"["chat","embeddings"]"#, [.chat, .embeddings]),
            (#""[\"chat\",\"plan\"]""#, #"["chat","plan"]"#, [.chat, .plan]),
            ("[]", "[]", .all), (#""""#, "[]", .all), (#""[]""#, "[]", .all),
        ] as [(String, String, Scopes)])
    func scopesAreTakenAsArrayAndAsText(given: String, kept: String, scopes: Scopes) throws {
        let desk = try Desk()
        let created = desk.ask("POST", "apikeys", #"{"name":"k","scopes":\#(given)}"#)
        let id = try #require(desk.member("id", of: created))
        #expect(try desk.state.database.apiKeys.find(id)?.scopes == kept)
        #expect(desk.state.snapshot.keys.first { $0.id == id }?.scopes == scopes)
    }

    @Test(arguments: [
        (#"{}"#, "name required"), (#"{"name":""}"#, "name required"), (#"{"name":7}"#, "name must be a string"),
        (#"{"name":"a\nb"}"#, "name may not have control characters"),
        (#"{"name":"k","scopes":["root"]}"#, "unknown scope 'root'; known are chat, plan, embeddings"),
        (#"{"name":"k","scopes":"chat"}"#, "scopes must be an array of strings, or a string that holds one"),
        (#"{"name":"k","scopes":[1]}"#, "scopes must be an array of strings, or a string that holds one"),
        (#"{"name":"k","scopes":"{\"a\":1}"}"#, "scopes must be an array of strings, or a string that holds one"),
        (#"{"name":"k","rotation_days":-1}"#, "rotation_days must be between 0 and 36525"),
        (#"{"name":"k","rotation_days":"30"}"#, "rotation_days must be a number"),
        (#"{"name":"k","monthly_budget_usd":-0.5}"#, "monthly_budget_usd must be between 0 and 1000000000"),
        (#"{"name":"k","rate_limit_rps":-2}"#, "rate_limit_rps must be between -1 and 1000000"),
        (#"{"name":"k","expires_in":"tomorrow"}"#, "expires_in must be a duration such as 720h"),
        (#"{"name":"k","expires_in":"0"}"#, "expires_in must be a duration such as 720h"),
        (#"{"name":"k","expires_at":"soon"}"#, "expires_at must be a date or a time in RFC 3339"),
    ])
    func wrongKeysAreRefusedWithTheFieldNamed(body: String, message: String) throws {
        let desk = try Desk()
        let response = desk.ask("POST", "apikeys", body)
        #expect(response.text == #"400 {"error":"\#(message)"}"#)
        #expect(!response.publish)
        #expect(try desk.state.database.apiKeys.all().count == 1)
    }

    @Test func expiryComesAsADurationADateOrATime() throws {
        let desk = try Desk()
        for (body, expected) in [
            (#""expires_in":"720h""#, "2026-03-18T12:00:00.000Z"),
            (#""expires_at":"2026-12-31""#, "2026-12-31T23:59:59.000Z"),
            (#""expires_at":"2026-12-31T10:00:00+02:00""#, "2026-12-31T08:00:00.000Z"),
        ] {
            let created = desk.ask("POST", "apikeys", "{\"name\":\"k\",\(body)}")
            #expect(desk.member("expires_at", of: created) == expected)
            let id = try #require(desk.member("id", of: created))
            let entry = try #require(desk.state.snapshot.keys.first { $0.id == id })
            #expect(
                entry.expiresAt == Timestamp(expected)?.milliseconds.dividedReportingOverflow(by: 1000).partialValue)
            #expect(desk.say("PATCH", "apikeys/\(id)", #"{"expires_at":null}"#) == #"200 {"ok":true}"#)
            #expect(desk.state.snapshot.keys.first { $0.id == id }?.expiresAt == nil)
        }
    }

    @Test func listOfKeysShowsSpendAndNoSecret() throws {
        let desk = try Desk()
        desk.now = noon.advanced(byMS: 1)
        let created = desk.ask("POST", "apikeys", #"{"name":"k","monthly_budget_usd":2.5,"rate_limit_rps":-1}"#)
        let id = try #require(desk.member("id", of: created))
        let prefix = try #require(desk.member("prefix", of: created))
        try desk.state.record(
            [RequestRow(timestamp: noon, modelID: "m", providerID: "p", costNanoUSD: 125_000_000, apiKeyID: id)],
            now: noon)
        let expected =
            #"200 {"keys":[{"id":"\#(id)","key_prefix":"\#(prefix)","name":"k","scopes":"[\"chat\",\"plan\"]","created_at":"2026-02-16T12:00:00.001Z","rotation_days":0,"monthly_budget_usd":2.5,"rate_limit_rps":-1,"enabled":true,"current_spend_usd":0.125},{"id":"#
        let text = desk.say("GET", "apikeys")
        #expect(text.hasPrefix(expected), "\(text)")
        #expect(text.hasSuffix(#""total":2,"limit":1000,"offset":0}"#))
        #expect(!text.contains("$2a$"))
        #expect(desk.say("GET", "apikeys/\(id)").contains(#""current_spend_usd":0.125"#))
    }

    @Test func everyChangeIsAuditedWithItsAuthorAndARefusalIsNot() throws {
        let desk = try Desk()
        let calls = [
            ("POST", "vault/unlock", #"{"admin_password":"correct horse"}"#, "vault.unlock"),
            ("PUT", "vault/secrets/a", #"{"value":"1"}"#, "vault.secret.set"),
            ("GET", "vault/secrets/a", "", "vault.secret.get"),
            ("DELETE", "vault/secrets/a", "", "vault.secret.delete"),
            ("POST", "vault/rotate", #"{"old_password":"correct horse","new_password":"other horse"}"#, "vault.rotate"),
            ("POST", "vault/lock", "", "vault.lock"), ("POST", "providers", #"{"id":"p"}"#, "provider.upsert"),
            ("PATCH", "providers/p", "{}", "provider.patch"),
            ("POST", "models", #"{"id":"m","provider_id":"p"}"#, "model.upsert"),
            ("PATCH", "models/m", "{}", "model.patch"),
            ("DELETE", "models/m", "", "model.delete"), ("DELETE", "providers/p", "", "provider.delete"),
            ("PUT", "aliases/a", #"{"variants":[{"model_id":"m","weight":1}]}"#, "alias.upsert"),
            ("DELETE", "aliases/a", "", "alias.delete"), ("PUT", "routing-config", "{}", "routing-config.update"),
            ("POST", "apikeys", #"{"name":"k"}"#, "apikey.create"), ("POST", "reload", "", "reload"),
            ("POST", "admin-token/rotate", #"{"token":"\#(ControlScratch.token)"}"#, "admin_token.rotate"),
        ]
        for (method, path, body, action) in calls {
            #expect(desk.ask(method, path, body).status == 200, "\(method) \(path)")
            let row = try #require(try desk.state.database.auditLogs.newest(limit: 1).first)
            #expect(row.action == action)
            #expect(row.doneBy == "admin-token@10.0.0.1" && row.requestID == "r1" && row.timestamp == noon)
        }
        let count = try desk.state.database.auditLogs.newest(limit: 1000).count
        _ = desk.ask("POST", "models", #"{"id":"m","provider_id":"nobody"}"#)
        _ = desk.ask("POST", "providers", "{}")
        #expect(try desk.state.database.auditLogs.newest(limit: 1000).count == count)
        #expect(desk.say("GET", "audit", query: "limit=1").hasPrefix(#"200 {"logs":[{"id":"#))
        #expect(desk.say("GET", "audit").contains(#""actor":"admin-token@10.0.0.1""#))
    }

    @Test func refusedWriteIsNeverAnsweredWith200() throws {
        let desk = try Desk()
        #expect(desk.ask("POST", "providers", #"{"id":"p"}"#).status == 200)
        let version = desk.state.snapshot.version
        // A row the database itself refuses, whatever was asked before: the audit log is gone.
        let other = try Database(DataSource("\(desk.scratch.path)/data/t.sqlite"), now: noon)
        try other.breakAuditLog()
        for (method, path, body) in [
            ("POST", "models", #"{"id":"m","provider_id":"p"}"#), ("POST", "apikeys", #"{"name":"k"}"#),
            ("PATCH", "providers/p", #"{"enabled":false}"#), ("DELETE", "providers/p", ""),
            ("PUT", "routing-config", #"{"default_mode":"cheap"}"#),
        ] {
            let response = desk.ask(method, path, body)
            #expect(response.status == 500 && !response.publish, "\(method) \(path): \(response.text)")
        }
        #expect(desk.state.snapshot.version == version)
        #expect(try desk.state.database.models.all().isEmpty && desk.state.database.apiKeys.all().count == 1)
        #expect(try desk.state.database.providers.find("p")?.isEnabled == true)
    }

    @Test func keyGivenWhileTheVaultIsClosedLastsAndIsSaidTo() throws {
        let desk = try Desk()
        let posted = desk.ask("POST", "providers", #"{"id":"p","base_url":"https://p.example","api_key":"sk-p"}"#)
        #expect(posted.text.hasPrefix(#"200 {"ok":true,"cred_store":"none","warning":"the vault is locked"#))
        #expect(desk.state.recipe.providers[0].key != nil)
        #expect(try desk.scratch.state().recipe.providers[0].key == nil)
        for path in ["providers", "audit", "engine/models"] { #expect(!desk.say("GET", path).contains("sk-p")) }
    }

    @Test func logsAndStatsShowWhatThereIs() throws {
        let desk = try Desk()
        try desk.state.record(
            [
                RequestRow(
                    timestamp: noon, modelID: "m", providerID: "p", mode: "normal", costNanoUSD: 1500, latencyMS: 12,
                    firstTokenMS: 3, requestID: "r", apiKeyID: "k", inputTokens: 4, outputTokens: 5, isStream: true,
                    reason: "routed-weight-5"),
                RequestRow(
                    timestamp: noon, modelID: "m<script>", providerID: "p", statusCode: 502, providerStatus: 500,
                    errorClass: "transient"),
            ], now: noon)
        #expect(
            desk.say("GET", "logs", query: "limit=1&offset=1")
                == #"200 {"logs":[{"id":1,"timestamp":"2026-02-16T12:00:00.000Z","model_id":"m","provider_id":"p","mode":"normal","estimated_cost_usd":1.5e-06,"latency_ms":12,"status_code":200,"request_id":"r","api_key_id":"k","input_tokens":4,"output_tokens":5,"total_tokens":9,"attempts":1,"stream":true,"ttft_ms":3,"reason":"routed-weight-5"}]}"#
        )
        #expect(desk.say("GET", "logs", query: "limit=1").contains(#""estimated_cost_usd":null"#))
        desk.live.global = [StatsAggregate(window: "1m", requestCount: 4, errorCount: 1, costNanoUSD: 2_000_000_000)]
        desk.live.byModel = [
            StatsAggregate(window: "1m", group: "m"), StatsAggregate(window: "5m", group: "m"),
            StatsAggregate(window: "1m", group: "n"),
        ]
        let stats = desk.say("GET", "stats")
        #expect(stats.hasPrefix(#"200 {"global":[{"window":"1m","request_count":4,"error_count":1,"error_rate":0.25,"#))
        #expect(stats.contains(#""by_model":{"1m":[{"window":"1m","model_id":"m","#))
        #expect(stats.contains(#""total_cost_usd":2.0"#))
        var health = ProviderHealth()
        for _ in 0..<5 {
            health.failed("transient", retryAfterNS: nil, now: 1_000_000_000, wallClock: 1_771_243_200_000_000_000)
        }
        desk.live.health = [HealthRow(providerID: "p", health, loopNow: 1_000_000_000, now: noon)]
        let shown = desk.say("GET", "health")
        #expect(shown.contains(#""state":"down","total_requests":5,"total_errors":5,"consec_errors":5"#))
        #expect(shown.contains(#""last_error":"transient","last_error_time":"2026-02-16T12:00:00.000Z""#))
        #expect(shown.contains(#""cooldown_until":"2026-02-16T12:00:30.000Z""#))
    }

    @Test func anyBytesAreAnsweredWithSomething() throws {
        let desk = try Desk()
        var random = SystemRandomNumberGenerator()
        let seed = random.next()
        print("seed \(seed)")
        var state = seed
        func next() -> UInt64 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return state >> 33
        }
        let paths = ["providers", "models", "aliases/a", "routing-config", "vault/secrets/%", "apikeys/%zz", "session"]
        let seeds = [#"{"id":"p","weight":1e400,"enabled":null}"#, #"{"variants":[{"model_id":"\ud800"}]}"#, "{}"]
        for _ in 0..<400 {
            var body = Array(seeds[Int(next() % 3)].utf8)
            for _ in 0..<3 where !body.isEmpty { body[Int(next()) % body.count] = UInt8(truncatingIfNeeded: next()) }
            let response = desk.api.handle(
                AdminRequest(
                    method: ["POST", "PUT", "PATCH"][Int(next() % 3)],
                    path: "/admin/v1/\(paths[Int(next()) % paths.count])",
                    authorization: "Bearer \(ControlScratch.token)", body: body), now: noon, live: LiveView())
            #expect((try? validate(response.body)) != nil)
        }
    }
}

extension Database {
    /// Renames the table that every change writes to.
    fileprivate func breakAuditLog() throws { try connection.run("ALTER TABLE audit_logs RENAME TO elsewhere") }
}
