import Glibc
@testable import Reactor
import Testing
import Wire

struct LoopTests {
    @Test(arguments: Kernel.simulated) func withoutDescriptorsClientsWaitAndRunningRequestsGoOn(kernel: Kernel) throws {
        let world = try World(kernel)
        let first = try world.connect()
        first.request("/echo", body: [1])
        _ = try world.answers(1, to: first)
        let network = try #require(world.network)
        network.descriptorsMax = network.openCount + 2
        let others = try (0..<6).map { _ in try world.connect() }
        for other in others {
            other.request("/echo", body: [2], fields: "Connection: close\r\n")
            other.onChange = { if $0.hasEnd { $0.close() } }
        }
        first.request("/echo", body: [3])
        #expect(try world.answers(2, to: first).last?.body == [3])
        for other in others { #expect(try world.answers(1, to: other).map(\.body) == [[2]]) }
        #expect(world.loop.counters.acceptPauseCount > 0)
        network.descriptorsMax = .max
        try world.finish()
    }

    /// In a process of its own, whose limit can be lowered.
    @Test func withoutDescriptorsClientsOfARealKernelWait() async {
        await #expect(processExitsWith: .success) {
            for kernel in Kernel.present where !kernel.isSimulated {
                let world = try World(kernel)
                let clients = try (0..<6).map { _ in try world.connect() }
                for client in clients { client.request("/echo", body: [1]) }
                // Every free number below the next one stays usable: there are none in a young process.
                let next = dup(0)
                close(next)
                var limit = rlimit()
                unsafe getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
                let before = limit.rlim_cur
                limit.rlim_cur = rlim_t(next) + 2
                unsafe setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
                try world.until("paused") { world.loop.counters.acceptPauseCount > 0 }
                precondition(world.loop.clientCount < 6)
                limit.rlim_cur = before
                unsafe setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
                for client in clients {
                    let count = try world.answers(1, to: client).count
                    precondition(count == 1)
                }
                precondition(world.loop.clientCount == 6)
                try world.finish()
            }
        }
    }

    @Test(arguments: Kernel.present) func aBusyCoreHandsFreshConnectionsToAnIdleOne(kernel: Kernel) throws {
        let world = try World(kernel, cores: 2)
        // Only core 0 listens where the clients connect.
        let bound = try world.loops[0].listen(World.literal(kernel.isSimulated ? "10.1.0.2" : "127.0.0.1", 0))
        _ = try world.loops[1].listen(World.literal(kernel.isSimulated ? "10.1.0.3" : "127.0.0.1", 0))
        let clients = try (0..<40).map { _ in try world.connect(to: bound) }
        for client in clients { client.request("/hold") }
        try world.until("all held") { world.services[0].held.count + world.services[1].held.count == 40 }
        #expect(world.loops[0].counters.acceptedCount == 40)
        #expect(world.services[1].held.count >= 15)
        #expect(world.loops[0].counters.handedOverCount >= 15)
        for service in world.services {
            for client in service.held { service.answer(client, 200, "done") }
        }
        for client in clients { #expect(try world.answers(1, to: client).map(\.text) == ["done"]) }
        try world.finish()
    }

    @Test(arguments: Kernel.present) func aDrainLetsRunningRequestsFinish(kernel: Kernel) throws {
        let world = try World(kernel)
        try world.serve("u") { peer in peer.onRequest { peer, _, _ in peer.send(Script.length([1])) } }
        let (idle, busy, partial) = (try world.connect(), try world.connect(), try world.connect())
        idle.request("/to/u")
        _ = try world.answers(1, to: idle)
        busy.request("/hold")
        partial.send("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\nab")
        try world.until("held") { world.service.held.count == 1 && world.service.expectedBodyCount == 1 }
        world.loop.mailbox.post(.drain(withinMS: 30_000))
        try world.until("idle one ended") { idle.hasEnd }
        #expect(world.loop.clientCount == 2)
        partial.send("cd")
        #expect(try world.answers(1, to: partial) == [Answer(status: 200, body: Array("abcd".utf8), persists: false)])
        #expect(!world.service.isDrained)
        // Nobody new is let in.
        let late = try world.connect()
        try world.until("refused") { late.fault != 0 || late.hasEnd }
        world.service.answer(try #require(world.service.held.first), 200, "late")
        #expect(try world.answers(1, to: busy) == [Answer(status: 200, body: Array("late".utf8), persists: false)])
        for client in [idle, busy, partial, late] { client.close() }
        try world.until("drained") { world.service.isDrained }
        try world.finish()
    }

    @Test(arguments: Kernel.simulated) func aDrainEndsWhatTakesTooLong(kernel: Kernel) throws {
        let world = try World(kernel)
        let client = try world.connect()
        client.request("/hold")
        try world.until("held") { world.service.held.count == 1 }
        world.loop.mailbox.post(.drain(withinMS: 3_000))
        try world.pass(milliseconds: 2_800)
        #expect(!world.service.isDrained)
        try world.pass(milliseconds: 400)
        #expect(world.service.isDrained)
        #expect(world.service.leftCount == 1)
        try world.finish()
    }

    @Test(arguments: Kernel.present) func mailReachesTheService(kernel: Kernel) throws {
        let world = try World(kernel)
        for _ in 0..<3 { world.loop.mailbox.post(.delivery("hello")) }
        try world.until("delivered") { world.service.deliveredCount == 3 }
        try world.finish()
    }

    /// One client pours as fast as it can; another is served all the same.
    @Test(arguments: Kernel.present) func aFastSenderDoesNotStarveOthers(kernel: Kernel) throws {
        let world = try World(kernel, bodyBytesMax: 30_000_000)
        let (greedy, modest) = (try world.connect(), try world.connect())
        greedy.request("/echo", body: [UInt8](repeating: 1, count: kernel.pipeBytes))
        for number in 1...3 {
            modest.request("/echo", body: [2])
            #expect(try world.answers(number, to: modest).count == number)
        }
        _ = try world.answers(1, to: greedy)
        try world.finish()
    }
}
