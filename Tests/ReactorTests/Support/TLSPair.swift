// A client and a server session back to back, with the network between them in two buffers.

import Reactor
import Testing
import Wire

/// What one side has seen.
struct TLSSide: ~Copyable {
    var session: TLSSession
    /// Ciphertext on its way to the other side.
    var outbox = ByteBuffer()
    /// Plaintext that arrived.
    var inbox = ByteBuffer()
    var end: TLSReceipt.Next = .wantsMore
    var handshakesSeen = 0

    init(_ session: consuming TLSSession) { self.session = session }

    var fault: TLSFault? {
        if case .fault(let fault) = end { return fault }
        return nil
    }
    var faultKind: TLSFault.Kind? { fault?.kind }

    /// Carries what stands in the outbox to `receiver`; the byte that makes `countdown` pass zero gets a bit flipped.
    mutating func forward(to receiver: inout TLSSide, flippingByteAfter countdown: inout Int) {
        var bytes = [UInt8](copying: outbox.bytes)
        outbox.removeAll()
        if countdown >= 0 && countdown < bytes.count { bytes[countdown] ^= 0x10 }
        countdown -= bytes.count
        if !bytes.isEmpty { receiver.feed(bytes.span) }
    }

    /// Takes in all of `bytes`.
    mutating func feed(_ bytes: Span<UInt8>) {
        let receipt = session.receive(bytes, into: &inbox, outbox: &outbox)
        if receipt.isFirstAfterHandshake { handshakesSeen += 1 }
        #expect(receipt.ciphertextBytes == bytes.count || receipt.next != .wantsMore)
        end = receipt.next
    }
}

struct TLSPair: ~Copyable {
    var client: TLSSide
    var server: TLSSide

    init(_ client: TLSContext, _ server: TLSContext, host: String = "a.example", port: UInt16 = 443) throws {
        var hello = ByteBuffer()
        let connecting = try TLSSession(connecting: client, host: host, port: port, outbox: &hello)
        let accepting = try TLSSession(accepting: server)
        self.client = TLSSide(connecting)
        self.server = TLSSide(accepting)
        self.client.outbox.append(hello.bytes)
    }

    /// Carries bytes both ways until nothing is under way; `piece` says how many bytes go next, at least 1.
    mutating func settle(piece: () -> Int = { Int.max }) {
        while !client.outbox.isEmpty || !server.outbox.isEmpty {
            TLSPair.carry(from: &client, to: &server, piece)
            TLSPair.carry(from: &server, to: &client, piece)
        }
    }

    /// Sends a line each way and checks that it arrives.
    mutating func exchange(piece: () -> Int = { Int.max }) throws {
        try client.session.encrypt(Array("question".utf8).span, into: &client.outbox)
        settle(piece: piece)
        #expect(Array(copying: server.inbox.bytes) == Array("question".utf8))
        try server.session.encrypt(Array("answer".utf8).span, into: &server.outbox)
        settle(piece: piece)
        #expect(Array(copying: client.inbox.bytes) == Array("answer".utf8))
        client.inbox.removeAll()
        server.inbox.removeAll()
    }

    private static func carry(from sender: inout TLSSide, to receiver: inout TLSSide, _ piece: () -> Int) {
        while !sender.outbox.isEmpty {
            let count = min(piece(), sender.outbox.count)
            receiver.feed(sender.outbox.bytes.extracting(0..<count))
            sender.outbox.consume(count)
        }
    }
}

/// What tests agree on: one authority, its server and a client that trusts it.
struct TLSFixture {
    let authority = TestAuthority()

    func server(_ names: String = "DNS:a.example") throws -> TLSContext {
        try TLSContext(server: [authority.issue(names)], ticketKeys: TLSFixture.keys())
    }

    func client() throws -> TLSContext { try TLSContext(client: .only(authority.pem)) }

    /// A client that has said hello.
    func connect(_ context: TLSContext? = nil, host: String = "a.example") throws -> TLSSide {
        var hello = ByteBuffer()
        var side = TLSSide(
            try TLSSession(connecting: try context ?? client(), host: host, port: 443, outbox: &hello))
        side.outbox.append(hello.bytes)
        return side
    }

    static func keys() -> TLSTicketKeys {
        var random = RandomBytes()
        return TLSTicketKeys(random: &random)
    }
}

/// A function, for the macros of the tests cannot call mutating methods of noncopyable values.
func ended(_ side: inout TLSSide) -> TLSFault? { side.session.connectionEnded() }

/// Carries bytes between a stock peer and a session until nothing is under way.
func meet(_ stock: inout StockTLSPeer, _ side: inout TLSSide) {
    var fromStock = ByteBuffer()
    repeat {
        stock.feed(side.outbox.bytes, outbox: &fromStock)
        side.outbox.removeAll()
        if !fromStock.isEmpty { side.feed(fromStock.bytes) }
        fromStock.removeAll()
    } while !side.outbox.isEmpty
}
