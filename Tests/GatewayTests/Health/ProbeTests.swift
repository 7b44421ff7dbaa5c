// Probes: who is asked when, what the answers mean, and what they may change.

import Adapters
import Sim
import Testing

@testable import Gateway
@testable import Reactor

@Suite struct ProbeTests {
    private let second: UInt64 = 1_000_000_000

    /// Alpha, preferred, answers probes and requests as the test says; beta is sound.
    private final class Stage {
        var probeCount = 0
        var requestCount = 0
        var answerProbe: ((Client) -> Void) = { $0.send(Script.whole("{}")) }
        var answer: ((Client) -> Void) = { $0.send(Script.whole()) }
        var gate: Gate!

        /// - Parameter isAlone: beta is left out.
        init(isAlone: Bool = false, cores: Int = 1) throws {
            var plan = isAlone ? Plan() : Plan.two()
            plan.probes = true
            plan.stands[0].script = script
            gate = try Gate(.calm, plan, cores: cores)
        }

        var script: (Client) -> Void {
            Script.onRequest { [self] server in
                if String(decoding: server.received, as: UTF8.self).hasPrefix("GET ") {
                    probeCount += 1
                    answerProbe(server)
                } else {
                    requestCount += 1
                    answer(server)
                }
            }
        }

        func leave(silently: Bool = false) throws {
            gate.network?.vacate(try #require(gate.addresses["alpha"]), silently: silently)
        }

        func comeBack() throws {
            let script = script
            gate.network?.serve(try #require(gate.addresses["alpha"])) { peer in
                let server = Client(simulated: peer, isServer: true)
                self.guests.append(server)
                script(server)
            }
        }
        private var guests: [Client] = []

        func alpha(core: Int = 0) throws -> ProviderHealth { try gate.health(of: "alpha", core: core) }

        func end() throws {
            try gate.finish()
            for guest in guests { guest.close() }
            guests = []
        }
    }

    @Test func everyEnabledProviderIsProbedFromItsFirstMomentOn() throws {
        let stage = try Stage()
        let gate = stage.gate!
        try gate.pass(milliseconds: 200)
        #expect(stage.probeCount == 1)
        #expect(gate.sims["beta"]?.requestCount == 1)
        try gate.pass(milliseconds: 60_000)
        #expect(stage.probeCount == 3)
        #expect(stage.requestCount == 0)
        let health = try stage.alpha()
        #expect(health.probe.finding == .reachable)
        #expect(health.probe.status == 200)
        // Traffic has said nothing, and nothing is said in its name.
        #expect(health.totalRequests == 0)
        #expect(health.lastSuccessAt == 0)
        // Those that come later too, and those that are disabled no more.
        try gate.put(Plan.Stand(id: "gamma"))
        try gate.republish { plan in
            plan.stands.append(Plan.Stand(id: "gamma"))
            plan.stands[0].isEnabled = false
        }
        try gate.pass(milliseconds: 200)
        #expect(gate.sims["gamma"]?.requestCount == 1)
        try gate.pass(milliseconds: 60_000)
        #expect(gate.sims["gamma"]?.requestCount == 3)
        #expect(stage.probeCount == 3)
        #expect(gate.rows.isEmpty)
        try stage.end()
    }

    @Test(arguments: [200, 204, 401, 403, 404, 405, 400, 429, 500, 503])
    func whatAnAnswerMeans(status: Int) throws {
        let stage = try Stage(isAlone: true)
        stage.answerProbe = { $0.send(Script.whole(status == 204 ? "" : "{}", status: "\(status) Said")) }
        try stage.gate.pass(milliseconds: 200)
        let probe = try stage.alpha().probe
        #expect(probe.finding == ([200, 204, 401, 403, 404, 405].contains(status) ? .reachable : .connected))
        #expect(probe.status == status)
        // However it answers, it lives.
        try stage.gate.pass(milliseconds: 100_000)
        #expect(try stage.alpha().isAvailable(at: stage.gate.now))
        #expect(try stage.gate.ask(.chat()).status == 200)
        try stage.end()
    }

    @Test(arguments: [true, false])
    func silenceEndsAProbeAfterFiveSeconds(isConnected: Bool) throws {
        let stage = try Stage(isAlone: true)
        stage.answerProbe = { _ in }
        if !isConnected { try stage.leave(silently: true) }
        try stage.gate.pass(milliseconds: 4_900)
        #expect(try stage.alpha().probe.startedAt == 0)
        #expect(stage.gate.loop.upstreamCount == 1)
        try stage.gate.pass(milliseconds: 300)
        let probe = try stage.alpha().probe
        #expect(probe.finding == (isConnected ? .connected : .unreachable))
        #expect("\(probe.cause)" == "timeout")
        #expect(stage.gate.loop.upstreamCount == 0)
        try stage.end()
    }

