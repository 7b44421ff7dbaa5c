// The chunked transfer coding, read. Takes every byte it is shown, so nothing has to be kept between calls but this struct.

/// One per message. Trailers are checked and dropped.
/// - Source: RFC 9112 section 7.1; blanks around a chunk size, a bare LF and unbounded extensions are refused.
public struct ChunkDecoder: Sendable {
    public struct Piece: Equatable, Sendable {
        /// Body bytes; empty unless `state` is `.data`.
        public let payload: ByteRange
        /// Where to go on: with `.needsMore` the end of the bytes, with `.finished` the first byte behind the message.
        public let next: Int
        public let state: State
    }

    public enum State: Equatable, Sendable { case data, needsMore, finished }

    /// Where in the grammar the next byte stands.
    @usableFromInline enum Place: UInt8, Sendable {
        case size, extensionName, extensionValue, quoted, quotedPair, behindQuoted, sizeLF
        case data, dataCR, dataLF
        case lineStart, fieldName, fieldValue, fieldLF, lastLF
        case done
    }

    // Every open stream holds one, so the counts are no wider than their limits.
    /// The size of the current chunk, then what is left of it.
    private var bytesLeft = 0
    private var extensionByteCount: UInt16 = 0
    private var trailerByteCount: UInt16 = 0
    /// Bytes of the current token, to refuse empty ones.
    private var tokenByteCount: UInt16 = 0
    @usableFromInline var digitCount: UInt8 = 0
    @usableFromInline var place = Place.size

    public init() {}

    public var isFinished: Bool { place == .done }
    /// The next byte is the first of a chunk.
    @inlinable public var isBetweenChunks: Bool { place == .size && digitCount == 0 }

    /// Takes a chunk that has a plain size line and stands whole in `bytes`, as nearly all chunks of a stream do.
    /// - Returns: its payload, behind which to go on; empty when another comes next, which is for `next` to take.
    // Inlined: a call costs as much as what it does, and there is one for each event.
    @inlinable @inline(__always)
    public mutating func wholeChunk(in bytes: Span<UInt8>, from: Int) -> Range<Int> {
        let (size, start) = plainSizeLine(bytes, from)
        // One byte more than the payload is there, so that this is not the last one's end.
        guard size > 0, size < bytes.count &- start else { return 0..<0 }
        place = .dataCR
        return start..<start &+ size
    }

    /// A chunk with a plain size line that stands whole in `bytes`, its line end included: for what passes chunks on as they are.
    /// - Parameter from: where a chunk begins.
    /// - Returns: its payload, two bytes behind which the next chunk begins; empty when another comes next, or the last.
    @inlinable @inline(__always)
    public static func plainChunk(in bytes: Span<UInt8>, from: Int) -> Range<Int> {
        let (size, start) = sizeLine(ByteScan.word(bytes, from), from)
        guard size > 0, size < bytes.count &- start, ByteScan.pair(bytes, start &+ size) == ASCII.crlf else {
            return 0..<0
        }
        return start..<start &+ size
    }

    /// Takes bytes up to the end of the next run of payload.
    /// - Parameter from: where to go on, 0...count.
    /// - Throws: `.malformed`. The decoder must not be used afterwards.
    public mutating func next(in bytes: Span<UInt8>, from: Int) throws(HeadFault) -> Piece {
        var index = from
        let count = bytes.count
        while index < count {
            if place == .data {
                let taken = min(bytesLeft, count &- index)
                bytesLeft &-= taken
                if bytesLeft == 0 { place = .dataCR }
                return Piece(payload: ByteRange(index, index &+ taken), next: index &+ taken, state: .data)
            }
            if place == .done { break }
            let (size, lineEnd) = plainSizeLine(bytes, index)
            if size > 0 {
                (place, bytesLeft, index) = (.data, size, lineEnd)
                continue
            }
            try take(ByteScan.byte(bytes, index))
            index &+= 1
        }
        return Piece(payload: .none, next: index, state: place == .done ? .finished : .needsMore)
    }

    /// Reads a size line without extensions, together with the line end of the chunk before: eight bytes at most, as in nearly
    /// every stream of events.
    /// - Returns: the chunk's size and the offset behind the line; a size of 0 when the line is longer or not all there, or when it
    ///   is that of the last chunk.
    @inlinable @inline(__always)
    func plainSizeLine(_ bytes: Span<UInt8>, _ start: Int) -> (size: Int, end: Int) {
        var word = ByteScan.word(bytes, start)
        var end = start
        if place == .dataCR {
            guard word & 0xFFFF == 0x0A0D else { return (0, 0) }
            word &>>= 16
            end &+= 2
        } else if !isBetweenChunks {
            return (0, 0)
        }
        return ChunkDecoder.sizeLine(word, end)
    }

