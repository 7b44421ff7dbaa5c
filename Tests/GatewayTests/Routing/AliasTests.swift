// Names that stand for one of several models.

import Sim
import Testing
import Wire

@testable import Gateway
@testable import Store

@Suite struct AliasTests {
    /// - Source: the test vectors of the FNV reference implementation.
    @Test(arguments: [("", 0x811C_9DC5), ("a", 0xE40C_292C), ("foobar", 0xBF9C_F968)] as [(String, UInt32)])
    func theHashIsFNV1aOf32Bits(text: String, hash: UInt32) {
        #expect(FNV.hash32(Array(text.utf8).span) == hash)
    }

    @Test func bucketsAreTheHashModuloTheWeights() {
        let alias = AliasEntry(
            name: "fast",
            variants: [.init(model: 0, weight: 3), .init(model: 1, weight: 1), .init(model: nil, weight: 2)],
            stickiness: .request)
        // 0x811C9DC5 % 6 = 1, 0xE40C292C % 6 = 4, 0xBF9CF968 % 6 = 4.
        #expect(alias.variant(for: Span()).model == 0)
        #expect(alias.variant(for: Array("a".utf8).span).model == nil)
        #expect(alias.variant(for: Array("foobar".utf8).span).model == nil)
        #expect((0..<7).map { alias.variant(at: $0).model } == [0, 0, 0, 1, nil, nil, 0])
    }

    @Test func aRowBecomesAnEntryUnlessNothingInItCounts() throws {
        func entry(_ variants: String, _ stickyBy: String = "") -> AliasEntry? {
            let time = Timestamp(milliseconds: 0)
            return AliasEntry(
                AliasRow(name: "x", variants: variants, stickyBy: stickyBy, createdAt: time, updatedAt: time),
                models: ["m": 4])
        }
        let made = try #require(
            entry(#"[{"model_id":"m","weight":2},{"model_id":"gone","weight":1},{"weight":3},7]"#, "round_robin"))
        #expect(made.variants == [.init(model: 4, weight: 2), .init(model: nil, weight: 1)])
        #expect(made.stickiness == .roundRobin)
        #expect(entry(#"[{"model_id":"m","weight":2}]"#, "api_key")?.stickiness == .apiKey)
        for text in ["", "[]", "{}", #"[{"model_id":"m","weight":0}]"#, "[", "null"] {
            #expect(entry(text) == nil, "\(text)")
        }
    }

    // MARK: In traffic

    private func gate(_ stickiness: AliasEntry.Stickiness, _ variants: [(String, Int)]) throws -> Gate {
        var plan = Plan.two()
        plan.aliases = [Plan.Alias(name: "fast", variants: variants, stickiness: stickiness)]
        return try Gate(.calm, plan)
    }

    @Test func turnsAreTakenAsTheWeightsSay() throws {
        let gate = try gate(.roundRobin, [("m-beta", 2), ("m-alpha", 1)])
        for provider in ["beta", "beta", "alpha", "beta"] {
            let reply = try gate.ask(.chat(model: "fast"))
            #expect(reply["x-tokenhub-provider"] == provider)
            #expect(reply["x-alias-from"] == "fast")
            #expect(reply["x-tokenhub-reason"] == "routed-hint-exact")
        }
        #expect(try gate.settledRows(4).allSatisfy { $0.record.alias == 0 })
        try gate.finish()
    }

    @Test func oneKeyKeepsItsVariant() throws {
        let gate = try gate(.apiKey, [("m-alpha", 1), ("m-beta", 1)])
        let first = try gate.ask(.chat(model: "fast"))["x-tokenhub-provider"]
        for _ in 0..<5 { #expect(try gate.ask(.chat(model: "fast"))["x-tokenhub-provider"] == first) }
        try gate.finish()
    }

    @Test func aVariantThatDoesNotExistIsRouted() throws {
        let gate = try gate(.request, [("nobody", 1)])
        let reply = try gate.ask(.chat(model: "fast"))
        #expect(reply["x-tokenhub-reason"] == "routed-weight-9")
        #expect(reply["x-alias-from"] == "fast")
        try gate.finish()
    }

    @Test func otherNamesHaveNoAlias() throws {
        let gate = try gate(.request, [("m-beta", 1)])
        let reply = try gate.ask(.chat(model: "m-alpha"))
        #expect(reply["x-alias-from"] == nil)
        #expect(try gate.settledRows(1)[0].record.alias == -1)
        try gate.finish()
    }
}
