// A client and a server session back to back, with the network between them in two buffers.

import Reactor
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

    /// Takes in all of `bytes`, in pieces of at most `pieceBytes`.
    mutating func feed(_ bytes: Span<UInt8>) {
        let receipt = session.receive(bytes, into: &inbox, outbox: &outbox)
        if receipt.isFirstAfterHandshake { handshakesSeen += 1 }
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

    static func keys() -> TLSTicketKeys {
        var random = RandomBytes()
        return TLSTicketKeys(random: &random)
    }
}
