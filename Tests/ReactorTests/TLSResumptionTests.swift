import COpenSSL
import Reactor
import Testing
import Wire

struct TLSResumptionTests {
    let fixture = TLSFixture()

    /// Whether a connection resumes, on both sides alike. Ends without close_notify, like many a pooled connection.
    private func resumes(
        _ client: TLSContext, _ server: TLSContext, host: String = "a.example", port: UInt16 = 443
    ) throws -> Bool {
        var pair = try TLSPair(client, server, host: host, port: port)
        pair.settle()
        try pair.exchange()
        let resumed = pair.client.session.phase == .established(resumed: true)
        #expect(pair.server.session.phase == .established(resumed: resumed))
        _ = pair.client.session.connectionEnded()
        _ = pair.server.session.connectionEnded()
        return resumed
    }

    @Test func theSecondConnectionToAnEndpointResumes() throws {
        let client = try fixture.client()
        let server = try fixture.server()
        #expect(try !resumes(client, server))
        for _ in 0..<5 { #expect(try resumes(client, server)) }
        #expect(client.rememberedEndpointCount == 1)
    }

    @Test func anotherEndpointDoesNot() throws {
        let client = try fixture.client()
        let server = try fixture.server("DNS:a.example,DNS:b.example")
        #expect(try !resumes(client, server))
        #expect(try !resumes(client, server, host: "b.example"))
        #expect(try !resumes(client, server, port: 444))
        #expect(client.rememberedEndpointCount == 3)
    }

    @Test func anotherCoreWithTheSameKeysResumes() throws {
        let keys = TLSFixture.keys()
        let source = fixture.authority.issue("DNS:a.example")
        let client = try fixture.client()
        #expect(try !resumes(client, try TLSContext(server: [source], ticketKeys: keys)))
        #expect(try resumes(client, try TLSContext(server: [source], ticketKeys: keys)))
        #expect(try !resumes(client, try TLSContext(server: [source], ticketKeys: TLSFixture.keys())))
    }

    @Test func rotatedKeysHonourTheTicketsOfTheKeysBefore() throws {
        var random = RandomBytes()
        let first = TLSFixture.keys()
        let second = first.rotated(random: &random)
        let third = second.rotated(random: &random)
        let client = try fixture.client()
        let server = try TLSContext(server: [fixture.authority.issue("DNS:a.example")], ticketKeys: first)
        #expect(try !resumes(client, server))
        server.replaceTicketKeys(second)
        // Resumes, and gets a ticket of the second keys.
        #expect(try resumes(client, server))
        server.replaceTicketKeys(third)
        #expect(try resumes(client, server))
        server.replaceTicketKeys(third.rotated(random: &random).rotated(random: &random))
        #expect(try !resumes(client, server))
    }

    @Test func resumptionWorksBehindAChosenCertificate() throws {
        let server = try TLSContext(
            server: [fixture.authority.issue("DNS:a.example"), fixture.authority.issue("DNS:b.example")],
            ticketKeys: TLSFixture.keys())
        let client = try fixture.client()
        #expect(try !resumes(client, server, host: "b.example"))
        #expect(try resumes(client, server, host: "b.example"))
    }

    @Test func aForgedTicketLeadsToAFullHandshake() throws {
        // Same names of the keys, other keys: the ticket's MAC does not fit.
        let names = InlineArray<80, UInt8> { UInt8($0) }
        var other = names
        for index in 16..<80 { other[index] ^= 0xFF }
        let source = fixture.authority.issue("DNS:a.example")
        let client = try fixture.client()
        let one = try TLSContext(server: [source], ticketKeys: TLSTicketKeys(current: names, previous: other))
        let two = try TLSContext(server: [source], ticketKeys: TLSTicketKeys(current: other, previous: names))
        #expect(try !resumes(client, one))
        #expect(try !resumes(client, two))
    }

    @Test func aServerThatIsNotTrustedAnyMoreIsNotResumed() throws {
        let server = try fixture.server()
        #expect(try !resumes(try fixture.client(), server))
        // A reload with another trust is a new context: nothing is remembered there.
        var pair = try TLSPair(try TLSContext(client: .only(TestAuthority(name: "Other").pem)), server)
        pair.settle()
        #expect(pair.client.faultKind == .unknownIssuer)
    }

    @Test func aServerThatHangsUpOnASessionIsNotOfferedItAgain() throws {
        let client = try fixture.client()
        let server = try fixture.server()
        #expect(try !resumes(client, server))
        do { _ = try fixture.connect(client) }
        #expect(client.rememberedEndpointCount == 0)
        #expect(try !resumes(client, server))
    }

    @Test func rememberedSessionsAreBounded() throws {
        let client = try fixture.client()
        let server = try fixture.server()
        for port in 1...300 { _ = try resumes(client, server, port: UInt16(port)) }
        #expect(client.rememberedEndpointCount == 256)
        #expect(try resumes(client, server, port: 300))
        #expect(try !resumes(client, server, port: 1))
    }

    @Test func aStockClientOfEachVersionResumes() throws {
        for version in [TLS1_2_VERSION, TLS1_3_VERSION] {
            let server = try fixture.server()
            var settings = StockTLSPeer.Settings()
            settings.highest = version
            var first = StockTLSPeer(connecting: settings)
            var side = TLSSide(try TLSSession(accepting: server))
            meet(&first, &side)
            #expect(side.session.phase == .established(resumed: false))
            var second = StockTLSPeer(resuming: first)
            var again = TLSSide(try TLSSession(accepting: server))
            meet(&second, &again)
            #expect(again.session.phase == .established(resumed: true))
            try again.session.encrypt(Array("ping".utf8).span, into: &again.outbox)
            meet(&second, &again)
            #expect(second.plaintext == Array("ping".utf8))
        }
    }

    @Test func sessionsOfTLS12ResumeToo() throws {
        var settings = StockTLSPeer.Settings()
        settings.highest = TLS1_2_VERSION
        let pair = fixture.authority.issuePair("DNS:a.example")
        let client = try fixture.client()
        // A stock server has ticket keys of its own; the second connection finds others and does a full handshake.
        var first = StockTLSPeer(accepting: pair, settings: settings)
        var side = try fixture.connect(client)
        meet(&first, &side)
        #expect(side.session.phase == .established(resumed: false))
        #expect(client.rememberedEndpointCount == 1)
        var second = StockTLSPeer(accepting: pair, sharing: first)
        var again = try fixture.connect(client)
        meet(&second, &again)
        #expect(again.session.phase == .established(resumed: true))
        #expect(second.wasResumed == true)
    }
}
