import Glibc
@testable import Reactor
import Testing
import Wire

struct UpstreamConnectionTests {
    // MARK: Relay in place

    enum Framing: CaseIterable { case length, chunked, untilClose }

    @Test(arguments: Kernel.present, Framing.allCases)
    func anAnswerIsRelayedByteForByte(kernel: Kernel, framing: Framing) throws {
        try relay(kernel, framing, "/to/u")
    }

    @Test(arguments: Kernel.present, Framing.allCases)
    func anAnswerIsRelayedByteForByteWhenLinesAreHeldBack(kernel: Kernel, framing: Framing) throws {
        try relay(kernel, framing, "/to/u/lines")
    }

    /// Chunks that stand whole keep their framing, whatever is cut off at the ends of what is received.
    @Test(arguments: Kernel.present)
    func chunksArePassedOnAsTheyAre(kernel: Kernel) throws {
        let service = try relay(kernel, .chunked, "/to/u/chunks")
        // On the rough network hardly any does.
        #expect(service.chunkedBytes > 50_000 || kernel == .rough, "\(service.chunkedBytes)")
    }

    /// What is left out stands between what is passed on in one piece, in one arrival and across several.
    @Test(arguments: Kernel.present, Framing.allCases)
    func whatIsLeftOutIsMissingAndNothingElse(kernel: Kernel, framing: Framing) throws {
        var random = TestRandom(seed: 7)
        var body: [UInt8] = []
        var kept: [UInt8] = []
        while body.count < 200_000 {
            let isLeftOut = Int.random(in: 0..<3, using: &random) == 0
            let length = Int.random(in: 0..<2_000, using: &random)
            let line = [isLeftOut ? 0x2D : 0x61] + random.bytes(length).map { $0 % 26 + 0x61 } + [0x0A]
            body += line
            if !isLeftOut { kept += line }
        }
        // A length would have been announced before anything was left out.
        if framing != .length { try relay(kernel, framing, "/to/u/gaps", body: body, expected: kept) }
    }

    @discardableResult
    private func relay(_ kernel: Kernel, _ framing: Framing, _ path: String) throws -> RelayService {
        let body = Script.pattern(400_000, seed: 11)
        return try relay(kernel, framing, path, body: body, expected: body)
    }

    @discardableResult
    private func relay(
        _ kernel: Kernel, _ framing: Framing, _ path: String, body: [UInt8], expected: [UInt8]
    ) throws -> RelayService {
        let world = try World(kernel)
        try world.serve("u") { peer in
            peer.onRequest { peer, _, _ in
                switch framing {
                case .length: peer.send(Script.length(body))
                case .chunked: peer.send(Script.chunked(body, chunkBytesMax: 3000, seed: world.seed))
                case .untilClose:
                    peer.send(Script.untilClose(body))
                    peer.finish()
                }
            }
        }
        let client = try world.connect()
        client.request(path)
        let answers = try world.answers(1, to: client)
        #expect(answers.first?.body == expected)
        #expect(answers.first?.isChunked == (framing != .length))
        #expect(world.service.freshBytes == body.count)
        try world.finish()
        return world.service
    }

    /// Every answer, cut into two at every byte.
    @Test(
        arguments: Kernel.present,
        [
            Script.length(Array("hello\nworld".utf8)),
            Script.chunked(Array("hello\nworld".utf8), chunkBytesMax: 4, seed: 3),
            Array("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n".utf8)
                + Script.length([104, 105]),
        ])
    func anAnswerMayArriveCutAtAnyByte(kernel: Kernel, answer: [UInt8]) throws {
        let world = try World(kernel)
        var cut = 1
        var rest: (() -> Void)?
        try world.serve("u") { peer in
            peer.onRequest { peer, _, _ in
                peer.send(Array(answer[0..<cut]))
                rest = { peer.send(Array(answer[cut...])) }
            }
        }
        let client = try world.connect()
        while cut < answer.count {
            for path in ["/to/u", "/to/u/lines"] {
                rest = nil
                let before = world.loop.counters.receivedBytes
                client.request(path)
                let requestBytes = "POST \(path) HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n".utf8.count
                try world.until("first part of \(cut)") {
                    world.loop.counters.receivedBytes == before + requestBytes + cut
                }
                let count = try client.answers().count
                rest?()
                try world.until("rest behind \(cut)") { try client.answers().count > count }
                #expect(try client.answers().last?.body.starts(with: [104]) == true, "cut at \(cut)")
            }
            cut += 1
        }
        #expect(world.loop.counters.connectCount == 1)
        try world.finish()
    }

