// What the control thread tells those who listen to events.

import Adapters
import Store
import Testing

@testable import Gateway
@testable import Reactor

@Suite struct EventBusTests {
    private func text(_ events: [[UInt8]]) -> [String] { events.map { String(decoding: $0, as: UTF8.self) } }

    @Test func withoutAListenerNothingIsEvenMade() {
        let bus = EventBus()
        var count = 0
        func event() -> Event {
            count += 1
            return Event(.heartbeat, at: noon)
        }
        bus.publish(event())
        #expect(bus.take() == nil)
        bus.join(core: 1)
        bus.publish(event())
        bus.leave(core: 1)
        bus.publish(event())
        #expect(count == 1)
    }

    @Test func whatDoesNotFitIsCountedForEveryListener() throws {
        let bus = EventBus()
        for core in [2, 0, 2] { bus.join(core: core) }
        for _ in 0..<70 { bus.publish(Event(.heartbeat, at: noon)) }
        let taken = try #require(bus.take())
        #expect(taken.events.count == 64)
        #expect(taken.cores == [0, 2])
        #expect(bus.droppedCount == 6 * 3)
        #expect(bus.take() == nil)
        bus.leave(core: 2)
        bus.leave(core: 0)
        bus.publish(Event(.heartbeat, at: noon))
        #expect(bus.take()?.cores == [2])
    }

    @Test func anEventSaysWhatItKnowsUnderTheNamesOfTheOriginal() {
        var event = Event(.healthChange, at: noon)
        (event.providerID, event.oldState, event.newState) = ("p\n\"", "healthy", "down")
        let json =
            #"{"type":"health_change","timestamp":"2026-02-16T12:00:00.000Z","provider_id":"p\n\"","old_state":"healthy","#
            + #""new_state":"down"}"#
        #expect(text([event.text()]) == ["event: health_change\ndata: \(json)\n\n"])
        #expect(text([Event(.modelDisabled, at: noon).text()])[0].hasPrefix("event: model_disabled\n"))
    }

    @Test(arguments: [(200, "route_success"), (502, "route_error"), (499, "route_error")])
    func aRequestThatIsOverIsAnEvent(status: Int32, name: String) throws {
        let address = try #require(SocketAddress(literal: "10.2.0.1", port: 443))
        let snapshot = try Plan().snapshot(version: 1, addresses: ["alpha": address])
        var record = RequestRecord()
        record.requestID = RequestID(random: 1, 2)
        (record.model, record.provider, record.key, record.status) = (0, 0, 0, status)
        record.startedAt = UInt64(noon.milliseconds) * 1_000_000
        record.durationNS = 2_500_000
        record.usage = Usage(inputTokens: 3, outputTokens: 4)
        record.costNanoUSD = 11_000
        if status == 502 { record.errorLabel = "transient" }
        let said = text([Event(record, snapshot).text()])[0]
        #expect(said.hasPrefix("event: \(name)\ndata: {\"type\":\"\(name)\",\"timestamp\":\"2026-02-16T12:00:00.002Z"))
        let place = #""model_id":"m-alpha","provider_id":"alpha","latency_ms":2.5,"cost_usd":1.1e-05"#
        #expect(said.contains(place), "\(said)")
        #expect(said.contains(#""input_tokens":3,"output_tokens":4,"total_tokens":7"#))
        #expect(said.contains(#""request_id":"\#(record.requestID.string)","api_key_name":"key-1","mode":"normal""#))
        #expect(said.contains(#""error_class":"transient""#) == (status == 502))
        #expect(said.contains(#""error_class":"cancelled""#) == (status == 499))
    }

    // MARK: The endpoint

