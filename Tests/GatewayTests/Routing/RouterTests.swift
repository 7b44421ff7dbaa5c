// The router is a pure function: named model, eligibility, weight, ties.

import Adapters
import Testing
import Wire

@testable import Gateway
@testable import Reactor

@Suite struct RouterTests {
    private let here = SocketAddress(literal: "127.0.0.1", port: 1)

    private func snapshot(_ change: (inout Plan) -> Void) throws -> Snapshot {
        var plan = Plan.two()
        change(&plan)
        let address = try #require(here)
        let addresses = Dictionary(uniqueKeysWithValues: plan.stands.map { ($0.id, address) })
        return try plan.snapshot(version: 1, addresses: addresses)
    }

    private func decide(_ query: Query, _ snapshot: Snapshot, _ health: [ProviderHealth]) -> Decision? {
        var random = SplitMix(seed: 1)
        return Router.decide(query, snapshot, health, using: &random, into: Candidates())
    }

    private func query(_ named: Int? = nil, tokens: Int = 10, _ operation: Adapters.Operation = .chat) -> Query {
        Query(named: named, operation: operation, estimatedInputTokens: tokens, now: 1_000)
    }

    private func down() -> ProviderHealth {
        var health = ProviderHealth()
        for _ in 0..<5 { health.failed("transient", retryAfterNS: nil, now: 0, wallClock: 1) }
        return health
    }

    @Test func theNamedModelComesBeforeAnyWeight() throws {
        let snapshot = try snapshot { _ in }
        let decision = decide(query(1), snapshot, [ProviderHealth(), ProviderHealth()])
        #expect(decision == Decision(model: 1, reason: .hintExact, probability: 1))
    }

    @Test func theHeaviestThatMayBeAskedIsChosenAndTheFirstOfEquals() throws {
        let healthy = [ProviderHealth(), ProviderHealth()]
        var snapshot = try snapshot { $0.models[1].weight = 9 }
        #expect(decide(query(), snapshot, healthy)?.model == 0)
        snapshot = try self.snapshot { $0.models[1].weight = 10 }
        #expect(decide(query(), snapshot, healthy)?.reason == .weight(10))
        #expect(decide(query(), snapshot, [ProviderHealth(), down()])?.model == 0)
        #expect(decide(query(), snapshot, [down(), down()]) == nil)
    }

    @Test func modelsThatMakeVectorsAnswerNoChatUnlessTheyAreNamed() throws {
        let names = ["text-embedding-3-small", "mxbai-Embed-large", "embed", "emb", "member-9b"]
        let snapshot = try snapshot { plan in
            plan.models = names.map { Plan.Model(id: $0, provider: "alpha", literal: "x") }
        }
        let health = [ProviderHealth(), ProviderHealth()]
        #expect(snapshot.models.map(\.makesVectors) == [true, true, true, false, false])
        #expect(decide(query(), snapshot, health)?.model == 3)
        #expect(decide(query(0), snapshot, health)?.reason == .hintExact)
        #expect(decide(query(0, .embeddings), snapshot, health)?.reason == .hintExact)
    }

    @Test func everyModelThatMayNotBeAskedHasItsReason() throws {
        let snapshot = try snapshot { plan in
            plan.models = [
                Plan.Model(id: "off", provider: "alpha", literal: "x", isEnabled: false),
                Plan.Model(id: "small", provider: "alpha", literal: "x", context: 114),
                Plan.Model(id: "fits", provider: "alpha", literal: "x", context: 115),
                Plan.Model(id: "down", provider: "beta", literal: "x"),
                Plan.Model(id: "small and down", provider: "beta", literal: "x", context: 114),
            ]
        }
        var query = query(tokens: 100)
        let health = [ProviderHealth(), down()]
        let reasons = (0..<5).map { Router.rejection(of: $0, query, snapshot, health) }
        #expect(reasons == [.disabled, .contextOverflow, nil, .healthDown, .contextOverflow])
        var random = SplitMix(seed: 1)
        let candidates = Candidates()
        #expect(Router.decide(query, snapshot, health, using: &random, into: candidates)?.model == 2)
        #expect(candidates.all.map(\.rejection) == reasons)
        query.tried.insert(2)
        #expect(Router.rejection(of: 2, query, snapshot, health) == .tried)
        #expect(decide(query, snapshot, health) == nil)
    }

    @Test func aModelOfADisabledProviderIsDisabled() throws {
        let snapshot = try snapshot { $0.stands[0].isEnabled = false }
        let health = [ProviderHealth(), ProviderHealth()]
        #expect(Router.rejection(of: 0, query(), snapshot, health) == .disabled)
        #expect(decide(query(0), snapshot, health)?.reason == .weight(5))
    }

    @Test func aProviderThatFailedThisRequestComesLast() throws {
        let snapshot = try snapshot { plan in
            plan.models.append(Plan.Model(id: "m-2", provider: "alpha", weight: 8, literal: "x"))
        }
        let health = [ProviderHealth(), ProviderHealth()]
        var query = query()
        query.tried.insert(0)
        #expect(decide(query, snapshot, health)?.model == 2)
        query.failedProviders.insert(0)
        #expect(decide(query, snapshot, health)?.model == 1)
        query.tried.insert(1)
        #expect(decide(query, snapshot, health)?.model == 2)
    }

    @Test func embeddingsHaveNoSubstitute() throws {
        let snapshot = try snapshot { _ in }
        let healthy = [ProviderHealth(), ProviderHealth()]
        #expect(decide(query(1, .embeddings), snapshot, healthy)?.model == 1)
        #expect(decide(query(.embeddings), snapshot, healthy) == nil)
        #expect(decide(query(1, .embeddings), snapshot, [ProviderHealth(), down()]) == nil)
    }

    private func query(_ operation: Adapters.Operation) -> Query { query(nil, operation) }
    private func query(_ named: Int?, _ operation: Adapters.Operation) -> Query { query(named, tokens: 10, operation) }
}
