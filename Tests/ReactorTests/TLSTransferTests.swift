import COpenSSL
import Reactor
import Testing
import Wire

/// Bytes through an established session, and its ends.
struct TLSTransferTests {
    let fixture = TLSFixture()

    private func established() throws -> TLSPair {
        var pair = try TLSPair(try fixture.client(), try fixture.server())
        pair.settle()
        return pair
    }

    @Test(arguments: [21, 22] as [UInt64])
    func largeTransfersArriveWhole(seed: UInt64) throws {
        print("seed \(seed)")
        var random = TestRandom(seed: seed)
        var pair = try established()
        let up = random.bytes(700_001)
        let down = random.bytes(1_000_003)
        var upSent = 0
        var downSent = 0
        while upSent < up.count || downSent < down.count {
            let upCount = min(Int(random.next() % 70_000), up.count - upSent)
            try pair.client.session.encrypt(up.span.extracting(upSent..<upSent + upCount), into: &pair.client.outbox)
            let downCount = min(Int(random.next() % 70_000), down.count - downSent)
            try pair.server.session.encrypt(
                down.span.extracting(downSent..<downSent + downCount), into: &pair.server.outbox)
            upSent += upCount
            downSent += downCount
            pair.settle { Int(random.next() % 40_000) + 1 }
        }
        #expect(Array(copying: pair.server.inbox.bytes) == up)
        #expect(Array(copying: pair.client.inbox.bytes) == down)
    }

    @Test(arguments: [1, 7, 1000, 16384, 20000])
    func aSmallRegionIsFilledAgainAndAgain(regionBytes: Int) throws {
        var pair = try established()
        var random = TestRandom(seed: 5)
        let sent = random.bytes(regionBytes < 100 ? 20_000 : 200_000)
        try pair.client.session.encrypt(sent.span, into: &pair.client.outbox)
        var region = [UInt8](repeating: 0, count: regionBytes)
        var got: [UInt8] = []
        let records = [UInt8](copying: pair.client.outbox.bytes)
        var used = 0
        while true {
            var span = region.mutableSpan
            let receipt = pair.server.session.receive(
                records.span.extracting(used...), into: &span, outbox: &pair.server.outbox)
            used += receipt.ciphertextBytes
            got += region[0..<receipt.plaintextBytes]
            if receipt.next == .wantsMore { break }
            #expect(receipt.next == .regionFull)
            #expect(receipt.plaintextBytes == regionBytes)
        }
        #expect(used == records.count)
        #expect(got == sent)
    }

    @Test func theStatedRegionIsNeverTooSmall() throws {
        var random = TestRandom(seed: 6)
        for _ in 0..<20 {
            var pair = try established()
            try pair.client.session.encrypt(random.bytes(300_000).span, into: &pair.client.outbox)
            let records = [UInt8](copying: pair.client.outbox.bytes)
            var used = 0
            while used < records.count {
                let count = min(Int(random.next() % 65536) + 1, records.count - used)
                var region = [UInt8](repeating: 0, count: count + TLSLimits.recordBytesMax)
                var span = region.mutableSpan
                let receipt = pair.server.session.receive(
                    records.span.extracting(used..<used + count), into: &span,
                    outbox: &pair.server.outbox)
                #expect(receipt.next == .wantsMore)
                #expect(receipt.ciphertextBytes == count)
                used += count
            }
        }
    }

    @Test func recordsTakeNoMoreThanTheStatedOverhead() throws {
        var pair = try established()
        for count in [0, 1, 100, 16_383, 16_384, 16_385, 100_000] {
            let plain = [UInt8](repeating: 7, count: count)
            try pair.client.session.encrypt(plain.span, into: &pair.client.outbox)
            let records = count / TLSLimits.recordBytesMax + 1
            #expect(pair.client.outbox.count <= count + records * TLSLimits.recordOverheadBytesMax)
            pair.client.outbox.removeAll()
        }
    }