    @Test func aDrainEndsAProbe() throws {
        let stage = try Stage(isAlone: true)
        stage.answerProbe = { _ in }
        try stage.gate.until("probed") { stage.probeCount == 1 }
        #expect(stage.gate.loop.upstreamCount == 1)
        try stage.end()
    }

    @Test func whereNoProbeFindsAConnectionNobodyIsSent() throws {
        let stage = try Stage()
        let gate = stage.gate!
        try gate.pass(milliseconds: 200)
        try stage.leave()
        try gate.pass(milliseconds: 31_000)
        // One miss is none.
        #expect(try stage.alpha().probe.missCount == 1)
        #expect(try stage.alpha().isAvailable(at: gate.now))
        try gate.pass(milliseconds: 5_000)
        #expect(try stage.alpha().isUnreachable)
        #expect(try stage.alpha().state == .healthy)
        let reply = try gate.ask(.chat())
        #expect(reply["x-tokenhub-provider"] == "beta")
        #expect(reply["x-tokenhub-attempts"] == "1")
        try stage.comeBack()
        try gate.pass(milliseconds: 5_200)
        #expect(try gate.ask(.chat())["x-tokenhub-provider"] == "alpha")
        #expect(try stage.alpha().totalErrors == 0)
        try stage.end()
    }

    @Test func aRequestThatIsAnsweredOutweighsProbesThatFail() {
        var health = ProviderHealth()
        for at in 1...3 { health.probed(ProbeResult(.unreachable, startedAt: UInt64(at), latencyNS: 0)) }
        #expect(health.probe.missCount == 3)
        #expect(!health.isAvailable(at: second))
        health.succeeded(firstByteNS: 1, firstTokenNS: 1, now: second, wallClock: 4)
        #expect(health.isAvailable(at: second))
        health.probed(ProbeResult(.unreachable, startedAt: 5, latencyNS: 0))
        #expect(health.isAvailable(at: second))
        health.probed(ProbeResult(.reachable, startedAt: 6, latencyNS: 0))
        #expect(health.probe.missCount == 0)
    }

    @Test(arguments: [true, false])
    func aProbeEndsTheCooldownOfWhomNobodyCouldConnectToAndOfNoOther(isOfConnecting: Bool) throws {
        let stage = try Stage()
        let gate = stage.gate!
        try gate.pass(milliseconds: 200)
        if isOfConnecting { try stage.leave() }
        stage.answer = { $0.send(Script.whole("{}", status: "500 Broken")) }
        for _ in 0..<5 { #expect(try gate.ask(.chat())["x-tokenhub-attempts"] == "2") }
        #expect(try stage.alpha().state == .down)
        try gate.pass(milliseconds: 20_000)
        #expect(try !stage.alpha().isAvailable(at: gate.now))
        if isOfConnecting { try stage.comeBack() }
        stage.answer = { $0.send(Script.whole()) }
        // The next probe comes 30 s after the first.
        try gate.until("probed") { try stage.alpha().probe.startedAt > stage.alpha().lastErrorAt }
        #expect(try stage.alpha().isAvailable(at: gate.now) == isOfConnecting)
        // Down it is still: the next request is the trial.
        #expect(try stage.alpha().state == .down)
        #expect(try gate.ask(.chat())["x-tokenhub-provider"] == (isOfConnecting ? "alpha" : "beta"))
        try stage.end()
    }

    @Test func otherCoresHearOfProbes() {
        var (a, b) = (ProviderHealth(), ProviderHealth())
        func merge() {
            let merged = ProviderHealth.merged(a, b)
            a.heed(merged)
            b.heed(merged)
        }
        // B has failed, A probes.
        for _ in 0..<5 { b.failed("transient", retryAfterNS: nil, isOfConnecting: true, now: second, wallClock: 5) }
        merge()
        #expect(!a.isAvailable(at: 2 * second))
        a.probed(ProbeResult(.connected, startedAt: 6, latencyNS: 0))
        for _ in 0..<3 { merge() }
        #expect(a.isAvailable(at: 2 * second))
        #expect(b.isAvailable(at: 2 * second))
        for at in 7...8 { a.probed(ProbeResult(.unreachable, startedAt: UInt64(at), latencyNS: 0)) }
        merge()
        #expect(b.isUnreachable)
        // What fails after a probe cools down again.
        a.probed(ProbeResult(.reachable, startedAt: 9, latencyNS: 0))
        merge()
        b.failed("transient", retryAfterNS: nil, isOfConnecting: true, now: second, wallClock: 10)
        for _ in 0..<3 { merge() }
        #expect(!a.isAvailable(at: 2 * second))
        #expect(!b.isAvailable(at: 2 * second))
    }
}
