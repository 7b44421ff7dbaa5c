// Cores that learn apart end up with the same knowledge as one that has seen everything.

import Testing

@testable import Gateway

@Suite struct ArmShardTests {
    private let forgetting = Forgetting(halfLifeSeconds: 60)

    private func isNear(_ a: ArmTable, _ b: ArmTable) -> Bool {
        for model in 0..<a.modelCount {
            for bucket in TokenBucket.allCases {
                let now: UInt64 = 1_000_000_000_000
                let (x, y) = (a[model, bucket].aged(to: now, forgetting), b[model, bucket].aged(to: now, forgetting))
                if (x.count - y.count).magnitude > 1e-9 || (x.sum - y.sum).magnitude > 1e-9
                    || (x.squares - y.squares).magnitude > 1e-9
                {
                    return false
                }
            }
        }
        return true
    }

    @Test(arguments: 1...20 as ClosedRange<UInt64>)
    func coresAgreeWithOneThatHasSeenEverything(seed: UInt64) throws {
        var random = SplitMix(seed: seed)
        var all = ArmTable(modelCount: 3)
        var total = all
        var folded: [UInt64] = [0, 0, 0]
        var cores = Array(repeating: ArmShard(modelCount: 3, forgetting: forgetting), count: 3)
        // Views that are on their way: to which core, which table, holding which of its deltas.
        var underway: [(core: Int, view: ArmTable, folded: UInt64)] = []
        for step in 0..<400 {
            let core = Int(random.next() % 3)
            switch random.next() % 4 {
            case 0, 1:
                let (reward, model) = (random.uniform(), Int(random.next() % 3))
                let bucket = TokenBucket.allCases[Int(random.next() % 3)]
                let at = UInt64(step) * 1_000_000_000
                cores[core].add(reward, model: model, bucket: bucket, at: at)
                all[model, bucket].add(reward, at: at, forgetting)
                if random.next() % 5 == 0 {
                    cores[core].revise(from: reward, to: reward / 2, model: model, bucket: bucket, at: at)
                    all[model, bucket].revise(from: reward, to: reward / 2, at: at, forgetting)
                }
            case 2:
                if let (number, delta) = cores[core].takeDelta() {
                    total.merge(delta, forgetting)
                    folded[core] = number
                }
                underway.append((core, total, folded[core]))
            default:
                if !underway.isEmpty {
                    let next = underway.removeFirst()
                    cores[next.core].adopt(next.view, folded: next.folded)
                }
            }
        }
        for next in underway { cores[next.core].adopt(next.view, folded: next.folded) }
        for _ in 0..<2 {
            for core in cores.indices {
                if let (number, delta) = cores[core].takeDelta() {
                    total.merge(delta, forgetting)
                    folded[core] = number
                }
            }
            for core in cores.indices { cores[core].adopt(total, folded: folded[core]) }
        }
        #expect(isNear(total, all), "seed \(seed)")
        for core in cores { #expect(isNear(core.arms, all), "seed \(seed)") }
    }

    @Test func aCoreKnowsItsOwnRewardsAtOnceAndCountsThemOnce() throws {
        var core = ArmShard(modelCount: 1, forgetting: Forgetting(halfLifeSeconds: nil))
        var total = ArmTable(modelCount: 1)
        let nothing = core.takeDelta()
        #expect(nothing?.number == nil)
        core.add(1, model: 0, bucket: .small, at: 1)
        #expect(core.arms[0, .small].count == 1)
        let taken = core.takeDelta()
        let (number, delta) = try #require(taken)
        core.add(1, model: 0, bucket: .small, at: 2)
        // One delta at a time; a view without it changes nothing.
        let second = core.takeDelta()
        #expect(second?.number == nil)
        core.adopt(total, folded: 0)
        #expect(core.arms[0, .small].count == 2)
        total.merge(delta, core.forgetting)
        core.adopt(total, folded: number)
        #expect(core.arms[0, .small].count == 2)
        let next = core.takeDelta()
        #expect(next?.number == 2)
    }

    @Test func anotherSnapshotKeepsWhatItsModelsHaveEarned() {
        var core = ArmShard(modelCount: 3, forgetting: forgetting)
        for model in 0..<3 { core.add(Double(model) / 4, model: model, bucket: .large, at: 5) }
        core.reindex([2, nil, 0, nil])
        #expect(core.arms.modelCount == 4)
        #expect((0..<4).map { core.arms[$0, .large].sum } == [0.5, 0, 0, 0])
        #expect((0..<4).map { core.arms[$0, .large].count } == [1, 0, 1, 0])
        let taken = core.takeDelta()
        #expect(taken?.delta[0, .large].sum == 0.5)
    }
}
