// A verdict changes the reward of the answer it is about, for its own key only.

import Store
import Testing

@testable import Gateway
@testable import Reactor

@Suite struct FeedbackTests {
    private final class World {
        let scratch = ControlScratch()
        let state: ControlState
        let models: Snapshot
        var arms: ArmLedger

        init() throws {
            state = try scratch.state()
            models = try Plan.two().snapshot(
                version: 1, addresses: ["alpha": SocketAddress(), "beta": SocketAddress()])
            arms = ArmLedger(coreCount: 1, snapshot: models, forgetting: Forgetting(halfLifeSeconds: nil))
            let rows = [
                RewardRow(
                    timestamp: noon, requestID: "r1", modelID: "m-alpha", providerID: "alpha", tokenBucket: "small",
                    isSuccess: false, reward: 0, apiKeyID: "k"),
                RewardRow(
                    timestamp: noon, requestID: "r1", modelID: "m-beta", providerID: "beta", tokenBucket: "small",
                    reward: 0.8, apiKeyID: "k"),
            ]
            try state.database.rewards.append(rows)
            arms.restore(rows)
        }

        func judge(_ body: String, key: String = "k") -> (status: Int, text: String) {
            let call = AdminCall(
                core: 0, token: Token(raw: 0), requestID: RequestID(random: 1, 2), method: "POST", path: "/v1/feedback",
                query: "", authorization: nil, cookie: nil, accept: nil, peer: nil, isSecure: false,
                body: Array(body.utf8), apiKeyID: key)
            let answer = Feedback.answer(call, of: key, state, &arms)
            return (answer.status, String(decoding: answer.body, as: UTF8.self))
        }

        func sum() throws -> Double {
            // Told even when nothing has changed since.
            arms.follow(models)
            let table = arms.takeNews()
            return try #require(table)[1, .small].sum
        }
    }

    @Test func theVerdictCountsForTheAttemptThatAnswered() throws {
        let world = try World()
        #expect(abs(try world.sum() - 0.8) < 1e-12)
        let answer = world.judge(#"{"request_id":"r1","score":0.5}"#)
        #expect(answer.status == 200 && answer.text.contains(#""model":"m-beta""#), "\(answer.text)")
        #expect(abs(try world.sum() - 0.4) < 1e-12)
        let rows = try world.state.database.rewards.attempts(of: "r1")
        #expect(rows.map(\.score) == [nil, 0.5] && rows.map(\.reward) == [0, 0.8])
    }

    @Test func aSecondVerdictTakesThePlaceOfTheFirst() throws {
        let world = try World()
        for score in ["0", "1", "0.25"] {
            #expect(world.judge("{\"request_id\":\"r1\",\"score\":\(score)}").status == 200)
        }
        #expect(abs(try world.sum() - 0.2) < 1e-12)
    }

    @Test(arguments: [
        (#"{"request_id":"r1","score":1.5}"#, 400), (#"{"request_id":"r1"}"#, 400), (#"{"score":1}"#, 400),
        (#"{"request_id":"r1","score":"good"}"#, 400), ("[", 400), ("", 400), (#"{"request_id":"r2","score":1}"#, 404),
    ])
    func whatIsNoVerdictChangesNothing(body: String, status: Int) throws {
        let world = try World()
        let answer = world.judge(body)
        #expect(answer.status == status && answer.text.contains("\"message\""), "\(answer.text)")
        #expect(abs(try world.sum() - 0.8) < 1e-12)
    }

    @Test func nobodyJudgesTheAnswersOfOthers() throws {
        let world = try World()
        #expect(world.judge(#"{"request_id":"r1","score":0}"#, key: "other").status == 404)
        #expect(abs(try world.sum() - 0.8) < 1e-12)
    }
}