    @Test func closeNotifyIsTheEndAndDataBeforeItArrives() throws {
        var pair = try established()
        try pair.server.session.encrypt(Array("last".utf8).span, into: &pair.server.outbox)
        pair.server.session.close(outbox: &pair.server.outbox)
        pair.settle()
        #expect(Array(copying: pair.client.inbox.bytes) == Array("last".utf8))
        #expect(pair.client.end == .closed)
        #expect(pair.client.session.peerHasClosed == true)
        #expect(ended(&pair.client) == nil)
        // The other direction is still open.
        try pair.client.session.encrypt(Array("late".utf8).span, into: &pair.client.outbox)
        pair.settle()
        #expect(Array(copying: pair.server.inbox.bytes) == Array("late".utf8))
        #expect(throws: TLSFault(.sessionOver)) {
            try pair.server.session.encrypt(Array("x".utf8).span, into: &pair.server.outbox)
        }
        pair.client.session.close(outbox: &pair.client.outbox)
        pair.settle()
        #expect(pair.server.end == .closed)
        #expect(ended(&pair.server) == nil)
    }

    @Test func anEndWithoutCloseNotifyIsTruncation() throws {
        var pair = try established()
        try pair.exchange()
        let ending = ended(&pair.client)
        let fault = try #require(ending)
        #expect(fault.kind == .truncated)
        #expect(fault.party == .peer)
        #expect(pair.client.session.phase == .failed(fault))
        #expect(ended(&pair.client) == fault)
    }

    @Test func anEndWithinARecordIsTruncation() throws {
        var pair = try established()
        try pair.server.session.encrypt(Array("answer".utf8).span, into: &pair.server.outbox)
        pair.server.session.close(outbox: &pair.server.outbox)
        let count = pair.server.outbox.count - 1
        pair.client.feed([UInt8](copying: pair.server.outbox.bytes).span.extracting(0..<count))
        #expect(pair.client.end == .wantsMore)
        #expect(ended(&pair.client)?.kind == .truncated)
    }

    @Test func whatComesAfterCloseNotifyIsIgnored() throws {
        var pair = try established()
        pair.server.session.close(outbox: &pair.server.outbox)
        pair.server.outbox.append(Array("GET / HTTP/1.1\r\n\r\n".utf8))
        pair.settle()
        #expect(pair.client.end == .closed)
        #expect(pair.client.inbox.count == 0)
        pair.client.feed(Array("more".utf8).span)
        #expect(pair.client.end == .closed)
    }

    @Test func nothingIsEncryptedBeforeTheHandshakeIsOver() throws {
        var server = TLSSide(try TLSSession(accepting: try fixture.server()))
        #expect(throws: TLSFault(.notEstablished)) {
            try server.session.encrypt(Array("HTTP/1.1 408".utf8).span, into: &server.outbox)
        }
        #expect(server.outbox.count == 0)
    }

    @Test func closingDuringTheHandshakeIsHarmless() throws {
        var client = try fixture.connect()
        client.session.close(outbox: &client.outbox)
        client.session.close(outbox: &client.outbox)
        #expect(client.session.phase == .closed)
        #expect(ERR_peek_error() == 0)
        var server = TLSSide(try TLSSession(accepting: try fixture.server()))
        server.session.close(outbox: &server.outbox)
        server.feed(client.outbox.bytes)
        _ = server.session.connectionEnded()
    }

    @Test func sessionsOfOneContextDoNotDisturbEachOther() throws {
        let client = try fixture.client()
        let server = try fixture.server()
        var one = try TLSPair(client, server)
        var two = try TLSPair(client, server)
        one.settle { 100 }
        two.settle { 33 }
        // An error of one leaves the other alone.
        one.client.feed([23, 3, 3, 0, 4, 1, 2, 3, 4].span)
        #expect(one.client.faultKind == .malformedRecord)
        try two.exchange()
    }
}