    @Test(arguments: Kernel.present) func answersWithoutABodyAreWhole(kernel: Kernel) throws {
        let world = try World(kernel)
        try world.serve("u") { peer in
            peer.onRequest { peer, number, _ in
                peer.send(number == 1 ? "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n" : "HTTP/1.1 204 No\r\n\r\n")
            }
        }
        let client = try world.connect()
        client.request("/to/u")
        #expect(try world.answers(1, to: client).map(\.status) == [200])
        client.request("/to/u")
        try world.until("two heads") { world.service.answerStatuses == [200, 204] }
        #expect(world.loop.counters.upstreamReuseCount == 1)
        client.close()
        try world.finish()
    }

    // MARK: Keeping connections

    @Test(arguments: Kernel.present) func aConnectionIsKeptForTheNextRequest(kernel: Kernel) throws {
        let world = try World(kernel)
        try world.serve("u") { peer in peer.onRequest { peer, number, _ in peer.send(Script.length([UInt8(number)])) } }
        let client = try world.connect()
        for number in 1...5 {
            client.request("/to/u")
            #expect(try world.answers(number, to: client).last?.body == [UInt8(number)])
        }
        #expect(world.loop.counters.connectCount == 1)
        #expect(world.loop.counters.upstreamReuseCount == 4)
        try world.finish()
    }

    @Test(
        arguments: Kernel.present,
        [
            "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nConnection: close\r\n\r\nx",
            "HTTP/1.0 200 OK\r\nContent-Length: 1\r\n\r\nx",
            "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nxHTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\ny",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\n\r\nmore",
            "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\nmore",
        ])
    func aConnectionWithASpentOrADoubtfulFutureIsNotKept(kernel: Kernel, answer: String) throws {
        let world = try World(kernel)
        try world.serve("u") { peer in peer.onRequest { peer, _, _ in peer.send(answer) } }
        let client = try world.connect()
        client.request("/to/u")
        _ = try world.answers(1, to: client)
        try world.until("closed") { world.loop.upstreamCount == 0 }
        #expect(world.service.faults.isEmpty)
        try world.finish()
    }

    @Test(arguments: Kernel.present, [true, false])
    func anIdleConnectionThatEndsIsForgotten(kernel: Kernel, abort: Bool) throws {
        let world = try World(kernel)
        var server: TestPeer?
        try world.serve("u") { peer in
            server = peer
            peer.onRequest { peer, _, _ in peer.send(Script.length([1])) }
        }
        let client = try world.connect()
        client.request("/to/u")
        _ = try world.answers(1, to: client)
        #expect(world.loop.upstreamCount == 1)
        server?.close(abort: abort)
        try world.until("forgotten") { world.loop.upstreamCount == 0 }
        client.request("/to/u")
        _ = try world.answers(2, to: client)
        #expect(world.service.faults.isEmpty)
        try world.finish()
    }

