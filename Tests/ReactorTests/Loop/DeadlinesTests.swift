@testable import Reactor
import Testing

struct DeadlinesTests {
    private static let ms: UInt64 = 1_000_000

    /// Turns to `now` and says whose deadline came.
    private func due(_ wheel: inout Deadlines, _ entries: inout [Deadlines.Entry], at now: UInt64) -> [Int] {
        var came: [Int] = []
        for index in 0..<wheel.turn(to: now) {
            let filed = wheel.passed(index)
            if wheel.isDue(filed, &entries[filed.token.slot], now: now) { came.append(filed.token.slot) }
        }
        return came
    }

    private func token(_ slot: Int) -> Token { Token(kind: .client, slot: slot, generation: 1) }

    @Test func aDeadlineComesNotBeforeItsTimeAndOnce() {
        var wheel = Deadlines(now: 0)
        var entries = [Deadlines.Entry()]
        wheel.arm(&entries[0], of: token(0), which: 0, due: 5 * Self.ms + 1)
        #expect(wheel.nextWake == 6 * Self.ms)
        #expect(due(&wheel, &entries, at: 5 * Self.ms) == [])
        #expect(due(&wheel, &entries, at: 6 * Self.ms) == [0])
        #expect(!entries[0].isArmed)
        #expect(due(&wheel, &entries, at: 10_000 * Self.ms) == [])
        #expect(wheel.nextWake == nil)
    }

    @Test func aDeadlineMayBeMovedBothWaysAndLifted() {
        var wheel = Deadlines(now: 0)
        var entries = [Deadlines.Entry(), Deadlines.Entry(), Deadlines.Entry()]
        for slot in 0..<3 { wheel.arm(&entries[slot], of: token(slot), which: 0, due: 100 * Self.ms) }
        wheel.arm(&entries[0], of: token(0), which: 0, due: 200 * Self.ms)
        wheel.arm(&entries[1], of: token(1), which: 0, due: 50 * Self.ms)
        entries[2].disarm()
        #expect(due(&wheel, &entries, at: 50 * Self.ms) == [1])
        #expect(due(&wheel, &entries, at: 199 * Self.ms) == [])
        #expect(due(&wheel, &entries, at: 200 * Self.ms) == [0])
    }

    @Test func aDeadlineFarAwayOutlivesManyTurnsOfTheWheel() {
        var wheel = Deadlines(now: 7)
        var entries = [Deadlines.Entry()]
        wheel.arm(&entries[0], of: token(0), which: 0, due: 120_000 * Self.ms)
        var now: UInt64 = 0
        var wakeCount = 0
        while let wake = wheel.nextWake, wake < 120_000 * Self.ms {
            #expect(wake > now)
            now = wake
            wakeCount += 1
            #expect(due(&wheel, &entries, at: now) == [])
        }
        // About every four seconds: the wheel has 4096 places.
        #expect(wakeCount < 40)
        #expect(due(&wheel, &entries, at: 120_000 * Self.ms) == [0])
    }

    @Test func aLongPauseSkipsNothing() {
        var wheel = Deadlines(now: 0)
        var entries = (0..<100).map { _ in Deadlines.Entry() }
        for slot in 0..<100 {
            wheel.arm(&entries[slot], of: token(slot), which: 0, due: UInt64(slot + 1) * 40 * Self.ms)
        }
        #expect(due(&wheel, &entries, at: 1_000_000 * Self.ms).sorted() == Array(0..<100))
    }

    /// Against a plain list of times.
    @Test func aRandomLifeAgreesWithAList() {
        let seed = UInt64.random(in: 0..<1 << 32)
        var random = TestRandom(seed: seed)
        for _ in 0..<20 {
            var now = UInt64.random(in: 0..<1_000_000_000_000, using: &random)
            var wheel = Deadlines(now: now)
            var entries = (0..<20).map { _ in Deadlines.Entry() }
            var list = [UInt64?](repeating: nil, count: 20)
            for _ in 0..<2_000 {
                let slot = Int.random(in: 0..<20, using: &random)
                switch Int.random(in: 0..<6, using: &random) {
                case 0, 1, 2:
                    let reach: UInt64 = Bool.random(using: &random) ? 50 : 20_000
                    let due = now + UInt64.random(in: 0...reach * Self.ms, using: &random)
                    list[slot] = due
                    wheel.arm(&entries[slot], of: token(slot), which: 0, due: due)
                case 3:
                    list[slot] = nil
                    entries[slot].disarm()
                default:
                    // As a loop does: to the wake-up, or earlier because something else happened.
                    guard let wake = wheel.nextWake else { continue }
                    now = max(
                        now,
                        Bool.random(using: &random) ? wake : UInt64.random(in: now...max(now, wake), using: &random))
                    let came = due(&wheel, &entries, at: now)
                    #expect(Set(came).count == came.count, "seed \(seed)")
                    for slot in came {
                        #expect(list[slot].map { $0 <= now } == true, "seed \(seed)")
                        list[slot] = nil
                    }
                    // At most a tick late.
                    #expect(!list.contains { $0.map { $0 + 2 * Self.ms <= now } ?? false }, "seed \(seed)")
                }
            }
        }
    }
}
