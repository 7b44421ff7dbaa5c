import Testing
import Wire

@testable import Gateway
@testable import Reactor

/// Keys of the original, which only the control thread can recognise.
@Suite struct LegacyKeyTests {
    private let old = "tokenhub_" + String(repeating: "fedcba9876543210", count: 4)

    private func plan() -> Plan {
        var plan = Plan()
        plan.legacyPrefixes = [String(old.prefix(17))]
        return plan
    }

    /// Publishes the key, as the control thread does when bcrypt agrees, and tells the core.
    private func recognise(_ gate: Gate) throws {
        try gate.republish { plan in
            plan.legacyPrefixes = []
            plan.keys.append(Plan.Key(text: old, id: "old"))
        }
        try answer(gate)
    }

    private func answer(_ gate: Gate, wasChecked: Bool = true) throws {
        let question = try #require(gate.legacyQuestions.last)
        gate.loops[question.core].mailbox.post(
            .delivery(CoreMessage.legacyKey(digest: question.digest, wasChecked: wasChecked)))
    }

    @Test(arguments: Kernel.present)
    func requestWaitsAndGoesOnWhenTheKeyIsRecognised(kernel: Kernel) throws {
        let gate = try Gate(kernel, plan())
        let clients = try (0..<3).map { index in
            let client = try gate.connect()
            let ask = Ask.chat(stream: index == 1).keyed(old)
            // One of them comes in chunks.
            client.send(
                index == 2
                    ? ask.bytes(
                        framing: "Transfer-Encoding: chunked",
                        Array("\(String(ask.body.utf8.count, radix: 16))\r\n\(ask.body)\r\n0\r\n\r\n".utf8))
                    : ask.bytes)
            return client
        }
        try gate.until("a question") { !gate.legacyQuestions.isEmpty && gate.plane.parkedCount == 3 }
        #expect(gate.legacyQuestions.count == 1, "one key is one question")
        #expect(clients.allSatisfy { $0.replies.isEmpty })
        try recognise(gate)
        for client in clients { #expect(try gate.reply(to: client).status == 200) }
        #expect(try gate.settledRows(3).allSatisfy { $0.key == "old" })
        try gate.finish()
    }

    @Test func keyThatIsNobodysIsRefused() throws {
        let gate = try Gate(.calm, plan())
        let client = try gate.connect()
        client.send(Ask.chat().keyed(old))
        try gate.until("a question") { !gate.legacyQuestions.isEmpty }
        try answer(gate)
        let reply = try gate.reply(to: client)
        #expect(reply.status == 401)
        try gate.finish()
    }

    @Test func whoCannotBeCheckedNowIsAskedToComeAgain() throws {
        let gate = try Gate(.calm, plan())
        let client = try gate.connect()
        client.send(Ask.chat().keyed(old))
        try gate.until("a question") { !gate.legacyQuestions.isEmpty }
        try answer(gate, wasChecked: false)
        let reply = try gate.reply(to: client)
        #expect(reply.status == 503 && reply["retry-after"] == "1")
        try gate.finish()
    }

    @Test func clientsThatLeaveAndClientsTooManyLeaveNothingBehind() throws {
        let gate = try Gate(.calm, plan())
        let bound = Gateway.Limits.parkedRequestsMax
        let clients = try (0..<bound).map { _ in
            let client = try gate.connect()
            client.send(Ask.chat().keyed(old))
            return client
        }
        try gate.until("all parked") { gate.plane.parkedCount == bound }
        #expect(try gate.ask(Ask.chat().keyed(old)).status == 503)
        for client in clients { client.close() }
        try gate.until("they left") { gate.loop.clientCount == 0 }
        try recognise(gate)
        try gate.until("nothing is parked") { gate.plane.parkedCount == 0 }
        #expect(gate.rows.isEmpty)
        try gate.finish()
    }

    @Test func keyOfAnotherBeginningIsRefusedAtOnce() throws {
        let gate = try Gate(.calm, plan())
        let other = "tokenhub_" + String(repeating: "0", count: 64)
        #expect(try gate.ask(Ask.chat().keyed(other)).status == 401)
        #expect(gate.legacyQuestions.isEmpty)
        try gate.finish()
    }

    /// Others have come in between.
    @Test(arguments: [true, false]) func theAnswerIsForThePageThatAsked(isPage: Bool) throws {
        let gate = try Gate(.calm, plan())
        let client = try gate.connect()
        let (page, other) = (Ask.chat().with("Origin: https://a.example"), Ask.chat())
        client.send((isPage ? page : other).keyed(old))
        try gate.until("a question") { !gate.legacyQuestions.isEmpty }
        #expect(try gate.ask(isPage ? other : page).status == 200)
        try answer(gate, wasChecked: false)
        let reply = try gate.reply(to: client)
        #expect(reply.status == 503 && (reply["access-control-allow-origin"] == nil) != isPage)
        try gate.finish()
    }

    // MARK: Bodies that pass through

    private func mediaPlan() -> Plan {
        var plan = plan()
        plan.models[0].literal = plan.models[0].id
        return plan
    }

    @Test(arguments: Kernel.present, [100, 400_000])
    func anUploadWaitsAndItsBodyIsHeldBack(kernel: Kernel, audioBytes: Int) throws {
        let gate = try Gate(kernel, mediaPlan())
        let client = try gate.connect()
        var ask = Ask.transcription(audioBytes: audioBytes).keyed(old)
        ask.fields = ["x-sim-echo: body"]
        client.send(ask)
        try gate.until("a question") { !gate.legacyQuestions.isEmpty && gate.plane.parkedCount == 1 }
        for _ in 0..<20 { try gate.turn() }
        #expect(gate.loop.upstreamCount == 0 && gate.loop.counters.receivedBytes < 140_000)
        try recognise(gate)
        let reply = try gate.reply(to: client)
        #expect(reply.status == 200 && reply.body == Array(ask.body.utf8))
        #expect(try gate.settledRows(1)[0].key == "old")
        // The connection is good for more.
        client.send(ask)
        #expect(try gate.reply(2, to: client).status == 200)
        try gate.finish()
    }

    @Test func whoWaitsForTheWordToGoOnGetsItWithTheVerdict() throws {
        let gate = try Gate(.calm, mediaPlan())
        let client = try gate.connect()
        var ask = Ask.transcription(audioBytes: 100).keyed(old)
        ask.fields = ["Expect: 100-continue"]
        client.send(ask.head("Content-Length: \(ask.body.utf8.count)"))
        try gate.until("a question") { !gate.legacyQuestions.isEmpty }
        try gate.pass(milliseconds: 100)
        #expect(client.replies.isEmpty)
        try recognise(gate)
        #expect(try gate.reply(to: client).status == 100)
        client.send(ask.body)
        #expect(try gate.reply(2, to: client).status == 200)
        try gate.finish()
    }

    @Test(arguments: [true, false])
    func anUploadWithAKeyThatIsNobodysIsRefused(wasChecked: Bool) throws {
        let gate = try Gate(.calm, mediaPlan())
        let client = try gate.connect()
        client.send(Ask.transcription(audioBytes: 400_000).keyed(old))
        try gate.until("a question") { !gate.legacyQuestions.isEmpty }
        try answer(gate, wasChecked: wasChecked)
        #expect(try gate.reply(to: client).status == (wasChecked ? 401 : 503))
        try gate.until("closed") { client.isOver }
        try gate.finish()
    }

    @Test func anUploadWhoseClientLeavesIsForgotten() throws {
        let gate = try Gate(.calm, mediaPlan())
        let client = try gate.connect()
        client.send(Ask.transcription(audioBytes: 400_000).keyed(old))
        try gate.until("a question") { !gate.legacyQuestions.isEmpty }
        client.close(abort: true)
        try gate.pass(milliseconds: 1_000)
        try recognise(gate)
        try gate.until("over") { gate.loop.clientCount == 0 && gate.plane.parkedCount == 0 }
        try gate.finish()
    }
}
