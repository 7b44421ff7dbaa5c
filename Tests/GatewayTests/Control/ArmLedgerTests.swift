// What the cores learn comes together, survives a restart, and can be revised.

import Store
import Testing

@testable import Gateway
@testable import Reactor

@Suite struct ArmLedgerTests {
    private let never = Forgetting(halfLifeSeconds: nil)

    private func snapshot(_ models: String...) throws -> Snapshot {
        var plan = Plan.two()
        plan.models = models.map { Plan.Model(id: $0, provider: "alpha", literal: $0) }
        let here = try #require(SocketAddress(literal: "127.0.0.1", port: 1))
        return try plan.snapshot(version: 1, addresses: ["alpha": here, "beta": here])
    }

    private func ledger(_ snapshot: Snapshot) -> ArmLedger {
        ArmLedger(coreCount: 2, snapshot: snapshot, forgetting: never)
    }

    private func delta(_ rewards: [(model: Int, reward: Double)], of count: Int) -> ArmTable {
        var table = ArmTable(modelCount: count)
        for (model, reward) in rewards { table[model, .small].add(reward, at: 7, never) }
        return table
    }

    @Test func twoCoresAddUp() throws {
        let snapshot = try snapshot("a", "b")
        var ledger = ledger(snapshot)
        ledger.fold(delta([(0, 1), (1, 0.5)], of: 2), of: 0, number: 1, from: snapshot)
        ledger.fold(delta([(0, 0.25)], of: 2), of: 1, number: 4, from: snapshot)
        let found = ledger.takeNews()
        let table = try #require(found)
        #expect(table[0, .small].count == 2 && table[0, .small].sum == 1.25)
        #expect(table[1, .small].count == 1 && table[1, .small].sum == 0.5)
        #expect(ledger.foldedNumber(of: 0) == 1 && ledger.foldedNumber(of: 1) == 4)
        let more = ledger.takeNews()
        #expect(more == nil)
    }

    @Test func aDeltaOfAnotherSnapshotFindsItsModels() throws {
        let old = try snapshot("a", "b")
        let new = try snapshot("c", "b", "a")
        var ledger = ledger(old)
        ledger.fold(delta([(0, 1)], of: 2), of: 0, number: 1, from: old)
        ledger.follow(new)
        ledger.fold(delta([(1, 0.5)], of: 2), of: 0, number: 2, from: old)
        let found = ledger.takeNews()
        let table = try #require(found)
        #expect((0..<3).map { table[$0, .small].count } == [0, 1, 1])
        #expect(table[1, .small].sum == 0.5 && table[2, .small].sum == 1)
    }

    @Test func aRestartKeepsWhatWasLearnt() throws {
        let snapshot = try snapshot("a", "b")
        var first = ledger(snapshot)
        first.fold(delta([(0, 1), (0, 0.5), (1, 0)], of: 2), of: 0, number: 1, from: snapshot)
        let found = first.takeUnsaved()
        let rows = try #require(found)
        let unsaved = first.takeUnsaved()
        #expect(unsaved == nil)
        var second = ledger(snapshot)
        second.restore(rows)
        let (old, new, again) = (first.takeNews(), second.takeNews(), second.takeUnsaved())
        #expect(new == old && again == nil)
    }

    @Test func rowsThatCannotHaveBeenSumsAreLeftOut() throws {
        var ledger = ledger(try snapshot("a"))
        ledger.restore([
            ArmRow(modelID: "a", tokenBucket: "small", count: 1, sum: 3, squares: 9, atNS: 1),
            ArmRow(modelID: "a", tokenBucket: "medium", count: .nan, sum: 0, squares: 0, atNS: 1),
            ArmRow(modelID: "a", tokenBucket: "huge", count: 1, sum: 1, squares: 1, atNS: 1),
            ArmRow(modelID: "gone", tokenBucket: "small", count: 1, sum: 1, squares: 1, atNS: 1),
        ])
        let table = ledger.takeNews()
        #expect(table == ArmTable(modelCount: 1))
    }

    @Test func theOriginalsRewardsAreABeginning() throws {
        var ledger = ledger(try snapshot("a"))
        let time = Timestamp(milliseconds: 5)
        ledger.restore([
            RewardRow(timestamp: time, modelID: "a", providerID: "alpha", tokenBucket: "large", reward: 0.8),
            RewardRow(
                timestamp: time, modelID: "a", providerID: "alpha", tokenBucket: "large", reward: 0.6, score: 0.5),
            RewardRow(timestamp: time, modelID: "a", providerID: "alpha", tokenBucket: "large", reward: 7),
        ])
        let found = ledger.takeNews()
        let table = try #require(found)
        #expect(table[0, .large].count == 2)
        #expect(abs(table[0, .large].sum - 1.1) < 1e-12)
    }

    @Test func aVerdictChangesTheSumAndNotTheCount() throws {
        let snapshot = try snapshot("a")
        var ledger = ledger(snapshot)
        ledger.fold(delta([(0, 0.8)], of: 1), of: 0, number: 1, from: snapshot)
        ledger.revise("a", .small, from: 0.8, to: 0.2, at: 7)
        let found = ledger.takeNews()
        let table = try #require(found)
        #expect(table[0, .small].count == 1)
        #expect(abs(table[0, .small].sum - 0.2) < 1e-12)
    }
}
