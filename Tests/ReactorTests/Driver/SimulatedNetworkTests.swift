@testable import Reactor
import Testing
import Wire

struct SimulatedNetworkTests {
    /// A day in a rough network, as text.
    private func story(seed: UInt64) throws -> String {
        let world = try World(.rough, seed: seed)
        let body = Script.pattern(50_000, seed: seed)
        try world.serve("u") { peer in
            peer.onRequest { peer, _, _ in peer.send(Script.chunked(body, chunkBytesMax: 700, seed: seed)) }
        }
        var story = ""
        let clients = try (0..<5).map { _ in try world.connect() }
        for client in clients { client.request("/to/u/lines") }
        try world.until("all answered") {
            story += "\(world.loop.now) \(clients.map(\.receivedBytes)) \(world.loop.counters)\n"
            return try clients.allSatisfy { try $0.answers().count == 1 }
        }
        try world.finish()
        return story
    }

    @Test func theSameSeedTellsTheSameStory() throws {
        let seed = UInt64.random(in: 0..<1 << 32)
        let (one, two) = (try story(seed: seed), try story(seed: seed))
        #expect(one == two, "seed \(seed)")
        #expect(try story(seed: seed + 1) != one, "seed \(seed)")
    }

    @Test func aClosedDescriptorsNumberComesBackFirst() throws {
        let network = SimulatedNetwork(seed: 1)
        let address = try World.literal("10.0.0.9", 80)
        let (one, two) = (try network.connect(address), try network.connect(address))
        #expect((one, two) == (3, 4))
        network.close(one, abort: false)
        let (three, four) = (try network.connect(address), try network.connect(address))
        #expect((three, four) == (3, 5))
        #expect(network.openCount == 3)
    }

    @Test func waitingMovesTheClock() throws {
        let network = SimulatedNetwork(seed: 1)
        let driver = SimulatedDriver(network)
        let start = network.now
        #expect(driver.wait(until: start + 5_000_000) == 0)
        #expect(network.now == start + 5_000_000)
        var hasActed = false
        network.after(1_000_000) { hasActed = true }
        #expect(driver.wait(until: start + 5_500_000) == 0)
        #expect(!hasActed)
        #expect(driver.wait(until: start + 7_000_000) == 0)
        #expect(hasActed)
    }

    @Test func aPeerAndAPeerTalk() throws {
        let network = SimulatedNetwork(seed: 3, weather: .rough)
        let driver = SimulatedDriver(network)
        let address = try World.literal("10.0.0.9", 80)
        let body = Script.pattern(100_000)
        network.serve(address) { peer in
            peer.onChange = { peer in if peer.hasEnd { peer.send(Array(copying: peer.inbox.bytes)) } }
        }
        let client = network.connect(to: address)
        client.send(body)
        client.finish()
        while client.receivedBytes < body.count { _ = driver.wait(until: network.now + 1_000_000) }
        #expect(Array(copying: client.inbox.bytes) == body)
    }
}
