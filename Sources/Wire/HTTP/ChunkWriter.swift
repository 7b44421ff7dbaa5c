// The chunked transfer coding, written. `open`, payload and `close` may be three writes.

public enum ChunkWriter {
    /// The size line of a chunk.
    /// - Parameter size: bytes of payload, above 0: an empty chunk would end the message.
    public static func open(_ size: Int, into out: inout ByteBuffer) {
        precondition(size > 0)
        out.append(hex: UInt64(size))
        out.append("\r\n")
    }

    /// What stands behind the payload of a chunk.
    public static func close(into out: inout ByteBuffer) { out.append("\r\n") }

    /// A whole chunk; nothing when the payload is empty.
    public static func chunk(_ payload: Span<UInt8>, into out: inout ByteBuffer) {
        if payload.isEmpty { return }
        open(payload.count, into: &out)
        out.append(payload)
        close(into: &out)
    }

    /// The last chunk and the end of the message.
    public static func finish(into out: inout ByteBuffer) { out.append("0\r\n\r\n") }
}
