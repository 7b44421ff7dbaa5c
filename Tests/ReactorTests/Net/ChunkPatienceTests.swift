import Testing

@testable import Reactor

struct ChunkPatienceTests {
    /// What came with a chunk that was passed on, be it a piece of framing only, is no silence.
    @Test(arguments: ["", "3", "3\r", "3\r\n", "3\r\na"])
    func chunksThatArePassedOnRenewThePatience(behind: String) throws {
        let world = try World(.calm)
        var server: TestPeer?
        try world.serve("u") { peer in peer.onRequest { peer, _, _ in server = peer } }
        let client = try world.connect()
        client.request("/to/u/chunks")
        try world.until("asked") { server != nil }
        server?.send(Array("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n".utf8))
        // Silence is borne for ten seconds.
        try world.pass(milliseconds: 8_000)
        server?.send(Array("5\r\nthere\r\n\(behind)".utf8))
        try world.pass(milliseconds: 8_000)
        server?.send(Array("3\r\nabc\r\n0\r\n\r\n".utf8.dropFirst(behind.utf8.count)))
        #expect(try world.answers(1, to: client).map(\.text) == ["hithereabc"])
        #expect(world.service.faults.isEmpty)
        try world.finish()
    }
}
