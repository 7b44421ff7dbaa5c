import COpenSSL
import Reactor
import Testing
import Wire

struct TLSHandshakeTests {
    let fixture = TLSFixture()

    @Test func bothSidesAgreeAndExchangeBytes() throws {
        var pair = try TLSPair(try fixture.client(), try fixture.server())
        pair.settle()
        #expect(pair.client.session.phase == .established(resumed: false))
        #expect(pair.server.session.phase == .established(resumed: false))
        #expect(pair.client.handshakesSeen == 1)
        #expect(pair.server.handshakesSeen == 1)
        #expect(pair.client.session.version == "TLSv1.3")
        #expect(pair.client.session.cipher == "TLS_AES_128_GCM_SHA256")
        try pair.exchange()
        #expect(ERR_peek_error() == 0)
    }

    @Test(arguments: [1, 2, 3, 5, 7, 31, 100, 1000])
    func piecesOfAnySizeLeadToTheSameEnd(pieceBytes: Int) throws {
        var pair = try TLSPair(try fixture.client(), try fixture.server())
        pair.settle { pieceBytes }
        try pair.exchange { pieceBytes }
    }

    @Test func aCutAtEveryByteOfEveryFlightChangesNothing() throws {
        let client = try fixture.client()
        let server = try fixture.server()
        // Different hosts' names keep sessions from being resumed, which would shorten the flights.
        for cut in stride(from: 1, through: 1400, by: 9) {
            var pair = try TLSPair(client, server, port: UInt16(cut))
            var isFirst = true
            pair.settle {
                isFirst.toggle()
                return isFirst ? Int.max : cut
            }
            try pair.exchange()
        }
    }

    @Test(arguments: [11, 12, 13, 14] as [UInt64])
    func randomCutsChangeNothing(seed: UInt64) throws {
        print("seed \(seed)")
        var random = TestRandom(seed: seed)
        let client = try fixture.client()
        let server = try fixture.server()
        for _ in 0..<25 {
            var pair = try TLSPair(client, server)
            pair.settle { Int(random.next() % 300) + 1 }
            try pair.exchange { Int(random.next() % 60) + 1 }
        }
    }

    @Test func aStockClientOfTLS12IsServed() throws {
        var settings = StockTLSPeer.Settings()
        settings.highest = TLS1_2_VERSION
        var stock = StockTLSPeer(connecting: settings)
        var server = TLSSide(try TLSSession(accepting: try fixture.server()))
        meet(&stock, &server)
        #expect(stock.isEstablished == true)
        #expect(server.session.version == "TLSv1.2")
        #expect(server.session.cipher == "ECDHE-ECDSA-AES128-GCM-SHA256")
    }

    @Test func aClientOfTLS11IsRefusedWithAnAlert() throws {
        var settings = StockTLSPeer.Settings()
        settings.lowest = TLS1_VERSION
        settings.highest = TLS1_1_VERSION
        var stock = StockTLSPeer(connecting: settings)
        var server = TLSSide(try TLSSession(accepting: try fixture.server()))
        var hello = ByteBuffer()
        stock.start(outbox: &hello)
        server.feed(hello.bytes)
        guard case .fault(let fault) = server.end else {
            Issue.record("accepted: \(server.end)")
            return
        }
        #expect(fault.kind == .versionRefused)
        #expect(fault.party == .peer)
        // Record type 21, version, two bytes: level fatal, protocol_version (70).
        #expect(Array(copying: server.outbox.bytes).suffix(2) == [2, 70])
    }

    @Test func aServerOfTLS11IsRefused() throws {
        var settings = StockTLSPeer.Settings()
        settings.lowest = TLS1_VERSION
        settings.highest = TLS1_1_VERSION
        var stock = StockTLSPeer(accepting: fixture.authority.issuePair("DNS:a.example"), settings: settings)
        var client = try fixture.connect()
        meet(&stock, &client)
        #expect(client.faultKind == .peerAlert)
    }

    @Test func aClientThatSpeaksOnlyHTTP2IsTold() throws {
        var settings = StockTLSPeer.Settings()
        settings.protocols = [2, 0x68, 0x32]
        var stock = StockTLSPeer(connecting: settings)
        var server = TLSSide(try TLSSession(accepting: try fixture.server()))
        meet(&stock, &server)
        #expect(server.faultKind == .noCommonProtocol)
    }

    @Test func aClientThatOffersHTTP2FirstGetsHTTP11() throws {
        var settings = StockTLSPeer.Settings()
        settings.protocols = [2, 0x68, 0x32, 8] + Array("http/1.1".utf8)
        var stock = StockTLSPeer(connecting: settings)
        var server = TLSSide(try TLSSession(accepting: try fixture.server()))
        meet(&stock, &server)
        #expect(stock.isEstablished == true)
        #expect(server.session.phase == .established(resumed: false))
    }

    @Test func aStockServerOfEachVersionIsUsed() throws {
        for version in [TLS1_2_VERSION, TLS1_3_VERSION] {
            var settings = StockTLSPeer.Settings()
            settings.highest = version
            var stock = StockTLSPeer(accepting: fixture.authority.issuePair("DNS:a.example"), settings: settings)
            var client = try fixture.connect()
            meet(&stock, &client)
            #expect(client.session.phase == .established(resumed: false))
            try client.session.encrypt(Array("ping".utf8).span, into: &client.outbox)
            meet(&stock, &client)
            #expect(stock.plaintext == Array("ping".utf8))
        }
    }

    @Test func newKeysAreAgreedUponInTLS13() throws {
        var stock = StockTLSPeer(connecting: StockTLSPeer.Settings())
        var server = TLSSide(try TLSSession(accepting: try fixture.server()))
        meet(&stock, &server)
        for _ in 0..<3 {
            var bytes = ByteBuffer()
            stock.askForNewKeys(outbox: &bytes)
            stock.send([1, 2, 3], outbox: &bytes)
            server.feed(bytes.bytes)
            try server.session.encrypt([4, 5, 6].span, into: &server.outbox)
            meet(&stock, &server)
        }
        #expect(Array(copying: server.inbox.bytes) == [1, 2, 3, 1, 2, 3, 1, 2, 3])
        #expect(stock.plaintext == [4, 5, 6, 4, 5, 6, 4, 5, 6])
    }

    @Test func renegotiationIsNotJoined() throws {
        var settings = StockTLSPeer.Settings()
        settings.highest = TLS1_2_VERSION
        var stock = StockTLSPeer(connecting: settings)
        var server = TLSSide(try TLSSession(accepting: try fixture.server()))
        meet(&stock, &server)
        var bytes = ByteBuffer()
        stock.askForNewKeys(outbox: &bytes)
        #expect(bytes.count > 0)
        server.feed(bytes.bytes)
        // A warning, no handshake: a record header and an alert.
        #expect(server.outbox.count < 60)
        #expect(server.handshakesSeen == 1)
    }
}
