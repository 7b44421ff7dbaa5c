import Store
import Testing

@testable import Gateway

@Suite struct ControlMoneyTests {
    private let desk: Desk
    private let id: String

    init() throws {
        desk = try Desk()
        let created = desk.ask("POST", "apikeys", #"{"name":"k","monthly_budget_usd":1}"#)
        id = try #require(desk.member("id", of: created))
    }

    private var book: KeyState {
        get throws { try #require(desk.state.snapshot.keys.first { $0.id == id }).state }
    }

    /// A core settles, and its row comes a little later.
    private func spend(_ cost: Int64, at time: Timestamp, recordedAt: Timestamp? = nil) throws {
        try book.settle(held: 0, cost: cost)
        try desk.state.record(
            [RequestRow(timestamp: time, modelID: "m", providerID: "p", costNanoUSD: cost, apiKeyID: id)],
            now: recordedAt ?? time)
    }

    @Test func bothBooksAgree() throws {
        try spend(300, at: noon)
        #expect(try book.committedNanoUSD == 300)
        #expect(desk.state.spend(ofKey: id, now: noon) == 300)
    }

    @Test func priceThatIsNotKnownCountsAsWhatWasHeld() throws {
        try book.settle(held: 0, cost: 40)
        try desk.state.record(
            [RequestRow(timestamp: noon, modelID: "m", providerID: "p", assumedNanoUSD: 40, apiKeyID: id)], now: noon)
        #expect(desk.state.spend(ofKey: id, now: noon) == 40)
    }

    @Test func bookIsKeptFromSnapshotToSnapshotAndReadAgainAfterAStart() throws {
        try spend(300, at: noon)
        let before = try book
        #expect(desk.say("PATCH", "apikeys/\(id)", #"{"name":"renamed"}"#) == #"200 {"ok":true}"#)
        #expect(try book === before)
        let again = try desk.scratch.state()
        #expect(again.snapshot.keys.first { $0.id == id }?.state.committedNanoUSD == 300)
    }

    @Test func newMonthBeginsAtNothingAndHoldsStay() throws {
        try spend(300, at: noon)
        try #require(try book.hold(50, limit: 1000))
        let march = try #require(Timestamp("2026-03-01T00:00:00Z"))
        // A row of February that comes in March belongs to February.
        try spend(7, at: march.advanced(byMS: -1), recordedAt: march.advanced(byMS: 20))
        #expect(try book.committedNanoUSD == 50)
        #expect(desk.state.spend(ofKey: id, now: march) == 0)
        try spend(5, at: march.advanced(byMS: 1))
        #expect(try book.committedNanoUSD == 55)
        #expect(desk.state.spend(ofKey: id, now: march) == 5)
    }

    @Test func paidMonthBeginsAtNothingAndHoldsStay() throws {
        try spend(300, at: noon)
        try #require(try book.hold(50, limit: 1000))
        desk.now = noon.advanced(byMS: 1000)
        #expect(desk.say("POST", "apikeys/\(id)/paid") == #"200 {"ok":true}"#)
        #expect(try book.committedNanoUSD == 50)
        try spend(9, at: noon.advanced(byMS: 999), recordedAt: desk.now)
        #expect(try book.committedNanoUSD == 50)
        try spend(4, at: desk.now)
        #expect(try book.committedNanoUSD == 54)
        #expect(desk.state.spend(ofKey: id, now: desk.now) == 4)
    }

    @Test func budgetGivenLaterBeginsWithWhatWasSpent() throws {
        _ = desk.say("PATCH", "apikeys/\(id)", #"{"monthly_budget_usd":0}"#)
        // Cores count the money of every key, and what is under way when the budget comes counts as well.
        let underWay = try book
        try spend(70, at: noon)
        #expect(desk.state.snapshot.keys.first { $0.id == id }?.monthlyBudgetNanoUSD == nil)
        _ = desk.say("PATCH", "apikeys/\(id)", #"{"monthly_budget_usd":2}"#)
        #expect(try book.committedNanoUSD == 70)
        #expect(try book === underWay)
        #expect(desk.state.snapshot.keys.first { $0.id == id }?.monthlyBudgetNanoUSD == 2_000_000_000)
    }
}