    @Test func listeningNeedsTheAdminTokenAndRoom() throws {
        let desk = try Desk()
        #expect(desk.ask("GET", "events", authorization: nil).status == 401)
        #expect(desk.ask("GET", "events", authorization: "Bearer wrong").status == 401)
        #expect(desk.ask("POST", "events").status == 405)
        let answer = desk.ask("GET", "events")
        #expect(answer.isEventStream)
        #expect(answer.text == "200 event: connected\ndata: {\"status\":\"ok\"}\n\n")
        #expect(answer.header("Content-Type") == "text/event-stream")
        for _ in 0..<ControlLimits.eventListenersMax { desk.state.events.join(core: 0) }
        let refused = desk.ask("GET", "events")
        #expect(refused.text == #"503 {"error":"32 clients listen already"}"#)
        #expect(!refused.isEventStream)
    }

    @Test func aKeyThatIsOverdueIsAnEvent() throws {
        let desk = try Desk()
        desk.state.events.join(core: 0)
        _ = desk.ask("POST", "apikeys", #"{"name":"k","rotation_days":1}"#)
        #expect(try desk.state.housekeep(now: noon.advanced(byMS: 2 * Timestamp.millisecondsPerDay)))
        let events = text(try #require(desk.state.events.take()).events)
        #expect(events.count == 1)
        #expect(events[0].contains(#""type":"key_rotation_expired""#))
        #expect(events[0].contains(#""api_key_name":"k""#))
    }

    @Test func aModelWithoutBudgetAtItsProviderIsAnEvent() throws {
        let desk = try Desk()
        desk.state.events.join(core: 0)
        _ = desk.ask("POST", "providers", #"{"id":"p","type":"openai","base_url":"http://127.0.0.1:9"}"#)
        _ = desk.ask("POST", "models", #"{"id":"m","provider_id":"p","weight":5,"enabled":true}"#)
        for _ in 0..<2 { _ = try desk.state.suspend("m", now: noon) }
        let events = text(try #require(desk.state.events.take()).events)
        let members = #""model_id":"m","provider_id":"p","reason":"its provider has no budget left""#
        #expect(events.count == 1)
        #expect(events[0].hasPrefix("event: model_disabled\n") && events[0].contains(members), "\(events)")
    }

    @Test func aHealthRowShowsTheProbeApartFromTraffic() throws {
        let desk = try Desk()
        var health = ProviderHealth()
        health.probed(
            ProbeResult(
                .unreachable, startedAt: UInt64(noon.milliseconds) * 1_000_000, latencyNS: 2_000_000,
                cause: "timeout"))
        desk.live.health = [HealthRow(providerID: "p", health, loopNow: 1, now: noon)]
        let probe =
            #""probe":{"state":"unreachable","error":"timeout","latency_ms":2.0,"checked_at":"2026-02-16T12:00:00.000Z","#
            + #""consec_failures":1}}"#
        let shown = desk.say("GET", "health")
        #expect(shown.contains(probe), "\(shown)")
        #expect(shown.contains(#""state":"healthy","total_requests":0"#))
    }

    // MARK: Health

    @Test func everyChangeOfStateIsNoticedOnce() {
        var watch = HealthWatch()
        var health = ProviderHealth()
        func look() -> [String] { watch.look(at: [("p", health)]).map { "\($0.old) \($0.new)" } }
        func fail() { health.failed("transient", retryAfterNS: nil, now: 1, wallClock: 1) }
        #expect(look() == [])
        fail()
        #expect(look() == [])
        fail()
        #expect(look() == ["healthy degraded"])
        #expect(look() == [])
        for _ in 0..<3 { fail() }
        #expect(watch.look(at: [("p", health)])[0].reason == "5 errors in a row, the last one: transient")
        health.recovered(wallClock: 2)
        #expect(look() == ["down healthy"])
        for at in 3...4 { health.probed(ProbeResult(.unreachable, startedAt: UInt64(at), latencyNS: 0)) }
        #expect(look() == ["healthy unreachable"])
        health.probed(ProbeResult(.connected, startedAt: 5, latencyNS: 0))
        #expect(look() == ["unreachable healthy"])
        #expect(watch.look(at: []).map(\.new) == ["removed"])
        #expect(watch.look(at: []) == [])
    }
}
