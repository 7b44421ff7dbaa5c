// Several addresses of one provider: who is asked next, and what becomes of one that cannot be reached.

import Adapters
import Sim
import Testing

@testable import Gateway
@testable import Reactor

@Suite struct ProviderEndpointsTests {
    private func endpoints(_ count: Int) -> [Endpoint] {
        (0..<count).map { Endpoint(host: "10.0.0.\($0 + 1)", port: 80, tls: nil) }
    }

    @Test func equalsTakeTurnsAndTheLeastLoadedComesFirst() {
        let three = endpoints(3)
        let places = ProviderEndpoints(three)
        #expect((0..<4).map { _ in places.next(now: 0) } == [0, 1, 2, 0])
        three[0].connectionCount = 2
        three[1].connectionCount = 1
        three[2].connectionCount = 2
        #expect((0..<3).map { _ in places.next(now: 0) } == [1, 1, 1])
        three[1].connectionCount = 2
        #expect((0..<3).map { _ in places.next(now: 0) } == [2, 0, 1])
    }

    @Test func whoCannotBeReachedRestsWhileThereIsAnother() {
        let two = endpoints(2)
        let places = ProviderEndpoints(two)
        #expect(places.rest(two[0], now: 0))
        #expect((0..<3).map { _ in places.next(now: 1) } == [1, 1, 1])
        #expect(!places.rest(two[1], now: 1))
        #expect(Set((0..<2).map { _ in places.next(now: 2) }) == [0, 1])
        #expect(places.next(now: Limits.placeRestNS) == 0)
        let one = ProviderEndpoints(endpoints(1))
        #expect(!one.rest(one[0], now: 0))
        #expect(one.next(now: 0) == 0)
    }

    private static var plan: Plan {
        var plan = Plan()
        plan.stands[0].dialect = .vllm
        plan.stands[0].alsoAt = ["second"]
        plan.stands.append(Plan.Stand(id: "second"))
        return plan
    }

    @Test(arguments: Kernel.present)
    func requestsAreSharedAmongTheAddresses(kernel: Kernel) throws {
        let gate = try Gate(kernel, Self.plan)
        for _ in 0..<6 { #expect(try gate.ask(.chat()).status == 200) }
        #expect(gate.sims["alpha"]?.requestCount == 3, gate.place)
        #expect(gate.sims["second"]?.requestCount == 3, gate.place)
        try gate.finish()
    }

    @Test func anAddressThatIsGoneIsNoFailureOfItsProvider() throws {
        let gate = try Gate(.calm, Self.plan)
        let network = try #require(gate.network)
        network.vacate(try #require(gate.addresses["second"]))
        for _ in 0..<6 {
            let reply = try gate.ask(.chat())
            #expect(reply.status == 200)
            #expect(reply["x-tokenhub-attempts"] == "1")
        }
        #expect(try gate.health(of: "alpha").totalErrors == 0)
        try gate.finish()
    }

    @Test func aProviderNoneOfWhoseAddressesCanBeReachedHasFailed() throws {
        let gate = try Gate(.calm, Self.plan)
        for stand in ["alpha", "second"] { try #require(gate.network).vacate(try #require(gate.addresses[stand])) }
        #expect(try gate.ask(.chat()).status == 502)
        #expect(try gate.health(of: "alpha").totalErrors > 0)
        try gate.finish()
    }
}
