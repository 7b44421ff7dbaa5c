// A byte buffer that travels between connections and the pool of its core.

package import Wire

package final class Block {
    package var bytes: ByteBuffer

    init(capacity: Int) { bytes = ByteBuffer(capacity: capacity) }
}
