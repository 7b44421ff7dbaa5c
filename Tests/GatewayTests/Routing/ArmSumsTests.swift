// Sums of rewards: order, merging and forgetting commute.

import Testing

@testable import Gateway

@Suite struct ArmSumsTests {
    private let minute: UInt64 = 60_000_000_000
    private let forgetting = Forgetting(halfLifeSeconds: 60)

    private func isNear(_ a: ArmSums, _ b: ArmSums) -> Bool {
        let near = { (x: Double, y: Double) in (x - y).magnitude <= 1e-9 * max(1, x.magnitude) }
        return a.at == b.at && near(a.count, b.count) && near(a.sum, b.sum) && near(a.squares, b.squares)
    }

    @Test func aHalfLifeHalves() {
        var sums = ArmSums()
        sums.add(0.8, at: minute, forgetting)
        #expect((sums.count, sums.sum) == (1, 0.8))
        #expect((sums.squares - 0.64).magnitude < 1e-15)
        sums.add(1, at: 3 * minute, forgetting)
        #expect((sums.count, sums.sum) == (1.25, 1.2))
        let aged = sums.aged(to: 4 * minute, forgetting)
        #expect((aged.count, aged.sum, aged.at) == (0.625, 0.6, 4 * minute))
        #expect(sums.aged(to: minute, forgetting) == sums)
    }

    @Test(arguments: [nil, 0, -1, .nan] as [Double?])
    func withoutAHalfLifeNothingIsForgotten(halfLife: Double?) {
        let never = Forgetting(halfLifeSeconds: halfLife)
        var sums = ArmSums()
        sums.add(0.5, at: 1, never)
        #expect(sums.aged(to: .max, never).sum == 0.5)
    }

    @Test func anEternityLeavesNothingAndNoNaN() {
        var sums = ArmSums()
        sums.add(1, at: 0, forgetting)
        let aged = sums.aged(to: .max, forgetting)
        #expect((aged.count, aged.sum, aged.squares) == (0, 0, 0))
    }

    @Test func aLateRewardHasTheWeightOfItsAge() {
        var (inOrder, late) = (ArmSums(), ArmSums())
        inOrder.add(0.2, at: minute, forgetting)
        inOrder.add(0.9, at: 3 * minute, forgetting)
        late.add(0.9, at: 3 * minute, forgetting)
        late.add(0.2, at: minute, forgetting)
        #expect(isNear(inOrder, late))
    }

    @Test func aVerdictReplacesTheRewardWhereverItCounts() {
        var (revised, straight) = (ArmSums(), ArmSums())
        revised.add(0.9, at: minute, forgetting)
        revised.add(0.7, at: 2 * minute, forgetting)
        revised.revise(from: 0.9, to: 0.3, at: minute, forgetting)
        straight.add(0.3, at: minute, forgetting)
        straight.add(0.7, at: 2 * minute, forgetting)
        #expect(isNear(revised, straight))
    }

    @Test(arguments: 1...20 as ClosedRange<UInt64>)
    func decayingTheSumIsTheSumOfTheDecayed(seed: UInt64) {
        var random = SplitMix(seed: seed)
        var whole = ArmSums()
        var shards = Array(repeating: ArmSums(), count: 4)
        for _ in 0..<50 {
            // Cores' clocks agree, the order in which rewards come does not.
            let (reward, at) = (random.uniform(), random.next() % (10 * minute))
            whole.add(reward, at: at, forgetting)
            shards[Int(random.next() % 4)].add(reward, at: at, forgetting)
        }
        let later = 12 * minute
        var (mergedThenAged, agedThenMerged) = (ArmSums(), ArmSums())
        for shard in shards {
            mergedThenAged.merge(shard, forgetting)
            agedThenMerged.merge(shard.aged(to: later, forgetting), forgetting)
        }
        mergedThenAged = mergedThenAged.aged(to: later, forgetting)
        #expect(isNear(mergedThenAged, agedThenMerged), "seed \(seed)")
        #expect(isNear(mergedThenAged, whole.aged(to: later, forgetting)), "seed \(seed)")
    }
}
