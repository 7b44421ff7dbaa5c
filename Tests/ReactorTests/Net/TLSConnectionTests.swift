@testable import Reactor
import Testing
import Wire

/// Whole loops with TLS to the client, to the endpoint, and on both sides.
struct TLSConnectionTests {
    let fixture = TLSFixture()

    private func world(_ kernel: Kernel) throws -> World { try World(kernel, tls: fixture.server()) }

    private func connect(_ world: World) throws -> TestPeer {
        let client = try world.connect()
        try client.speakTLS(connecting: fixture.client(), host: "a.example")
        return client
    }

    private func serve(_ world: World, _ answer: @escaping (TestPeer, Int, [UInt8]) -> Void) throws {
        let server = try fixture.server("DNS:p.example")
        try world.serve("u", tls: fixture.client(), host: "p.example") { peer in
            try? peer.speakTLS(accepting: server)
            peer.onRequest(answer)
        }
    }

    @Test(arguments: Kernel.present) func requestsAreServedAndPipelined(kernel: Kernel) throws {
        let world = try world(kernel)
        let client = try connect(world)
        for number in 1...20 { client.request("/echo", body: [UInt8(number)]) }
        #expect(try world.answers(20, to: client).map(\.body) == (1...20).map { [$0] })
        #expect(world.loop.counters.tlsHandshakeCount == 1)
        client.close()
        try world.finish()
    }

    @Test(arguments: Kernel.present) func largeBodiesComeWhole(kernel: Kernel) throws {
        let world = try world(kernel)
        let body = Script.pattern(500_000)
        let client = try connect(world)
        client.request("/echo", body: body)
        client.send("POST /echo/chunked HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n")
        client.send(Script.chunks(body, chunkBytesMax: 9_000, seed: world.seed))
        #expect(try world.answers(2, to: client).allSatisfy { $0.body == body })
        try world.finish()
    }

    @Test(arguments: Kernel.present) func aClientThatAsksFirstIsToldToGoOn(kernel: Kernel) throws {
        let world = try world(kernel)
        let client = try connect(world)
        client.send("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\nExpect: 100-continue\r\n\r\n")
        #expect(try world.answers(1, to: client).map(\.status) == [100])
        client.send("body")
        #expect(try world.answers(2, to: client).last?.text == "body")
        try world.finish()
    }

    @Test(arguments: Kernel.present) func theEndIsSaidInTLS(kernel: Kernel) throws {
        let world = try world(kernel)
        let client = try connect(world)
        client.request("/echo", body: [1], fields: "Connection: close\r\n")
        #expect(try world.answers(1, to: client).count == 1)
        try world.until("ended") { client.hasEnd }
        #expect(client.tlsHasEnd)
        client.close()
        try world.finish()
    }

    @Test(arguments: Kernel.present) func whatIsNoHandshakeEnds(kernel: Kernel) throws {
        let world = try world(kernel)
        let client = try world.connect()
        client.request("/echo", body: [1])
        try world.until("ended") { client.hasEnd || client.fault != 0 }
        #expect(world.loop.clientCount == 0)
        #expect(world.service.arrivedPaths.isEmpty)
        try world.finish()
    }

    @Test(arguments: Kernel.present, ["/to/u", "/to/u/lines"])
    func answersAreRelayedFromTLSToTLS(kernel: Kernel, path: String) throws {
        if !kernel.isSimulated { return }
        let world = try world(kernel)
        let body = Script.pattern(300_000, seed: world.seed)
        try serve(world) { peer, number, _ in
            peer.send(
                number == 1 ? Script.length(body) : Script.chunked(body, chunkBytesMax: 5_000, seed: world.seed))
        }
        let client = try connect(world)
        for number in 1...3 {
            client.request(path)
            #expect(try world.answers(number, to: client).last?.body == body)
        }
        #expect(world.loop.counters.connectCount == 1)
        #expect(world.loop.counters.tlsHandshakeCount == 2)
        client.close()
        try world.finish()
    }

    @Test(arguments: Kernel.present) func answersAreRelayedFromTLSToPlainText(kernel: Kernel) throws {
        let world = try World(kernel)
        let body = Script.pattern(300_000, seed: world.seed)
        try serve(world) { peer, _, _ in
            peer.send(Script.chunked(body, chunkBytesMax: 5_000, seed: world.seed))
        }
        let client = try world.connect()
        client.request("/to/u")
        #expect(try world.answers(1, to: client).last?.body == body)
        try world.finish()
    }

    /// Without close_notify an end may have been forged.
    @Test(arguments: Kernel.present, [true, false])
    func anEndNobodySaidIsNoEndOfAnAnswer(kernel: Kernel, said: Bool) throws {
        let world = try World(kernel)
        try serve(world) { peer, _, _ in
            peer.send(Script.untilClose([1, 2, 3]))
            if said { peer.sayTLSEnd() }
            peer.finish()
        }
        let client = try world.connect()
        client.request("/to/u")
        if said {
            #expect(try world.answers(1, to: client).last?.body == [1, 2, 3])
        } else {
            try world.until("fault") { world.service.faults.count == 1 }
            try world.until("reset") { client.fault != 0 }
            #expect(try client.answers().isEmpty)
        }
        client.close()
        try world.finish()
    }

    @Test(arguments: Kernel.present) func aCertificateForAnotherNameIsAFault(kernel: Kernel) throws {
        let world = try World(kernel)
        let server = try fixture.server("DNS:other.example")
        try world.serve("u", tls: fixture.client(), host: "p.example") { peer in
            try? peer.speakTLS(accepting: server)
            peer.onRequest { _, _, _ in Issue.record("a request reached the wrong host") }
        }
        let client = try world.connect()
        client.request("/to/u")
        #expect(try world.answers(1, to: client).map(\.status) == [502])
        guard case .tls? = world.service.faults.first else {
            Issue.record("\(world.service.faults)")
            return
        }
        try world.finish()
    }

    @Test(arguments: Kernel.present) func aSlowReaderGetsEverything(kernel: Kernel) throws {
        let world = try world(kernel)
        let client = try connect(world)
        client.isReading = false
        client.request("/pour/\(kernel.pipeBytes)")
        // The handshake needs answers.
        client.isReading = true
        try world.until("flowing") { client.receivedBytes > 0 }
        client.isReading = false
        try world.until("backed up") { world.service.pauseCount > 0 }
        client.isReading = true
        #expect(try world.answers(1, to: client).first?.body.count == kernel.pipeBytes)
        try world.finish()
    }
}
