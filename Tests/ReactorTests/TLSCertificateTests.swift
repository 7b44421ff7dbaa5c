import COpenSSL
import Reactor
import Testing
import Wire

/// Who is let in, which certificate is shown, and what is said about those that are refused.
struct TLSCertificateTests {
    let fixture = TLSFixture()

    /// What both sides end with when the server shows `certificate`.
    private func outcome(
        _ certificate: CertificateSource, host: String = "a.example", client: TLSContext? = nil
    ) throws -> (client: TLSFault?, server: TLSFault?) {
        let server = try TLSContext(server: [certificate], ticketKeys: TLSFixture.keys())
        var pair = try TLSPair(try client ?? fixture.client(), server, host: host)
        pair.settle()
        #expect(ERR_peek_error() == 0)
        return (pair.client.fault, pair.server.fault)
    }

    @Test func theRightNameIsAccepted() throws {
        #expect(try outcome(fixture.authority.issue("DNS:a.example")).client == nil)
        #expect(try outcome(fixture.authority.issue("DNS:a.example"), host: "A.Example.").client == nil)
        #expect(try outcome(fixture.authority.issue("DNS:*.w.example"), host: "b.w.example").client == nil)
    }

    @Test func anotherNameIsRefused() throws {
        for (names, host) in [
            ("DNS:b.example", "a.example"), ("DNS:*.w.example", "b.a.w.example"), ("DNS:*.w.example", "w.example"),
            ("DNS:*.example", "b.example"),
            ("DNS:a.example", "127.0.0.1"), ("IP:127.0.0.1", "a.example"), ("DNS:a*.w.example", "ab.w.example"),
            ("DNS:127.0.0.1", "127.0.0.1"),
        ] {
            let faults = try outcome(fixture.authority.issue(names), host: host)
            #expect(faults.client?.kind == .hostMismatch, "\(names) for \(host)")
            #expect(faults.client?.isCertificateFault == true)
            #expect(faults.client?.party == .peer)
            #expect(faults.server?.kind == .peerAlert)
        }
    }

    @Test func addressesAreVerifiedAsAddresses() throws {
        #expect(try outcome(fixture.authority.issue("IP:127.0.0.1"), host: "127.0.0.1").client == nil)
        #expect(try outcome(fixture.authority.issue("IP:::1"), host: "::1").client == nil)
        #expect(try outcome(fixture.authority.issue("IP:::1"), host: "[::1]").client == nil)
        #expect(try outcome(fixture.authority.issue("IP:127.0.0.1"), host: "127.0.0.2").client?.kind == .hostMismatch)
    }

    @Test func expiredAndFutureCertificatesAreRefused() throws {
        let expired = try outcome(fixture.authority.issue("DNS:a.example", fromDays: -3, toDays: -1))
        #expect(expired.client?.kind == .expired)
        // certificate_expired
        #expect(expired.server?.alert == 45)
        let future = try outcome(fixture.authority.issue("DNS:a.example", fromDays: 1, toDays: 3))
        #expect(future.client?.kind == .notYetValid)
    }

    @Test func strangersAreRefused() throws {
        let stranger = TestAuthority(name: "Stranger")
        let faults = try outcome(stranger.issue("DNS:a.example"))
        #expect(faults.client?.kind == .unknownIssuer)
        // unknown_ca
        #expect(faults.server?.alert == 48)
        #expect(try outcome(TestAuthority.selfSigned("DNS:a.example")).client?.kind == .selfSigned)
        // The same name, another key.
        #expect(try outcome(TestAuthority().issue("DNS:a.example")).client?.kind == .certificateRefused)
    }

    @Test func theSystemsTrustDoesNotIncludeUs() throws {
        let system = try TLSContext(client: .system())
        let faults = try outcome(fixture.authority.issue("DNS:a.example"), client: system)
        #expect(faults.client?.kind == .unknownIssuer)
        let extended = try TLSContext(client: .system(additional: fixture.authority.pem))
        #expect(try outcome(fixture.authority.issue("DNS:a.example"), client: extended).client == nil)
    }

    @Test func onlyTheInsecureContextAcceptsAnybody() throws {
        let insecure = try TLSContext(client: .insecureForTests(reason: "this very test"))
        #expect(try outcome(TestAuthority.selfSigned("DNS:b.example"), client: insecure).client == nil)
    }

