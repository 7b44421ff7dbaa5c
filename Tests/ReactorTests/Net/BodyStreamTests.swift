// Bodies that are handed on as they come.

@testable import Reactor
import Testing
import Wire

struct BodyStreamTests {
    private enum Framing: CaseIterable { case length, chunked }

    /// A request whose body no core would gather.
    private func request(_ body: [UInt8], _ framing: Framing, seed: UInt64) -> [UInt8] {
        let head = "POST /pipe/u HTTP/1.1\r\nHost: a\r\n"
        switch framing {
        case .length: return Array("\(head)Content-Length: \(body.count)\r\n\r\n".utf8) + body
        case .chunked:
            return Array("\(head)Transfer-Encoding: chunked\r\n\r\n".utf8)
                + Script.chunks(body, chunkBytesMax: 30_000, seed: seed)
        }
    }

    /// An endpoint that answers with what it got.
    private func mirror(_ world: World, tls: TLSContext? = nil) throws {
        try world.serve("u", tls: tls) { peer in peer.onRequest { peer, _, body in peer.send(Script.length(body)) } }
    }

    @Test(arguments: Kernel.present) func aLargeBodyGoesThroughAndTheConnectionStays(kernel: Kernel) throws {
        for framing in Framing.allCases {
            let world = try World(kernel, bodyBytesMax: 64 * 1024)
            try mirror(world)
            let body = Script.pattern(200_000, seed: world.seed)
            let client = try world.connect()
            for number in 1...2 {
                client.send(request(body, framing, seed: world.seed))
                client.request("/echo", body: [1, 2, 3])
                let answers = try world.answers(2 * number, to: client)
                #expect(answers[2 * number - 2].body == body, "\(framing), seed \(world.seed)")
                #expect(answers[2 * number - 1].body == [1, 2, 3])
            }
            #expect(world.loop.upstreamCount == 1)
            try world.finish()
        }
    }

    @Test(arguments: Kernel.present) func aBodyMayArriveByteByByte(kernel: Kernel) throws {
        for framing in Framing.allCases {
            let world = try World(kernel)
            try mirror(world)
            let client = try world.connect()
            let body = Script.pattern(40, seed: world.seed)
            for byte in request(body, framing, seed: world.seed) {
                client.send([byte])
                try world.turn()
            }
            #expect(try world.answers(1, to: client).first?.body == body)
            try world.finish()
        }
    }

    @Test(arguments: Kernel.present) func aSlowEndpointHoldsUpTheBody(kernel: Kernel) throws {
        let world = try World(kernel)
        var endpoint: TestPeer?
        try world.serve("u") { peer in
            endpoint = peer
            peer.isReading = false
            peer.onRequest { peer, _, body in peer.send(Script.length(body)) }
        }
        let body = Script.pattern(kernel.pipeBytes, seed: world.seed)
        let client = try world.connect()
        client.send(request(body, .length, seed: world.seed))
        try world.until("paused") { world.service.bodyPauseCount > 0 }
        for _ in 0..<20 { try world.turn() }
        #expect(world.service.queuedBytesMax < Limits.outboxBytesHigh + 2 * Limits.scratchBytes)
        endpoint?.isReading = true
        #expect(try world.answers(1, to: client).first?.body == body)
        #expect(world.service.upstreamDrainedCount > 0)
        try world.finish()
    }

    /// An endpoint that refuses at once: the client reads its answer, and the connection ends.
    @Test(arguments: Kernel.present) func anAnswerMayComeBeforeTheEndOfTheBody(kernel: Kernel) throws {
        let world = try World(kernel)
        try world.serve("u") { peer in
            peer.onChange = { peer in
                if peer.receivedBytes < 1000 || peer.isClosed { return }
                peer.onChange = nil
                peer.send(Script.length(Array("too large".utf8)))
            }
        }
        let client = try world.connect()
        client.send(Array(request(Script.pattern(2 << 20), .length, seed: 1).prefix(100_000)))
        let answers = try world.answers(1, to: client)
        #expect(answers.first?.body == Array("too large".utf8))
        try world.until("closed") { client.hasEnd || client.fault != 0 }
        #expect(world.loop.upstreamCount == 0)
        try world.finish()
    }

    @Test(arguments: Kernel.present) func aClientThatLeavesTakesItsRequestAlong(kernel: Kernel) throws {
        let world = try World(kernel)
        var endpoint: TestPeer?
        try world.serve("u") { endpoint = $0 }
        let client = try world.connect()
        client.send(Array(request(Script.pattern(2 << 20), .chunked, seed: 1).prefix(50_000)))
        try world.until("under way") { (endpoint?.receivedBytes ?? 0) > 40_000 }
        client.close()
        try world.until("left") { world.service.leftCount == 1 && world.loop.upstreamCount == 0 }
        try world.finish()
    }

    @Test(arguments: Kernel.present) func aBrokenChunkIsRefusedAndEndsBothSides(kernel: Kernel) throws {
        let world = try World(kernel)
        try mirror(world)
        let client = try world.connect()
        client.send("POST /pipe/u HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\nzz\r\n")
        #expect(try world.answers(1, to: client).first?.status == 400)
        try world.until("closed") { client.hasEnd || client.fault != 0 }
        #expect(world.service.refusals == [.head(.malformed(.chunkSize))])
        #expect(world.service.leftCount == 0 && world.loop.upstreamCount == 0)
        try world.finish()
    }

