import Glibc
import Testing

@testable import Store

@Suite struct DurabilityTests {
    private let rows = (0..<43).map {
        RequestRow(
            timestamp: noon.advanced(byMS: Int64($0)), modelID: "m\($0)", providerID: "p", costNanoUSD: 2,
            apiKeyID: "k",
            reason: "r\($0)")
    }

    /// 1: NORMAL, 2: FULL.
    private func synchronous(_ database: Database) throws -> Int64? {
        try database.connection.row("PRAGMA synchronous") { $0.integer(0) }
    }

    @Test func onlyRequestRowsAreCommittedWithoutWaitingForTheDisk() throws {
        let scratch = Scratch()
        let database = try scratch.open()
        #expect(try synchronous(database) == 2)
        try database.requestLogs.append(rows)
        #expect(database.connection.hasUnsyncedCommits)
        #expect(try synchronous(database) == 2)
        try database.requestLogs.harden()
        #expect(!database.connection.hasUnsyncedCommits)
        try database.requestLogs.append(rows)
        // Any commit in full takes along what came before it.
        try database.transaction { () throws(StoreFault) in
            try database.auditLogs.append(AuditRow(timestamp: noon, action: "a"))
        }
        #expect(!database.connection.hasUnsyncedCommits)
    }

    @Test func transactionThatFailsLeavesTheWaitAsItWas() throws {
        let database = try Database(DataSource(":memory:"), now: noon)
        #expect(throws: StoreFault.self) {
            try database.connection.quickTransaction { () throws(StoreFault) in
                _ = try database.connection.run("INSERT INTO providers (id) VALUES (NULL)")
            }
        }
        #expect(try synchronous(database) == 2)
        try database.requestLogs.append(rows)
        #expect(try database.requestLogs.newest(limit: 100).count == 43)
    }

    /// The sums follow once a second; what their rows do not tell goes with the rows.
    @Test func chargeThatNoRowTellsOutlivesAProcessThatIsKilled() throws {
        let scratch = Scratch()
        let database = try scratch.open()
        try database.requestLogs.append(rows)
        #expect(try sum(database) == nil)
        try database.requestLogs.append([
            RequestRow(timestamp: noon, modelID: "m", providerID: "p", assumedNanoUSD: 5, apiKeyID: "k")
        ])
        #expect(try sum(database) == 91)
        try database.requestLogs.append(rows)
        #expect(try sum(database) == 91)
        #expect(try scratch.open().keySpend.spend(of: "k", now: noon) == 177)
        // A commit that took the rows along does not keep the sums back.
        try database.requestLogs.append(rows)
        try database.transaction { () throws(StoreFault) in
            try database.auditLogs.append(AuditRow(timestamp: noon, action: "a"))
        }
        try database.requestLogs.harden()
        #expect(try sum(database) == 263)
    }

    private func sum(_ database: Database) throws -> Int64? {
        try database.connection.row("SELECT cost_nanousd FROM key_spend WHERE api_key_id = 'k'") { $0.integer(0) }
    }

    /// What was appended is in the file for whoever opens it next, although nobody closed anything.
    @Test func rowsAndSpendOutliveAProcessThatIsKilled() throws {
        let scratch = Scratch()
        let database = try scratch.open()
        try database.requestLogs.append(rows)
        let copied = Scratch()
        for name in ["t.sqlite", "t.sqlite-wal"] { try Scratch.copy(scratch.file(name), to: copied.file(name)) }
        let next = try copied.open()
        #expect(try next.requestLogs.newest(limit: 100).count == 43)
        #expect(next.keySpend.spend(of: "k", now: noon) == 86)
        _ = database
    }
}
