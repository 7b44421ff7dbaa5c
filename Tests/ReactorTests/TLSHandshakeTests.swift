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
        try pair.client.session.encrypt(Array("hello".utf8).span, into: &pair.client.outbox)
        pair.settle()
        #expect(Array(copying: pair.server.inbox.bytes) == Array("hello".utf8))
        try pair.server.session.encrypt(Array("world".utf8).span, into: &pair.server.outbox)
        pair.settle()
        #expect(Array(copying: pair.client.inbox.bytes) == Array("world".utf8))
    }
}

extension Array where Element == UInt8 {
    init(copying span: Span<UInt8>) {
        self = []
        reserveCapacity(span.count)
        for index in span.indices { append(span[index]) }
    }
}
