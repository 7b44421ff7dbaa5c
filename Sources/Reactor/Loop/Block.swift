// A byte buffer that travels between connections and the pool of its core.

package import Wire

package final class Block {
    /// Bytes of room it begins with.
    static let freshBytes = 4096

    package var bytes: ByteBuffer

    init(capacity: Int) { bytes = ByteBuffer(capacity: capacity) }

    /// Moves the first `count` bytes to `offset` of the scratch.
    func move(_ count: Int, into scratch: Scratch, at offset: Int) {
        scratch.store(bytes.bytes.extracting(0..<count), at: offset)
        bytes.consume(count)
    }
}
