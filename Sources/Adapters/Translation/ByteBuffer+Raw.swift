// JSON put together from what is JSON already.

import Wire

extension ByteBuffer {
    /// Appends a JSON string whose inside is written already.
    mutating func append(quoting raw: Span<UInt8>) {
        append(ASCII.quote)
        append(raw)
        append(ASCII.quote)
    }

    /// Appends what another buffer holds. Its span would keep the value that has both buffers from being changed.
    mutating func append(_ other: borrowing ByteBuffer) { append(other.bytes) }

    mutating func append(_ other: borrowing ByteBuffer, _ range: ByteRange) { append(other.bytes.extracting(range)) }

    mutating func append(quoting other: borrowing ByteBuffer) { append(quoting: other.bytes) }

    /// Appends `cache_control` and a comma; nothing when there is none.
    mutating func append(cacheControl cache: Span<UInt8>) {
        if cache.isEmpty { return }
        append("\"cache_control\":")
        append(cache)
        append(",")
    }
}
