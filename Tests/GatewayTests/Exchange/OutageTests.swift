// A provider fails for a while, under load: no client sees it while another provider is sound, and the others are not buried.

import Adapters
import Sim
import Testing

@testable import Gateway
@testable import Reactor

@Suite struct OutageTests {
    /// What is wrong with the provider that most requests go to.
    enum Trouble: String, CaseIterable, Sendable {
        case killed, rateLimited, burstOf500, slowFirstToken, slowAfterHead, resetAtConnect, resetInHandshake

        /// Kernels without a clock of their own would have to wait, or cannot take a listener away.
        var kernels: [Kernel] {
            switch self {
            case .killed, .slowFirstToken, .slowAfterHead: Kernel.simulated
            case .rateLimited, .burstOf500, .resetAtConnect, .resetInHandshake: Kernel.present
            }
        }

        /// A provider in this trouble never comes to anything else.
        var lasts: Bool { self == .killed || self == .resetInHandshake }

        static let cases = allCases.flatMap { trouble in trouble.kernels.map { (trouble, $0) } }
    }

    /// The provider in trouble: answers well until it begins.
    private final class Patient {
        var trouble: Trouble?
        private(set) var requestCount = 0

        func accept(_ server: Client) {
            switch trouble {
            case .resetAtConnect: return server.close(abort: true)
            case .resetInHandshake:
                // The first bytes are the client's half of the handshake.
                server.onChange = { server in if server.receivedCount > 0 { server.close(abort: true) } }
                return
            case nil, .killed, .rateLimited, .burstOf500, .slowFirstToken, .slowAfterHead: break
            }
            Script.onRequest { [self] server in answer(server) }(server)
        }

        private func answer(_ server: Client) {
            requestCount += 1
            let text = String(decoding: server.received, as: UTF8.self)
            let isStream = text.contains("\"stream\":true")
            switch trouble {
            case .rateLimited:
                server.send(Script.whole("{}", status: "429 Too Many Requests", fields: "Retry-After: 20\r\n"))
            case .burstOf500: server.send(Script.whole("{}", status: "500 Oops"))
            case .slowFirstToken: break
            case .slowAfterHead:
                server.send("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nContent-Length: 99\r\n\r\n")
            case .resetAtConnect, .resetInHandshake, .killed: server.close(abort: true)
            case nil: server.send(isStream ? Patient.stream : Script.whole())
            }
        }

        private static let stream: String = {
            let events = "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"x\"}}]}\n\ndata: [DONE]\n\n"
            return "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nContent-Length: \(events.utf8.count)\r\n\r\n"
                + events
        }()
    }

    private static let clientCount = 20

    @Test(arguments: Trouble.cases, [false, true])
    func noClientSeesTheTroubleOfOneProvider(trouble: (Trouble, Kernel), stream: Bool) throws {
        let (trouble, kernel) = trouble
        let patient = Patient()
        var plan = Plan.two()
        plan.stands[0].script = { patient.accept($0) }
        plan.stands[0].firstByteMS = 1_000
        if trouble == .resetInHandshake {
            plan.stands[0].isSecure = true
            patient.trouble = trouble
        }
        plan.stands.append(Plan.Stand(id: "gamma"))
        plan.models.append(Plan.Model(id: "m-gamma", provider: "gamma", weight: 5, literal: "up-gamma"))
        let gate = try Gate(kernel, plan)
        let clients = try (0..<OutageTests.clientCount).map { _ in try gate.connect() }

        var asked = 0
        func wave(_ count: Int) throws {
            for _ in 0..<count {
                asked += 1
                for (number, client) in clients.enumerated() {
                    client.send(.chat(stream: stream, model: number % 2 == 0 ? "m-alpha" : nil))
                }
                try gate.until("wave \(asked) answered") { clients.allSatisfy { $0.replies.count == asked } }
            }
        }
        try wave(3)
        patient.trouble = trouble
        if trouble == .killed { gate.network?.vacate(try #require(gate.addresses["alpha"])) }
        try wave(6)
        if !trouble.lasts { patient.trouble = nil }
        if kernel.isSimulated { try gate.pass(milliseconds: 31_000) }
        try wave(3)

        for reply in clients.flatMap(\.replies) {
            #expect(reply.status == 200, "\(gate.place)")
            if stream { #expect(reply.events.last == "[DONE]" && !reply.text.contains("error"), "\(reply.text)") }
        }
        let rows = try gate.settledRows(asked * clients.count)
        let calls = rows.reduce(0) { $0 + Int($1.record.attemptCount) }
        let budget = Limits.retriesHeldMax + Limits.retryShare * Double(rows.count)
        #expect(Double(calls - rows.count) <= budget, gate.place)
        // Those under way when the trouble began, and as many failures as take a provider out; a trial after the rest may fail as well.
        let periods = trouble.lasts && kernel.isSimulated ? 2 : 1
        #expect(calls - rows.count <= periods * (OutageTests.clientCount + Limits.errorsUntilDown), gate.place)
        #expect(calls > rows.count, "nothing failed: \(gate.place)")
        #expect(try gate.health(of: "beta").totalErrors == 0)
        #expect(try gate.health(of: "gamma").totalErrors == 0)
        if !trouble.lasts, kernel.isSimulated {
            // It is asked again when it has rested.
            #expect(rows.suffix(clients.count).contains { $0.provider == "alpha" }, gate.place)
        }
        try gate.finish()
    }

    @Test(arguments: [false, true])
    func whereNobodyIsSoundTheCallsStayWithinTheRetryBudget(stream: Bool) throws {
        var plan = Plan.bothFail(.status(503, retryAfterSeconds: nil))
        for index in plan.stands.indices { plan.stands[index].profile.chances[0].perMille = 300 }
        let gate = try Gate(.calm, plan)
        let clients = try (0..<20).map { _ in try gate.connect() }
        for wave in 1...60 {
            for client in clients { client.send(.chat(stream: stream)) }
            try gate.until("wave \(wave) answered") { clients.allSatisfy { $0.replies.count == wave } }
            try gate.pass(milliseconds: 2_000)
        }
        let calls = gate.sims.values.reduce(0) { $0 + $1.requestCount }
        let requests = 60 * clients.count
        #expect(Double(calls) <= Double(requests) * (1 + Limits.retryShare) + Limits.retriesHeldMax, gate.place)
        #expect(calls > requests / 2, gate.place)
        try gate.finish()
    }
}
