// The command from its file to its answer, on a database that a gateway has open.

import Testing

@testable import Gateway
@testable import Store

@Suite struct ReplayOrderTests {
    private let nowNS = UInt64(noon.milliseconds) * 1_000_000

    private func run(_ order: ReplayOrder) -> String {
        do throws(ReplayFault) { return try order.run(wallClock: nowNS) } catch { return "\(error)" }
    }

    @Test func aLogIsReadWhileTheGatewayWritesIt() throws {
        let (scratch, world) = (ControlScratch(), try ReplayWorld(.init()))
        let state = try scratch.state()
        var random = SplitMix(seed: 9)
        // More than a page, so that reading goes on after a pause.
        try state.database.rewards.append((0..<1500).map { try world.nextRow(&random, number: $0) })
        try scratch.write(#"{"mode":"high_confidence","exploration_temp":1}"#, to: "policy.json")
        var order = ReplayOrder()
        order.policyPath = "\(scratch.path)/policy.json"
        order.database = "file:\(scratch.path)/data/t.sqlite"
        order.isJSON = true
        let whole = run(order)
        #expect(
            whole.hasPrefix(#"{"decisions":1500,"refused_by_policy":0,"left_out":{"later_attempts":0,"#), "\(whole)")
        #expect(whole.contains(#""dr":{"mean":0."#))
        // A writer in the middle of its work does not keep it out, nor it the writer.
        try state.database.transaction { () throws(StoreFault) in
            try state.database.rewards.append([RewardRow(timestamp: noon, modelID: "m-a", providerID: "a")])
            #expect(run(order) == whole)
        }
        #expect(run(order).contains(#""without_candidates":1"#))
        order.isJSON = false
        #expect(run(order).contains("policy, dr"))
        order.since = "1h"
        #expect(run(order).hasPrefix("decisions         1500"))
        order.since = "2026-02-16T12:00:01Z"
        #expect(run(order).hasPrefix("no estimate: the log holds no decision"))
        order.since = "yesterday"
        #expect(run(order).hasPrefix("--since takes"))
    }

    @Test func aReaderWritesNothing() throws {
        let scratch = ControlScratch()
        let state = try scratch.state()
        let log = try RewardLog(DataSource("\(scratch.path)/data/t.sqlite"))
        #expect(throws: StoreFault.self) {
            try log.rewards.append([RewardRow(timestamp: noon, modelID: "m", providerID: "p")])
        }
        #expect(try log.lastID() == 0 && state.database.rewards.newest(limit: 1).isEmpty)
    }

    @Test func whatCannotBeReadIsNamed() throws {
        let scratch = ControlScratch()
        var order = ReplayOrder()
        order.policyPath = "\(scratch.path)/policy.json"
        order.database = "\(scratch.path)/none.sqlite"
        #expect(run(order) == "\(scratch.path)/policy.json: no such file")
        try scratch.write(#"{"mode":"slow"}"#, to: "policy.json")
        #expect(run(order).hasPrefix("\(scratch.path)/policy.json: unknown mode 'slow'"))
        try scratch.write(#"{"mode":"cheap"}"#, to: "policy.json")
        #expect(run(order).hasPrefix("\(order.database): unable to open database file"))
        #expect(throws: PrivateFile.Fault.absent) { try scratch.text("none.sqlite") }
        order.database = ":memory:"
        #expect(run(order).contains("in memory"))
        // As the original leaves it.
        order.database = "\(scratch.path)/old.sqlite"
        let source = try DataSource(order.database)
        try Connection(source).run("CREATE TABLE reward_logs (id INTEGER PRIMARY KEY, reward REAL)")
        #expect(run(order).contains("no decisions are logged in it"))
        try scratch.write("no database, but long enough to look like the page of one", to: "text.sqlite")
        order.database = "\(scratch.path)/text.sqlite"
        #expect(run(order).contains("not a database"))
    }

    @Test func numbersAreWrittenWithTheDigitsAskedFor() {
        #expect(ReplayReport.fixed(0.05, 4) == "0.0500" && ReplayReport.fixed(-1.26, 1) == "-1.3")
        #expect(ReplayReport.fixed(-0.00001, 3) == "0.000" && ReplayReport.fixed(12, 1) == "12.0")
        #expect(ReplayReport.fixed(0.9999, 3) == "1.000" && ReplayReport.percent(0.034) == "3.4 %")
    }
}
