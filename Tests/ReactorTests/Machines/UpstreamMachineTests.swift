@testable import Reactor
import Testing

struct UpstreamMachineTests {
    @Test(arguments: [true, false]) func aLifeFromNameToSecondAnswer(handshakes: Bool) {
        var machine = UpstreamMachine()
        #expect(machine.state == .resolving)
        #expect(machine.isLeased && !machine.isOpen)
        machine.resolved()
        #expect(machine.state == .connecting && !machine.isOpen)
        machine.connected(handshakes: handshakes)
        if handshakes {
            #expect(machine.state == .handshaking && !machine.isOpen)
            machine.handshaken()
        }
        #expect(machine.isOpen && machine.isLeased && !machine.isReused)
        machine.headArrived()
        machine.answerArrived()
        #expect(machine.isOpen && !machine.isLeased && machine.answerCount == 1)
        machine.leased()
        #expect(machine.isLeased && machine.isReused)
        machine.headArrived()
        machine.answerArrived()
        #expect(machine.answerCount == 2)
        let first = machine.closed()
        let second = machine.closed()
        #expect(first && !second)
        #expect(!machine.isOpen && !machine.isLeased)
    }

    @Test func everyStateCanBeClosedOnce() {
        let seed = UInt64.random(in: 0..<1 << 32)
        var random = TestRandom(seed: seed)
        for _ in 0..<2_000 {
            var machine = UpstreamMachine()
            var answerCount = 0
            for _ in 0..<Int.random(in: 0...12, using: &random) {
                switch machine.state {
                case .resolving: machine.resolved()
                case .connecting: machine.connected(handshakes: Bool.random(using: &random))
                case .handshaking: machine.handshaken()
                case .awaitingHead: machine.headArrived()
                case .readingBody:
                    machine.answerArrived()
                    answerCount += 1
                case .idle: machine.leased()
                case .closed: Issue.record("closed by itself, seed \(seed)")
                }
                #expect(machine.answerCount == answerCount, "seed \(seed)")
                #expect(machine.isReused == (answerCount > 0), "seed \(seed)")
            }
            let first = machine.closed()
            let second = machine.closed()
            #expect(first && !second, "seed \(seed)")
        }
    }

    @Test func anAnswerNobodyAskedForIsOurBug() async {
        await #expect(processExitsWith: .failure) {
            var machine = UpstreamMachine()
            machine.headArrived()
        }
    }
}
