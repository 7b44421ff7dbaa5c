import Glibc
import Testing

@testable import Store

@Suite struct DatabaseTests {
    @Test func freshFileIsPrivateAndComplete() throws {
        let scratch = Scratch()
        let database = try scratch.open("deep/er/t.sqlite")
        #expect(Scratch.mode(scratch.file("deep")) == 0o700)
        #expect(Scratch.mode(scratch.file("deep/er/t.sqlite")) == 0o600)
        #expect(Scratch.mode(scratch.file("deep/er/t.sqlite-wal")) == 0o600)
        let versions = try database.connection.rows("SELECT version FROM schema_migrations ORDER BY 1") { $0.int(0) }
        #expect(versions == Array(1...13) + Array(1001...1013))
        #expect(try database.connection.row("PRAGMA journal_mode") { $0.text(0) } == "wal")
        #expect(try database.connection.row("PRAGMA synchronous") { $0.int(0) } == 2)
        #expect(try database.connection.row("PRAGMA foreign_keys") { $0.int(0) } == 1)
        #expect(try database.connection.row("PRAGMA busy_timeout") { $0.int(0) } == 5000)
    }

    @Test func migrationsRunOnce() throws {
        let scratch = Scratch()
        do { _ = try scratch.open() }
        let database = try scratch.open(now: noon.advanced(byMS: 60_000))
        let times = try database.connection.rows("SELECT DISTINCT applied_at FROM schema_migrations") { $0.text(0) }
        #expect(times == [noon.description])
    }

    @Test func failedMigrationLeavesNothing() throws {
        let connection = try Connection(DataSource(":memory:"))
        let broken = Migration(version: 1, name: "broken") { (connection) throws(StoreFault) in
            try connection.run("CREATE TABLE half (id INTEGER)")
            try connection.run("CREATE TABLE half (id INTEGER)")
        }
        #expect(throws: StoreFault.self) { try Migration.run([broken], on: connection, now: noon) }
        #expect(try connection.row("SELECT 1 FROM sqlite_schema WHERE name = 'half'") { $0.int(0) } == nil)
        #expect(try connection.row("SELECT 1 FROM sqlite_schema") { $0.int(0) } == nil)
    }

    @Test func opensADatabaseOfTheOriginal() throws {
        let scratch = Scratch()
        try OriginalDatabase.make(at: scratch.file("o.sqlite"))
        let database = try scratch.open("o.sqlite")
        #expect(try database.providers.all().map(\.id) == ["local", "openai-main"])
        #expect(try database.providers.find("openai-main")?.credentialStore == "vault")
        let models = try database.models.all()
        #expect(models.map(\.id) == ["free-gpt", "gpt", "llama"])
        #expect(models.map(\.inputNanoUSDPer1K) == [nil, 2_500_000, 0])
        #expect(models.map(\.outputNanoUSDPer1K) == [nil, 10_000_000, 0])
        let key = try #require(try database.apiKeys.find("0123456789abcdef"))
        #expect(key.createdAt == Timestamp("2025-12-24T18:00:00.123Z"))
        #expect(key.digest == nil)
        #expect(key.monthlyBudgetNanoUSD == 10_000_000_000)
        #expect(try database.rewards.newest(limit: 10).map(\.timestamp) == [noon.advanced(byMS: -3_599_500)])
        #expect(try database.auditLogs.newest(limit: 10).map(\.timestamp) == [noon.advanced(byMS: -3_600_000)])
        let logs = try database.requestLogs.newest(limit: 10)
        #expect(logs.count == 6)
        #expect(logs.first?.costNanoUSD == 2_000_000_000)
        // January's 150 dollars are over, the first of February counts.
        #expect(database.keySpend.spend(of: key.id, now: noon) == 3_750_000_000)
    }

    @Test func rowsWrittenByTheOriginalInBetweenAreFoldedIn() throws {
        let scratch = Scratch()
        try OriginalDatabase.make(at: scratch.file("o.sqlite"))
        do { _ = try scratch.open("o.sqlite") }
        do {
            let connection = try Connection(DataSource(scratch.file("o.sqlite")))
            try connection.run(
                """
                INSERT INTO request_logs (timestamp, model_id, provider_id, estimated_cost_usd, api_key_id)
                VALUES ('2026-02-16 11:59:59.1 +0000 UTC', 'gpt', 'openai-main', 0.125, '0123456789abcdef')
                """)
        }
        for _ in 0..<2 {
            let database = try scratch.open("o.sqlite")
            #expect(database.keySpend.spend(of: "0123456789abcdef", now: noon) == 3_875_000_000)
        }
    }