    /// The endpoint closes a kept connection at the moment the next request is under way to it.
    @Test(arguments: Kernel.present, [true, false])
    func aStaleConnectionIsToldApartFromAFailure(kernel: Kernel, abort: Bool) throws {
        let world = try World(kernel)
        var connectionCount = 0
        try world.serve("u") { peer in
            connectionCount += 1
            let isFirst = connectionCount == 1
            peer.onRequest { peer, number, _ in
                if isFirst, number == 2 { peer.close(abort: abort) } else { peer.send(Script.length([7])) }
            }
        }
        let client = try world.connect()
        client.request("/to/u")
        _ = try world.answers(1, to: client)
        client.request("/to/u")
        #expect(try world.answers(2, to: client).map(\.body) == [[7], [7]])
        #expect(world.service.faults.count == 1)
        guard case .stale? = world.service.faults.first else {
            Issue.record("\(world.service.faults)")
            return
        }
        try world.finish()
    }

    // MARK: Failures

    @Test(
        arguments: Kernel.present,
        [
            ("", 502), ("HTTP/1.1 200 OK\r\nConte", 502), ("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc", 0),
            ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nabc", 0),
            ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n", 0),
        ])
    func anAnswerCutShortIsAFault(kernel: Kernel, answer: (text: String, status: Int)) throws {
        for abort in [false, true] {
            let world = try World(kernel)
            try world.serve("u") { peer in
                peer.onRequest { peer, _, _ in
                    peer.send(answer.text)
                    if abort { peer.close(abort: true) } else { peer.finish() }
                }
            }
            let client = try world.connect()
            client.request("/to/u")
            try world.until("fault") { world.service.faults.count == 1 }
            guard case .cut? = world.service.faults.first else {
                Issue.record("\(world.service.faults)")
                return
            }
            if answer.status > 0 {
                #expect(try world.answers(1, to: client).map(\.status) == [502])
            } else if !abort {
                // What had come was passed on; then the client learns that it was not all.
                try world.until("reset") { client.fault != 0 }
                #expect(try client.answers().isEmpty)
            }
            client.close()
            try world.finish()
        }
    }

    @Test(
        arguments: Kernel.present,
        [
            "SSH-2.0-OpenSSH\r\n\r\n", "HTTP/1.1 2OO OK\r\n\r\n",
            "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nx",
            "HTTP/1.1 200 OK\r\nX: " + String(repeating: "x", count: 70_000) + "\r\n\r\n",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n",
        ])
    func whatIsNoAnswerIsAFault(kernel: Kernel, answer: String) throws {
        let world = try World(kernel)
        try world.serve("u") { peer in peer.onRequest { peer, _, _ in peer.send(answer) } }
        let client = try world.connect()
        client.request("/to/u")
        #expect(try world.answers(1, to: client).map(\.status) == [502])
        guard case .malformed? = world.service.faults.first else {
            Issue.record("\(world.service.faults)")
            return
        }
        #expect(world.loop.upstreamCount == 0)
        try world.finish()
    }

    @Test(arguments: Kernel.present) func damageInTheMiddleComesAfterWhatWasWell(kernel: Kernel) throws {
        let world = try World(kernel)
        try world.serve("u") { peer in
            peer.onRequest { peer, _, _ in
                peer.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\nzz\r\n")
            }
        }
        let client = try world.connect()
        client.request("/to/u")
        try world.until("reset") { client.fault != 0 }
        #expect(world.service.freshBytes == 3)
        try world.finish()
    }

    @Test(arguments: Kernel.present) func nobodyAtTheAddressIsAFault(kernel: Kernel) throws {
        let world = try World(kernel)
        let address = try World.literal(world.network == nil ? "127.0.0.1" : "10.9.9.9", 9)
        world.service.endpoints["u"] = Endpoint(host: address.host, port: address.port, tls: nil)
        let client = try world.connect()
        client.request("/to/u")
        #expect(try world.answers(1, to: client).map(\.status) == [502])
        guard case .unreachable(let error)? = world.service.faults.first else {
            Issue.record("\(world.service.faults)")
            return
        }
        #expect(error.code == ECONNREFUSED)
        try world.finish()
    }