    /// Reads a size line from its eight first bytes.
    /// - Returns: as above.
    @inlinable @inline(__always)
    static func sizeLine(_ line: UInt64, _ start: Int) -> (size: Int, end: Int) {
        var (word, end) = (line, start)
        var size = 0
        var digit = ASCII.hexValue(UInt8(truncatingIfNeeded: word))
        while digit < 16 {
            size = size &<< 4 | Int(digit)
            word &>>= 8
            end &+= 1
            digit = ASCII.hexValue(UInt8(truncatingIfNeeded: word))
        }
        return word & 0xFFFF == 0x0A0D ? (size, end &+ 2) : (0, 0)
    }

    /// One byte of framing.
    private mutating func take(_ byte: UInt8) throws(HeadFault) {
        switch place {
        case .size:
            try takeSize(byte)
        case .extensionName, .extensionValue, .quoted, .quotedPair, .behindQuoted:
            try takeExtension(byte)
        case .sizeLF:
            guard byte == ASCII.lf else { throw .malformed(.chunkSize) }
            digitCount = 0
            place = bytesLeft > 0 ? .data : .lineStart
        case .dataCR:
            guard byte == ASCII.cr else { throw .malformed(.chunkEnd) }
            place = .dataLF
        case .dataLF:
            guard byte == ASCII.lf else { throw .malformed(.chunkEnd) }
            place = .size
        case .lineStart, .fieldName, .fieldValue, .fieldLF, .lastLF:
            try takeTrailer(byte)
        case .data, .done:
            preconditionFailure("no framing byte while \(place)")
        }
    }

    private mutating func takeSize(_ byte: UInt8) throws(HeadFault) {
        let digit = ASCII.hexValue(byte)
        if digit < 16 {
            guard digitCount < Limits.chunkSizeDigitsMax else { throw .malformed(.chunkSize) }
            bytesLeft = bytesLeft &<< 4 | Int(digit)
            digitCount &+= 1
            return
        }
        guard digitCount > 0 else { throw .malformed(.chunkSize) }
        switch byte {
        case ASCII.cr:
            place = .sizeLF
        case ASCII.semicolon:
            (place, tokenByteCount) = (.extensionName, 0)
        default:
            throw .malformed(.chunkSize)
        }
    }

    /// `;name`, `;name=token` and `;name="text"`, without the blanks that RFC 9112 calls bad.
    private mutating func takeExtension(_ byte: UInt8) throws(HeadFault) {
        extensionByteCount &+= 1
        guard Int(extensionByteCount) <= Limits.chunkExtensionBytesMax else { throw .malformed(.chunkExtension) }
        switch place {
        case .quoted:
            if byte == ASCII.quote {
                place = .behindQuoted
            } else if byte == ASCII.backslash {
                place = .quotedPair
            } else {
                guard ChunkDecoder.isText(byte) else { throw .malformed(.chunkExtension) }
            }
            return
        case .quotedPair:
            guard ChunkDecoder.isText(byte) else { throw .malformed(.chunkExtension) }
            place = .quoted
            return
        case .extensionValue where byte == ASCII.quote && tokenByteCount == 0:
            place = .quoted
            return
        case .extensionName where byte == ASCII.equals && tokenByteCount > 0:
            (place, tokenByteCount) = (.extensionValue, 0)
            return
        default:
            break
        }
        if place != .behindQuoted {
            if ASCII.isToken(byte) {
                tokenByteCount &+= 1
                return
            }
            guard tokenByteCount > 0 else { throw .malformed(.chunkExtension) }
        }
        switch byte {
        case ASCII.cr:
            place = .sizeLF
        case ASCII.semicolon:
            (place, tokenByteCount) = (.extensionName, 0)
        default:
            throw .malformed(.chunkExtension)
        }
    }

    private mutating func takeTrailer(_ byte: UInt8) throws(HeadFault) {
        trailerByteCount &+= 1
        guard Int(trailerByteCount) <= Limits.trailerBytesMax else { throw .malformed(.trailer) }
        switch place {
        case .lineStart where byte == ASCII.cr:
            place = .lastLF
        case .lineStart:
            guard ASCII.isToken(byte) else { throw .malformed(.trailer) }
            place = .fieldName
        case .fieldName where byte == ASCII.colon:
            place = .fieldValue
        case .fieldName:
            guard ASCII.isToken(byte) else { throw .malformed(.trailer) }
        case .fieldValue where byte == ASCII.cr:
            place = .fieldLF
        case .fieldValue:
            guard ChunkDecoder.isText(byte) else { throw .malformed(.trailer) }
        case .fieldLF:
            guard byte == ASCII.lf else { throw .malformed(.trailer) }
            place = .lineStart
        default:
            guard byte == ASCII.lf else { throw .malformed(.trailer) }
            place = .done
        }
    }

    /// HTAB, visible bytes, SP and those above ASCII.
    private static func isText(_ byte: UInt8) -> Bool { byte == ASCII.tab || (byte >= 0x20 && byte != 0x7F) }
}
