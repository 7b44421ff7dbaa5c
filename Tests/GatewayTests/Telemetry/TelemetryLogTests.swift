import Glibc
import Store
import Testing

@testable import Gateway

// Fence: pipe(2), open(2) and read(2) on descriptors of our own.
@Suite struct TelemetryLogTests {
    private let lines = Array(repeating: UInt8(0x78), count: 99_999) + [0x0A]

    @Test func fileGetsEverythingAtOnce() throws {
        let scratch = ControlScratch()
        let path = "\(scratch.path)/log"
        let descriptor = unsafe open(path, O_CREAT | O_WRONLY | O_APPEND, 0o600)
        try #require(descriptor >= 0)
        let sink = LogSink(descriptor: descriptor)
        sink.write(lines)
        close(descriptor)
        #expect(try PrivateFile.read(path, bytesMax: 1 << 20, mustBePrivate: true) == lines)
        #expect(sink.droppedBytes == 0)
    }

    @Test func pipeThatNobodyReadsNeverBlocks() throws {
        var ends: [Int32] = [0, 0]
        // SAFETY: an array of two for the call.
        try #require(unsafe pipe(&ends) == 0)
        let sink = LogSink(descriptor: ends[1])
        sink.write(lines)
        // What has not fitted waits, and follows when there is room.
        var got = 0
        var buffer = [UInt8](repeating: 0, count: 64 * 1024)
        while got < lines.count {
            // SAFETY: the buffer has the room named.
            got += unsafe read(ends[0], &buffer, buffer.count)
            sink.flush()
        }
        #expect(got == lines.count)
        close(ends[0])
        close(ends[1])
    }
}