    @Test func faultsHaveTextsWithoutDataOfThePeer() throws {
        let fault = try #require(try outcome(fixture.authority.issue("DNS:secret.example")).client)
        #expect(fault.text == "the certificate is not valid for this host name")
        #expect("\(fault)" == fault.text)
    }

    @Test(arguments: [
        ("a.example", "first"), ("A.EXAMPLE", "first"), ("b.w.example", "exact"), ("c.w.example", "wildcard"),
        ("d.c.w.example", "first"), ("unknown.test", "first"), ("10.0.0.1", "first"),
    ])
    func theServerNameChoosesTheCertificate(host: String, expected: String) throws {
        // Each from an authority of its own: who is trusted tells which certificate was shown.
        let authorities = ["first": TestAuthority(), "wildcard": TestAuthority(), "exact": TestAuthority()]
        let server = try TLSContext(
            server: [
                authorities["first"]!.issue("DNS:a.example,DNS:d.c.w.example,DNS:unknown.test,IP:10.0.0.1"),
                authorities["wildcard"]!.issue("DNS:*.w.example"), authorities["exact"]!.issue("DNS:b.w.example"),
            ], ticketKeys: TLSFixture.keys())
        for (name, authority) in authorities {
            var pair = try TLSPair(try TLSContext(client: .only(authority.pem)), server, host: host)
            pair.settle()
            #expect((pair.client.fault == nil) == (name == expected), "\(host), trusting \(name)")
        }
    }

    @Test func aClientThatNamesNoHostGetsTheFirstCertificate() throws {
        var stock = StockTLSPeer(connecting: StockTLSPeer.Settings())
        var server = TLSSide(try TLSSession(accepting: try fixture.server("DNS:a.example")))
        meet(&stock, &server)
        #expect(stock.isEstablished == true)
    }

    @Test func aReloadLeavesSessionsTheOldCertificate() throws {
        let client = try fixture.client()
        var pair: TLSPair
        do {
            pair = try TLSPair(client, try fixture.server())
            pair.settle()
        }
        // The old context has no owner left but the session.
        try pair.exchange()
        var next = try TLSPair(client, try fixture.server())
        next.settle()
        try next.exchange()
    }

    @Test func unusableFilesAndTextsAreToldApart() throws {
        func kind(_ source: CertificateSource) -> TLSFault.Kind? {
            do {
                _ = try TLSContext(server: [source], ticketKeys: TLSFixture.keys())
                return nil
            } catch {
                #expect(error.party == .us)
                #expect(ERR_peek_error() == 0)
                return error.kind
            }
        }
        let good = fixture.authority.issue("DNS:a.example")
        let other = fixture.authority.issue("DNS:a.example")
        #expect(kind(CertificateSource(chain: [], key: good.key)) == .unreadableCertificate)
        #expect(kind(CertificateSource(chain: Array("hello".utf8), key: good.key)) == .unreadableCertificate)
        #expect(kind(CertificateSource(chain: Array(good.chain.dropLast(60)), key: good.key)) == .unreadableCertificate)
        #expect(kind(CertificateSource(chain: good.chain, key: [])) == .unreadableKey)
        #expect(kind(CertificateSource(chain: good.chain, key: good.chain)) == .unreadableKey)
        #expect(kind(CertificateSource(chain: good.chain, key: TestAuthority.encryptedKey())) == .unreadableKey)
        #expect(kind(CertificateSource(chain: good.chain, key: other.key)) == .keyMismatch)
        #expect(kind(good) == nil)
        #expect(throws: TLSFault.self) { try TLSContext(server: [], ticketKeys: TLSFixture.keys()) }
        #expect(throws: TLSFault.self) { try TLSContext(client: .only(Array("no PEM".utf8))) }
        #expect(throws: TLSFault.self) { try CertificateSource(chainFile: "/nonexistent/a", keyFile: "/nonexistent/b") }
        #expect("\(good)" == "<redacted>")
        #expect("\(TLSFixture.keys())" == "<redacted>")
    }

    @Test(arguments: ["", ".", ".a", "a b", "a\u{0}.example", "a/b", "user@a", "a:443", "[a]", "ä.example"])
    func whatIsNoHostIsRefused(host: String) throws {
        let client = try fixture.client()
        do {
            _ = try fixture.connect(client, host: host)
            Issue.record("accepted")
        } catch let fault as TLSFault {
            #expect(fault.kind == .unusableHost)
        }
    }
}