    @Test(arguments: Kernel.simulated) func aClientThatFallsSilentIsToldSo(kernel: Kernel) throws {
        let world = try World(kernel)
        world.service.patience.firstByteMS = 300_000
        try mirror(world)
        let client = try world.connect()
        client.send(Array(request(Script.pattern(2 << 20), .length, seed: 1).prefix(50_000)))
        try world.pass(milliseconds: 59_000)
        #expect(world.service.refusals.isEmpty)
        try world.pass(milliseconds: 2_000)
        #expect(world.service.refusals == [.timedOut] && world.loop.upstreamCount == 0)
        #expect(try world.answers(1, to: client).first?.status == 408)
        try world.finish()
    }

    @Test(arguments: Kernel.simulated) func aClientThatSendsSlowlyDoesNotMakeTheEndpointLate(kernel: Kernel) throws {
        let world = try World(kernel)
        world.service.patience.firstByteMS = 10_000
        try mirror(world)
        let client = try world.connect()
        let body = Script.pattern(40_000, seed: world.seed)
        let all = request(body, .length, seed: world.seed)
        for start in stride(from: 0, to: all.count, by: 10_000) {
            client.send(Array(all[start..<min(start + 10_000, all.count)]))
            try world.pass(milliseconds: 25_000)
        }
        #expect(try world.answers(1, to: client).first?.body == body)
        #expect(world.service.faults.isEmpty)
        try world.finish()
    }

    /// What is queued for it does not get less.
    @Test(arguments: Kernel.simulated) func anEndpointThatTakesNothingIsLate(kernel: Kernel) throws {
        let world = try World(kernel)
        world.service.patience.firstByteMS = 10_000
        try world.serve("u") { $0.isReading = false }
        let client = try world.connect()
        client.send(request(Script.pattern(kernel.pipeBytes, seed: world.seed), .length, seed: world.seed))
        try world.until("late") { !world.service.faults.isEmpty }
        guard case .timedOut(.firstByte)? = world.service.faults.first else {
            Issue.record("\(world.service.faults)")
            return
        }
        try world.finish()
    }

    /// It takes what it is sent, and then says nothing.
    @Test(arguments: Kernel.simulated) func anEndpointHasItsTimeFromTheEndOfTheBodyOn(kernel: Kernel) throws {
        let world = try World(kernel)
        world.service.patience.firstByteMS = 10_000
        try world.serve("u") { _ in }
        let client = try world.connect()
        let all = request(Script.pattern(1_000, seed: world.seed), .length, seed: world.seed)
        client.send(Array(all.prefix(500)))
        try world.pass(milliseconds: 30_000)
        #expect(world.service.faults.isEmpty)
        client.send(Array(all.dropFirst(500)))
        try world.pass(milliseconds: 9_000)
        #expect(world.service.faults.isEmpty)
        try world.pass(milliseconds: 2_000)
        #expect(world.service.faults.count == 1)
        try world.finish()
    }

    @Test(arguments: Kernel.present) func aBodyOnItsWayTakesFromTheAllowanceOfItsCore(kernel: Kernel) throws {
        for framing in Framing.allCases {
            let world = try World(kernel)
            try mirror(world)
            let body = Script.pattern(400_000, seed: world.seed)
            let all = request(body, framing, seed: world.seed)
            let client = try world.connect()
            client.send(Array(all.prefix(100_000)))
            try world.until("under way") { world.service.arrivedPaths.count == 1 }
            let taken = world.loop.bodyBytesReserved
            #expect(taken > 300_000 && taken <= 400_000)
            let rest = Limits.bodyBytesTotalMax - taken
            #expect(world.loop.reserveBody(rest))
            let other = try world.connect()
            other.send(Array(all.prefix(1_000)))
            #expect(try world.answers(1, to: other).first?.status == 503)
            #expect(world.service.refusals == [.overloaded])
            world.loop.releaseBody(rest)
            client.send(Array(all.dropFirst(100_000)))
            #expect(try world.answers(1, to: client).first?.body == body)
            #expect(world.loop.bodyBytesReserved == 0)
            // Who leaves gives it back.
            let third = try world.connect()
            third.send(Array(all.prefix(1_000)))
            try world.until("under way") { world.loop.bodyBytesReserved > 0 }
            third.close()
            try world.until("given back") { world.loop.bodyBytesReserved == 0 }
            try world.finish()
        }
    }

    @Test func noBodyGrowsBeyondTheBound() throws {
        let stream = BodyStream(length: nil)
        let size = Array("\(String(Limits.streamedBodyBytesMax + 1, radix: 16))\r\n".utf8)
        #expect(try stream.next(in: size.span, from: 0)?.next == size.count)
        let piece = [UInt8](repeating: 0, count: 1 << 20)
        for _ in 0..<Limits.streamedBodyBytesMax >> 20 {
            #expect(try stream.next(in: piece.span, from: 0)?.payload.count == 1 << 20)
        }
        #expect(throws: Refusal.bodyTooLarge) { try stream.next(in: piece.span, from: 0) }
    }

    @Test func whoWaitsToBeToldToGoOnIsTold() throws {
        let world = try World(.calm)
        try mirror(world)
        let client = try world.connect()
        client.send("POST /pipe/u HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\n")
        try world.until("told") { client.text.hasPrefix("HTTP/1.1 100 Continue\r\n\r\n") }
        client.inbox.bytes.removeAll()
        client.send("abc")
        #expect(try world.answers(1, to: client).first?.body == Array("abc".utf8))
        try world.finish()
    }
}
