@testable import Reactor
import Testing
import Wire

struct ChunkFrameTests {
    @Test(arguments: [
        (0, true, false, "", ""), (0, true, true, "", "0\r\n\r\n"), (1, true, false, "1\r\n", "\r\n"),
        (255, true, true, "ff\r\n", "\r\n0\r\n\r\n"), (65_536, true, false, "10000\r\n", "\r\n"),
        (10, false, true, "", ""),
    ])
    func theFrameStandsAroundThePayload(bytes: Int, chunked: Bool, last: Bool, head: String, tail: String) {
        let frame = ChunkFrame(payloadBytes: bytes, chunked: chunked, last: last)
        #expect(Array(copying: frame.headSpan) == Array(head.utf8))
        #expect(Array(copying: frame.tailSpan) == Array(tail.utf8))
        #expect(frame.headBytes == head.utf8.count && frame.tailBytes == tail.utf8.count)
    }
}
