// What a server does with the bytes of one connection, as far as the parsers decide it.

import Wire

/// Reads requests one behind the other, bodies included, and notes what it would answer.
struct ConnectionModel: ~Copyable {
    enum Answer: Equatable {
        case accepted
        case refused(Int)
    }

    private(set) var answers: [Answer] = []
    private var parser = RequestParser()
    private var chunks: ChunkDecoder?
    private var bodyBytesLeft = 0
    private var unread: [UInt8] = []
    private var scanned = 0

    /// Whether nothing behind the last answer is read any more.
    private(set) var isClosed = false

    /// Whether it stands between two requests with nothing unread.
    var isIdle: Bool { unread.isEmpty && chunks == nil && bodyBytesLeft == 0 }

    mutating func feed(_ bytes: [UInt8]) {
        unread += bytes
        do throws(HeadFault) {
            while !isClosed, try step() {}
        } catch {
            answers.append(.refused(error.status))
            isClosed = true
        }
    }

    /// Returns `false` when it needs more bytes.
    private mutating func step() throws(HeadFault) -> Bool {
        if var decoder = chunks {
            let piece = try decoder.next(in: unread.span, from: 0)
            unread.removeFirst(piece.next)
            chunks = piece.state == .finished ? nil : decoder
            if piece.state == .finished { finish() }
            return piece.state != .needsMore
        }
        if bodyBytesLeft > 0 {
            let taken = min(bodyBytesLeft, unread.count)
            unread.removeFirst(taken)
            bodyBytesLeft -= taken
            if bodyBytesLeft == 0 { finish() }
            return bodyBytesLeft == 0
        }
        let bytes = unread
        guard let length = try parser.parse(bytes.span, scanned: scanned) else {
            scanned = unread.count
            return false
        }
        unread.removeFirst(length)
        scanned = 0
        switch parser.framing {
        case .none, .length(0), .untilClose: finish()
        case .length(let length): bodyBytesLeft = length
        case .chunked: chunks = ChunkDecoder()
        }
        return true
    }

    private mutating func finish() {
        answers.append(.accepted)
        isClosed = !parser.persists
    }
}
