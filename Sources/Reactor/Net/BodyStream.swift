// A request body that is handed on as it comes, instead of being gathered.

internal import Wire

/// Where a client's streamed body stands. An object of its own, so that all other connections hold one word for it.
final class BodyStream {
    /// A run of payload, and where to go on behind it.
    struct Piece {
        let payload: Range<Int>
        let next: Int
        let isLast: Bool
    }

    /// Of the declared length; nil when the body comes in chunks.
    private var bytesLeft: Int?
    private var decoder = ChunkDecoder()
    private var takenBytes = 0
    /// Bytes of the core's allowance this body holds.
    let reservedBytes: Int
    /// Who takes the body on has enough for now.
    var isPaused = false
    /// The client waits to be told to go on.
    var owesContinue = false

    /// - Parameter length: bytes, above 0; nil for chunks.
    init(length: Int?) {
        bytesLeft = length
        reservedBytes = min(length ?? .max, Limits.streamedBodyReserveBytes)
    }

    /// - Returns: nil when nothing of the body stands in `bytes` from `offset` on.
    func next(in bytes: Span<UInt8>, from offset: Int) throws(Refusal) -> Piece? {
        guard let left = bytesLeft else { return try nextOfChunks(bytes, from: offset) }
        let count = min(left, bytes.count - offset)
        if count == 0 { return nil }
        bytesLeft = left - count
        return Piece(payload: offset..<offset + count, next: offset + count, isLast: count == left)
    }

    private func nextOfChunks(_ bytes: Span<UInt8>, from offset: Int) throws(Refusal) -> Piece? {
        let piece: ChunkDecoder.Piece
        do throws(HeadFault) { piece = try decoder.next(in: bytes, from: offset) } catch { throw .head(error) }
        takenBytes += piece.payload.count
        if takenBytes > Limits.streamedBodyBytesMax { throw .bodyTooLarge }
        if piece.next == offset { return nil }
        return Piece(payload: piece.payload.range, next: piece.next, isLast: piece.state == .finished)
    }
}
