// A provider fails before it has said anything of use: while another one is sound, no client notices.

import Adapters
import Sim
import Testing

@testable import Gateway
@testable import Reactor

@Suite struct FailoverTests {
    @Test(arguments: Fault.cases(Fault.whole))
    func anotherProviderAnswersInPlaceOfOneThatFails(fault: Fault, kernel: Kernel) throws {
        try anotherAnswers(fault, kernel, stream: false)
    }

    @Test(arguments: Fault.cases(Fault.beforeContent))
    func anotherProviderStreamsInPlaceOfOneThatFails(fault: Fault, kernel: Kernel) throws {
        try anotherAnswers(fault, kernel, stream: true)
    }

    private func anotherAnswers(_ fault: Fault, _ kernel: Kernel, stream: Bool) throws {
        let gate = try Gate(kernel, .two(fault.fault))
        var ask = Ask.chat(stream: stream, sim: ["seed: 5"])
        let reply = try gate.ask(ask)
        ask.literal = "up-beta"
        #expect(reply.status == 200, gate.place)
        // Comments that were sent while the first provider kept silent are no part of the answer.
        let body = stream ? Expected.withoutComments(reply.body) : reply.body
        #expect(body == (try Expected.payload(ask)), gate.place)
        if reply.comments == 0 {
            #expect(reply["x-tokenhub-provider"] == "beta", gate.place)
            #expect(reply["x-tokenhub-attempts"] == "2", gate.place)
        }
        let row = try #require(try gate.settledRows(1).first)
        #expect(row.record.status == 200)
        #expect(row.provider == "beta")
        #expect(row.record.attemptCount == 2)
        #expect(row.error == "")
        #expect(try gate.health(of: "alpha").totalErrors == 1, gate.place)
        #expect(try gate.health(of: "beta").totalErrors == 0, gate.place)
        try gate.finish()
    }

    @Test(arguments: Fault.cases(Fault.whole))
    func aClientWhoseOnlyProviderFailsGetsOneWellFormedError(fault: Fault, kernel: Kernel) throws {
        let gate = try Gate(kernel, .one(fault.fault))
        let reply = try gate.ask(.chat())
        try expectError(reply, fault, gate)
        try gate.finish()
    }

    @Test(arguments: Fault.cases(Fault.beforeContent))
    func aStreamWhoseOnlyProviderFailsIsAnsweredWithAnError(fault: Fault, kernel: Kernel) throws {
        let gate = try Gate(kernel, .one(fault.fault))
        let reply = try gate.ask(.chat(stream: true))
        if reply.comments == 0 {
            try expectError(reply, fault, gate)
        } else {
            // The head had to be sent to keep the connection alive: the error comes as the stream's last event.
            #expect(reply.events.count == 1, gate.place)
            #expect(Reply.error("message", in: reply.events.last ?? "") != nil, gate.place)
            #expect(!reply.events.contains("[DONE]"))
        }
        try gate.finish()
    }

    private func expectError(_ reply: Reply, _ fault: Fault, _ gate: Gate) throws {
        #expect(reply.status == fault.status, gate.place)
        #expect(reply["content-type"] == "application/json", gate.place)
        #expect(reply.error("message")?.contains("m-alpha") == true, "\(reply.text)")
        #expect(reply.error("code") != nil, "\(reply.text)")
        #expect((reply["retry-after"] != nil) == (fault.status == 429), gate.place)
        if fault.text == "429:7" { #expect(reply["retry-after"] == "7", gate.place) }
        let row = try #require(try gate.settledRows(1).first)
        #expect(Int(row.record.status) == fault.status)
        #expect(row.error != "")
        #expect(row.record.costNanoUSD == 0)
        // Two more tries for what may pass, and each of them counts.
        let attempts = Int(row.record.attemptCount)
        #expect(try gate.health(of: "alpha").totalErrors == attempts, gate.place)
        #expect(attempts == 1 || attempts == 3, gate.place)
        if ["500", "503", "reset", "close"].contains(fault.text) { #expect(attempts == 3, gate.place) }
        if ["429", "401", "402", "stall", "redirect"].contains(fault.text) { #expect(attempts == 1, gate.place) }
    }

    @Test(arguments: Kernel.present)
    func everyProviderFailingIsSaidWithTheReasonOfEachCandidate(kernel: Kernel) throws {
        let gate = try Gate(kernel, .bothFail(.status(500, retryAfterSeconds: nil)))
        let reply = try gate.ask(.chat())
        #expect(reply.status == 502)
        let message = try #require(reply.error("message"))
        #expect(message.contains("m-alpha: tried, m-beta: tried"), "\(message)")
        #expect(try gate.settledRows(1)[0].record.attemptCount == 4)
        try gate.finish()
    }

    @Test func aProviderThatCannotBeReachedIsPassedOver() throws {
        var plan = Plan.two()
        plan.stands[0].script = { $0.close() }
        let gate = try Gate(.calm, plan)
        let network = try #require(gate.network)
        network.vacate(try #require(gate.addresses["alpha"]))
        #expect(try gate.ask(.chat()).status == 200)
        network.vacate(try #require(gate.addresses["alpha"]), silently: true)
        let start = gate.now
        #expect(try gate.ask(.chat()).status == 200)
        // The time to connect is waited for, not that to the first byte.
        #expect(gate.now - start > 4_900_000_000)
        #expect(gate.now - start < 6_000_000_000)
        #expect(try gate.health(of: "alpha").totalErrors == 2)
        try gate.finish()
    }

    @Test func aProviderWithManyModelsDoesNotUseUpAllAttempts() throws {
        var plan = Plan.two(.reset(afterEvents: 0))
        for index in 0..<5 {
            plan.models.append(Plan.Model(id: "m-alpha-\(index)", provider: "alpha", weight: 8, literal: "x"))
        }
        let gate = try Gate(.calm, plan)
        for model in [nil, "m-alpha-3"] {
            let reply = try gate.ask(.chat(model: model))
            #expect(reply["x-tokenhub-provider"] == "beta")
            #expect(reply["x-tokenhub-attempts"] == "2")
        }
        try gate.finish()

        // Alone it is asked for its other models.
        plan.stands.removeLast()
        plan.models.remove(at: 1)
        let alone = try Gate(.calm, plan)
        #expect(try alone.ask(.chat()).status == 502)
        #expect(alone.sims["alpha"]?.requestCount == 4)
        try alone.finish()
    }

    @Test(arguments: [true, false])
    func noAttemptFollowsTheFourth(stream: Bool) throws {
        var plan = Plan()
        (plan.stands, plan.models) = ([], [])
        for index in 0..<6 {
            var stand = Plan.Stand(id: "p\(index)")
            stand.profile.chances = [.init(.reset(afterEvents: 0), perMille: 1000)]
            plan.stands.append(stand)
            plan.models.append(Plan.Model(id: "m\(index)", provider: stand.id, literal: "up-\(index)"))
        }
        let gate = try Gate(.calm, plan)
        #expect(try gate.ask(.chat(stream: stream, model: "m3")).status == 502)
        #expect(try gate.settledRows(1)[0].record.attemptCount == 4)
        #expect(gate.sims.values.reduce(0) { $0 + $1.requestCount } == 4)
        try gate.finish()
    }
}
