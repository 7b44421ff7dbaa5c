// A request whose head stands and whose body is still arriving.

internal import Wire

/// An object of its own, so that connections whose requests have come whole hold one word for it.
final class PendingBody {
    let headBytes: Int
    /// Declared length in bytes; nil when the body comes in chunks.
    let length: Int?
    /// Bytes of the core's allowance this body holds.
    private(set) var reservedBytes: Int
    private var decoder = ChunkDecoder()
    /// Head and decoded body of a chunked request.
    private var decoded: Block?

    init(headBytes: Int, length: Int) {
        self.headBytes = headBytes
        self.length = length
        reservedBytes = length
    }

    /// A chunked body: how long it gets is not known, so it takes from the allowance as it grows.
    init(headBytes: Int) {
        self.headBytes = headBytes
        length = nil
        reservedBytes = Limits.bodyReserveBytes
    }

    /// Bytes to take from the core's allowance before more of the body is read; `reserved` tells that it was done.
    var missingReserve: Int {
        guard let decoded, decoded.bytes.count > reservedBytes else { return 0 }
        return decoded.bytes.count - reservedBytes + Limits.bodyReserveBytes
    }

    func reserved(_ bytes: Int) { reservedBytes += bytes }

    /// Looks at what stands in `block`: the head at first, and bytes of the body as they come.
    /// - Returns: when the request is whole, the block it stands in and its end there; for a chunked body that is another
    ///   block, and what follows the request stays in `block`.
    func take(
        _ block: Block, pool: inout BlockPool, bodyBytesMax: Int
    ) throws(Refusal) -> (whole: Block, end: Int)? {
        if let length {
            return block.bytes.count >= headBytes + length ? (block, headBytes + length) : nil
        }
        let whole: Block
        if let decoded {
            whole = decoded
        } else {
            whole = pool.take()
            whole.bytes.append(block.bytes.bytes.extracting(0..<headBytes))
            block.bytes.consume(headBytes)
            decoded = whole
        }
        var offset = 0
        defer { block.bytes.consume(offset) }
        while true {
            let piece: ChunkDecoder.Piece
            do throws(HeadFault) { piece = try decoder.next(in: block.bytes.bytes, from: offset) } catch {
                throw .head(error)
            }
            offset = piece.next
            if !piece.payload.isEmpty {
                whole.bytes.append(block.bytes.bytes.extracting(piece.payload.range))
                if whole.bytes.count - headBytes > bodyBytesMax { throw .bodyTooLarge }
            }
            switch piece.state {
            case .data: continue
            case .needsMore: return nil
            case .finished:
                decoded = nil
                return (whole, whole.bytes.count)
            }
        }
    }

    /// Hands over what stands of a chunked request, its head in front; nil for others.
    func takeDecoded() -> Block? {
        defer { decoded = nil }
        return decoded
    }

    /// Gives back what is held when the request will never be whole.
    func discard(to pool: inout BlockPool) {
        if let decoded { pool.give(decoded) }
        decoded = nil
    }
}
