// Money and rates of a key are exact, however many cores spend at once.

import Reactor
import Synchronization
import Testing

@testable import Gateway

@Suite struct KeyStateTests {
    @Test func manyThreadsNeverHoldMoreThanTheLimit() throws {
        let (limit, price, rounds) = (Int64(1_000_000), Int64(7_919), 20_000)
        let state = KeyState()
        let peak = Atomic(Int64(0))
        let spent = Atomic(Int64(0))
        let held = Atomic(0)
        let threads = try (0..<4).map { index in
            try Thread(name: "spender-\(index)") {
                for round in 0..<rounds {
                    let estimate = price + Int64(round % 13)
                    guard state.hold(estimate, limit: limit) else { continue }
                    held.wrappingAdd(1, ordering: .relaxed)
                    // What is committed right now never lies above the limit by more than what others are about to take back.
                    peak.max(state.committedNanoUSD - 3 * (price + 13), ordering: .relaxed)
                    // One in ten costs something, so that the budget lasts.
                    let cost = round % 10 == 0 ? estimate / 100 : 0
                    spent.wrappingAdd(cost, ordering: .relaxed)
                    state.settle(held: estimate, cost: cost)
                }
            }
        }
        for thread in threads { thread.join() }
        #expect(peak.load(ordering: .relaxed) <= limit)
        #expect(state.committedNanoUSD == spent.load(ordering: .relaxed))
        #expect(held.load(ordering: .relaxed) > 0)
    }

    @Test func exactlyAsManyAsTheBudgetHoldsAreLetThrough() throws {
        let state = KeyState()
        let passed = Atomic(0)
        let threads = try (0..<4).map { index in
            try Thread(name: "asker-\(index)") {
                for _ in 0..<1_000 where state.hold(1_000, limit: 150_500) {
                    passed.wrappingAdd(1, ordering: .relaxed)
                }
            }
        }
        for thread in threads { thread.join() }
        #expect(passed.load(ordering: .relaxed) <= 150)
        // A hold that is taken back may have turned away one that would have fitted; alone nobody is.
        while state.hold(1_000, limit: 150_500) { passed.wrappingAdd(1, ordering: .relaxed) }
        #expect(passed.load(ordering: .relaxed) == 150)
        #expect(state.committedNanoUSD == 150_000)
    }

    @Test func ratesAreExactOverManyThreads() throws {
        let state = KeyState()
        let passed = Atomic(0)
        let start: UInt64 = 50_000_000_000
        let threads = try (0..<4).map { index in
            try Thread(name: "asker-\(index)") {
                // Each walks through the same two seconds in its own steps.
                for step in 0..<4_000 {
                    let now = start + UInt64(step) * 500_000
                    if state.admit(now: now, ratePerSecond: 100, burst: 20) == 0 {
                        passed.wrappingAdd(1, ordering: .relaxed)
                    }
                }
            }
        }
        for thread in threads { thread.join() }
        // The burst and two seconds' worth, and never one more.
        #expect(passed.load(ordering: .relaxed) <= 20 + 200)
        #expect(passed.load(ordering: .relaxed) >= 20 + 199)
    }

    @Test func whoIsTurnedAwayIsToldWhenToComeBack() {
        let state = KeyState()
        var now: UInt64 = 10_000_000_000
        for _ in 0..<3 { #expect(state.admit(now: now, ratePerSecond: 10, burst: 3) == 0) }
        let wait = state.admit(now: now, ratePerSecond: 10, burst: 3)
        #expect(wait == 100_000_000)
        now += wait - 1
        #expect(state.admit(now: now, ratePerSecond: 10, burst: 3) == 1)
        now += 1
        #expect(state.admit(now: now, ratePerSecond: 10, burst: 3) == 0)
    }

    @Test func addressesDoNotSpendEachOthersRate() {
        let rates = AddressRates()
        for address in 1...50 as ClosedRange<UInt64> {
            for _ in 0..<2 { #expect(rates.admit(address, now: 1_000_000_000, ratePerSecond: 1, burst: 2) == 0) }
            #expect(rates.admit(address, now: 1_000_000_000, ratePerSecond: 1, burst: 2) > 0)
        }
    }
}
