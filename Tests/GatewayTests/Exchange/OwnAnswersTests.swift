// What the gateway says itself: models, health, and what the control thread has to say.

import Adapters
import Sim
import Testing
import Wire

@testable import Gateway
@testable import Reactor

@Suite struct OwnAnswersTests {
    @Test func modelsAreListedWithTheFieldsThatClientLibrariesNeed() throws {
        var plan = Plan.two()
        plan.models.append(Plan.Model(id: "hub/m-c", provider: "beta", literal: "x", context: 4096))
        plan.models.append(Plan.Model(id: "m-off", provider: "beta", literal: "x", isEnabled: false))
        let gate = try Gate(.calm, plan)
        let reply = try gate.ask(.get("/v1/models"))
        #expect(reply.status == 200)
        #expect(reply["content-type"] == "application/json")
        #expect(
            reply.text == #"{"object":"list","data":["#
                + #"{"id":"hub/m-c","object":"model","created":0,"owned_by":"beta","context_length":4096,"#
                + #""max_model_len":4096},{"id":"m-alpha","object":"model","created":0,"owned_by":"alpha"},"#
                + #"{"id":"m-beta","object":"model","created":0,"owned_by":"beta"}]}"#)
        for path in ["/v1/models/hub/m-c", "/v1/models/hub%2Fm-c", "/v1/models/hub%2fm%2Dc"] {
            #expect(try gate.ask(.get(path)).value("id") == "hub/m-c")
        }
        for path in ["/v1/models/none", "/v1/models/m-off", "/v1/models/%20", "/v1/models/hub%252Fm-c"] {
            let reply = try gate.ask(.get(path))
            #expect(reply.status == 404, "\(path)")
            #expect(reply.error("code") == "model_not_found")
        }
        try gate.republish { plan in plan.models.removeAll { $0.id != "m-beta" } }
        #expect(try !gate.ask(.get("/v1/models")).text.contains("m-alpha"))
        try gate.finish()
    }

    @Test func modelsNeedAKeyWhereTheOperatorSaysSo() throws {
        var plan = Plan()
        plan.settings.modelsArePublic = false
        let gate = try Gate(.calm, plan)
        #expect(try gate.ask(.get("/v1/models")).status == 401)
        #expect(try gate.ask(.get("/v1/models/m-alpha")).status == 401)
        #expect(try gate.ask(.get("/v1/models", key: Plan.keyText)).status == 200)
        try gate.finish()
    }

    @Test func readinessFollowsProvidersAndDrain() throws {
        let gate = try Gate(.calm, .one(.status(500, retryAfterSeconds: nil)))
        #expect(try gate.ask(.get("/livez")).text == "ok\n")
        #expect(try gate.ask(.get("/readyz")).text == "ready\n")
        #expect(try gate.ask(.get("/readyz?verbose")).text == "[+]serving ok\n[+]store ok\n[+]provider ok\nready\n")
        for _ in 0..<2 { #expect(try gate.ask(.chat()).status == 502) }
        let unready = try gate.ask(.get("/readyz?verbose"))
        #expect(unready.status == 503)
        #expect(unready.text.contains("[-]provider"))
        #expect(try gate.ask(.get("/livez")).status == 200)
        #expect(try gate.ask(.get("/healthz")).text == #"{"status":"ok","adapters":1,"models":1}"#)
        try gate.republish { $0.models = [] }
        let unhealthy = try gate.ask(.get("/healthz"))
        #expect(unhealthy.status == 503)
        #expect(unhealthy.value("status") == "unhealthy")
        try gate.finish()
    }

    @Test func theRootLeadsToTheAdminPage() throws {
        let gate = try Gate(.calm)
        let reply = try gate.ask(.get("/"))
        #expect(reply.status == 302)
        #expect(reply["location"] == "/admin/")
        try gate.finish()
    }

    // MARK: The control thread

    private func call(_ gate: Gate, _ count: Int = 1) throws -> AdminCall {
        try gate.until("a call") { gate.calls.count >= count }
        return gate.calls[count - 1]
    }

    private func answer(_ gate: Gate, _ call: AdminCall, status: Int = 200, _ text: String) {
        gate.link.answered()
        let answer = AdminAnswer(
            token: call.token, requestID: call.requestID, status: status, headers: [("content-type", "text/x")],
            body: Array(text.utf8))
        gate.loops[call.core].mailbox.post(.delivery(CoreMessage.answer(answer)))
    }

    @Test(arguments: Kernel.present)
    func anAdminRequestGoesToTheControlThreadAndItsAnswerBack(kernel: Kernel) throws {
        let gate = try Gate(kernel)
        let client = try gate.connect()
        var ask = Ask.get("/admin/v1/providers/a%2Fb?limit=3", key: "admin-token")
        (ask.method, ask.body) = ("POST", #"{"a":1}"#)
        client.send(ask)
        client.send(.get("/livez"))
        let call = try call(gate)
        #expect(call.method == "POST")
        #expect(call.path == "/admin/v1/providers/a%2Fb")
        #expect(call.query == "limit=3")
        #expect(call.authorization == "Bearer admin-token")
        #expect(String(decoding: call.body, as: UTF8.self) == #"{"a":1}"#)
        #expect(client.replies.isEmpty)
        answer(gate, call, status: 201, "made")
        let reply = try gate.reply(to: client)
        #expect(reply.status == 201)
        #expect(reply.text == "made")
        #expect(reply["content-type"] == "text/x")
        #expect(reply["access-control-allow-origin"] == nil)
        // What waited behind it comes next.
        #expect(try gate.reply(2, to: client).text == "ok\n")
        try gate.finish()
    }

    @Test func anAnswerForAClientThatHasLeftIsDropped() throws {
        let gate = try Gate(.calm)
        let client = try gate.connect()
        client.send(.get("/admin/v1/info"))
        let first = try call(gate)
        client.close()
        try gate.until("gone") { gate.loop.clientCount == 0 }
        // Another client in the same place must not get it.
        let other = try gate.connect()
        other.send(.get("/admin/v1/stats"))
        let second = try call(gate, 2)
        answer(gate, first, "for the first")
        try gate.pass(milliseconds: 10)
        #expect(other.replies.isEmpty)
        answer(gate, second, "for the second")
        #expect(try gate.reply(to: other).text == "for the second")
        try gate.finish()
    }

    @Test func noMoreAdminRequestsWaitThanMay() throws {
        let gate = try Gate(.calm)
        let many = try (0..<260).map { _ in try gate.connect() }
        for client in many { client.send(.get("/metrics")) }
        try gate.until("some refused") { many.reduce(0) { $0 + $1.replies.count } == 4 }
        #expect(gate.calls.count == 256)
        #expect(many.compactMap(\.replies.first).allSatisfy { $0.status == 503 && $0["retry-after"] == "1" })
        for call in gate.calls { answer(gate, call, "ok") }
        try gate.finish()
    }
}
