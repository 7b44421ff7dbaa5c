// Clients that listen to events, on a core.

import Testing

@testable import Gateway
@testable import Reactor

@Suite struct ListenerTests {
    /// A client whose stream has begun.
    private func listen(_ gate: Gate, version: String = "1.1") throws -> Client {
        let client = try gate.connect()
        var ask = Ask.get("/admin/v1/events", key: "admin-token")
        ask.version = version
        let count = gate.calls.count
        client.send(ask)
        try gate.until("a call") { gate.calls.count > count }
        let call = gate.calls[count]
        gate.link.answered()
        var response = AdminResponse(status: 200, body: EventBus.greeting)
        response.isEventStream = true
        gate.loops[call.core].mailbox.post(.delivery(CoreMessage.answer(AdminAnswer(response, to: call))))
        try gate.until("the greeting") { client.partial?.events == [#"{"status":"ok"}"#] }
        return client
    }

    private func tell(_ gate: Gate, _ events: [String]) {
        gate.loop.mailbox.post(.delivery(CoreMessage.events(events.map { Array("event: x\ndata: \($0)\n\n".utf8) })))
    }

    @Test(arguments: Kernel.present, ["1.0", "1.1"])
    func aListenerHearsTheGreetingAndThenWhatHappens(kernel: Kernel, version: String) throws {
        let gate = try Gate(kernel)
        let client = try listen(gate, version: version)
        #expect(client.partial?.status == 200)
        #expect(client.partial?["connection"] == "close")
        let other = try listen(gate)
        tell(gate, ["1", "2"])
        tell(gate, ["3"])
        for client in [client, other] {
            try gate.until("three events") { client.partial?.events.count == 4 }
            #expect(client.partial?.events.suffix(3) == ["1", "2", "3"])
        }
        // Who leaves is forgotten, and the other hears on.
        client.close()
        try gate.until("it left") { gate.listenersLeft == 1 }
        tell(gate, ["4"])
        try gate.until("the next event") { other.partial?.events.last == "4" }
        #expect(gate.plane.openExchangeCount == 0)
        try gate.finish()
        #expect(gate.listenersLeft == 2)
    }

    @Test func aSilentStreamIsKeptAlive() throws {
        let gate = try Gate(.calm)
        let client = try listen(gate)
        try gate.pass(milliseconds: 46_000)
        #expect(client.partial?.comments == 3)
        #expect(client.partial?.events.count == 1)
        try gate.finish()
    }

    @Test func whoDoesNotReadMissesEventsAndHoldsNobodyUp() throws {
        let gate = try Gate(.calm)
        let (slow, keen) = (try listen(gate), try listen(gate))
        slow.isReading = false
        let bytes = 4_000
        for round in 0..<40 {
            let events = (0..<10).map { "\(round * 10 + $0)" + String(repeating: ".", count: bytes) }
            tell(gate, events)
            try gate.until("all") { keen.partial?.events.count == 1 + (round + 1) * 10 }
        }
        let missed = gate.plane.droppedEventCount
        #expect(missed > 0)
        let token = try #require(gate.plane.listeners.first).client
        #expect(token.queuedBytes <= Limits.listenerEventsMax * (bytes + 40))
        slow.isReading = true
        try gate.until("the rest") { slow.partial?.events.count == 401 - missed }
        tell(gate, ["last"])
        try gate.until("the last") { slow.partial?.events.last == "last" }
        #expect(gate.plane.droppedEventCount == missed)
        try gate.finish()
    }

    @Test func aDrainEndsTheStreams() throws {
        let gate = try Gate(.calm)
        let client = try listen(gate)
        let start = gate.now
        gate.loop.mailbox.post(.drain(withinMS: 30_000))
        try gate.until("drained") { gate.drainedCores.count == 1 }
        #expect(gate.now - start < 2_000_000_000)
        #expect(gate.listenersLeft == 1)
        try gate.until("its end") { client.hasEnd }
    }

    @Test func aClientThatLeftBeforeItsStreamBeganIsNotCounted() throws {
        let gate = try Gate(.calm)
        let client = try gate.connect()
        client.send(.get("/admin/v1/events", key: "admin-token"))
        try gate.until("a call") { gate.calls.count == 1 }
        client.close()
        try gate.until("it left") { gate.loop.clientCount == 0 }
        gate.link.answered()
        var response = AdminResponse(status: 200, body: EventBus.greeting)
        response.isEventStream = true
        gate.loop.mailbox.post(.delivery(CoreMessage.answer(AdminAnswer(response, to: gate.calls[0]))))
        try gate.until("told") { gate.listenersLeft == 1 }
        try gate.finish()
    }
}
