import Testing
import Wire

struct ChunkWriterTests {
    @Test func chunksAreWrittenInPartsOrWhole() {
        let payload = latin1("hello world, hello")
        let whole = written {
            ChunkWriter.chunk(payload.span, into: &$0)
            ChunkWriter.finish(into: &$0)
        }
        let parts = written {
            ChunkWriter.open(payload.count, into: &$0)
            $0.append(payload)
            ChunkWriter.close(into: &$0)
            ChunkWriter.finish(into: &$0)
        }
        #expect(whole == "12\r\nhello world, hello\r\n0\r\n\r\n")
        #expect(parts == whole)
    }

    @Test func anEmptyChunkIsNotWrittenForItWouldEndTheMessage() {
        let nothing: [UInt8] = []
        #expect(written { ChunkWriter.chunk(nothing.span, into: &$0) } == "")
    }

    @Test func openingAnEmptyChunkTraps() async {
        await #expect(processExitsWith: .failure) {
            var out = ByteBuffer()
            ChunkWriter.open(0, into: &out)
        }
    }
}
