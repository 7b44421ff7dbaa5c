import Adapters
import Glibc
import Store
import Testing

@testable import Gateway

@Suite struct ControlStateTests {
    private func mode(_ path: String) -> mode_t? {
        var status = stat()
        // SAFETY: the structure is ours for the call.
        return unsafe stat(path, &status) == 0 ? status.st_mode & 0o777 : nil
    }

    private func digest(_ secret: Secret?) -> [UInt8] { secret.map { Digest.sha256($0.bytes) } ?? [] }

    @Test func firstStartMakesTokenAndHostKeyAndTheSecondKeepsThem() throws {
        let scratch = ControlScratch()
        let first = try scratch.state(["TOKENHUB_ADMIN_TOKEN": ""])
        let token = try scratch.text("data/.admin-token")
        #expect(token.utf8.count == 65 && token.hasSuffix("\n"))
        #expect(first.isAdmin(String(token.dropLast())))
        let key = try scratch.text("data/.host-api-key")
        #expect(key.hasPrefix("tokenhub_"))
        #expect(try scratch.text("data/env") == "TOKENHUB_ADMIN_TOKEN=\(token)TOKENHUB_API_KEY=\(key)")
        for name in [".admin-token", ".host-api-key", "env"] { #expect(mode("\(scratch.path)/data/\(name)") == 0o600) }
        let index = try #require(first.snapshot.key(ofDigest: Digest.sha256(Array(key.utf8.dropLast()))))
        #expect(first.snapshot.keys[index].name == "host-local")
        #expect(first.snapshot.keys[index].scopes == .all)

        let second = try scratch.state(["TOKENHUB_ADMIN_TOKEN": ""])
        #expect(try scratch.text("data/.admin-token") == token)
        #expect(second.isAdmin(String(token.dropLast())))
        #expect(second.snapshot.keys.count == 1)
        #expect(digest(second.hostKey) == Digest.sha256(Array(key.utf8.dropLast())))
    }

    @Test func tokenOfTheEnvironmentIsNotWrittenDown() throws {
        let scratch = ControlScratch()
        let state = try scratch.state()
        #expect(state.isAdmin(ControlScratch.token))
        #expect(mode("\(scratch.path)/data/.admin-token") == nil)
        #expect(try !scratch.text("data/env").contains(ControlScratch.token))
    }

    @Test func memoryLeavesNoFiles() throws {
        let scratch = ControlScratch()
        let state = try scratch.state(["TOKENHUB_DB_DSN": ":memory:", "TOKENHUB_ADMIN_TOKEN": ""])
        #expect(state.tokenFiles == nil && state.hostKey != nil)
        #expect(mode("\(scratch.path)/data") == nil)
    }

    @Test func credentialsFileBringsProvidersKeysAndModels() throws {
        let scratch = ControlScratch()
        try scratch.write(
            """
            {"providers":[
              {"id":"a","type":"openai","base_url":"https://a.example/v1","api_key":"sk-a"},
              {"id":"off","base_url":"https://off.example","api_key":"sk-off","enabled":false},
              {"id":"local","type":"vllm","base_url":"http://127.0.0.1:8000","autoload_models":true}],
             "models":[
              {"id":"m","provider_id":"a","weight":3,"input_per_1k":0.001,"output_per_1k":0.002},
              {"id":"n","provider_id":"local","enabled":false},
              {"id":"lost","provider_id":"nobody"}]}
            """, to: "credentials")
        let state = try scratch.state()
        #expect(state.snapshot.providers.map(\.id) == ["a", "local", "off"])
        #expect(state.snapshot.providers.map(\.isEnabled) == [true, true, false])
        #expect(state.snapshot.models.map(\.id) == ["m", "n"])
        #expect(state.snapshot.models[0].prices.inputPer1K == 1_000_000)
        #expect(state.snapshot.models[1].prices.inputPer1K == nil)
        #expect(state.notices.contains { $0.contains("lost") && $0.contains("nobody") })
        #expect(state.notices.contains { $0.contains("autoload_models") })
        #expect(digest(state.providerKeys["a"]?.secret) == Digest.sha256(Array("sk-a".utf8)))
        #expect(!state.notices.contains { $0.contains("sk-") })
    }

    @Test(arguments: [0o640, 0o604] as [mode_t])
    func credentialsFileOpenToOthersIsNotUsed(mode: mode_t) throws {
        let scratch = ControlScratch()
        try scratch.write(#"{"providers":[{"id":"a","base_url":"https://a.example"}]}"#, to: "credentials")
        // SAFETY: the path is a C string for the call.
        unsafe chmod("\(scratch.path)/credentials", mode)
        let state = try scratch.state()
        #expect(state.snapshot.providers.isEmpty)
        #expect(state.notices.contains { $0.contains("chmod 600") })
    }

    @Test(arguments: [
        "{", "[]", #"{"providers":{}}"#, #"{"providers":[1]}"#, #"{"providers":[{"base_url":"https://a.example"}]}"#,
        #"{"providers":[{"id":"ok","base_url":"https://a.example"},{"id":"b","base_url":"http://169.254.169.254"}]}"#,
        #"{"providers":[{"id":"ok","base_url":"https://a.example"}],"models":[{"id":"m","provider_id":"ok","weight":"x"}]}"#,
    ])
    func wrongCredentialsFileChangesNothingAndIsMentioned(text: String) throws {
        let scratch = ControlScratch()
        try scratch.write(text, to: "credentials")
        let state = try scratch.state()
        #expect(state.snapshot.providers.isEmpty)
        if text != "[]" { #expect(state.notices.contains { $0.contains("it is not used") }) }
    }

    @Test func rereadingTheFileKeepsWhatAnOperatorHasMadeOfIt() throws {
        let scratch = ControlScratch()
        let file = { (url: String, weight: Int) in
            """
            {"providers":[{"id":"a","base_url":"\(url)","api_key":"sk-a"}],
             "models":[{"id":"m","provider_id":"a","weight":\(weight)},{"id":"n","provider_id":"a","weight":\(weight)}]}
            """
        }
        try scratch.write(file("https://a.example", 1), to: "credentials")
        let state = try scratch.state()
        let api = AdminAPI(state: state)
        func ask(_ method: String, _ path: String, _ body: String) -> String {
            api.handle(
                AdminRequest(
                    method: method, path: "/admin/v1/\(path)", authorization: "Bearer \(ControlScratch.token)",
                    body: Array(body.utf8)), now: noon, live: LiveView()
            ).text
        }
        #expect(ask("PATCH", "models/m", #"{"weight":9}"#).hasPrefix("200"))
        try scratch.write(file("https://b.example", 2), to: "credentials")
        #expect(ask("POST", "reload", "").hasPrefix("200"))
        #expect(state.snapshot.models.map(\.weight) == [9, 2])
        #expect(state.snapshot.providers[0].addresses[0].host == "b.example")
        #expect(ask("PATCH", "providers/a", #"{"base_url":"https://mine.example"}"#).hasPrefix("200"))
        #expect(ask("POST", "reload", "").hasPrefix("200"))
        #expect(state.snapshot.providers[0].addresses[0].host == "mine.example")
        #expect(try state.database.models.find("n")?.weight == 2)
    }

    @Test func keyOfAFileGoesToTheAddressOfTheFileOnly() throws {
        let scratch = ControlScratch()
        try scratch.write(
            #"{"providers":[{"id":"a","base_url":"https://a.example","api_key":"sk-a"}]}"#, to: "credentials")
        let state = try scratch.state()
        #expect(state.recipe.providers[0].key != nil)
        var row = try #require(try state.database.providers.find("a"))
        row.baseURL = "https://elsewhere.example"
        try state.database.providers.upsert(row)
        try state.publish(now: noon)
        #expect(state.recipe.providers[0].key == nil)
    }

    @Test func keysOfTheFileMoveIntoAnOpenVault() throws {
        let scratch = ControlScratch()
        let vault = ["TOKENHUB_VAULT_PASSWORD": "correct horse"]
        try scratch.write(
            #"{"providers":[{"id":"a","base_url":"https://a.example","api_key":"sk-a"}]}"#, to: "credentials")
        let first = try scratch.state(vault)
        #expect(try first.database.providers.find("a")?.credentialStore == "vault")
        try scratch.write("{}", to: "credentials")
        let second = try scratch.state(vault)
        #expect(digest(second.providerKeys["a"]?.secret) == Digest.sha256(Array("sk-a".utf8)))
        #expect(throws: StartFault.vault(.wrongPassword)) {
            try scratch.state(["TOKENHUB_VAULT_PASSWORD": "wrong horse"])
        }
    }

    @Test func environmentKeysBringAProviderOnce() throws {
        let scratch = ControlScratch()
        let first = try scratch.state(["OPENAI_API_KEY": "sk-env"])
        #expect(first.snapshot.providers.map(\.id) == ["openai"])
        #expect(first.snapshot.models.contains { $0.id == "gpt-4o-mini" && $0.prices.outputPer1K == 600_000 })
        #expect(first.notices.contains { $0.contains("OPENAI_API_KEY") && !$0.contains("sk-env") })
        _ = try first.database.models.delete("gpt-4o")
        // What was deleted stays deleted; without the variable the provider is not served.
        let second = try scratch.state(["OPENAI_API_KEY": "sk-env"])
        #expect(!second.snapshot.models.contains { $0.id == "gpt-4o" })
        #expect(try scratch.state().snapshot.providers.map(\.isEnabled) == [false])
        let bytes = try PrivateFile.read("\(scratch.path)/data/t.sqlite-wal", bytesMax: 1 << 24, mustBePrivate: true)
        #expect(!String(decoding: bytes, as: UTF8.self).contains("sk-env"))
    }

    @Test func environmentKeyDoesNotGoToAnOperatorsProvider() throws {
        let scratch = ControlScratch()
        do {
            let state = try scratch.state()
            try state.database.providers.upsert(
                ProviderRow(id: "openai", type: "openai", baseURL: "https://mine.example"))
        }
        let state = try scratch.state(["OPENAI_API_KEY": "sk-env"])
        #expect(state.providerKeys["openai"] == nil)
        #expect(state.notices.contains { $0.contains("OPENAI_API_KEY is not used") })
    }

    @Test func providersOfThisProcessAreServedWhileItRuns() throws {
        let scratch = ControlScratch()
        let row = ProviderRow(id: "sim-a", type: "sim", baseURL: "http://127.0.0.1:4711", origin: "sim")
        let model = ModelRow(
            id: "sim-fast", providerID: "sim-a", weight: 5, inputNanoUSDPer1K: 1, outputNanoUSDPer1K: 2, origin: "sim")
        do {
            let state = try scratch.state()
            #expect(try state.offer(row, key: Secret([0x6B]), models: [model], now: noon))
            #expect(state.snapshot.providers.map(\.isEnabled) == [true])
            #expect(state.snapshot.models.map(\.id) == ["sim-fast"])
        }
        let state = try scratch.state()
        #expect(state.snapshot.providers.map(\.isEnabled) == [false])
        #expect(try state.offer(row, key: nil, models: [], now: noon))
        #expect(state.snapshot.providers.map(\.isEnabled) == [true])
    }

    @Test func copiesForCoresAreEqualAndShareOnlyWhatTheyShould() throws {
        let desk = try Desk()
        _ = desk.ask("POST", "providers", #"{"id":"p","base_url":"https://p.example","api_key":"sk-p"}"#)
        _ = desk.ask("POST", "models", #"{"id":"a-model-with-a-long-name","provider_id":"p","upstream_model":"u\"1"}"#)
        let (one, other) = (desk.state.makeSnapshot(), desk.state.makeSnapshot())
        #expect(one !== other && one.version == desk.state.snapshot.version)
        #expect(one.models.map(\.id) == other.models.map(\.id))
        #expect(one.models[0].literal == Array(#""u\"1""#.utf8))
        #expect(one.keys[0].state === other.keys[0].state)
        #expect(one.model(named: "a-model-with-a-long-name") == 0)
        #expect(one.model(named: "another") == nil)
    }

    @Test func everyThousandthOfTenThousandKeysIsFound() throws {
        let names = (0..<10_000).map { Array("model-\($0)".utf8) }
        let table = NameTable(names)
        for index in stride(from: 0, to: 10_000, by: 7) { #expect(table.index(ofName: names[index]) == index) }
        #expect(table.index(ofName: Array("model-10000".utf8)) == nil)
        #expect(NameTable([]).index(ofName: Array("x".utf8)) == nil)
    }

    @Test func overdueKeysAreDisabledByTheHour() throws {
        let desk = try Desk()
        let created = desk.ask("POST", "apikeys", #"{"name":"k","rotation_days":1}"#)
        let id = try #require(desk.member("id", of: created))
        #expect(try !desk.state.housekeep(now: noon))
        let later = noon.advanced(byMS: 24 * 3_600_000)
        #expect(try desk.state.housekeep(now: later))
        #expect(desk.state.snapshot.keys.first { $0.id == id }?.isEnabled == false)
        #expect(try !desk.state.housekeep(now: later.advanced(byMS: 1)))
        #expect(try desk.state.database.auditLogs.newest(limit: 1)[0].action == "apikey.rotation_expired")
    }

    @Test func idleVaultIsLockedAndTrafficGoesOn() throws {
        let desk = try Desk()
        #expect(desk.say("POST", "vault/unlock", #"{"admin_password":"correct horse"}"#) == #"200 {"ok":true}"#)
        #expect(
            desk.say("POST", "providers", #"{"id":"p","base_url":"https://p.example","api_key":"sk-p"}"#).contains(
                "vault"))
        #expect(try !desk.state.housekeep(now: noon.advanced(byMS: 1_799_999)))
        _ = try desk.state.housekeep(now: noon.advanced(byMS: 1_800_000))
        #expect(desk.state.vault.isLocked)
        try desk.state.publish(now: noon)
        #expect(desk.state.recipe.providers[0].key != nil)
    }

    @Test func useOfKeysIsWrittenByTheMinuteAndAtTheEnd() throws {
        let desk = try Desk()
        let id = try #require(desk.state.snapshot.keys.first?.id)
        func lastUse() throws -> Timestamp? { try desk.state.database.apiKeys.find(id)?.lastUsedAt }
        func use(at time: Timestamp) throws {
            try desk.state.record(
                [RequestRow(timestamp: time, modelID: "m", providerID: "p", apiKeyID: id)], now: time)
        }
        try use(at: noon)
        _ = try desk.state.housekeep(now: noon.advanced(byMS: 59_999))
        #expect(try lastUse() == nil)
        _ = try desk.state.housekeep(now: noon.advanced(byMS: 60_000))
        #expect(try lastUse() == noon)
        try use(at: noon.advanced(byMS: 60_001))
        try desk.state.close(now: noon.advanced(byMS: 60_002))
        #expect(try lastUse() == noon.advanced(byMS: 60_001))
    }

    @Test func oldRowsArePruned() throws {
        let desk = try Desk()
        let old = noon.advanced(byMS: -91 * Timestamp.millisecondsPerDay)
        try desk.state.record(
            (0..<2500).map { _ in RequestRow(timestamp: old, modelID: "m", providerID: "p") }
                + [RequestRow(timestamp: noon, modelID: "new", providerID: "p")], now: noon)
        for _ in 0..<3 { _ = try desk.state.housekeep(now: noon.advanced(byMS: 1)) }
        #expect(try desk.state.database.requestLogs.newest(limit: 10).map(\.modelID) == ["new"])
    }

    @Test func keyOfTheOriginalIsAdoptedIntoTheSnapshot() throws {
        let desk = try Desk()
        let material = KeyMaterial()
        // The row as the original has it: the hash alone.
        for row in try desk.state.database.apiKeys.all() { _ = try desk.state.database.apiKeys.delete(row.id) }
        try desk.state.database.apiKeys.insert(
            APIKeyRow(id: "old", prefix: material.prefix, digest: material.digest, name: "old", createdAt: noon))
        #expect(try desk.state.database.apiKeys.stretchOne())
        var row = try #require(try desk.state.database.apiKeys.find("old"))
        _ = try desk.state.database.apiKeys.delete("old")
        row.digest = nil
        try desk.state.database.apiKeys.insert(row)
        try desk.state.publish(now: noon)
        let plaintext = Array(material.plaintext.utf8)
        #expect(desk.state.snapshot.key(ofDigest: material.digest) == nil)
        #expect(desk.state.snapshot.mayBeLegacy(text: plaintext))
        #expect(!desk.state.snapshot.mayBeLegacy(text: Array("tokenhub_0000000000".utf8)))
        #expect(try desk.state.adoptLegacy(plaintext: plaintext, now: noon))
        #expect(desk.state.snapshot.key(ofDigest: material.digest) != nil)
        #expect(!desk.state.snapshot.mayBeLegacy(text: plaintext))
        #expect(try !desk.state.adoptLegacy(plaintext: plaintext, now: noon))
    }
}