    @Test func unknownProviderIsRefusedByEveryConnection() throws {
        let scratch = Scratch()
        for _ in 0..<2 {
            let database = try scratch.open()
            #expect(throws: StoreFault.foreignKey) {
                try database.models.upsert(ModelRow(id: "m", providerID: "nobody"))
            }
            #expect(throws: StoreFault.foreignKey) {
                try database.connection.run("INSERT INTO models (id, provider_id) VALUES ('m', 'nobody')")
            }
            #expect(try database.models.all().isEmpty)
        }
    }

    @Test func rowsOutliveAProcessThatIsKilled() async throws {
        let scratch = Scratch()
        let path = scratch.file("t.sqlite")
        await #expect(processExitsWith: .signal(SIGKILL)) { [path = path as String] in
            let database = try Database(DataSource(path), now: noon)
            try database.providers.upsert(ProviderRow(id: "p", type: "openai", baseURL: "http://localhost"))
            try database.requestLogs.append([
                RequestRow(timestamp: noon, modelID: "m", providerID: "p", costNanoUSD: 7, apiKeyID: "k")
            ])
            kill(getpid(), SIGKILL)
        }
        let database = try scratch.open()
        #expect(try database.providers.all().map(\.id) == ["p"])
        #expect(database.keySpend.spend(of: "k", now: noon) == 7)
    }

    @Test func unfinishedTransactionIsGoneAfterACrash() throws {
        let scratch = Scratch()
        let database = try scratch.open()
        try database.providers.upsert(ProviderRow(id: "kept", type: "openai", baseURL: ""))
        try database.connection.run("BEGIN IMMEDIATE")
        try database.providers.upsert(ProviderRow(id: "lost", type: "openai", baseURL: ""))
        // What the disk holds at this moment, without the process that would clean up.
        for suffix in ["", "-wal"] {
            try Scratch.copy(scratch.file("t.sqlite\(suffix)"), to: scratch.file("c.sqlite\(suffix)"))
        }
        try database.connection.run("ROLLBACK")
        #expect(try scratch.open("c.sqlite").providers.all().map(\.id) == ["kept"])
    }

    @Test func readerSeesTheLastCommitWhileTheWriterWrites() throws {
        let scratch = Scratch()
        let writer = try scratch.open()
        let reader = try scratch.open()
        try writer.providers.upsert(ProviderRow(id: "a", type: "openai", baseURL: ""))
        try writer.connection.run("BEGIN IMMEDIATE")
        try writer.providers.upsert(ProviderRow(id: "b", type: "openai", baseURL: ""))
        #expect(try reader.providers.all().map(\.id) == ["a"])
        try writer.connection.run("COMMIT")
        #expect(try reader.providers.all().map(\.id) == ["a", "b"])
    }

    @Test func secondWriterIsToldThatTheDatabaseIsBusy() throws {
        let scratch = Scratch()
        let first = try scratch.open()
        let second = try Database(DataSource("file:\(scratch.file("t.sqlite"))?_pragma=busy_timeout(1)"), now: noon)
        try first.connection.run("BEGIN IMMEDIATE")
        #expect(throws: StoreFault.busy) {
            try second.providers.upsert(ProviderRow(id: "x", type: "openai", baseURL: ""))
        }
        #expect(throws: StoreFault.busy) {
            try second.transaction { () throws(StoreFault) in _ = try second.providers.delete("x") }
        }
        try first.connection.run("COMMIT")
        try second.providers.upsert(ProviderRow(id: "x", type: "openai", baseURL: ""))
    }

    @Test func failedTransactionLeavesNothingAndTheNextOneWorks() throws {
        let database = try Database(DataSource(":memory:"), now: noon)
        #expect(throws: StoreFault.foreignKey) {
            try database.transaction { () throws(StoreFault) in
                try database.providers.upsert(ProviderRow(id: "p", type: "openai", baseURL: ""))
                try database.models.upsert(ModelRow(id: "m", providerID: "nobody"))
            }
        }
        #expect(try database.providers.all().isEmpty)
        try database.transaction { () throws(StoreFault) in
            try database.providers.upsert(ProviderRow(id: "p", type: "openai", baseURL: ""))
            try database.models.upsert(ModelRow(id: "m", providerID: "p"))
        }
        #expect(try database.models.all().map(\.providerID) == ["p"])
    }

    @Test func whatIsNoDatabaseIsRefusedAndNotOverwritten() throws {
        let scratch = Scratch()
        let text = Array(String(repeating: "not a database ", count: 400).utf8)
        try PrivateFile.write(text, to: scratch.file("t.sqlite"))
        #expect(throws: StoreFault.self) { try scratch.open() }
        #expect(try PrivateFile.read(scratch.file("t.sqlite"), bytesMax: 1 << 20, mustBePrivate: true) == text)
    }

    @Test func unwritableDirectoryIsSaid() throws {
        let scratch = Scratch()
        try PrivateFile.write([], to: scratch.file("file"))
        #expect(throws: StoreFault.self) { try Database(DataSource(scratch.file("file/t.sqlite")), now: noon) }
    }

    @Test func valuesAreBoundAndNeverSpelt() throws {
        let database = try Database(DataSource(":memory:"), now: noon)
        let hostile = "x'); DROP TABLE providers; --\u{0}%_"
        try database.providers.upsert(ProviderRow(id: hostile, type: hostile, baseURL: hostile))
        #expect(try database.providers.find(hostile)?.baseURL == hostile)
        #expect(try database.providers.delete(hostile))
    }
}
