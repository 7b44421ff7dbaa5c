import COpenSSL
import Reactor
import Testing
import Wire

/// Whatever a peer sends, the outcome is a fault or more waiting; never a trap.
struct TLSGarbageTests {
    let fixture = TLSFixture()

    @Test func plainHTTPIsToldFromBrokenTLS() throws {
        let server = try fixture.server()
        for text in ["GET / HTTP/1.1\r\n\r\n", "POST /v1/chat/completions HTTP/1.1\r\n", "hello, who is there?"] {
            var side = TLSSide(try TLSSession(accepting: server))
            side.feed(Array(text.utf8).span)
            #expect(side.faultKind == .notTLS, "\(text)")
        }
        var client = try fixture.connect()
        client.feed(Array("HTTP/1.1 400 Bad Request\r\n\r\n".utf8).span)
        #expect(client.faultKind == .notTLS)
    }

    @Test(arguments: [31, 32] as [UInt64])
    func randomBytesAreRefused(seed: UInt64) throws {
        print("seed \(seed)")
        var random = TestRandom(seed: seed)
        let server = try fixture.server()
        let client = try fixture.client()
        for _ in 0..<300 {
            var bytes = random.bytes(Int(random.next() % 600) + 1)
            if random.next() % 2 == 0 {
                // A plausible record header in front.
                bytes =
                    [UInt8(20 + random.next() % 5), 3, UInt8(random.next() % 5), 0, UInt8(random.next() % 250)] + bytes
            }
            var accepting = TLSSide(try TLSSession(accepting: server))
            accepting.feed(bytes.span)
            var connecting = try fixture.connect(client)
            connecting.feed(bytes.span)
            #expect(accepting.session.phase != .established(resumed: false))
            #expect(connecting.session.phase != .established(resumed: false))
            #expect(ERR_peek_error() == 0)
        }
    }

    @Test(arguments: [41, 42] as [UInt64])
    func aHandshakeWithFlippedBitsNeverEndsWell(seed: UInt64) throws {
        print("seed \(seed)")
        var random = TestRandom(seed: seed)
        let server = try fixture.server()
        let client = try fixture.client()
        for round in 0..<200 {
            var pair = try TLSPair(client, server, port: UInt16(round + 1))
            var countdown = Int(random.next() % 3000)
            for _ in 0..<4 {
                pair.client.forward(to: &pair.server, flippingByteAfter: &countdown)
                pair.server.forward(to: &pair.client, flippingByteAfter: &countdown)
            }
            if countdown < 0 {
                let bothEstablished =
                    pair.client.session.phase == .established(resumed: false)
                    && pair.server.session.phase == .established(resumed: false)
                // A flip may hit what comes after the handshake (a ticket) or what no side looks at (the version of a
                // record's header, a session id's echo).
                if bothEstablished { _ = try? pair.exchange() }
            }
            #expect(ERR_peek_error() == 0)
        }
    }

    @Test func everyFlippedByteOfARecordIsNoticed() throws {
        let client = try fixture.client()
        let server = try fixture.server()
        for position in 0..<30 {
            var pair = try TLSPair(client, server)
            pair.settle()
            try pair.client.session.encrypt(Array("secret".utf8).span, into: &pair.client.outbox)
            var record = Array(copying: pair.client.outbox.bytes)
            if position >= record.count { break }
            record[position] ^= 0x01
            pair.server.feed(record.span)
            pair.server.feed([UInt8](repeating: 0, count: 600).span)
            #expect(pair.server.inbox.count == 0)
            guard case .fault(let fault) = pair.server.end else {
                Issue.record("byte \(position): \(pair.server.end)")
                continue
            }
            #expect(fault.party == .peer)
            // It stays that way.
            pair.server.feed(record.span)
            #expect(pair.server.end == .fault(fault))
            #expect(throws: fault) { try pair.server.session.encrypt(record.span, into: &pair.server.outbox) }
        }
    }

    @Test func aReplayedRecordIsRefused() throws {
        var pair = try TLSPair(try fixture.client(), try fixture.server())
        pair.settle()
        try pair.client.session.encrypt(Array("once".utf8).span, into: &pair.client.outbox)
        let record = [UInt8](copying: pair.client.outbox.bytes)
        pair.server.feed(record.span)
        #expect(pair.server.inbox.count == 4)
        pair.server.feed(record.span)
        #expect(pair.server.faultKind == .malformedRecord)
        #expect(pair.server.inbox.count == 4)
        // The alert tells the peer.
        #expect(pair.server.outbox.count > 0)
    }
}
