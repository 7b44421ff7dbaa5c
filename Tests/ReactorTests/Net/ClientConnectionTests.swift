@testable import Reactor
import Testing
import Wire

struct ClientConnectionTests {
    @Test(arguments: Kernel.present) func oneConnectionCarriesRequestAfterRequest(kernel: Kernel) throws {
        let world = try World(kernel)
        let client = try world.connect()
        for number in 1...3 {
            client.request("/echo", body: Array("body\(number)".utf8))
            let answers = try world.answers(number, to: client)
            #expect(
                answers.last == Answer(status: 200, body: Array("body\(number)".utf8), isChunked: false, persists: true)
            )
        }
        #expect(world.loop.counters.acceptedCount == 1)
        try world.finish()
    }

    @Test(arguments: Kernel.present) func pipelinedRequestsAreAnsweredInOrder(kernel: Kernel) throws {
        let world = try World(kernel)
        let client = try world.connect()
        client.send((1...40).map { "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\n\($0 + 10)" }.joined())
        let answers = try world.answers(40, to: client)
        #expect(answers.map(\.text) == (1...40).map { "\($0 + 10)" })
        try world.finish()
    }

    @Test(arguments: Kernel.present) func aPipelinedRequestWaitsForTheAnswerBeforeIt(kernel: Kernel) throws {
        let world = try World(kernel)
        let client = try world.connect()
        client.send(
            "GET /hold HTTP/1.1\r\nHost: a\r\n\r\nPOST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nend")
        try world.until("held") { world.service.held.count == 1 }
        try world.turn()
        #expect(world.service.arrivedPaths == ["/hold"])
        world.service.answer(try #require(world.service.held.first), 200, "first")
        #expect(try world.answers(2, to: client).map(\.text) == ["first", "end"])
        try world.finish()
    }

    /// Every request, cut into two at every byte.
    @Test(
        arguments: Kernel.present,
        [
            "GET /echo HTTP/1.1\r\nHost: a\r\n\r\n",
            "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 11\r\n\r\nhello world",
            "POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n6;x=y\r\n world\r\n0\r\nA: b\r\n\r\n",
            "POST /echo/chunked HTTP/1.1\r\nHost: a\r\nContent-Length: 11\r\n\r\nhello world",
        ])
    func aRequestMayArriveCutAtAnyByte(kernel: Kernel, request: String) throws {
        let world = try World(kernel)
        let bytes = Array(request.utf8)
        let body = request.hasPrefix("GET") ? "" : "hello world"
        for cut in 1..<bytes.count {
            let client = try world.connect()
            let before = world.loop.counters.receivedBytes
            client.send(Array(bytes[0..<cut]))
            try world.until("received \(cut) bytes") { world.loop.counters.receivedBytes == before + cut }
            // The second request behind it must be found as well.
            client.send(Array(bytes[cut...]) + bytes)
            let answers = try world.answers(2, to: client)
            #expect(answers.map(\.text) == [body, body], "cut at \(cut)")
            client.close()
        }
        try world.finish()
    }

    @Test(arguments: Kernel.present) func aRequestMayArriveByteByByte(kernel: Kernel) throws {
        let world = try World(kernel)
        let client = try world.connect()
        let request = "POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n"
        for (index, byte) in request.utf8.enumerated() {
            client.send([byte])
            try world.until("received \(index + 1) bytes") { world.loop.counters.receivedBytes == index + 1 }
        }
        #expect(try world.answers(1, to: client).map(\.text) == ["abc"])
        try world.finish()
    }

    @Test(arguments: Kernel.present) func largeBodiesComeWholeInBothFramings(kernel: Kernel) throws {
        let world = try World(kernel)
        let body = Script.pattern(700_000)
        let client = try world.connect()
        client.request("/echo", body: body)
        client.send("POST /echo/chunked HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n")
        client.send(Script.chunks(body, chunkBytesMax: 5000, seed: world.seed))
        let answers = try world.answers(2, to: client)
        #expect(answers.allSatisfy { $0.body == body })
        #expect(answers.map(\.isChunked) == [false, true])
        try world.finish()
    }

    @Test(arguments: Kernel.present) func aClientThatAsksFirstIsToldToGoOn(kernel: Kernel) throws {
        let world = try World(kernel)
        let client = try world.connect()
        client.send("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\nExpect: 100-continue\r\n\r\n")
        try world.until("told to go on") { client.text == "HTTP/1.1 100 Continue\r\n\r\n" }
        #expect(world.service.expectedBodyCount == 1)
        client.send("body")
        #expect(try world.answers(2, to: client).map(\.text) == ["", "body"])
        try world.finish()
    }

    @Test(arguments: Kernel.present) func whoSendsTheBodyAtOnceIsNotToldToGoOn(kernel: Kernel) throws {
        let world = try World(kernel)
        let client = try world.connect()
        client.request("/echo", body: Array("body".utf8), fields: "Expect: 100-continue\r\n")
        // A slow network may bring the head alone; the answer is the last thing either way.
        try world.until("answered") { client.text.hasSuffix("body") }
        if kernel == .calm { #expect(try world.answers(1, to: client).map(\.text) == ["body"]) }
        try world.finish()
    }

    @Test(arguments: Kernel.present, [true, false])
    func aBodyThatIsTooLargeIsRefusedAndTheAnswerArrives(kernel: Kernel, chunked: Bool) throws {
        let world = try World(kernel, bodyBytesMax: 100_000)
        let client = try world.connect()
        let body = Script.pattern(600_000)
        if chunked {
            client.send("POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n")
            client.send(Script.chunks(body, chunkBytesMax: 50_000, seed: world.seed))
        } else {
            client.request("/echo", body: body)
        }
        let answers = try world.answers(1, to: client)
        #expect(answers.map(\.status) == [413])
        #expect(answers.map(\.persists) == [false])
        #expect(world.service.refusals == [.bodyTooLarge])
        // It may send on for a while without losing the answer to a reset; then it hears that nobody listens.
        try world.until("ended") { client.hasEnd }
        #expect(client.fault == 0)
        client.close()
        try world.finish()
    }

    @Test(arguments: Kernel.present) func aBodyIsRefusedBeforeItIsSent(kernel: Kernel) throws {
        let world = try World(kernel)
        let client = try world.connect()
        client.send("POST /deny HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n")
        #expect(try world.answers(1, to: client).map(\.status) == [403])
        client.send("body!GET /echo HTTP/1.1\r\n")
        try world.until("ended") { client.hasEnd }
        #expect(world.service.arrivedPaths == [])
        client.close()
        try world.finish()
    }

    @Test(
        arguments: Kernel.present,
        [
            ("GET / HTTP/1.1\r\nHost : a\r\n\r\n", 400), ("\u{0}\u{1}\u{2}\u{3}\r\n\r\n", 400),
            ("GET / HTTP/1.1\r\n\r\n", 400), ("GET / HTTP/2.0\r\nHost: a\r\n\r\n", 505),
            ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n", 400),
            ("POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", 400),
            ("GET / HTTP/1.1\r\nHost: a\r\nX: " + String(repeating: "x", count: 70_000) + "\r\n\r\n", 431),
        ])
    func whatIsNoRequestIsRefusedAndTheConnectionEnds(kernel: Kernel, bad: (text: String, status: Int)) throws {
        let world = try World(kernel)
        let client = try world.connect()
        client.send(
            "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nok" + bad.text
                + "GET /echo HTTP/1.1\r\nHost: a\r\n\r\n")
        #expect(try world.answers(2, to: client).map(\.status) == [200, bad.status])
        try world.until("ended") { client.hasEnd }
        #expect(world.service.arrivedPaths == ["/echo"])
        client.close()
        try world.finish()
    }

    @Test(arguments: Kernel.present) func theConnectionEndsWhenTheRequestSaysSo(kernel: Kernel) throws {
        let world = try World(kernel)
        let client = try world.connect()
        client.request("/echo", body: [1, 2], fields: "Connection: close\r\n")
        #expect(
            try world.answers(1, to: client) == [Answer(status: 200, body: [1, 2], isChunked: false, persists: false)])
        try world.until("ended") { client.hasEnd }
        #expect(client.fault == 0)
        client.close()
        try world.until("gone") { world.loop.clientCount == 0 }
        try world.finish()
    }

    @Test(arguments: Kernel.present, [0, 1, 2])
    func aClientThatLeavesIsReportedInTheSameTick(kernel: Kernel, manner: Int) throws {
        let world = try World(kernel)
        let client = try world.connect()
        client.request("/hold")
        try world.until("held") { world.service.held.count == 1 }
        switch manner {
        case 0: client.close()
        case 1: client.close(abort: true)
        default: client.finish()
        }
        var wasGone = false
        try world.until("left") {
            // Whenever the connection is gone the service knows, and it never knows of one that is there.
            wasGone = world.loop.clientCount == 0
            #expect(wasGone == (world.service.leftCount == 1))
            return wasGone
        }
        client.close()
        try world.finish()
    }

    @Test(arguments: Kernel.present) func aClientThatLeavesInTheMiddleOfARequestIsNotReported(kernel: Kernel) throws {
        let world = try World(kernel)
        for text in ["", "GET /echo HT", "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nabc"] {
            let client = try world.connect()
            let before = world.loop.counters.receivedBytes
            client.send(text)
            try world.until("received") {
                world.loop.clientCount == 1 && world.loop.counters.receivedBytes == before + text.utf8.count
            }
            client.close()
            try world.until("gone") { world.loop.clientCount == 0 }
        }
        #expect(world.service.leftCount == 0)
        try world.finish()
    }

    @Test(arguments: Kernel.present) func aRequestAndItsEndInOneAreAnsweredWhenTheAnswerIsReady(kernel: Kernel) throws {
        let world = try World(kernel)
        let client = try world.connect()
        client.request("/echo", body: [1])
        client.finish()
        try world.until("ended") { client.hasEnd }
        if kernel != .rough { #expect(try client.answers().count == 1) }
        try world.finish()
    }

    @Test(arguments: Kernel.present) func aSlowReaderIsWaitedForAndGetsEverything(kernel: Kernel) throws {
        let world = try World(kernel)
        let client = try world.connect()
        client.isReading = false
        client.request("/pour/\(kernel.pipeBytes)")
        try world.until("backed up") { world.service.pauseCount > 0 }
        // The kernel's own buffers fill as well; then nothing moves any more.
        var before = 0
        repeat {
            before = world.service.pauseCount
            for _ in 0..<5 { try world.turn() }
        } while world.service.pauseCount > before
        #expect(try client.answers().isEmpty)
        client.isReading = true
        try world.until("all received") { try client.answers().count == 1 }
        #expect(world.service.drainedCount > 0)
        #expect(try client.answers().first?.body.count == kernel.pipeBytes)
        try world.finish()
    }

    @Test(arguments: Kernel.present) func aClientThatLeavesABackLogIsReported(kernel: Kernel) throws {
        let world = try World(kernel)
        let client = try world.connect()
        client.isReading = false
        client.request("/pour/\(kernel.pipeBytes)")
        try world.until("backed up") { world.service.pauseCount > 0 }
        client.close(abort: true)
        try world.until("left") { world.service.leftCount == 1 }
        try world.finish()
    }

    @Test(arguments: Kernel.present) func anAbortedAnswerCannotPassForAWholeOne(kernel: Kernel) throws {
        let world = try World(kernel)
        let client = try world.connect()
        client.request("/hold")
        try world.until("held") { world.service.held.count == 1 }
        let held = try #require(world.service.held.first)
        held.send(Array("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc".utf8).span)
        held.abort()
        try world.until("reset") { client.fault != 0 }
        #expect(world.service.leftCount == 0)
        #expect(world.loop.clientCount == 0)
        try world.finish()
    }

    @Test(arguments: Kernel.present) func aHeadTooLargeForTheHeadroomIsCopied(kernel: Kernel) throws {
        let world = try World(kernel)
        try world.serve("u") { $0.onRequest { peer, _, _ in peer.send(Script.length([1, 2, 3])) } }
        let client = try world.connect()
        world.service.extraHeadBytes = 30_000
        client.request("/to/u")
        #expect(try world.answers(1, to: client).map(\.body) == [[1, 2, 3]])
        try world.finish()
    }

    // MARK: Deadlines, on a clock that can be moved

    @Test(
        arguments: Kernel.simulated,
        [
            ("GET /echo HT", 10_000, 408),
            ("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nabc", 60_000, 408),
            ("POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n9\r\nabc", 60_000, 408),
            ("", 10_000, nil),
            ("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nok", 120_000, nil),
        ])
    func whoFallsSilentIsEnded(kernel: Kernel, silence: (text: String, milliseconds: Int, status: Int?)) throws {
        let world = try World(kernel)
        let client = try world.connect()
        client.send(silence.text)
        try world.until("received") {
            world.loop.clientCount == 1 && world.loop.counters.receivedBytes == silence.text.utf8.count
        }
        try world.pass(milliseconds: silence.milliseconds - 100)
        #expect(world.loop.clientCount == 1)
        let before = try client.answers().count
        try world.pass(milliseconds: 200)
        #expect(world.service.refusals == (silence.status == nil ? [] : [.timedOut]))
        if silence.status != nil { #expect(world.service.refusedBytes.starts(with: silence.text.utf8.prefix(9))) }
        try world.until("ended") { client.hasEnd }
        #expect(try client.answers().dropFirst(before).map(\.status) == (silence.status.map { [$0] } ?? []))
        client.close()
        try world.finish()
    }

    @Test(arguments: Kernel.simulated) func aTrickleDoesNotProlongTheTimeForAHead(kernel: Kernel) throws {
        let world = try World(kernel)
        let client = try world.connect()
        client.send("GET /echo HTTP/1.1\r\nX: ")
        for _ in 0..<95 {
            client.send("x")
            try world.pass(milliseconds: 100)
            #expect(world.loop.clientCount == 1)
        }
        try world.pass(milliseconds: 1000)
        #expect(world.service.refusals == [.timedOut])
        client.close()
        try world.finish()
    }

    @Test(arguments: Kernel.simulated) func aReaderWhoTakesNothingIsGivenUp(kernel: Kernel) throws {
        let world = try World(kernel)
        let client = try world.connect()
        client.isReading = false
        client.request("/pour/\(kernel.pipeBytes)")
        try world.until("backed up") { world.service.pauseCount > 0 }
        try world.pass(milliseconds: 59_000)
        #expect(world.service.leftCount == 0)
        try world.pass(milliseconds: 2_000)
        #expect(world.service.leftCount == 1)
        #expect(world.loop.clientCount == 0)
        try world.finish()
    }

    @Test(arguments: Kernel.simulated) func aRefusedSenderIsListenedToForALimitedTime(kernel: Kernel) throws {
        let world = try World(kernel, bodyBytesMax: 10)
        let client = try world.connect()
        client.request("/echo", body: [UInt8](repeating: 1, count: 50))
        try world.until("ended") { client.hasEnd }
        #expect(world.loop.clientCount == 1)
        try world.pass(milliseconds: 2_100)
        #expect(world.loop.clientCount == 0)
        try world.finish()
    }

    @Test(arguments: Kernel.simulated) func theServiceIsWokenOnce(kernel: Kernel) throws {
        let world = try World(kernel)
        world.service.wakeMS = 5_000
        let client = try world.connect()
        client.request("/hold")
        try world.until("held") { world.service.held.count == 1 }
        try world.pass(milliseconds: 4_900)
        #expect(world.service.wokeCount == 0)
        try world.pass(milliseconds: 200)
        #expect(world.service.wokeCount == 1)
        try world.pass(milliseconds: 20_000)
        #expect(world.service.wokeCount == 1)
        world.service.answer(try #require(world.service.held.first), 200, "late")
        #expect(try world.answers(1, to: client).map(\.text) == ["late"])
        // An alarm does not outlive its request.
        client.request("/echo")
        _ = try world.answers(2, to: client)
        try world.pass(milliseconds: 6_000)
        #expect(world.service.wokeCount == 1)
        client.close()
        try world.finish()
    }

    /// What is said in between, and is not taken at once, does not end the wait.
    @Test(arguments: ["/echo", "/pipe/u"]) func whoIsToldToGoOnAndDoesNotIsLetGo(path: String) throws {
        var weather = SimulatedWeather.calm
        weather.shortWrites = 1_000
        let world = try World(.calm, weather: weather)
        world.service.patience.firstByteMS = 300_000
        try world.serve("u") { _ in }
        let client = try world.connect()
        client.send("POST \(path) HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\n")
        try world.pass(milliseconds: 61_000)
        #expect(world.service.refusals == [.timedOut])
        try world.finish()
    }
}
