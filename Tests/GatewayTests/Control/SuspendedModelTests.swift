// Models left out because their provider has no budget for them.

import Testing

@testable import Gateway

@Suite struct SuspendedModelTests {
    private func desk() throws -> Desk {
        let desk = try Desk()
        _ = desk.say("POST", "providers", #"{"id":"p","type":"vllm","base_url":"http://127.0.0.1:9"}"#)
        _ = desk.say("POST", "models", #"{"id":"m","provider_id":"p"}"#)
        return desk
    }

    @Test func aModelWithoutBudgetIsLeftOutAndShownAsDisabled() throws {
        let desk = try desk()
        #expect(desk.say("GET", "models/m").contains(#""enabled":true"#))
        #expect(try desk.state.suspend("m", now: noon))
        #expect(desk.state.snapshot.models.first { $0.id == "m" }?.isEnabled == false)
        #expect(desk.state.makeSnapshot().models.first { $0.id == "m" }?.isEnabled == false)
        let text = #""enabled":false,"disabled_reason":"budget_exceeded""#
        #expect(desk.say("GET", "models/m").contains(text))
        #expect(desk.say("GET", "models").contains(text))
        #expect(desk.say("GET", "engine/models").contains(#""enabled":false,"routable":false"#))
        // Every core may say so, some more than once.
        #expect(try !desk.state.suspend("m", now: noon))
        #expect(try !desk.state.suspend("unknown", now: noon))
    }

    @Test(arguments: ["PATCH", "POST", "DELETE"])
    func itIsBackWhenItIsEnabledAndNotBefore(method: String) throws {
        let desk = try desk()
        #expect(try desk.state.suspend("m", now: noon))
        _ = desk.say("PATCH", "models/m", #"{"weight":3}"#)
        #expect(desk.say("GET", "models/m").contains(#""enabled":false"#))
        switch method {
        case "PATCH": _ = desk.say("PATCH", "models/m", #"{"enabled":true}"#)
        case "POST": _ = desk.say("POST", "models", #"{"id":"m","provider_id":"p","enabled":true}"#)
        default:
            _ = desk.say("DELETE", "models/m")
            _ = desk.say("POST", "models", #"{"id":"m","provider_id":"p"}"#)
        }
        let said = desk.say("GET", "models/m")
        #expect(said.contains(#""enabled":true"#) && !said.contains("disabled_reason"))
        #expect(desk.state.snapshot.models.first { $0.id == "m" }?.isEnabled == true)
        #expect(try desk.state.suspend("m", now: noon))
    }

    @Test func theNextStartKnowsNothingOfIt() throws {
        let desk = try desk()
        #expect(try desk.state.suspend("m", now: noon))
        let next = try desk.scratch.state()
        #expect(next.snapshot.models.first { $0.id == "m" }?.isEnabled == true)
    }
}
