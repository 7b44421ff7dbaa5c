// The reward, worked out by hand from the original's formula.

import Adapters
import Testing

@testable import Gateway

@Suite struct RewardTests {
    private func answered(_ latencyMS: Double, _ costNanoUSD: Int64?, budget: Int = 20_000) -> Double? {
        Reward.of(.answered(latencyMS: latencyMS, costNanoUSD: costNanoUSD), latencyBudgetMS: budget)
    }

    @Test(arguments: [
        // Free and at once; half the time; half the money; all of either; far beyond; both halves.
        (0.0, Int64(0), 20_000, 1.0), (10_000, 0, 20_000, 0.85), (0, 50_000_000, 20_000, 0.85),
        (20_000, 0, 20_000, 0.7), (0, 100_000_000, 20_000, 0.7), (90_000, 900_000_000, 20_000, 0.4),
        (10_000, 50_000_000, 20_000, 0.7),
        // A client in a hurry; the floor of a second.
        (1_500, 0, 3_000, 0.85), (500, 0, 0, 0.85), (500, 0, 10, 0.85), (2_000, 0, 0, 0.7),
        // 1.2 cents in 3 s of 20: 0.4 + 0.3 * 0.88 + 0.3 * 0.85.
        (3_000, 12_000_000, 20_000, 0.919),
    ])
    func answersEarnByPriceAndSpeed(latencyMS: Double, cost: Int64, budget: Int, expected: Double) throws {
        let reward = try #require(answered(latencyMS, cost, budget: budget))
        #expect((reward - expected).magnitude < 1e-12)
    }

    @Test func oddFiguresStayInsideTheRange() throws {
        #expect(answered(-5, -5) == 1)
        #expect(answered(.infinity, .max) == 0.4)
        #expect(answered(.nan, .min) == 0.7)
        // An unknown price counts half.
        #expect(answered(0, nil) == answered(0, 50_000_000))
    }

    @Test func failuresOfTheProviderEarnNothing() {
        let faults: [AttemptFault] = [
            .rateLimited(retryAfter: nil), .budgetExceeded, .credentialRefused(status: 401),
            .transient(.timeout), .transient(.truncated), .fatal(.redirect(301)),
        ]
        for fault in faults { #expect(Reward.of(.failed(fault), latencyBudgetMS: 20_000) == 0) }
    }

    @Test func whatIsNotTheProvidersFaultSaysNothing() {
        #expect(Reward.of(.failed(.clientFault(status: 400)), latencyBudgetMS: 20_000) == nil)
        #expect(Reward.of(.failed(.contextOverflow(status: 400)), latencyBudgetMS: 20_000) == nil)
        #expect(Reward.of(.abandoned, latencyBudgetMS: 20_000) == nil)
    }

    @Test func theClientsBoundComesBeforeThePolicys() {
        #expect(Reward.effectiveBudgetMS(client: 700, policy: 9_000) == 700)
        #expect(Reward.effectiveBudgetMS(client: 0, policy: 9_000) == 9_000)
        #expect(Reward.effectiveBudgetMS(client: 0, policy: 0) == 20_000)
    }

    @Test func aVerdictScalesWhatTheAnswerWasWorth() {
        #expect(Reward.judged(0.9, score: 1) == 0.9)
        #expect(Reward.judged(0.9, score: 0) == 0)
        #expect(Reward.judged(0.8, score: 0.5) == 0.4)
        #expect(Reward.judged(0.8, score: 7) == 0.8)
        #expect(Reward.judged(0.8, score: .nan) == 0.8)
        #expect(Reward.judged(0, score: 1) == 0)
    }

    @Test func promptsFallIntoTheOriginalsBuckets() {
        let counts = [-1, 0, 999, 1_000, 10_000, 10_001, .max]
        #expect(
            counts.map { TokenBucket(tokens: $0) } == [.small, .small, .small, .medium, .medium, .large, .large])
        #expect(TokenBucket.allCases.map(\.label.description) == ["small", "medium", "large"])
    }
}