    @Test(arguments: Kernel.present) func anEndpointHasNoMoreConnectionsThanAllowed(kernel: Kernel) throws {
        let world = try World(kernel)
        try world.serve("u", connectionsMax: 1) { peer in peer.onRequest { _, _, _ in } }
        let (one, two) = (try world.connect(), try world.connect())
        one.request("/to/u")
        try world.until("first") { world.loop.upstreamCount == 1 }
        two.request("/to/u")
        #expect(try world.answers(1, to: two).map(\.status) == [503])
        one.close()
        try world.until("left") { world.service.leftCount == 1 }
        #expect(world.loop.upstreamCount == 0)
        try world.finish()
    }

    @Test(arguments: [Kernel.calm]) func whatIsHeldBackHasABound(kernel: Kernel) throws {
        let world = try World(kernel)
        let body = [UInt8](repeating: 0x20, count: Limits.heldBytesMax + 100_000)
        try world.serve("u") { peer in peer.onRequest { peer, _, _ in peer.send(Script.length(body)) } }
        let client = try world.connect()
        client.request("/to/u/lines")
        #expect(try world.answers(1, to: client).map(\.status) == [502])
        guard case .tooLarge? = world.service.faults.first else {
            Issue.record("\(world.service.faults)")
            return
        }
        try world.finish()
    }

    // MARK: Names

