@testable import Reactor
import Testing

struct ExchangeMachineTests {
    @Test func aRequestWithoutABodyIsDispatchedAtOnce() {
        var machine = ExchangeMachine()
        #expect(machine.takesBytes)
        #expect(machine.headParsed(hasWholeBody: true, persists: true) == .dispatch)
        #expect(machine.isAnswering)
        #expect(!machine.takesBytes)
        #expect(machine.answerSent() == .startNext)
        #expect(machine.reading == .head && machine.writing == .idle)
    }

    @Test func aBodyIsReadBeforeTheRequestIsDispatched() {
        var machine = ExchangeMachine()
        #expect(machine.headParsed(hasWholeBody: false, persists: true) == .readBody)
        #expect(machine.takesBytes)
        #expect(!machine.isAnswering)
        #expect(machine.bodyArrived() == .dispatch)
        #expect(machine.answerSent() == .startNext)
    }

    @Test func aConnectionThatDoesNotPersistClosesAfterTheAnswer() {
        var machine = ExchangeMachine()
        _ = machine.headParsed(hasWholeBody: true, persists: false)
        #expect(!machine.willPersist)
        #expect(machine.answerSent() == .close)
        #expect(machine.peerClosed() == nil)
    }

    @Test func aRefusalClosesWhereverTheRequestStood() {
        var atHead = ExchangeMachine()
        atHead.refused()
        #expect(!atHead.takesBytes)
        #expect(atHead.answerSent() == .close)
        var atBody = ExchangeMachine()
        _ = atBody.headParsed(hasWholeBody: false, persists: true)
        atBody.refused()
        #expect(atBody.answerSent() == .close)
    }

    @Test func theLastRequestMayBeAnnouncedAtAnyTime() {
        var machine = ExchangeMachine()
        machine.lastRequest()
        _ = machine.headParsed(hasWholeBody: true, persists: true)
        #expect(machine.answerSent() == .close)
    }

    @Test func aPeerClosesOnce() {
        var machine = ExchangeMachine()
        #expect(machine.peerClosed() == .close)
        #expect(machine.peerClosed() == nil)
        #expect(!machine.takesBytes)
    }

    /// Whatever happens in whatever order: no second request before the first is answered, nothing after the end.
    @Test func aRandomLifeKeepsItsPromises() {
        let seed = UInt64.random(in: 0..<1 << 32)
        var random = TestRandom(seed: seed)
        for _ in 0..<2_000 {
            var machine = ExchangeMachine()
            var dispatchCount = 0
            var answerCount = 0
            var mayPersist = true
            for _ in 0..<Int.random(in: 1...30, using: &random) {
                switch (machine.reading, machine.writing) {
                case (.head, .idle):
                    switch Int.random(in: 0..<4, using: &random) {
                    case 0:
                        machine.refused()
                        (dispatchCount, mayPersist) = (dispatchCount + 1, false)
                    case 1:
                        machine.lastRequest()
                        mayPersist = false
                    default:
                        let (whole, persists) = (Bool.random(using: &random), Bool.random(using: &random))
                        mayPersist = mayPersist && persists
                        let action = machine.headParsed(hasWholeBody: whole, persists: persists)
                        #expect(action == (whole ? .dispatch : .readBody), "seed \(seed)")
                        if whole { dispatchCount += 1 }
                    }
                case (.body, .idle):
                    dispatchCount += 1
                    if Bool.random(using: &random) {
                        #expect(machine.bodyArrived() == .dispatch, "seed \(seed)")
                    } else {
                        machine.refused()
                        mayPersist = false
                    }
                case (.parked, .answering):
                    answerCount += 1
                    #expect(machine.answerSent() == (mayPersist ? .startNext : .close), "seed \(seed)")
                case (.closed, .closed): #expect(machine.peerClosed() == nil, "seed \(seed)")
                default: Issue.record("\(machine.reading) with \(machine.writing), seed \(seed)")
                }
                #expect(machine.isAnswering == (dispatchCount == answerCount + 1), "seed \(seed)")
                if Int.random(in: 0..<20, using: &random) == 0 {
                    _ = machine.peerClosed()
                    answerCount = dispatchCount
                }
            }
        }
    }

    @Test func anAnswerWithoutARequestIsOurBug() async {
        await #expect(processExitsWith: .failure) {
            var machine = ExchangeMachine()
            _ = machine.answerSent()
        }
    }
}
