// What scripted parties say.

@testable import Reactor
import Testing
import Wire

extension TestPeer {
    /// Sends a request to the cores.
    func request(_ path: String, body: [UInt8] = [], fields: String = "") {
        send(Array("POST \(path) HTTP/1.1\r\nHost: a\r\nContent-Length: \(body.count)\r\n\(fields)\r\n".utf8) + body)
    }

    /// As an endpoint: calls `answer` with the number and the body of every whole request.
    func onRequest(_ answer: @escaping (TestPeer, Int, [UInt8]) -> Void) {
        var number = 0
        onChange = { peer in
            while let (body, count) = peer.firstRequest() {
                peer.inbox.bytes.consume(count)
                number += 1
                answer(peer, number, body)
            }
        }
    }

    private func firstRequest() -> (body: [UInt8], bytes: Int)? {
        let inbox = inbox
        if inbox.bytes.isEmpty { return nil }
        var parser = RequestParser()
        do {
            guard let head = try parser.parse(inbox.bytes.bytes, scanned: 0) else { return nil }
            if case .chunked = parser.framing { return try TestPeer.chunkedRequest(inbox.bytes.bytes, head) }
            guard case .length(let length) = parser.framing else { return ([], head) }
            if inbox.bytes.count < head + length { return nil }
            return (Array(Array(copying: inbox.bytes.bytes)[head..<head + length]), head + length)
        } catch {
            Issue.record("an endpoint got no request: \(error)")
            return nil
        }
    }
}

extension TestPeer {
    private static func chunkedRequest(
        _ bytes: Span<UInt8>, _ head: Int
    ) throws(HeadFault) -> (body: [UInt8], bytes: Int)? {
        var decoder = ChunkDecoder()
        var body: [UInt8] = []
        var offset = head
        while true {
            let piece = try decoder.next(in: bytes, from: offset)
            offset = piece.next
            body += Array(copying: bytes.extracting(piece.payload))
            if piece.state == .finished { return (body, offset) }
            if piece.state == .needsMore { return nil }
        }
    }
}

/// Bodies and answers as bytes.
enum Script {
    static func length(_ body: [UInt8], fields: String = "") -> [UInt8] {
        Array("HTTP/1.1 200 OK\r\n\(fields)Content-Length: \(body.count)\r\n\r\n".utf8) + body
    }

    /// In chunks of 1 to `chunkBytesMax` bytes.
    static func chunked(_ body: [UInt8], chunkBytesMax: Int, seed: UInt64, fields: String = "") -> [UInt8] {
        Array("HTTP/1.1 200 OK\r\n\(fields)Transfer-Encoding: chunked\r\n\r\n".utf8)
            + chunks(body, chunkBytesMax: chunkBytesMax, seed: seed)
    }

    static func untilClose(_ body: [UInt8]) -> [UInt8] { Array("HTTP/1.1 200 OK\r\n\r\n".utf8) + body }

    static func chunks(_ body: [UInt8], chunkBytesMax: Int, seed: UInt64) -> [UInt8] {
        var random = TestRandom(seed: seed)
        var bytes: [UInt8] = []
        var offset = 0
        while offset < body.count {
            let count = min(Int.random(in: 1...chunkBytesMax, using: &random), body.count - offset)
            bytes += Array("\(String(count, radix: 16))\r\n".utf8)
            bytes += body[offset..<offset + count]
            bytes += [13, 10]
            offset += count
        }
        return bytes + Array("0\r\n\r\n".utf8)
    }

    /// Bytes that tell when one is missing, doubled or moved.
    static func pattern(_ count: Int, seed: UInt64 = 7) -> [UInt8] {
        var random = TestRandom(seed: seed)
        return random.bytes(count)
    }
}