    @Test(arguments: Kernel.simulated) func aHostNameIsLookedUpOnceForAll(kernel: Kernel) throws {
        let world = try World(kernel)
        try world.serve("u", host: "provider.example") { peer in
            peer.onRequest { peer, _, _ in peer.send(Script.length([1])) }
        }
        let clients = try (0..<5).map { _ in try world.connect() }
        for client in clients { client.request("/to/u") }
        for client in clients { #expect(try world.answers(1, to: client).map(\.status) == [200]) }
        try world.finish()
    }

    @Test(arguments: Kernel.present) func aNameThatDoesNotExistIsAFault(kernel: Kernel) throws {
        let world = try World(kernel)
        world.service.endpoints["u"] = Endpoint(host: "nobody.invalid", port: 1, tls: nil)
        let client = try world.connect()
        client.request("/to/u")
        #expect(try world.answers(1, to: client).map(\.status) == [502])
        guard case .unresolved? = world.service.faults.first else {
            Issue.record("\(world.service.faults)")
            return
        }
        try world.finish()
    }

    // MARK: Patience

    enum Silence: CaseIterable { case connect, firstByte, head, body }

    @Test(arguments: Kernel.simulated, Silence.allCases)
    func everyPhaseHasItsPatience(kernel: Kernel, silence: Silence) throws {
        let world = try World(kernel)
        let address = try world.serve("u") { peer in
            peer.onRequest { peer, _, _ in
                switch silence {
                case .connect, .firstByte: break
                case .head: peer.send("HTTP/1.1 200 OK\r\nCont")
                case .body: peer.send("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nab")
                }
            }
        }
        if silence == .connect { world.network?.vacate(address, silently: true) }
        let client = try world.connect()
        client.request("/to/u")
        try world.until("arrived") { world.service.arrivedPaths.count == 1 }
        let (milliseconds, phase): (Int, UpstreamFault.Phase) =
            switch silence {
            case .connect: (5_000, .connect)
            case .firstByte, .head: (20_000, .firstByte)
            case .body: (10_000, .betweenBytes)
            }
        try world.pass(milliseconds: milliseconds - 100)
        #expect(world.service.faults.isEmpty)
        try world.pass(milliseconds: 300)
        guard case .timedOut(phase)? = world.service.faults.first else {
            Issue.record("\(world.service.faults)")
            return
        }
        client.close()
        try world.finish()
    }

    @Test(arguments: Kernel.simulated) func anIdleConnectionIsClosedBeforeOthersDropIt(kernel: Kernel) throws {
        let world = try World(kernel)
        try world.serve("u") { peer in peer.onRequest { peer, _, _ in peer.send(Script.length([1])) } }
        let client = try world.connect()
        client.request("/to/u")
        _ = try world.answers(1, to: client)
        try world.pass(milliseconds: 49_000)
        #expect(world.loop.upstreamCount == 1)
        try world.pass(milliseconds: 2_000)
        #expect(world.loop.upstreamCount == 0)
        try world.finish()
    }

    // MARK: Back-pressure

    @Test(arguments: Kernel.present, ["", "/lines"])
    func aSlowReaderHoldsUpItsEndpointAndGetsEverything(kernel: Kernel, lines: String) throws {
        let world = try World(kernel)
        let body = Script.pattern(kernel.pipeBytes, seed: world.seed)
        try world.serve("u") { peer in
            peer.onRequest { peer, _, _ in
                peer.send(Script.chunked(body, chunkBytesMax: 20_000, seed: world.seed))
            }
        }
        let client = try world.connect()
        client.isReading = false
        client.request("/to/u\(lines)")
        try world.until("paused") { world.service.pauseCount > 0 }
        for _ in 0..<20 { try world.turn() }
        // Beyond the mark only what one receive brought.
        #expect(world.service.freshBytes < body.count)
        let held = world.service.exchanges.values.first?.client.queuedBytes ?? 0
        #expect(held < Limits.outboxBytesHigh + 2 * Limits.scratchBytes, "\(held) bytes queued")
        client.isReading = true
        let answers = try world.answers(1, to: client)
        #expect(answers.first?.body == body)
        #expect(world.service.drainedCount > 0)
        try world.finish()
    }

    @Test(arguments: Kernel.simulated) func aSlowReaderDoesNotMakeItsEndpointSilent(kernel: Kernel) throws {
        let world = try World(kernel)
        let body = Script.pattern(kernel.pipeBytes, seed: world.seed)
        try world.serve("u") { peer in peer.onRequest { peer, _, _ in peer.send(Script.length(body)) } }
        let client = try world.connect()
        client.isReading = false
        client.request("/to/u")
        try world.until("paused") { world.service.pauseCount > 0 }
        // Longer than the endpoint may be silent, shorter than the client may take nothing.
        try world.pass(milliseconds: 50_000)
        #expect(world.service.faults.isEmpty)
        client.isReading = true
        #expect(try world.answers(1, to: client).first?.body == body)
        try world.finish()
    }

    @Test(arguments: Kernel.present, [true, false])
    func aClientThatLeavesEndsItsUpstreamInTheSameTick(kernel: Kernel, reading: Bool) throws {
        let world = try World(kernel)
        let body = Script.pattern(kernel.pipeBytes)
        var server: TestPeer?
        try world.serve("u") { peer in
            server = peer
            peer.onRequest { peer, _, _ in
                peer.send(Array("HTTP/1.1 200 OK\r\nContent-Length: \(body.count + 1)\r\n\r\n".utf8) + body)
            }
        }
        let client = try world.connect()
        client.isReading = reading
        client.request("/to/u")
        try world.until("flowing") { reading ? client.receivedBytes > 100_000 : world.service.pauseCount > 0 }
        client.close(abort: true)
        try world.until("left") {
            #expect(world.loop.clientCount == world.loop.upstreamCount)
            return world.service.leftCount == 1
        }
        #expect(world.loop.upstreamCount == 0)
        try world.until("told") { server?.fault != 0 || server?.hasEnd == true }
        try world.finish()
    }

    @Test(arguments: Kernel.present) func anAnswerBeforeTheWholeRequestEndsTheConnection(kernel: Kernel) throws {
        let world = try World(kernel, bodyBytesMax: 30_000_000)
        try world.serve("u") { peer in
            var hasAnswered = false
            peer.onChange = { peer in
                if hasAnswered || peer.receivedBytes == 0 { return }
                hasAnswered = true
                peer.isReading = false
                peer.send(Script.length(Array("too much".utf8)))
            }
        }
        let client = try world.connect()
        client.request("/to/u", body: Script.pattern(kernel.pipeBytes))
        #expect(try world.answers(1, to: client).map(\.text) == ["too much"])
        try world.until("closed") { world.loop.upstreamCount == 0 }
        try world.finish()
    }
}
