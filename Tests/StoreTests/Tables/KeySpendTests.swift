import Testing

@testable import Store

@Suite struct KeySpendTests {
    private func row(_ time: Timestamp, _ cost: Int64?, key: String = "k1") -> RequestRow {
        RequestRow(timestamp: time, modelID: "m", providerID: "p", costNanoUSD: cost, apiKeyID: key)
    }

    @Test func spendSurvivesReopeningToTheNanoDollar() throws {
        let scratch = Scratch()
        do {
            let database = try scratch.open()
            for batch in 0..<7 {
                try database.requestLogs.append((0..<13).map { row(noon, Int64(batch * 13 + $0)) } + [row(noon, nil)])
            }
            try database.requestLogs.append([row(noon, 9, key: "other"), row(noon, 3, key: "")])
        }
        let database = try scratch.open()
        #expect(database.keySpend.spend(of: "k1", now: noon) == 90 * 91 / 2)
        #expect(database.keySpend.spend(of: "other", now: noon) == 9)
        #expect(database.keySpend.spend(of: "nobody", now: noon) == 0)
    }

    @Test func monthBeginsAtNothingAndItsFirstDayCounts() throws {
        let database = try Database(DataSource(":memory:"), now: noon)
        let march = try #require(Timestamp("2026-03-01T00:00:00.000Z"))
        try database.requestLogs.append([row(noon, 100)])
        #expect(database.keySpend.spend(of: "k1", now: march.advanced(byMS: -1)) == 100)
        #expect(database.keySpend.spend(of: "k1", now: march) == 0)
        // One batch may hold rows of both months.
        try database.requestLogs.append([
            row(march.advanced(byMS: -1), 7), row(march, 5), row(march.advanced(byMS: -2), 3),
        ])
        #expect(database.keySpend.spend(of: "k1", now: march) == 5)
        #expect(database.keySpend.since(of: "k1", now: march) == march)
    }

    /// Whatever the order and the mixture, a batch counts as its rows one by one.
    @Test func batchCountsAsItsRowsDo() throws {
        var random = SystemRandomNumberGenerator()
        let march = try #require(Timestamp("2026-03-01T00:00:00.000Z"))
        for _ in 0..<40 {
            let (whole, single) = (
                try Database(DataSource(":memory:"), now: noon), try Database(DataSource(":memory:"), now: noon)
            )
            let rows = (0..<50).map { _ in
                row(
                    march.advanced(byMS: .random(in: -50...50, using: &random)),
                    .random(in: 0...9, using: &random), key: ["a", "b", ""].randomElement(using: &random) ?? "")
            }
            for database in [whole, single] {
                for key in ["a", "b"] {
                    database.keySpend.remember(key, since: march.advanced(byMS: key == "a" ? -20 : 20), cost: 5)
                }
            }
            try whole.requestLogs.append(rows)
            for row in rows { try single.requestLogs.append([row]) }
            for key in ["a", "b"] {
                #expect(
                    whole.keySpend.spend(of: key, now: march) == single.keySpend.spend(of: key, now: march), "\(rows)")
            }
        }
    }

    @Test func resetForgetsWhatWasBeforeAndCountsTheRestOfTheDay() throws {
        let scratch = Scratch()
        do {
            let database = try scratch.open()
            try database.apiKeys.insert(KeyMaterial().row())
            try database.requestLogs.append([row(noon, 100)])
            let reset = noon.advanced(byMS: 1000)
            #expect(try database.apiKeys.resetBudget("k1", now: reset))
            #expect(database.keySpend.spend(of: "k1", now: reset) == 0)
            try database.requestLogs.append([row(reset.advanced(byMS: -1), 40), row(reset.advanced(byMS: 1), 2)])
            #expect(database.keySpend.spend(of: "k1", now: reset) == 2)
            #expect(try database.apiKeys.find("k1")?.budgetResetAt == reset)
            #expect(try !database.apiKeys.resetBudget("nobody", now: reset))
        }
        #expect(try scratch.open().keySpend.spend(of: "k1", now: noon) == 2)
    }

    @Test func resetOfTheOriginalIsHonoured() throws {
        let scratch = Scratch()
        try OriginalDatabase.make(at: scratch.file("o.sqlite"))
        do {
            let connection = try Connection(DataSource(scratch.file("o.sqlite")))
            try connection.run("UPDATE api_keys SET budget_reset_at = '2026-02-10T09:00:00Z'")
        }
        // The reset's own day counts: 1 dollar of that moment and 2 of the next day.
        #expect(try scratch.open("o.sqlite").keySpend.spend(of: "0123456789abcdef", now: noon) == 3_000_000_000)
    }

    @Test func batchThatFailsCountsNothing() throws {
        let scratch = Scratch()
        let database = try scratch.open()
        try database.requestLogs.append([row(noon, 10)])
        let blocker = try Connection(DataSource(scratch.file("t.sqlite")))
        let impatient = try Database(DataSource("file:\(scratch.file("t.sqlite"))?_pragma=busy_timeout(1)"), now: noon)
        try blocker.run("BEGIN IMMEDIATE")
        #expect(throws: StoreFault.busy) { try impatient.requestLogs.append([row(noon, 5)]) }
        #expect(impatient.keySpend.spend(of: "k1", now: noon) == 10)
        try blocker.run("COMMIT")
        try impatient.requestLogs.append([row(noon, 5)])
        #expect(impatient.keySpend.spend(of: "k1", now: noon) == 15)
    }

    @Test func sumStopsAtTheLargestNumber() throws {
        let database = try Database(DataSource(":memory:"), now: noon)
        try database.requestLogs.append([row(noon, Int64.max), row(noon, 1)])
        #expect(database.keySpend.spend(of: "k1", now: noon) == Int64.max)
    }
}
